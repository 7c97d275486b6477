//! The command line.

use std::path::PathBuf;

use clap::Parser;
use ehr_validate::moment::Moment;

/// Says how a cutover stands.
#[derive(Debug, Parser)]
#[command(name = "cutover")]
pub(crate) struct Options {
    /// Write the shipped plan to a file, to be changed and signed, and end
    #[arg(long, value_name = "FILE")]
    pub(crate) write_plan: Option<PathBuf>,
    /// Plan; the shipped one when left out
    #[arg(long)]
    pub(crate) plan: Option<PathBuf>,
    /// What was done and found so far, as JSON; nothing when left out
    #[arg(long)]
    pub(crate) progress: Option<PathBuf>,
    /// The hour, with its offset, such as 2031-05-05T06:00:00-05:00
    #[arg(long, required_unless_present = "write_plan")]
    pub(crate) at: Option<Moment>,
    /// Export with the claims and patients
    #[arg(long)]
    pub(crate) source: Option<PathBuf>,
    /// Mapping document of the export; the shipped ones of the formats found when left out
    #[arg(long)]
    pub(crate) map: Option<PathBuf>,
    /// Folder with the answers of payers: 277CA and 835
    #[arg(long)]
    pub(crate) answers: Option<PathBuf>,
    /// Waves to count patients by: a file, or `default`
    #[arg(long, requires = "source")]
    pub(crate) waves: Option<PathBuf>,
    /// Folder for the page and the data; made where it does not exist
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Print JSON instead of lines for people
    #[arg(long)]
    pub(crate) json: bool,
    /// URI of the source system, where a shipped document is used
    #[arg(long, value_name = "URI", default_value = "urn:ehr:legacy-system")]
    pub(crate) system: String,
}
