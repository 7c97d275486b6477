//! Makes, verifies and seals the evidence bundle of a migration.
//!
//! ```text
//! cargo run --release --example evidence -- key --key signer.key --name privacy-officer
//! cargo run --release --example evidence -- make --title TEXT --made 2031-07-05 --key signer.key \
//!     --name privacy-officer --out DIR --part audit=audit.json --part round=round-1.json ... \
//!     --absent monitoring="no claims are sent from this practice" [--json]
//! cargo run --release --example evidence -- verify DIR --signer KEY [--json]
//! cargo run --release --example evidence -- seal DIR --signer KEY --archive DIR --archive-key FILE --agent NAME [--json]
//! ```
//!
//! `key` makes a signing key and prints its public half, which verifies. The program ends with 0, with
//! 1 if a bundle is not whole, and with 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod options;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use ehr_archive::evidence::{Evidence, EvidenceSource, make_evidence, verify_evidence};
use ehr_archive::{Access, AccessionOptions, Purpose};
use ehr_crypto::key::file;
use ehr_crypto::{DataKey, SigningKey, VerifyingKey};
use examples::clock;
use examples::export::Failure;
use serde_json::json;

use crate::options::{Command, Make, Seal, Signer};

fn main() -> ExitCode {
    let done = match Command::parse() {
        Command::Key(signer) => key(&signer),
        Command::Make(options) => make(&options),
        Command::Seal(options) => seal(&options),
        Command::Verify {
            folder,
            signer,
            json,
        } => verify(&folder, &signer, json),
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

fn key(signer: &Signer) -> Result<bool, Failure> {
    let seed = DataKey::generate()?;
    file::create(
        &signer.file,
        &seed,
        "Signs evidence bundles. Whoever has this file can sign.",
    )?;
    println!(
        "{}",
        SigningKey::from_seed(&signer.name, seed)?.verifying_key()
    );
    Ok(true)
}

fn make(options: &Make) -> Result<bool, Failure> {
    let key = SigningKey::from_seed(&options.signer.name, file::read(&options.signer.file)?)?;
    let mut source = EvidenceSource::new(&*options.title, &*options.made);
    options
        .part
        .iter()
        .for_each(|(part, path)| source.add(*part, path));
    options
        .absent
        .iter()
        .for_each(|(part, reason)| source.absent(*part, &**reason));
    make_evidence(&source, &options.out, &key)?;
    verify(&options.out, key.verifying_key(), options.json)
}

fn seal(options: &Seal) -> Result<bool, Failure> {
    let evidence = Evidence::open(&options.folder, &options.signer)?;
    let key = file::read(&options.archive_key)?;
    let now = clock::stamp(clock::now());
    let access = Access {
        agent: &options.agent,
        recorded: &now,
        purpose: Purpose::Operations,
    };
    let accession = AccessionOptions {
        created: now.clone(),
        software: concat!("ehr evidence ", env!("CARGO_PKG_VERSION")).to_owned(),
    };
    let sealed = evidence.seal_as_accession(&options.archive, accession, &key, &access)?;
    let (number, cohort) = (sealed.accession, evidence.cohort());
    if options.json {
        println!(
            "{}",
            json!({ "format": "ehr-evidence-sealed/1", "accession": number, "cohort": cohort })
        );
    } else {
        println!(
            "accession {number}, kept in {cohort}\n{}",
            sealed.checkpoint
        );
    }
    Ok(true)
}

fn verify(folder: &Path, signer: &VerifyingKey, json: bool) -> Result<bool, Failure> {
    let report = verify_evidence(folder, signer)?;
    let findings: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    if json {
        let absent: Vec<_> = report
            .absent
            .iter()
            .map(|(part, reason)| json!({ "part": part.as_str(), "reason": reason }))
            .collect();
        let json = json!({
            "format": "ehr-evidence-report/1", "whole": report.is_whole(), "signer": signer.to_string(),
            "title": report.title, "made": report.made, "retain_until": report.retain_until,
            "files": report.files, "absent": absent, "findings": findings,
        });
        println!("{}", serde_json::to_string_pretty(&json)?);
    } else {
        println!(
            "{}",
            if report.is_whole() {
                "WHOLE"
            } else {
                "NOT WHOLE"
            }
        );
        println!(
            "{} files agree; to be kept until {}; signer {signer}",
            report.files, report.retain_until
        );
        findings.iter().for_each(|finding| println!("  {finding}"));
    }
    Ok(report.is_whole())
}
