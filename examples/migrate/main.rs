//! Migrates a legacy export: FHIR R4 US Core out, a sealed archive beside it, and a report whose
//! books balance.
//!
//! ```text
//! cargo run --release --example migrate
//! cargo run --release --example migrate -- --source DIR --out DIR
//! cargo run --release --example migrate -- --source DIR --map FILE --out DIR
//! cargo run --release --example migrate -- --source DIR --map FILE --out DIR \
//!     --key FILE --round FILE --production FILE.toml
//! ```
//!
//! Without arguments the embedded sample practice is migrated. Without `--map` the shipped mapping
//! documents of the formats that the export holds are used. With `--production` it is no rehearsal:
//! the register, the sign-offs and the earlier rounds that the file names are asked before the
//! export is opened, and the run leaves signed evidence. The program ends with 0 for go, 1 for no-go
//! (a refused production run, open books or blocking issues) and 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod archive;
mod export;
mod lineage;
mod options;
mod patient;
mod production;
mod progress;
mod report;
mod retention;
mod round;
mod run;
mod set_aside;
mod sink;
mod staging;
mod summary;

use std::process::ExitCode;

use clap::Parser;
use ehr_validate::report::RunVerdict;

use crate::options::Options;
use crate::run::Ending;

/// What the program can fail with; the message says where.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let options = Options::parse();
    let ended = run::migrate(&options).and_then(|ending| {
        if let Ending::Refused(unmet) = &ending {
            production::print(unmet, options.json)?;
        }
        Ok(ending)
    });
    match ended {
        Ok(Ending::Run(RunVerdict::Go)) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
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
