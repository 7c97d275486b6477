//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser;
use ehr_crypto::slot::KeyServiceError;
use ehr_crypto::tls::{self, rustls::ServerConfig};
use examples::export::Failure;
use examples::key_service::VaultTransit;

/// Looks into an archive with a browser, read-only.
#[derive(Debug, Parser)]
#[command(name = "viewer")]
pub(crate) struct Options {
    /// Folder of the archive
    #[arg(long)]
    pub(crate) archive: PathBuf,
    /// Address and port; another than the loopback needs TLS
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8471")]
    pub(crate) listen: SocketAddr,
    /// Further name by which browsers may call this server, as `archive.example:8471`; may be given several times
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Vec<String>,
    /// Certificate chain of the server, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key of the certificate, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Folder in which the archive's epoch keys are, if it has them in files
    #[arg(long, value_name = "DIR")]
    pub(crate) epoch_keys: Option<PathBuf>,
    /// Address of a Vault or OpenBao whose Transit key opens the archive, such as https://vault.example:8200; people unlock
    /// with tokens of their own
    #[arg(long, value_name = "URL", requires = "vault_key")]
    pub(crate) vault: Option<String>,
    /// Name of the Transit key
    #[arg(long, value_name = "NAME", requires = "vault")]
    pub(crate) vault_key: Option<String>,
    /// Namespace of Vault Enterprise
    #[arg(long, value_name = "NAME", requires = "vault")]
    pub(crate) vault_namespace: Option<String>,
    /// Folder into which releases of information are written; without it nothing is released
    #[arg(long, value_name = "DIR")]
    pub(crate) releases: Option<PathBuf>,
    /// Seconds without a request after which a session ends and its keys are wiped
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=28_800))]
    pub(crate) idle: u64,
    /// Print one line of JSON instead of lines for people
    #[arg(long)]
    pub(crate) json: bool,
}

impl Options {
    /// Refuses what would show charts to a network in clear, and folders that are not there.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if !self.listen.ip().is_loopback() && self.tls_cert.is_none() {
            return Err(format!(
                "{} is not the loopback: give --tls-cert and --tls-key",
                self.listen.ip()
            )
            .into());
        }
        for folder in [
            Some(&self.archive),
            self.epoch_keys.as_ref(),
            self.releases.as_ref(),
        ]
        .into_iter()
        .flatten()
        {
            if !folder.is_dir() {
                return Err(format!("{}: no such folder", folder.display()).into());
            }
        }
        // an address that cannot be used is said now, not to whoever unlocks
        self.vault(String::new())?;
        Ok(())
    }

    /// The key service, as somebody with a token may use it.
    pub(crate) fn vault(&self, token: String) -> Result<Option<VaultTransit>, KeyServiceError> {
        let (Some(address), Some(key)) = (&self.vault, &self.vault_key) else {
            return Ok(None);
        };
        let vault = VaultTransit::new(address, token, key)?;
        Ok(Some(match &self.vault_namespace {
            Some(namespace) => vault.with_namespace(namespace),
            None => vault,
        }))
    }

    pub(crate) fn tls(&self) -> Result<Option<Arc<ServerConfig>>, Failure> {
        let (Some(chain), Some(key)) = (&self.tls_cert, &self.tls_key) else {
            return Ok(None);
        };
        let config =
            tls::server_config(tls::read_certificates(chain)?, tls::read_private_key(key)?)?;
        Ok(Some(Arc::new(config)))
    }
}
