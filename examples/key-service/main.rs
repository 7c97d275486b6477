//! Tries a key service: has a new data key wrapped, puts it into a slot, and opens the slot again.
//!
//! ```text
//! VAULT_TOKEN=… cargo run --example key-service -- vault --address https://vault.example:8200 --key ehr-archive
//! AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… [AWS_SESSION_TOKEN=…] \
//!     cargo run --example key-service -- kms --region us-east-1 --key alias/ehr-archive [--address URL]
//! ```
//!
//! With `--epoch FOLDER` it also begins an epoch whose key the service can destroy, destroys it, and prints the
//! receipt; on AWS that costs a key for a week. Prints the slot as JSON, which holds no secret.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use ehr_crypto::epoch::EpochStore;
use ehr_crypto::slot::KeyWrapper;
use ehr_crypto::{Credential, DataKey, Slot};
use examples::export::Failure;
use examples::key_service::{
    AwsKms, Credentials, EpochKeyService, ServiceEpochStore, VaultTransit,
};
use zeroize::Zeroizing;

/// Tries a key service.
#[derive(Debug, Parser)]
#[command(name = "key-service")]
struct Options {
    #[command(subcommand)]
    service: Service,
}

#[derive(Debug, Subcommand)]
enum Service {
    /// HashiCorp Vault or OpenBao, the Transit engine; the token in VAULT_TOKEN
    Vault {
        /// Address, such as https://vault.example:8200
        #[arg(long)]
        address: String,
        /// Namespace of Vault Enterprise
        #[arg(long)]
        namespace: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// AWS KMS; the credentials in the usual variables of the environment
    Kms {
        /// Region
        #[arg(long)]
        region: String,
        /// Another address than the region's public one
        #[arg(long)]
        address: Option<String>,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Debug, Args)]
struct Common {
    /// Name, ARN or alias of the key
    #[arg(long)]
    key: String,
    /// Also begin an epoch in this folder and destroy its key
    #[arg(long, value_name = "FOLDER")]
    epoch: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<(), Failure> {
    match &options.service {
        Service::Vault {
            address,
            namespace,
            common,
        } => {
            let mut vault = VaultTransit::new(address, variable("VAULT_TOKEN")?, &common.key)?;
            if let Some(namespace) = namespace {
                vault = vault.with_namespace(namespace);
            }
            try_service(vault, common.epoch.as_deref())
        }
        Service::Kms {
            region,
            address,
            common,
        } => {
            let credentials = Credentials {
                access_key_id: variable("AWS_ACCESS_KEY_ID")?,
                secret_access_key: Zeroizing::new(variable("AWS_SECRET_ACCESS_KEY")?),
                session_token: variable("AWS_SESSION_TOKEN").ok().map(Zeroizing::new),
            };
            let kms = match address {
                Some(address) => AwsKms::at(address, region, credentials, &common.key)?,
                None => AwsKms::new(region, credentials, &common.key)?,
            };
            try_service(kms, common.epoch.as_deref())
        }
    }
}

fn try_service<S: KeyWrapper + EpochKeyService>(
    service: S,
    epochs: Option<&Path>,
) -> Result<(), Failure> {
    const CONTEXT: &[u8] = b"key-service example";
    let key = DataKey::generate()?;
    let slot = Slot::for_service("key service", &service, CONTEXT, &key)?;
    let opened = slot.open(Credential::Service(&service), CONTEXT)?;
    if opened.expose_bytes() != key.expose_bytes() {
        return Err("the service gave another key back".into());
    }
    println!("{}", serde_json::to_string_pretty(&slot)?);
    if slot
        .open(Credential::Service(&service), b"another place")
        .is_ok()
    {
        return Err("the service does not bind the key to its context".into());
    }
    println!("opened: {}", slot.description());

    if let Some(folder) = epochs {
        let mut store = ServiceEpochStore::new(service, folder);
        store.create(1)?;
        let receipt = store.destroy(1)?;
        println!("{}", serde_json::to_string_pretty(&receipt)?);
        for condition in receipt.method.conditions() {
            println!("if {condition}");
        }
    }
    Ok(())
}

fn variable(name: &str) -> Result<String, Failure> {
    std::env::var(name).map_err(|_| format!("the environment has no {name}").into())
}
