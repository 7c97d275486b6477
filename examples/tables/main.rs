//! Builds the table of a code system from an official release, for `check --table` and whoever
//! embeds `ehr_validate::terminology`.
//!
//! ```text
//! cargo run --release --example tables -- --of icd-10-cm --release "ICD-10-CM FY2025" \
//!     --date 2024-10-01 --out icd-10-cm.table [--json] icd10cm-order-2025.txt
//! ```
//!
//! The files are named in the order in which `--help` lists them for a system. A file that is not
//! laid out as its publisher says is an error with its line, and no table is written.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod options;
mod read;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use ehr_validate::terminology::Table;
use serde_json::json;

use crate::options::Options;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    if options.out.try_exists()? {
        return Err("--out names a file that exists".into());
    }
    read::read(options)?.write(&options.out)?;
    let table = Table::open(&options.out)?;
    let (codes, bytes) = (table.len(), table.size());
    if options.json {
        let json = json!({
            "format": "ehr-tables/1",
            "system": table.system(),
            "target": table.target(),
            "release": table.release(),
            "date": table.date().to_string(),
            "codes": codes,
            "bytes": bytes,
        });
        println!("{}", serde_json::to_string_pretty(&json)?);
    } else {
        println!("{codes} codes of {} in {bytes} bytes", table.system());
    }
    Ok(())
}
