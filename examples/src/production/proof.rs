//! The evidence of a production run: what was looked at before it, what it left, signed and sealed into its archive.

use std::path::Path;

use ehr_archive::evidence::{Evidence, EvidenceError, EvidencePart, EvidenceSource, make_evidence};
use ehr_archive::{Access, AccessionOptions, ArchiveReader, Purpose, Summary as ArchiveSummary};
use ehr_crypto::{DataKey, SigningKey};
use ehr_mapping::document::MappingDocument;
use ehr_validate::rounds::RoundRecord;
use serde_json::json;

use crate::export::Failure;

/// Why parts have no file where the request neither names one nor says why.
const NOT_GIVEN: [(EvidencePart, &str); 3] = [
    (
        EvidencePart::Audit,
        "no audit was given to the production run",
    ),
    (
        EvidencePart::Cutover,
        "no cutover plan was given to the production run",
    ),
    (
        EvidencePart::Monitoring,
        "monitoring begins after the production run",
    ),
];

/// What a production run left.
pub struct Outcome<'o> {
    /// The archive, finished, and what finishing it gave.
    pub archive: &'o Path,
    /// What finishing the archive gave.
    pub summary: &'o ArchiveSummary,
    /// The key of the archive.
    pub key: &'o DataKey,
    /// Files of the evidence by part, with their names.
    pub files: Vec<(EvidencePart, String, Vec<u8>)>,
    /// Where the bundle goes.
    pub folder: &'o Path,
    /// Who runs the extraction, for the access log of the archive.
    pub party: &'o str,
    /// The time, for the same.
    pub now: &'o str,
    /// The program with its version.
    pub software: &'o str,
}

/// Makes the bundle with the checkpoints of the archive and of its access log, and seals it into the
/// archive as an accession of its own.
///
/// # Errors
///
/// If the archive cannot be opened or written, or the bundle cannot be made.
pub fn archive_and_seal(
    mut source: EvidenceSource,
    signer: &SigningKey,
    outcome: Outcome<'_>,
) -> Result<(), Failure> {
    let access = Access {
        agent: outcome.party,
        recorded: outcome.now,
        purpose: Purpose::Operations,
    };
    let reader = ArchiveReader::open(outcome.archive, outcome.key, &access)?;
    let log = EvidencePart::LogCheckpoint;
    source.add_bytes(log, "access-log.txt", reader.log_checkpoint());
    drop(reader);
    source.add_bytes(log, "archive.txt", outcome.summary.checkpoint.as_str());
    let key = format!("{}\n", outcome.summary.verifying_key);
    source.add_bytes(log, "archive-key.txt", key);
    for (part, name, content) in outcome.files {
        source.add_bytes(part, name, content);
    }
    make_evidence(&source, outcome.folder, signer)?;
    let evidence = Evidence::open(outcome.folder, signer.verifying_key())?;
    let options = AccessionOptions {
        created: outcome.now.to_owned(),
        software: outcome.software.to_owned(),
    };
    evidence.seal_as_accession(outcome.archive, options, outcome.key, &access)?;
    Ok(())
}

/// Says why parts have no file, and checks that a bundle can be made once the run has left its own.
pub(super) fn check(source: &mut EvidenceSource) -> Result<(), EvidenceError> {
    for (part, reason) in NOT_GIVEN {
        if !source.has(part) && !source.is_absent(part) {
            source.absent(part, reason);
        }
    }
    let mut whole = source.clone();
    for part in EvidencePart::ALL {
        let is_explained = whole.is_absent(*part) && is_given(*part);
        if !whole.has(*part) && !is_explained {
            whole.add_bytes(*part, "left-by-the-run", "");
        }
    }
    whole.check()
}

/// Whether a part is for the request to give; the others come from the gates and from the run.
fn is_given(part: EvidencePart) -> bool {
    NOT_GIVEN.iter().any(|(given, _)| *given == part)
}

/// The mapping document, its code maps and the shipped documents that it extends.
pub(super) fn add_document(source: &mut EvidenceSource, document: &MappingDocument) {
    let part = EvidencePart::MappingDocument;
    source.add_bytes(part, document.name(), document.text());
    for (name, content) in document.files() {
        source.add_bytes(part, name.replace('/', "_"), content);
    }
    for name in document.parts().into_keys() {
        if let Some(base) = MappingDocument::shipped(&name) {
            source.add_bytes(part, format!("shipped-{name}.toml"), base.text());
        }
    }
}

/// The record of a round, and what its sample gave.
pub(super) fn add_round(source: &mut EvidenceSource, record: &RoundRecord, bytes: Vec<u8>) {
    let number = record.number;
    source.add_bytes(EvidencePart::Round, format!("round-{number}.json"), bytes);
    if let Some(samples) = &record.samples {
        let samples = json!(samples).to_string();
        let name = format!("round-{number}-samples.json");
        source.add_bytes(EvidencePart::Sample, name, samples);
    }
}
