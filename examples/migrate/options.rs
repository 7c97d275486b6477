//! The command line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Parser, ValueEnum};
use ehr_archive::RetentionFacts;
use ehr_mapping::scope::ScopeMode;

/// Migrates a legacy export to FHIR R4 US Core, with a sealed archive and a report.
#[derive(Debug, Parser)]
#[command(name = "migrate")]
pub(crate) struct Options {
    /// Folder or file with the legacy export; the embedded sample practice when left out
    #[arg(long)]
    pub(crate) source: Option<PathBuf>,
    /// Mapping document of the export; the shipped ones of the formats found when left out
    #[arg(long, requires = "source")]
    pub(crate) map: Option<PathBuf>,
    /// URI of the source system, from which all ids derive, where a shipped document is used
    #[arg(long, value_name = "URI", default_value = "urn:ehr:legacy-system")]
    pub(crate) system: String,
    /// Folder for the result; `target/migration` when left out
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// How much migrates; the rest goes to the archive
    #[arg(long, value_enum, default_value = "full")]
    pub(crate) scope: Scope,
    /// First day of the window of the partial and hybrid scope; three years back when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) since: Option<NaiveDate>,
    /// The day that counts as today; the day of the run when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) as_of: Option<NaiveDate>,
    /// Key file of the archive; made beside OUT when left out
    #[arg(long)]
    pub(crate) key: Option<PathBuf>,
    /// Where the practice is, in the words of its retention rules, such as US-MA; unknown when left out, and kept
    #[arg(long, value_name = "WORD")]
    pub(crate) jurisdiction: Option<String>,
    /// What kind of facility it is, in the words of its retention rules; unknown when left out, and kept
    #[arg(long, value_name = "WORD")]
    pub(crate) facility: Option<String>,
    /// How many partitions of patients are mapped at once
    #[arg(long, default_value_t = default_threads())]
    pub(crate) threads: usize,
    /// Also write `lineage.ndjson`: for every resource, field by field, where its value stood
    #[arg(long)]
    pub(crate) lineage: bool,
    /// Also write one transaction bundle a patient
    #[arg(long)]
    pub(crate) transactions: bool,
    /// Also write one collection bundle a source file
    #[arg(long)]
    pub(crate) bundles: bool,
    /// Also leave the record of the round here, sealed under the key of the archive
    #[arg(long, value_name = "FILE")]
    pub(crate) round: Option<PathBuf>,
    /// Record of the round before
    #[arg(long, value_name = "FILE", requires = "round")]
    pub(crate) after: Option<PathBuf>,
    /// Run in production: what it is asked with, a TOML file
    #[arg(long, value_name = "FILE", requires_all = ["map", "key", "round"], conflicts_with = "after")]
    pub(crate) production: Option<PathBuf>,
    /// Print the report as JSON instead of the summary
    #[arg(long)]
    pub(crate) json: bool,
}

impl Options {
    /// What the archive keeps of every patient for its retention rules.
    pub(crate) fn retention(&self) -> RetentionFacts {
        RetentionFacts {
            jurisdiction: self.jurisdiction.clone(),
            facility: self.facility.clone(),
            ..RetentionFacts::default()
        }
    }
}

/// How much migrates.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Scope {
    /// Everything.
    Full,
    /// Active patients: what is active or recent of the safety-critical data.
    Partial,
    /// Active patients: all safety-critical data, and the rest as far as it is recent.
    Hybrid,
}

impl From<Scope> for ScopeMode {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Full => Self::Full,
            Scope::Partial => Self::Partial,
            Scope::Hybrid => Self::Hybrid,
        }
    }
}

fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
