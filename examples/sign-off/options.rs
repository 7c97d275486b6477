//! The command line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser};

/// Signs a mapping document, and says whether its sign-offs approve it.
#[derive(Debug, Parser)]
#[command(name = "sign-off")]
pub(crate) enum Command {
    /// Make a signing key, and print what verifies its signatures
    Key(Signer),
    /// Sign a mapping document as it is now
    Sign(Sign),
    /// Hold sign-offs against a mapping document
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(crate) struct Signer {
    /// File of the signing key; whoever has it can sign
    #[arg(long)]
    pub(crate) key: PathBuf,
    /// The name of the key in every signature, without spaces
    #[arg(long)]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct Sign {
    #[command(flatten)]
    pub(crate) signer: Signer,
    /// Mapping document
    #[arg(long, value_name = "FILE")]
    pub(crate) map: PathBuf,
    /// Who signs, as in the file of reviewers
    #[arg(long, value_name = "PERSON")]
    pub(crate) reviewer: String,
    /// In which role, such as `clinician` or `migration-lead`
    #[arg(long)]
    pub(crate) role: String,
    /// The day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) date: NaiveDate,
    /// What is accepted although it should be otherwise, or why it is rejected; may be named several times
    #[arg(long, value_name = "TEXT")]
    pub(crate) exception: Vec<String>,
    /// Reject the document
    #[arg(long)]
    pub(crate) reject: bool,
    /// New file for the sign-off
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Print JSON instead of a line for people
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Mapping document
    #[arg(long, value_name = "FILE")]
    pub(crate) map: PathBuf,
    /// Whose signatures count
    #[arg(long, value_name = "FILE")]
    pub(crate) reviewers: PathBuf,
    /// The day that counts as today
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) today: NaiveDate,
    /// Print JSON instead of lines for people
    #[arg(long)]
    pub(crate) json: bool,
    /// The sign-offs
    #[arg(value_name = "SIGN-OFF")]
    pub(crate) sign_offs: Vec<PathBuf>,
}
