//! Archives as other programs see them: unzip, sha256sum, and the Python reader that every archive carries.
//!
//! The reader runs where `EHR_PYTHON` names a Python with the packages `cryptography` and `zstandard`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use ehr_crypto::{DataKey, key};

use crate::sample;

/// Runs a program; `None` where it is not installed.
#[allow(clippy::print_stderr)]
fn run(folder: &Path, program: &str, arguments: &[&str]) -> Option<Output> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output();
    if output.is_err() {
        eprintln!("skipped: {program} is not installed");
    }
    output.ok()
}

#[test]
fn zip_and_digest_programs_agree() {
    let folder = tempfile::tempdir().unwrap();
    sample::write(folder.path(), "a", &sample::samples(10));
    let bag = folder.path().join("bag-000001");
    for pack in fs::read_dir(bag.join("data/packs")).unwrap() {
        let pack = pack.unwrap().path();
        if let Some(output) = run(&bag, "unzip", &["-t", "-q", pack.to_str().unwrap()]) {
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stdout)
            );
        }
    }
    let manifests = [
        "-c",
        "--quiet",
        "--strict",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
    ];
    if let Some(output) = run(&bag, "sha256sum", &manifests) {
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
#[allow(clippy::print_stderr)]
fn the_reader_in_the_archive_reads_it() {
    let Some(python) = std::env::var_os("EHR_PYTHON") else {
        eprintln!("skipped: EHR_PYTHON is not set, so reader.py was not run");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (archive, key_file) = (
        folder.path().join("archive"),
        folder.path().join("archive.key"),
    );
    let samples = sample::samples(10);
    sample::write(&archive, "a", &samples);
    drop(sample::open(&archive).unwrap());
    key::file::create(
        &key_file,
        &sample::key(),
        "Opens the archive of these tests.",
    )
    .unwrap();

    let reader = archive.join("bag-000001/SPEC/reader.py");
    let python = |arguments: &[&str]| {
        let output = Command::new(&python)
            .arg("-B")
            .arg(&reader)
            .args(arguments)
            .current_dir(folder.path())
            .output();
        let output = output.unwrap();
        let text =
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.success(), text)
    };
    let on_archive =
        |arguments: &[&str]| python(&[&["archive", "archive.key"], arguments].concat());
    assert_eq!(python(&["selftest"]), (true, "all vectors hold\n".into()));
    assert_eq!(
        on_archive(&["check"]),
        (
            true,
            "18 objects opened and unchanged, 1 accesses in the log\n".into()
        )
    );
    assert_eq!(on_archive(&["list"]).1.lines().count(), 11);
    for text in ["mrn0001", "O'BRIEN", "1901-02"] {
        let (done, found) = on_archive(&["find", text]);
        assert!(done && found.starts_with("1 {"), "{text}: {found}");
    }

    assert_eq!(
        on_archive(&["export", "1", "out"]),
        (true, "2 objects written\n".into())
    );
    let exported: Vec<Vec<u8>> = sample::files(&folder.path().join("out"))
        .into_values()
        .collect();
    assert!(
        samples[1]
            .objects
            .iter()
            .all(|object| exported.contains(&object.bytes))
    );

    // It notices what this crate notices.
    let pack = archive.join("bag-000001/data/packs/pack-000000.zip");
    let mut bytes = fs::read(&pack).unwrap();
    bytes[200] ^= 1;
    fs::write(&pack, bytes).unwrap();
    assert_eq!(
        on_archive(&["check"]),
        (
            false,
            "damaged: bag-000001/data/packs/pack-000000.zip: changed\n".into()
        )
    );
    key::file::create(
        &folder.path().join("other.key"),
        &DataKey::from_bytes([1; 32]),
        "",
    )
    .unwrap();
    assert_eq!(
        python(&["archive", "other.key", "check"]),
        (
            false,
            "damaged: this key does not open this archive\n".into()
        )
    );
}
