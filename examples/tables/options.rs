//! The command line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Parser, ValueEnum};

/// A release and the files of it, in this order.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Of {
    /// Order file of ICD-10-CM
    #[value(name = "icd-10-cm")]
    Icd10Cm,
    /// Order file of ICD-10-PCS
    #[value(name = "icd-10-pcs")]
    Icd10Pcs,
    /// Titles of ICD-9-CM diagnoses
    #[value(name = "icd-9-cm")]
    Icd9Cm,
    /// Titles of ICD-9-CM procedures
    #[value(name = "icd-9-procedures")]
    Icd9Procedures,
    /// GEM of diagnoses from ICD-9-CM
    #[value(name = "gem-9-to-10")]
    Gem9To10,
    /// GEM of diagnoses from ICD-10-CM
    #[value(name = "gem-10-to-9")]
    Gem10To9,
    /// Loinc.csv, and MapTo.csv where there is one
    Loinc,
    /// RXNCONSO.RRF, RXNREL.RRF, RXNSAT.RRF, and RXNCUI.RRF of a full release
    Rxnorm,
    /// The same files: the map from National Drug Codes to RxNorm
    NdcToRxnorm,
    /// Snapshots of concepts, of historical associations, and of descriptions (one or more)
    Snomed,
    /// cvx.xml or cvx.txt, and tradename.xml where there is one
    Cvx,
    /// mvx.xml or mvx.txt
    Mvx,
    /// product.txt and package.txt of the NDC directory
    Ndc,
    /// Fixed-width file of HCPCS codes
    Hcpcs,
    /// Providers of NPPES
    Nppes,
}

/// Builds the table of a code system from an official release.
#[derive(Debug, Parser)]
#[command(name = "tables")]
pub(crate) struct Options {
    /// What the files are
    #[arg(long)]
    pub(crate) of: Of,
    /// Name of the release, kept in the table
    #[arg(long)]
    pub(crate) release: String,
    /// Day from which the release is in force
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) date: NaiveDate,
    /// File to write; it must not exist
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Print JSON instead of a line for people
    #[arg(long)]
    pub(crate) json: bool,
    /// The files of the release
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
}
