//! The command line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Parser, Subcommand};

/// Draws a sample for review, writes the packet, reads the answers, states the claim.
#[derive(Debug, Parser)]
#[command(name = "review")]
pub(crate) struct Options {
    /// Export of the old system
    #[arg(long)]
    pub(crate) source: PathBuf,
    /// Mapping document of the source; the shipped ones when left out
    #[arg(long)]
    pub(crate) map: Option<PathBuf>,
    /// Export of the new system; the source itself when left out, to try it
    #[arg(long)]
    pub(crate) target: Option<PathBuf>,
    /// Mapping document of the target; the shipped ones when left out
    #[arg(long)]
    pub(crate) target_map: Option<PathBuf>,
    /// URI of the source system, where a shipped document is used
    #[arg(long, value_name = "URI", default_value = "urn:ehr:legacy-system")]
    pub(crate) system: String,
    /// What the draw is made from
    #[arg(long)]
    pub(crate) seed: u64,
    /// Percent of wrong charts that the claim must exclude
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) tolerance: u32,
    /// How many known faults stand in the packet
    #[arg(long, default_value_t = 30)]
    pub(crate) faults: u64,
    /// Tell reviewers neither which side is which system nor what differs
    #[arg(long)]
    pub(crate) blind: bool,
    /// The day that counts as today; the day of the run when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) as_of: Option<NaiveDate>,
    /// Print JSON instead of lines for people
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Draws, and writes the packet where one is wanted
    Draw {
        /// New folder for the packet
        #[arg(long, requires = "phi")]
        out: Option<PathBuf>,
        /// The packet shows data of patients, and that is wanted
        #[arg(long)]
        phi: bool,
    },
    /// Reads the answers, and states what they prove
    Read {
        /// Folder with the files that reviewers saved
        #[arg(long)]
        answers: PathBuf,
        /// Digest of the plan that was written down before the draw
        #[arg(long)]
        registered: String,
    },
}
