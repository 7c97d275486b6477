//! Signs a mapping document, and says whether its sign-offs approve it.
//!
//! ```text
//! cargo run --example sign-off -- key --key FILE --name NAME
//! cargo run --example sign-off -- sign --map FILE --key FILE --name NAME --reviewer PERSON --role ROLE \
//!     --date YYYY-MM-DD --out FILE [--exception TEXT]... [--reject] [--json]
//! cargo run --example sign-off -- verify --map FILE --reviewers FILE --today YYYY-MM-DD SIGN-OFF... [--json]
//! ```
//!
//! `key` makes a signing key and prints its public half, for the file of reviewers. The program ends with 0, with 1 if
//! the document is not approved, and with 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod options;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use ehr_crypto::key::file;
use ehr_crypto::{DataKey, SigningKey};
use ehr_mapping::sign_off::{Decision, Role, SignOff, SignOffPolicy};
use examples::export::{Failure, read_document};
use serde_json::json;

use crate::options::{Command, Sign, Signer, Verify};

fn main() -> ExitCode {
    let done = match Command::parse() {
        Command::Key(signer) => key(&signer).map(|()| true),
        Command::Sign(options) => sign(&options).map(|()| true),
        Command::Verify(options) => verify(&options),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(2)
        }
    }
}

fn key(signer: &Signer) -> Result<(), Failure> {
    let seed = DataKey::generate()?;
    let comment = "Signs mapping documents. Whoever has this file can sign.";
    file::create(&signer.key, &seed, comment)
        .map_err(|error| format!("{}: {error}", signer.key.display()))?;
    let key = SigningKey::from_seed(&signer.name, seed)?;
    println!("{}", key.verifying_key());
    Ok(())
}

fn sign(options: &Sign) -> Result<(), Failure> {
    let document = read_document(&options.map)?;
    document.compile()?; // nobody signs what cannot be used
    let seed = file::read(&options.signer.key)
        .map_err(|error| format!("{}: {error}", options.signer.key.display()))?;
    let key = SigningKey::from_seed(&options.signer.name, seed)?;
    let decision = match options.reject {
        true => Decision::Rejected,
        false => Decision::Accepted,
    };
    let role = Role::new(&options.role)?;
    let mut record = SignOff::new(&document, &options.reviewer, role, decision, options.date)?;
    for exception in &options.exception {
        record = record.exception(exception)?;
    }
    let note = record.sign(&key)?;
    let place = |error| format!("{}: {error}", options.out.display());
    let mut file = fs::File::create_new(&options.out).map_err(place)?;
    std::io::Write::write_all(&mut file, note.as_bytes()).map_err(place)?;
    if options.json {
        println!(
            "{}",
            json!({ "format": "ehr-sign-off/1", "sign_off": record })
        );
    } else {
        println!(
            "{} {} {}",
            record.decision.as_str(),
            record.digest,
            record.role
        );
    }
    Ok(())
}

fn verify(options: &Verify) -> Result<bool, Failure> {
    let text = |path: &Path| {
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let document = read_document(&options.map)?;
    let policy = SignOffPolicy::from_json(text(&options.reviewers)?.as_bytes())
        .map_err(|error| format!("{}: {error}", options.reviewers.display()))?;
    let notes: Vec<String> = options
        .sign_offs
        .iter()
        .map(|path| text(path))
        .collect::<Result<_, _>>()?;
    let approved = policy.approve(&document, &notes, options.today);
    if options.json {
        let refused: Vec<_> = match &approved {
            Ok(_) => Vec::new(),
            Err(refusals) => refusals
                .iter()
                .map(|one| json!({ "code": one.code(), "message": one.to_string() }))
                .collect(),
        };
        let json = json!({
            "format": "ehr-approval/1", "digest": document.digest(), "approval": approved.as_ref().ok(), "refused": refused,
        });
        println!("{}", serde_json::to_string_pretty(&json)?);
    } else {
        match &approved {
            Ok(approval) => println!("approved {}", approval.digest()),
            Err(refusals) => println!("{refusals}"),
        }
    }
    Ok(approved.is_ok())
}
