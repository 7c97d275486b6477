//! Audits a raw export before any mapping exists: what it holds, what is wrong with it, and a first
//! mapping document to begin with.
//!
//! ```text
//! cargo run --release --example audit -- --source DIR [--map FILE] --out DIR [--json]
//! ```
//!
//! `OUT/index.html` is the report, `OUT/audit.json` the same as data, `OUT/draft.toml` a mapping
//! document whose every line is a guess for a person to review, `OUT/balance.json` what it, or the
//! document that `--map` names, leaves unmapped, and `OUT/planning.html` and `OUT/planning.json` an
//! estimate of effort and cost with its assumptions. The program ends with 0, or with 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod balance;
mod look;
mod summary;

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDate};
use clap::Parser;
use ehr_mapping::document::MappingDocument;
use ehr_mapping::suggest;
use ehr_validate::Terminology;
use ehr_validate::audit::AuditOptions;
use ehr_validate::planning::Planning;
use ehr_validate::terminology::Table;
use examples::export::{self, Failure};

/// Audits an export before any mapping exists.
#[derive(Debug, Parser)]
#[command(name = "audit")]
struct Options {
    /// Folder, ZIP file or file with the export
    #[arg(long)]
    source: PathBuf,
    /// Mapping document whose balance is drawn instead of that of the draft
    #[arg(long)]
    map: Option<PathBuf>,
    /// Folder for the result; made where it does not exist
    #[arg(long)]
    out: PathBuf,
    /// Print the report as JSON instead of lines for people
    #[arg(long)]
    json: bool,
    /// Show frequent values in the report: it then holds data of patients
    #[arg(long)]
    values: bool,
    /// Built table of a code system, for unknown and retired codes; may be named several times
    #[arg(long, value_name = "FILE")]
    table: Vec<PathBuf>,
    /// URI of the source system in the draft
    #[arg(long, value_name = "URI", default_value = "urn:ehr:legacy-system")]
    system: String,
    /// The day that counts as today; the day of the run when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
    /// How many files are read at once
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
    let folder = export::open(&options.source)?;
    let mut audit = AuditOptions::new(options.as_of.unwrap_or_else(today));
    audit.values = options.values;
    if !options.table.is_empty() {
        let mut terminology = Terminology::default();
        for path in &options.table {
            terminology = terminology.with(Table::open(path)?)?;
        }
        audit.terminology = Some(terminology);
    }
    let report = look::audit(&*folder, audit, options.threads.max(1))?;
    let draft = suggest::draft(&report.profile, &options.system);
    let document = match &options.map {
        Some(path) => Some(export::read_document(path)?),
        None => draft
            .as_ref()
            .map(|draft| MappingDocument::parse("draft.toml", draft.text()))
            .transpose()?,
    };
    fs::create_dir_all(&options.out)
        .map_err(|error| format!("{}: {error}", options.out.display()))?;
    report.write_html(create(&options.out.join("index.html"))?)?;
    report.write_json(create(&options.out.join("audit.json"))?)?;
    let estimate = Planning::default().estimate(&report);
    estimate.write_html(create(&options.out.join("planning.html"))?)?;
    estimate.write_json(create(&options.out.join("planning.json"))?)?;
    if let Some(draft) = &draft {
        let path = options.out.join("draft.toml");
        fs::write(&path, draft.text()).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let balance = match &document {
        Some(document) => Some(balance::of(document, &*folder, &options.out)?),
        None => None,
    };
    if let Some(balance) = &balance {
        serde_json::to_writer_pretty(create(&options.out.join("balance.json"))?, &balance.json())?;
    }
    if options.json {
        report.write_json(std::io::stdout().lock())?;
    } else {
        summary::print(&report, draft.as_ref(), balance.as_ref(), &options.out);
    }
    Ok(())
}

fn create(path: &Path) -> Result<BufWriter<File>, Failure> {
    let file = File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(BufWriter::new(file))
}

fn today() -> NaiveDate {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let now = DateTime::from_timestamp(i64::try_from(seconds).unwrap_or(0), 0);
    now.unwrap_or_default().date_naive()
}

fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
