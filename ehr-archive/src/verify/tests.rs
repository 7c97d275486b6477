//! Faults that only somebody with all keys can make: everything is sealed and signed anew, and still does not agree.

use std::fs;

use ehr_crypto::DataKey;
use uuid::Uuid;

use super::verify;
use crate::catalogue::{self, BY_DOB, BY_MRN, BY_NAME, BY_ORDINAL, KEYRING, OBJECTS};
use crate::files::Folder;
use crate::keys::Unlock;
use crate::names::{self, CURRENT};
use crate::state::State;
use crate::{
    ArchiveId, ArchiveOptions, ArchiveWriter, Cohort, ObjectClass, ObjectEntry, PatientEntry,
    RetentionFacts,
};

const LOCK: [u8; 32] = [0x4b; 32];

/// Three patients with two objects each.
fn archive() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let options = ArchiveOptions {
        archive_id: ArchiveId::new("a").unwrap(),
        created: "2026-01-31T09:30:00Z".into(),
        software: "tests".into(),
    };
    let mut writer =
        ArchiveWriter::create(folder.path(), options, &DataKey::from_bytes(LOCK)).unwrap();
    for number in 1..=3 {
        let class = ObjectClass::Chart;
        let object = ObjectEntry {
            class,
            media_type: "text/plain",
            source_id: "",
            bytes: &[number],
        };
        let entry = PatientEntry {
            patient_id: Uuid::from_u128(number.into()),
            mrns: &[&number.to_string()],
            names: &["Doe, Jane"],
            birth_date: Some("1980"),
            cohort: Cohort::KEEP,
            facts: RetentionFacts::default(),
            objects: &[
                object,
                ObjectEntry {
                    class: ObjectClass::Source,
                    ..object
                },
            ],
        };
        writer.append(&entry, b"").unwrap();
    }
    writer.finish(b"").unwrap();
    folder
}

/// Changes the plaintext of one file of the state, and signs the state anew.
fn problem_after(name: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> String {
    let temporary = archive();
    let folder = Folder::new(temporary.path());
    let lock = DataKey::from_bytes(LOCK);
    let state = State::open(temporary.path(), Unlock::from(&lock)).unwrap();
    let (keys, archive, epoch) = (&state.keys, state.archive.clone(), state.current.epoch);
    let (path, context) = (
        names::state_file(name, epoch),
        catalogue::epoch_context(&archive, name, epoch),
    );
    let key = if name == KEYRING {
        keys.epoch().unwrap()
    } else {
        keys.catalogue().unwrap()
    };
    let plaintext =
        ehr_crypto::open(key, &context, &fs::read(folder.path(&path)).unwrap()).unwrap();
    folder
        .write(
            &path,
            &ehr_crypto::seal(key, &context, &change(plaintext)).unwrap(),
        )
        .unwrap();

    let mut current = state.current.clone();
    let files = current
        .files
        .iter()
        .map(|(_, path)| (folder.digest(path).unwrap().sha256, path.clone()))
        .collect();
    current.set_files(files);
    let current = current.sign(&archive, keys.signing().unwrap()).unwrap();
    folder.replace(CURRENT, current.as_bytes()).unwrap();

    assert!(verify(temporary.path(), None).is_sound());
    let report = verify(temporary.path(), Some(&DataKey::from_bytes(LOCK)));
    report
        .problems
        .iter()
        .map(|problem| format!("{problem}\n"))
        .collect()
}

/// Changes the lines of a catalogue.
fn with_lines(change: impl FnOnce(&mut Vec<String>)) -> impl FnOnce(Vec<u8>) -> Vec<u8> {
    |text| {
        let mut lines: Vec<String> = String::from_utf8(text)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        change(&mut lines);
        lines
            .iter()
            .flat_map(|line| [line.as_bytes(), b"\n"].concat())
            .collect()
    }
}

#[test]
fn an_unchanged_archive_that_is_signed_anew_is_sound() {
    for name in catalogue::EPOCH_FILES {
        assert_eq!(problem_after(name, |plaintext| plaintext), "");
    }
}

#[test]
fn a_list_of_words_that_leaves_out_adds_or_redirects() {
    for name in catalogue::WORD_FILES {
        let expected = format!(
            "[state/{name}.1.c256] changed since it was written: the catalogue does not list what the entries say\n"
        );
        assert_eq!(problem_after(name, |plaintext| plaintext), "");
        let removed = with_lines(|lines| drop(lines.remove(1)));
        assert_eq!(problem_after(name, removed), expected);
        let added = with_lines(|lines| lines.push("zzz\t0".into()));
        assert_eq!(problem_after(name, added), expected);
        let redirected = with_lines(|lines| lines[1] = lines[1].clone() + "0");
        assert_eq!(problem_after(name, redirected), expected);
    }
}

#[test]
fn an_index_that_leaves_out_or_adds_a_line() {
    for name in [BY_MRN, BY_NAME, BY_DOB] {
        let expected = format!(
            "[state/{name}.1.c256] changed since it was written: the catalogue does not list what the entries say\n"
        );
        let removed = with_lines(|lines| drop(lines.remove(1)));
        assert_eq!(problem_after(name, removed), expected);
        let added = with_lines(|lines| lines.push("zzz\t0000000001".into()));
        assert_eq!(problem_after(name, added), expected);
        let redirected =
            with_lines(|lines| lines[2] = lines[2].replace("0000000002", "0000000009"));
        assert_eq!(problem_after(name, redirected), expected);
        let unordered = with_lines(|lines| lines.swap(0, 1));
        let expected =
            format!("[state/{name}.1.c256] not as the format says: the lines are not in order\n");
        assert_eq!(problem_after(name, unordered), expected);
    }
}

#[test]
fn entries_that_are_missing() {
    let problem = problem_after(BY_ORDINAL, with_lines(|lines| drop(lines.remove(1))));
    assert_eq!(
        problem,
        "[state/by-ordinal.1.c256] changed since it was written: an ordinal is missing\n"
    );
    let problem = problem_after(OBJECTS, with_lines(|lines| drop(lines.remove(2))));
    assert!(
        problem.contains("changed since it was written: an object is missing\n"),
        "{problem}"
    );
    assert!(
        problem.contains("changed since it was written: the counts\n"),
        "{problem}"
    );
    let problem = problem_after(OBJECTS, with_lines(|lines| drop(lines.pop())));
    assert!(
        problem.contains("objects of the tree belong to no entry\n"),
        "{problem}"
    );
}

#[test]
fn objects_that_are_exchanged() {
    let problem = problem_after(KEYRING, |mut keys| {
        let (first, second) = keys.split_at_mut(32);
        first.swap_with_slice(&mut second[..32]);
        keys
    });
    assert_eq!(
        problem.matches("sealed with another key").count(),
        4,
        "{problem}"
    );

    // The row of one object says the place of another.
    let problem = problem_after(
        OBJECTS,
        with_lines(|lines| {
            let place = |line: &str| line.splitn(5, '\t').last().unwrap().to_owned();
            let (old, new) = (place(&lines[0]), place(&lines[1]));
            lines[0] = lines[0].replace(&old, &new);
        }),
    );
    assert!(
        problem.contains("sealed with another key or for another place"),
        "{problem}"
    );

    // The class of one object is changed.
    let problem = problem_after(
        OBJECTS,
        with_lines(|lines| lines[0] = lines[0].replace("chart", "source")),
    );
    assert!(
        problem.contains("the object is of another class than the catalogue says\n"),
        "{problem}"
    );

    // An object claims the leaf of another.
    let problem = problem_after(
        OBJECTS,
        with_lines(|lines| {
            assert!(lines[0].ends_with("\t0"));
            lines[0].pop();
            lines[0].push('1');
        }),
    );
    assert!(
        problem.contains("the object is not at its place in the tree\n"),
        "{problem}"
    );

    // One object stands for two.
    let problem = problem_after(
        OBJECTS,
        with_lines(|lines| lines[1] = lines[0].replace("\t000000\t", "\t000001\t")),
    );
    assert!(
        problem.contains("the object is not at its place in the tree\n"),
        "{problem}"
    );
}
