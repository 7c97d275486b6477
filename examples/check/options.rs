//! The command line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Parser;

/// Runs all rules on the charts of an export.
#[derive(Debug, Parser)]
#[command(name = "check")]
pub(crate) struct Options {
    /// Folder, ZIP file or file with the export
    #[arg(long)]
    pub(crate) source: PathBuf,
    /// Mapping document of the export; the shipped ones of the formats found when left out
    #[arg(long)]
    pub(crate) map: Option<PathBuf>,
    /// Print JSON instead of lines for people
    #[arg(long)]
    pub(crate) json: bool,
    /// Built table of a code system; may be named several times
    #[arg(long, value_name = "FILE")]
    pub(crate) table: Vec<PathBuf>,
    /// URI of the source system, where a shipped document is used
    #[arg(long, value_name = "URI", default_value = "urn:ehr:legacy-system")]
    pub(crate) system: String,
    /// The day that counts as today; the day of the run when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) as_of: Option<NaiveDate>,
    /// How many partitions of patients are checked at once
    #[arg(long, default_value_t = default_threads())]
    pub(crate) threads: usize,
}

fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
