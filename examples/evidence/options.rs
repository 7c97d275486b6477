//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser};
use ehr_archive::evidence::EvidencePart;
use ehr_crypto::VerifyingKey;

/// Makes and verifies the evidence bundle of a migration.
#[derive(Debug, Parser)]
#[command(name = "evidence")]
pub(crate) enum Command {
    /// Make a signing key, and print what verifies its signatures
    Key(Signer),
    /// Make a bundle
    Make(Make),
    /// Seal a bundle into an archive, as an accession of its own
    Seal(Seal),
    /// Verify a bundle, offline
    Verify {
        /// Folder of the bundle
        folder: PathBuf,
        /// The signer's public key, as `key` prints it
        #[arg(long)]
        signer: VerifyingKey,
        /// Print JSON instead of lines for people
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Signer {
    /// File of the signing key; whoever has it can sign
    #[arg(long = "key", alias = "file")]
    pub(crate) file: PathBuf,
    /// The signer's name in every signature, without spaces
    #[arg(long)]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct Seal {
    /// Folder of the bundle, which must be whole
    pub(crate) folder: PathBuf,
    /// The signer's public key, as `key` prints it
    #[arg(long)]
    pub(crate) signer: VerifyingKey,
    /// Folder of the archive
    #[arg(long)]
    pub(crate) archive: PathBuf,
    /// Key file of the archive
    #[arg(long)]
    pub(crate) archive_key: PathBuf,
    /// Who seals it, for the access log of the archive
    #[arg(long)]
    pub(crate) agent: String,
    /// Print JSON instead of lines for people
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Make {
    #[command(flatten)]
    pub(crate) signer: Signer,
    /// Title of the bundle
    #[arg(long)]
    pub(crate) title: String,
    /// The day on which it is made
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) made: String,
    /// Folder of the bundle, which must not be there yet
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// A file of a part; may be named several times
    #[arg(long, value_name = "PART=FILE", value_parser = part)]
    pub(crate) part: Vec<(EvidencePart, String)>,
    /// Why a part has no file
    #[arg(long, value_name = "PART=REASON", value_parser = part)]
    pub(crate) absent: Vec<(EvidencePart, String)>,
    /// Print JSON instead of lines for people
    #[arg(long)]
    pub(crate) json: bool,
}

fn part(text: &str) -> Result<(EvidencePart, String), String> {
    let (name, value) = text.split_once('=').ok_or("PART=VALUE expected")?;
    let names: Vec<_> = EvidencePart::ALL.iter().map(|part| part.as_str()).collect();
    let part = EvidencePart::parse(name).ok_or(format!("the parts are {}", names.join(", ")))?;
    Ok((part, value.to_owned()))
}
