//! The command line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Parser;
use ehr_validate::moment::Moment;

/// Watches claims after go-live.
#[derive(Debug, Parser)]
#[command(name = "monitor")]
pub(crate) struct Options {
    /// Folder, ZIP file or file with the answers of payers, before and after go-live
    #[arg(long)]
    pub(crate) answers: PathBuf,
    /// The day of go-live
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) go_live: NaiveDate,
    /// Register of discrepancies, as JSON
    #[arg(long, requires = "at")]
    pub(crate) register: Option<PathBuf>,
    /// The hour at which the clocks of the register are read
    #[arg(long)]
    pub(crate) at: Option<Moment>,
    /// Lineage of the migration, to trace discrepancies
    #[arg(long, requires = "register")]
    pub(crate) lineage: Option<PathBuf>,
    /// Folder for the page and the data; made where it does not exist
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Print JSON instead of lines for people
    #[arg(long)]
    pub(crate) json: bool,
}
