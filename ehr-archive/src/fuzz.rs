//! The openers as the fuzz targets call them: bytes in, and what must hold of whatever is read. No part of the crate's interface.
//!
//! What is sealed in an archive is given in clear and sealed here: the fuzzer is somebody with all keys.

use std::io::Cursor;
use std::path::Path;

use ehr_crypto::{DataKey, SigningKey};

use crate::access_log::read_entries;
use crate::audit_event;
use crate::catalogue::{Catalogue, ObjectRow, Person, ordinal_of_index_line};
use crate::current::Current;
use crate::description::{Description, read_manifest};
use crate::files::Folder;
use crate::holds::Holds;
use crate::keys::{SlotsFile, Unlock};
use crate::names::{self, ARCHIVE_JSON, CURRENT, FIRST_BAG, MANIFEST, SLOTS};
use crate::object::{MAX_OBJECT_LEN, open_object};
use crate::{ArchiveId, ObjectId, RetentionRules, ranges, zip};

fn archive() -> ArchiveId {
    ArchiveId::new("testkit").expect("an id")
}

fn key() -> DataKey {
    DataKey::from_bytes([7; 32])
}

/// A pack: what is read as entries is what would be written, and has its place in the file.
pub fn pack(bytes: &[u8]) {
    let len = bytes.len() as u64;
    let Ok(entries) = zip::entries(&mut Cursor::new(bytes), len) else {
        return;
    };
    let mut end = 0;
    for entry in &entries {
        assert_eq!(entry.start, end);
        let header = entry.local_header();
        assert_eq!(bytes[entry.start as usize..][..header.len()], header);
        end = entry.offset() + u64::from(entry.len);
    }
    let _ = zip::directory(&entries, end);
}

/// `archive.json` and a manifest; the folder is one of the fuzzer's own.
pub fn description(folder: &Path, bytes: &[u8]) {
    let folder = Folder::new(folder);
    folder
        .create_folder(&names::in_bag(FIRST_BAG, "data"))
        .expect("a folder");
    folder
        .write(&names::in_bag(FIRST_BAG, ARCHIVE_JSON), bytes)
        .expect("room");
    if let Ok(description) = Description::read(&folder, FIRST_BAG) {
        let json = description.to_json().expect("what was read");
        let again: Description = serde_json::from_slice(&json).expect("what was written");
        assert_eq!(again.to_json().expect("what was read"), json);
        let _ = description.verifying_key(FIRST_BAG);
        let _ = description.report_object(FIRST_BAG);
    }
    folder
        .write(&names::in_bag(FIRST_BAG, MANIFEST), bytes)
        .expect("room");
    if let Ok(lines) = read_manifest(&folder, FIRST_BAG, MANIFEST) {
        assert!(
            lines
                .iter()
                .all(|(path, _)| path.starts_with("bag-000001/"))
        );
    }
}

/// `state/CURRENT`: read before its signature is known, and read again when it is signed.
pub fn current(folder: &Path, text: &str) {
    let (folder, archive) = (Folder::new(folder), archive());
    let signer = SigningKey::from_seed(&archive.signer(), key()).expect("a name");
    folder.create_folder("state").expect("a folder");
    folder.write(CURRENT, text.as_bytes()).expect("room");
    let verified = Current::read(&folder, &archive, signer.verifying_key());
    let Ok(current) = Current::read_unverified(&folder) else {
        assert!(verified.is_err());
        return;
    };
    let _ = (current.bags(), current.small_file("slots"));
    // What no note can hold was never signed.
    let Ok(note) = current.sign(&archive, &signer) else {
        assert!(verified.is_err());
        return;
    };
    let again = Current::of_note(&note, &archive, signer.verifying_key());
    assert!(again.is_ok_and(|again| again == current));
}

/// A catalogue: searching it ends, finds nothing else than what was asked for, and finds all of it in lines that are sorted.
pub fn catalogue(bytes: &[u8]) {
    let sealed = ehr_crypto::seal(&key(), b"", bytes).expect("it can be sealed");
    let Ok(mut catalogue) = Catalogue::open(&key(), b"", Cursor::new(sealed)) else {
        return;
    };
    let text = std::str::from_utf8(bytes).ok();
    let lines: Option<Vec<&str>> = text
        .filter(|text| text.is_empty() || text.ends_with('\n'))
        .map(|text| text.lines().collect())
        .filter(|lines: &Vec<&str>| {
            lines.is_sorted() && !lines.iter().any(|line| line.contains('\r'))
        });
    let some = text
        .and_then(|text| text.get(..text.len().min(3)))
        .unwrap_or("0");
    for prefix in ["", "0000000001\t", some] {
        let mut found = Vec::new();
        let searched = catalogue.with_prefix(prefix, |line| {
            assert!(line.starts_with(prefix));
            found.push(line.to_owned());
            Ok(true)
        });
        if let Some(lines) = &lines
            && !bytes.contains(&b'\r')
        {
            let expected = lines.iter().filter(|line| line.starts_with(prefix));
            assert!(searched.is_ok() && expected.eq(found.iter()));
        }
    }
    for line in text.unwrap_or_default().lines() {
        row(line);
    }
}

fn row(line: &str) {
    if let Ok(row) = ObjectRow::of_line(line) {
        let again = ObjectRow::of_line(&row.to_line()).expect("what was written");
        assert_eq!(again, row);
        assert!(row.pack_path().starts_with("bag-"));
    }
    if let Ok((ordinal, person)) = Person::of_line(line) {
        let again = Person::of_line(&person.to_line(ordinal).expect("it was read"));
        assert!(again.is_ok_and(|again| again == (ordinal, person.clone())));
        for (_, line) in person.index_lines(ordinal) {
            assert_eq!(
                ordinal_of_index_line(&line).expect("an index line"),
                ordinal
            );
        }
    }
    let _ = ordinal_of_index_line(line);
}

/// The header line of an object and its payload.
pub fn object(plaintext: &[u8]) {
    let (archive, key, id) = (archive(), key(), ObjectId::from_bytes([3; 16]));
    let context = archive.object_context(id);
    let sealed = ehr_crypto::seal(&key, &context, plaintext).expect("it can be sealed");
    if let Ok(object) = open_object(&archive, &key, id, &sealed) {
        assert!(object.bytes().len() as u64 <= MAX_OBJECT_LEN);
        assert_eq!(ehr_crypto::Digest::sha256(object.bytes()), object.digest());
        let shown = format!("{object:?}");
        assert!(object.source_id().len() < 8 || !shown.contains(object.source_id()));
    }
    assert!(open_object(&archive, &key, id, plaintext).is_err());
}

/// The journal of an unfinished archive: as bytes, and as frames whose content is one line of the input each. What was cut off once
/// is not cut off again.
pub fn journal(folder: &Path, bytes: &[u8]) {
    let folder = Folder::new(folder);
    folder.create_folder("unfinished").expect("a folder");
    crate::writer::fuzz_journal(&folder, &archive(), &key(), bytes);
}

/// The entries of the access log, and what one says.
pub fn log_entries(bytes: &[u8]) {
    let mut read = 0;
    let end = read_entries(&mut &bytes[..], |sealed| {
        read += 2 + sealed.len() as u64;
        let _ = audit_event::change_done(sealed);
        Ok(true)
    });
    let end = end.expect("bytes in memory");
    assert!(end == read && end <= bytes.len() as u64);
    let _ = audit_event::change_done(bytes);
}

/// Key slots: read, opened with a key that is not theirs, and written again.
pub fn slots(folder: &Path, bytes: &[u8]) {
    let folder = Folder::new(folder);
    folder.create_folder("state").expect("a folder");
    folder.write(SLOTS, bytes).expect("room");
    let Ok(slots) = SlotsFile::read(&folder, SLOTS) else {
        return;
    };
    assert!(slots.open(Unlock::from(&key())).is_err());
    let _ = (slots.holders(), slots.next_epoch());
    let Ok(json) = slots.to_json() else {
        return; // a slot of a later version
    };
    folder.write(SLOTS, &json).expect("room");
    let again = SlotsFile::read(&folder, SLOTS).expect("what was written");
    assert_eq!(again.to_json().expect("what was read"), json);
}

/// Holds, retention rules, and the ranges of a certificate.
pub fn small_files(text: &str) {
    let archive = archive();
    let signer = SigningKey::from_seed(&archive.signer(), key()).expect("a name");
    let mut holds = Holds::empty();
    for statement in text.split("\n\n") {
        let statement = format!("{}\n", statement.trim_end_matches('\n'));
        if let Ok(note) = signer.sign(&statement) {
            let _ = holds.apply(&note, &archive, signer.verifying_key());
        }
    }
    if let Ok(rules) = RetentionRules::from_json(text.as_bytes()) {
        let json = rules.to_json().expect("what was read");
        assert_eq!(
            RetentionRules::from_json(&json).expect("what was written"),
            rules
        );
        let _ = rules.assess_chart(Some("1980-02-29"), &Default::default(), "2026-02-01");
    }
    if let Some(numbers) = ranges::of_text(text) {
        assert_eq!(ranges::of_text(&ranges::to_text(&numbers)), Some(numbers));
    }
}
