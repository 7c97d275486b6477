//! Compares the charts of two exports, entry by entry and field by field.
//!
//! ```text
//! cargo run --release --example compare -- --source DIR --target DIR \
//!     [--source-map FILE] [--target-map FILE] [--threads N] [--json]
//! ```
//!
//! The program ends with 0 if nothing that can harm a patient differs, with 1 if something does, and
//! with 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod charts;
mod input;
mod parallel;
mod print;
mod side;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use charts::{Part, Work};
use clap::Parser;
use ehr_validate::compare::{Comparison, PatientMatching, SharedRecords};
use examples::export::Failure;
use input::{Export, Ids};
use side::Side;

/// Compares the charts of two exports.
#[derive(Debug, Parser)]
#[command(name = "compare")]
struct Options {
    /// Folder, ZIP file or file of the system that is left
    #[arg(long)]
    source: PathBuf,
    /// Folder, ZIP file or file of the system that was filled
    #[arg(long)]
    target: PathBuf,
    /// Mapping document of the source; the shipped ones of the formats found when left out
    #[arg(long, value_name = "FILE")]
    source_map: Option<PathBuf>,
    /// Mapping document of the target; the shipped ones of the formats found when left out
    #[arg(long, value_name = "FILE")]
    target_map: Option<PathBuf>,
    /// URI of the source system, where a shipped document is used: that of the migration
    #[arg(long, value_name = "URI", default_value = "urn:ehr:legacy-system")]
    system: String,
    /// How many partitions are compared at once; that of the processors when left out
    #[arg(long)]
    threads: Option<NonZeroUsize>,
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

/// Compares, and says whether nothing that can harm a patient differs.
fn run(options: &Options) -> Result<bool, Failure> {
    let open = |is_source, system: &str, ids| match is_source {
        true => Export::open(&options.source, options.source_map.as_deref(), system, ids),
        false => Export::open(&options.target, options.target_map.as_deref(), system, ids),
    };
    let system = options.system.as_str();
    let (derived, anew);
    let (one, other) = (
        open(true, system, Ids::Kept)?,
        open(false, system, Ids::Kept)?,
    );
    let threads = options
        .threads
        .or_else(|| std::thread::available_parallelism().ok());
    let threads = threads.map_or(1, NonZeroUsize::get);
    let mut matching = PatientMatching::default();
    let mut source = Side::read(&one, threads, &mut matching, PatientMatching::source)?;
    let mut target = Side::read(&other, threads, &mut matching, PatientMatching::target)?;
    if matching.shared_ids() == 0 && one.has_choice_of_ids() {
        // a target that was written by a migration of this source has the ids that it derived
        derived = open(true, system, Ids::Derived)?;
        matching.forget_source();
        source = Side::read(&derived, threads, &mut matching, PatientMatching::source)?;
    }
    if matching.shared_ids() > 0 && !matching.ids_are_kept() {
        anew = open(false, &format!("{system}#counted-anew"), Ids::Derived)?;
        matching.forget_target();
        target = Side::read(&anew, threads, &mut matching, PatientMatching::target)?;
    }
    let patients = matching.finish();
    let mut comparison = Comparison::default();
    let (shared, differences) = SharedRecords::compare(&source.shared(), &target.shared());
    comparison.add_shared(differences);
    let work = Work {
        source: &source,
        target: &target,
        patients: &patients,
        shared: &shared,
        threads,
    };
    let Part {
        comparison: charts,
        keys,
    } = work.run()?;
    comparison.merge(charts);
    let (differences, counts) = comparison.finish();
    match options.json {
        true => print::json(
            &differences,
            &counts,
            &patients,
            &keys,
            &source.fingerprint(),
        )?,
        false => print::lines(&differences, &counts, &patients),
    }
    Ok(counts.safety_critical() == 0)
}
