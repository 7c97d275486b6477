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

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use ehr_crypto::{DataKey, key};
use ehr_validate::Ruleset;
use ehr_validate::rounds::{
    ProductionGate, ProductionRun, SealedRound, SignedDocument, SourceRelation,
};
use examples::export::Failure;
use examples::round;
use serde_json::json;

/// Compares the records of rounds, and asks whether production may begin.
#[derive(Debug, Parser)]
#[command(name = "rounds")]
struct Options {
    /// Key file of the archive
    #[arg(long)]
    key: PathBuf,
    /// Print JSON instead of lines for people
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// What became of every finding between the last round and those before it
    Compare {
        /// Records, in the order of the rounds
        #[arg(required = true)]
        rounds: Vec<PathBuf>,
    },
    /// Adds what was compared or reviewed after a round, and seals it anew
    Attach {
        round: PathBuf,
        #[arg(long)]
        out: PathBuf,
        /// Results that `review` printed as JSON
        #[arg(long)]
        samples: Option<PathBuf>,
        /// Counts of the comparison with the target
        #[arg(long)]
        compare: Option<PathBuf>,
    },
    /// Whether a production run may begin
    Gate {
        /// Records of all rounds, in their order
        rounds: Vec<PathBuf>,
        /// Digest of the mapping document of the production run
        #[arg(long)]
        document: String,
        /// Role of somebody who signed it; may be named several times
        #[arg(long)]
        signed: Vec<String>,
        /// Role that must have signed it; clinical and technical when left out
        #[arg(long)]
        role: Vec<String>,
        /// Fingerprint of the export
        #[arg(long)]
        source: String,
        /// How the export stands to that of the last round
        #[arg(long)]
        relation: Option<Relation>,
        /// When the run is to begin (RFC 3339)
        #[arg(long)]
        begins: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Relation {
    Same,
    Later,
}

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
        Task::Compare { rounds } => compare(&read(rounds)?, options.json)?,
        Task::Attach {
            round,
            out,
            samples,
            compare,
        } => {
            let mut record = round::read(round, &key)?.record().clone();
            if let Some(path) = samples {
                record.samples = Some(serde_json::from_slice(&bytes(path)?)?);
            }
            if let Some(path) = compare {
                record.compare = Some(serde_json::from_slice(&bytes(path)?)?);
            }
            write(out, &record, &key)?;
        }
        Task::Gate {
            rounds,
            document,
            signed,
            role,
            source,
            relation,
            begins,
        } => {
            let gate = match role.is_empty() {
                true => ProductionGate::default(),
                false => ProductionGate::new(role.iter().cloned()),
            };
            let inputs = round::inputs(source, document, &Ruleset::all());
            let signed = SignedDocument::new(document, signed.iter().cloned());
            let mut run = ProductionRun::new(begins, inputs, signed);
            run.source_relation = relation.map(|relation| match relation {
                Relation::Same => SourceRelation::Same,
                Relation::Later => SourceRelation::LaterExtract,
            });
            return decide(&gate, &read(rounds)?, &run, options.json);
        }
    }
    Ok(true)
}

fn compare(rounds: &[SealedRound], json: bool) -> Result<(), Failure> {
    let (last, before) = rounds.split_last().ok_or("no round was named")?;
    let before: Vec<_> = before.iter().map(SealedRound::record).collect();
    let changes = last.record().changes(&before);
    if json {
        let document =
            json!({ "format": "ehr-rounds/1", "round": last.record().number, "changes": changes });
        println!("{}", serde_json::to_string_pretty(&document)?);
        return Ok(());
    }
    let mut counts: BTreeMap<_, u64> = BTreeMap::new();
    for change in changes.values() {
        *counts
            .entry((change.change, &change.code, &change.causes))
            .or_default() += 1;
    }
    println!(
        "round {} against {} before it",
        last.record().number,
        before.len()
    );
    for ((change, code, causes), count) in counts {
        println!(
            "{count:>8}  {:<24} {code:<45} {causes:?}",
            format!("{change:?}")
        );
    }
    Ok(())
}

fn decide(
    gate: &ProductionGate,
    rounds: &[SealedRound],
    run: &ProductionRun,
    json: bool,
) -> Result<bool, Failure> {
    let decision = gate.check(rounds, run);
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
            Err(refusal) => refusal.conditions.iter().for_each(|failed| {
                println!(
                    "{} is not met; rounds {:?} {:?}",
                    failed.condition, failed.rounds, failed.what
                );
            }),
        }
    }
    Ok(decision.is_ok())
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn write(
    path: &Path,
    record: &ehr_validate::rounds::RoundRecord,
    key: &DataKey,
) -> Result<(), Failure> {
    let mut sealed = Vec::new();
    record.write(key, &mut sealed)?;
    fs::write(path, sealed).map_err(|error| format!("{}: {error}", path.display()).into())
}
