//! Migrates a legacy export: FHIR R4 US Core out, a sealed archive beside it, and a report whose
//! books balance.
//!
//! ```text
//! cargo run --release --example migrate
//! cargo run --release --example migrate -- --source DIR --out DIR
//! cargo run --release --example migrate -- --source DIR --map FILE --out DIR
//! ```
//!
//! Without arguments the embedded sample practice is migrated. Without `--map` the shipped mapping
//! documents of the formats that the export holds are used. The program ends with 0 for go, 1
//! for no-go (open books or blocking issues) and 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod archive;
mod export;
mod lineage;
mod options;
mod patient;
mod progress;
mod retention;
mod round;
mod run;
mod set_aside;
mod staging;
mod summary;

use std::process::ExitCode;

use clap::Parser;
use ehr_validate::report::RunVerdict;

use crate::options::Options;

/// What the program can fail with; the message says where.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let options = Options::parse();
    match run::migrate(&options) {
        Ok(RunVerdict::Go) => ExitCode::SUCCESS,
        Ok(RunVerdict::NoGo) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("error: {failure}");
            let mut cause = failure.source();
            while let Some(deeper) = cause {
                eprintln!("  because: {deeper}");
                cause = deeper.source();
            }
            ExitCode::from(2)
        }
    }
}
