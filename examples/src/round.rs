//! Records of rounds: under which key, by which programs.

use std::fs;
use std::path::Path;

use ehr_crypto::DataKey;
use ehr_validate::Ruleset;
use ehr_validate::rounds::{RoundInputs, RoundRecord, SealedRound};

use crate::export::Failure;

/// The key of the rounds, from the key of the archive.
///
/// # Errors
///
/// If no key can be derived.
pub fn key(archive: &DataKey) -> Result<DataKey, Failure> {
    Ok(archive.derive(b"ehr rounds")?)
}

/// What went into a round that these programs made.
pub fn inputs(source_fingerprint: &str, document_digest: &str, ruleset: &Ruleset) -> RoundInputs {
    let mut inputs = RoundInputs::new(source_fingerprint, document_digest, ruleset);
    let (program, version) = ("ehr migrate", env!("CARGO_PKG_VERSION"));
    inputs
        .software
        .insert(program.to_owned(), version.to_owned());
    inputs
}

/// Reads the record of a round.
///
/// # Errors
///
/// If it cannot be read, is damaged or was changed.
pub fn read(path: &Path, key: &DataKey) -> Result<SealedRound, Failure> {
    let place = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let bytes = fs::read(path).map_err(|error| place(&error))?;
    Ok(RoundRecord::read(&bytes, key).map_err(|error| place(&error))?)
}
