//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use ehr_validate::rounds::SourceRelation;

/// Compares the records of rounds, and asks whether production may begin.
#[derive(Debug, Parser)]
#[command(name = "rounds")]
pub(crate) struct Options {
    /// Key file of the archive
    #[arg(long)]
    pub(crate) key: PathBuf,
    /// Print JSON instead of lines for people
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// What became of every finding between the last round and those before it
    Compare {
        /// Records, in the order of the rounds
        #[arg(required = true)]
        rounds: Vec<PathBuf>,
    },
    /// Adds what was compared or reviewed after a round, and seals it anew
    Attach(Attach),
    /// Whether a production run may begin
    Gate(Gate),
}

#[derive(Debug, Args)]
pub(crate) struct Attach {
    /// Record of the round
    pub(crate) round: PathBuf,
    /// New file for the record
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Results that `review read --json` printed
    #[arg(long)]
    pub(crate) samples: Option<PathBuf>,
    /// What `compare --json` printed
    #[arg(long)]
    pub(crate) compare: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Gate {
    /// Records of all rounds, in their order
    pub(crate) rounds: Vec<PathBuf>,
    /// Digest of the mapping document of the production run
    #[arg(long)]
    pub(crate) document: String,
    /// Role of somebody who signed it; may be named several times
    #[arg(long)]
    pub(crate) signed: Vec<String>,
    /// Role that must have signed it; clinician and migration lead when left out
    #[arg(long)]
    pub(crate) role: Vec<String>,
    /// Fingerprint of the export
    #[arg(long)]
    pub(crate) source: String,
    /// How the export stands to that of the last round
    #[arg(long)]
    pub(crate) relation: Option<Relation>,
    /// When the run is to begin (RFC 3339)
    #[arg(long)]
    pub(crate) begins: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Relation {
    Same,
    Later,
}

impl From<Relation> for SourceRelation {
    fn from(relation: Relation) -> Self {
        match relation {
            Relation::Same => Self::Same,
            Relation::Later => Self::LaterExtract,
        }
    }
}
