//! Holds a register of safeguards against an extraction, and lists what is missing.
//!
//! ```text
//! cargo run --example readiness -- --register FILE.json --today YYYY-MM-DD [--last-day YYYY-MM-DD] [--system URI]
//!     [--party NAME]... [--store NAME]... [--endpoint NAME]... [--offline] [--evidence DIR] [--json]
//! ```
//!
//! Parties, stores and endpoints that are not named are all that the register lists; so is the system, if it lists
//! one. The program ends with 0 if a permit is issued, with 1 if there are gaps, and with 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod request;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Parser;
use examples::export::Failure;
use examples::readiness;
use serde_json::json;

/// Holds a register of safeguards against an extraction.
#[derive(Debug, Parser)]
#[command(name = "readiness")]
struct Options {
    /// The register
    #[arg(long, value_name = "FILE")]
    register: PathBuf,
    /// The day that counts as today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: NaiveDate,
    /// The last day of the extraction; today when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    last_day: Option<NaiveDate>,
    /// URI of the source system
    #[arg(long, value_name = "URI")]
    system: Option<String>,
    /// Party that touches patient data; may be named several times
    #[arg(long, value_name = "NAME")]
    party: Vec<String>,
    /// Store in which patient data rests; may be named several times
    #[arg(long, value_name = "NAME")]
    store: Vec<String>,
    /// Endpoint over which patient data travels; may be named several times
    #[arg(long, value_name = "NAME")]
    endpoint: Vec<String>,
    /// Patient data travels over no network
    #[arg(long, conflicts_with = "endpoint")]
    offline: bool,
    /// Folder with the files of evidence; `evidence` beside the register when left out
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
    /// Print JSON instead of lines for people
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(2)
        }
    }
}

/// Asks for a permit, and says whether there is one.
fn run(options: &Options) -> Result<bool, Failure> {
    let path = options.register.display();
    let bytes = fs::read(&options.register).map_err(|error| format!("{path}: {error}"))?;
    let register = readiness::parse(&options.register, &bytes)?;
    let request = request::build(options, register.content())?;
    let outcome = register.permit(&request);
    let content = register.content();
    if options.json {
        let (permit, gaps) = match &outcome {
            Ok(permit) => (Some(permit), Vec::new()),
            Err(gaps) => (None, gaps.iter().collect()),
        };
        let digest = register.digest();
        println!(
            "{}",
            json!({"register": digest, "items": content, "permit": permit, "gaps": gaps})
        );
        return Ok(outcome.is_ok());
    }
    println!("{} ({})", content.organization, register.digest());
    for (safeguard, subject, item) in content.items() {
        let (name, to, file) = (safeguard.as_str(), item.valid_to, &item.evidence.file);
        println!("  {name:<15} to {to}  {subject}  ({file}, {})", item.owner);
    }
    match &outcome {
        Ok(permit) => println!(
            "permit for {} until {}",
            permit.system(),
            permit.expires_on()
        ),
        Err(gaps) => println!("{gaps}"),
    }
    Ok(outcome.is_ok())
}
