//! Compares the records of rounds, and asks whether production may begin.
//!
//! ```text
//! cargo run --release --example rounds -- --key FILE compare ROUND... [--json]
//! cargo run --release --example rounds -- --key FILE attach ROUND --out FILE [--samples FILE] [--compare FILE]
//! cargo run --release --example rounds -- --key FILE gate ROUND... --document DIGEST --signed ROLE...
//!     --source FINGERPRINT --relation same|later --begins TIME [--json]
//! ```
//!
//! The program ends with 0, with 1 where the gate stays closed, and with 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod attach;
mod options;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use ehr_crypto::key;
use ehr_validate::Ruleset;
use ehr_validate::rounds::{
    ChangeCounts, ProductionGate, ProductionRun, SealedRound, SignedDocument,
};
use examples::export::Failure;
use examples::round;
use serde_json::json;

use crate::options::{Gate, Options, Task};

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<bool, Failure> {
    let archive = key::file::read(&options.key)
        .map_err(|error| format!("{}: {error}", options.key.display()))?;
    let key = round::key(&archive)?;
    let read = |paths: &[PathBuf]| -> Result<Vec<SealedRound>, Failure> {
        paths.iter().map(|path| round::read(path, &key)).collect()
    };
    match &options.task {
        Task::Compare { rounds } => compare(&read(rounds)?, options.json).map(|()| true),
        Task::Attach(task) => attach::run(task, &key).map(|()| true),
        Task::Gate(task) => gate(task, &read(&task.rounds)?, options.json),
    }
}

fn compare(rounds: &[SealedRound], json: bool) -> Result<(), Failure> {
    let (last, before) = rounds.split_last().ok_or("no round was named")?;
    let before: Vec<_> = before.iter().map(SealedRound::record).collect();
    let number = last.record().number;
    let changes = last.record().changes(&before);
    let counts = ChangeCounts::of(changes.values());
    if json {
        let document = json!({ "format": "ehr-rounds/1", "round": number, "counts": counts, "changes": changes });
        println!("{}", serde_json::to_string_pretty(&document)?);
    } else {
        println!("round {number} against {} before it", before.len());
        print!("{counts}");
    }
    Ok(())
}

fn gate(options: &Gate, rounds: &[SealedRound], json: bool) -> Result<bool, Failure> {
    let gate = match options.role.is_empty() {
        true => ProductionGate::default(),
        false => ProductionGate::new(options.role.iter().cloned()),
    };
    let inputs = round::inputs(&options.source, &options.document, &Ruleset::all());
    let signed = SignedDocument::new(&options.document, options.signed.iter().cloned());
    let mut run = ProductionRun::new(&options.begins, inputs, signed);
    run.source_relation = options.relation.map(Into::into);
    let decision = gate.check(rounds, &run);
    if json {
        let document = match &decision {
            Ok(clearance) => {
                json!({ "format": "ehr-gate/1", "open": true, "clearance": clearance })
            }
            Err(refusal) => {
                json!({ "format": "ehr-gate/1", "open": false, "failed": refusal.conditions })
            }
        };
        println!("{}", serde_json::to_string_pretty(&document)?);
    } else {
        match &decision {
            Ok(_) => println!("production may begin"),
            Err(refusal) => refusal
                .conditions
                .iter()
                .for_each(|failed| println!("not met: {failed}")),
        }
    }
    Ok(decision.is_ok())
}
