//! Duplicate patients of a list: writes the pairs that a person should look at. Merges nothing.
//!
//! ```text
//! cargo run --release --example linkage -- --source records.csv --out DIR [--json]
//! ```
//!
//! The list is delimited text with a header: `id,first,middle,last,dob,sex,street,city,state,zip,
//! phone,ssn,email`, in any order; any column may be missing or empty. `DIR/pairs.csv` then holds
//! `id_a,id_b,probability,grade`, the surest first. The program ends with 0, or with 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod pairs;
mod summary;

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use ehr_model::value::Text;
use ehr_validate::linkage::{Linker, PersonReader};

use crate::summary::Summary;

/// What the program can fail with; the message says where.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Finds patients that a list may hold twice.
#[derive(Debug, Parser)]
#[command(name = "linkage")]
struct Options {
    /// Delimited text with a header, one person a row
    #[arg(long)]
    source: PathBuf,
    /// Folder for `pairs.csv`; made where it does not exist
    #[arg(long)]
    out: PathBuf,
    /// Print a JSON summary instead of lines for people
    #[arg(long)]
    json: bool,
    /// How many threads compare; the result is the same for any number
    #[arg(long, default_value_t = default_threads())]
    threads: usize,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<(), Failure> {
    let start = Instant::now();
    let named =
        |failure: &dyn std::fmt::Display| format!("{}: {failure}", options.source.display());
    let source = File::open(&options.source).map_err(|error| named(&error))?;
    let mut linker = Linker::with_threads(options.threads);
    let mut ids: Vec<Text> = Vec::new();
    for row in PersonReader::new(BufReader::new(source)).map_err(|error| named(&error))? {
        let row = row.map_err(|error| named(&error))?;
        linker.add(&row.person);
        ids.push(row.id);
    }
    let linkage = linker.link();
    std::fs::create_dir_all(&options.out)
        .map_err(|error| format!("{}: {error}", options.out.display()))?;
    let file = options.out.join("pairs.csv");
    pairs::write(&file, &linkage, &ids).map_err(|error| format!("{}: {error}", file.display()))?;
    let summary = Summary::of(&linkage, &ids, &file, start.elapsed());
    if options.json {
        println!("{}", serde_json::to_string_pretty(&summary.to_json())?);
    } else {
        print!("{summary}");
    }
    Ok(())
}

fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
