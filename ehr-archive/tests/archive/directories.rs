//! The shared directories: found in all accessions, each read on record, nothing else opened.

use ehr_archive::*;
use ehr_crypto::{Credential, DataKey};

use crate::sample::{self, ACCESS};

const COHORT: Cohort<'static> = Cohort::KEEP;

fn object(class: ObjectClass, bytes: &[u8]) -> ObjectEntry<'_> {
    ObjectEntry {
        class,
        media_type: "application/fhir+json",
        source_id: "providers",
        bytes,
    }
}

/// Two accessions; the first has a directory beside rejects in one entry, and an entry without one.
fn archive(path: &std::path::Path) {
    let mut writer = ArchiveWriter::create(path, sample::options("a"), &sample::key()).unwrap();
    for sample in sample::samples(5) {
        sample.append(&mut writer, b"").unwrap(); // the last are rejects of nobody
    }
    let objects = [
        object(ObjectClass::Rejects, b"1,2,3"),
        object(ObjectClass::Directory, b"practitioners"),
        object(ObjectClass::Directory, b"places"),
    ];
    let sealed = writer.sealer().seal_unassigned(COHORT, &objects).unwrap();
    writer.append_sealed(sealed, b"").unwrap();
    writer.finish(b"").unwrap();
    let options = AccessionOptions {
        created: "2026-03-01T09:30:00Z".into(),
        software: "tests 1.0".into(),
    };
    let mut writer = ArchiveWriter::accession(path, options, &sample::key(), &ACCESS).unwrap();
    let objects = [object(ObjectClass::Directory, b"late practitioners")];
    let sealed = writer.sealer().seal_unassigned(COHORT, &objects).unwrap();
    writer.append_sealed(sealed, b"").unwrap();
    writer.finish(b"").unwrap();
}

/// Subtypes of the log's entries, with the ordinals of those that are reads.
fn log(reader: &mut ArchiveReader) -> Vec<String> {
    let mut events = Vec::new();
    reader
        .read_log(&ACCESS, |_, event| {
            let event: serde_json::Value = serde_json::from_slice(event).unwrap();
            let what = &event["entity"][0]["what"]["identifier"]["value"];
            let kind = event["subtype"][0]["code"].as_str().unwrap();
            events.push(match what.as_str() {
                Some(ordinal) => format!("{kind} {ordinal}"),
                None => kind.to_owned(),
            });
            Ok(())
        })
        .unwrap();
    events
}

#[test]
fn directories_of_all_accessions_are_found_and_their_reads_are_on_record() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path());
    let mut reader = sample::open(folder.path()).unwrap();
    let before = log(&mut reader).len();
    let directories = reader.directories(&ACCESS).unwrap();
    let bytes: Vec<&[u8]> = directories.iter().map(Object::bytes).collect();
    let expected: [&[u8]; 3] = [b"practitioners", b"places", b"late practitioners"];
    assert_eq!(bytes, expected);
    assert!(
        directories
            .iter()
            .all(|object| object.class() == Some(ObjectClass::Directory))
    );
    // Entry 4 has rejects only and stays closed; 6 is the report of the first accession.
    assert_eq!(log(&mut reader)[before..], ["read 5", "read 7", "access"]);
}

#[test]
fn who_cannot_read_charts_gets_no_directory_and_leaves_no_read() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path());
    let clerk = DataKey::from_bytes([2; 32]);
    let mut custodian = Custodian::open(folder.path(), &sample::key(), &ACCESS).unwrap();
    let roles = [Role::Catalogue, Role::Log, Role::Signing];
    custodian
        .grant("clerk", Credential::Key(&clerk), &roles, &ACCESS)
        .unwrap();
    drop(custodian);
    let mut reader = ArchiveReader::open(folder.path(), &clerk, &ACCESS).unwrap();
    let error = reader.directories(&ACCESS).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::RoleMissing { role: Role::Epoch }),
        "{error}"
    );
    let reads = log(&mut reader);
    assert!(
        !reads.iter().any(|event| event.starts_with("read ")),
        "{reads:?}"
    );
}

#[test]
fn an_archive_without_a_directory_has_none() {
    let folder = tempfile::tempdir().unwrap();
    sample::write(folder.path(), "a", &sample::samples(5));
    let mut reader = sample::open(folder.path()).unwrap();
    assert!(reader.directories(&ACCESS).unwrap().is_empty());
}
