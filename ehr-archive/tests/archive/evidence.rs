//! Evidence bundles: made, signed, verified, sealed, and damaged in every way.

use std::fs;
use std::path::{Path, PathBuf};

use ehr_archive::evidence::{
    Evidence, EvidenceError, EvidenceFinding, EvidencePart, EvidenceReport, EvidenceSource, NOTE,
    make_evidence, restore_evidence, verify_evidence,
};
use ehr_archive::{
    Access, ArchiveId, ArchiveOptions, ArchiveReader, ArchiveWriter, Purpose, verify,
};
use ehr_crypto::{DataKey, SigningKey};

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, DataKey::from_bytes([seed; 32])).unwrap()
}

/// A bundle with a file or two of each part but the last.
fn source(home: &Path) -> EvidenceSource {
    let mut source = EvidenceSource::new("harbor street, go-live 2031-05-05", "2031-07-05");
    for part in EvidencePart::ALL {
        if *part == EvidencePart::Monitoring {
            source.absent(*part, "no claims are sent from this practice");
            continue;
        }
        for number in 1..=2 {
            let file = home.join(format!("{}-{number}.json", part.as_str()));
            fs::write(
                &file,
                format!("{{\"part\":\"{}\",\"number\":{number}}}", part.as_str()),
            )
            .unwrap();
            source.add(*part, file);
        }
    }
    source
}

fn bundle(home: &Path) -> (PathBuf, SigningKey) {
    let (folder, key) = (home.join("evidence"), key("privacy-officer", 1));
    make_evidence(&source(home), &folder, &key).unwrap();
    (folder, key)
}

fn found(report: &EvidenceReport) -> Vec<String> {
    report.findings.iter().map(ToString::to_string).collect()
}

#[test]
fn a_bundle_says_what_it_holds_and_until_when() {
    let home = tempfile::tempdir().unwrap();
    let (folder, key) = bundle(home.path());
    let report = verify_evidence(&folder, key.verifying_key()).unwrap();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(
        (report.files, report.retain_until.as_str()),
        (18, "2037-07-05")
    );
    assert_eq!(
        report.absent,
        [(
            EvidencePart::Monitoring,
            "no claims are sent from this practice".to_owned()
        )]
    );
    assert!(!home.path().join("evidence.part").exists());
}

#[test]
fn every_kind_of_damage_is_named() {
    let home = tempfile::tempdir().unwrap();
    let (folder, key) = bundle(home.path());
    let check = || found(&verify_evidence(&folder, key.verifying_key()).unwrap());
    let file = folder.join("round/round-1.json");
    let whole = fs::read(&file).unwrap();

    for place in 0..whole.len() {
        let mut wrong = whole.clone();
        wrong[place] ^= 1;
        fs::write(&file, wrong).unwrap();
        assert_eq!(check(), ["round/round-1.json: changed since it was signed"]);
    }
    fs::remove_file(&file).unwrap();
    assert_eq!(check(), ["round/round-1.json: missing"]);
    fs::write(&file, &whole).unwrap();

    fs::create_dir_all(folder.join("round/deeper")).unwrap();
    fs::write(folder.join("round/deeper/x.txt"), "").unwrap();
    fs::write(folder.join("notes.txt"), "").unwrap();
    assert_eq!(
        check(),
        [
            "notes.txt: was not signed",
            "round/deeper/x.txt: was not signed"
        ]
    );
    fs::remove_dir_all(folder.join("round/deeper")).unwrap();
    fs::remove_file(folder.join("notes.txt")).unwrap();

    // the same bytes behind a link
    #[cfg(unix)]
    {
        fs::rename(&file, home.path().join("elsewhere.json")).unwrap();
        std::os::unix::fs::symlink(home.path().join("elsewhere.json"), &file).unwrap();
        assert_eq!(
            check(),
            [
                "round/round-1.json: missing",
                "round/round-1.json: was not signed"
            ]
        );
        fs::remove_file(&file).unwrap();
        fs::rename(home.path().join("elsewhere.json"), &file).unwrap();
    }

    let note = fs::read(folder.join(NOTE)).unwrap();
    let other = self::key("somebody-else", 2);
    let report = verify_evidence(&folder, other.verifying_key()).unwrap();
    assert_eq!(report.findings, [EvidenceFinding::OtherSigner]);
    // another key under the same name
    let namesake = self::key("privacy-officer", 2);
    let report = verify_evidence(&folder, namesake.verifying_key()).unwrap();
    assert_eq!(report.findings, [EvidenceFinding::OtherSigner]);

    for place in 0..note.len() {
        let mut wrong = note.clone();
        wrong[place] ^= 1;
        fs::write(folder.join(NOTE), &wrong).unwrap();
        let found = verify_evidence(&folder, key.verifying_key())
            .unwrap()
            .findings;
        let named = [EvidenceFinding::NoteChanged, EvidenceFinding::OtherSigner];
        assert!(
            found.len() == 1 && named.contains(&found[0]),
            "{place}: {found:?}"
        );
    }
    fs::remove_file(folder.join(NOTE)).unwrap();
    assert_eq!(check(), ["EVIDENCE: missing"]);
    fs::write(folder.join(NOTE), note).unwrap();
    assert!(check().is_empty());
}

#[test]
fn a_signed_note_that_leads_out_of_the_folder_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let (folder, key) = bundle(home.path());
    let note = fs::read_to_string(folder.join(NOTE)).unwrap();
    let text = key
        .verifying_key()
        .verify(&note)
        .unwrap()
        .replace("round/round-1.json", "../round-1.json");
    fs::write(folder.join(NOTE), key.sign(&text).unwrap()).unwrap();
    let refused = verify_evidence(&folder, key.verifying_key()).unwrap_err();
    assert!(
        refused
            .to_string()
            .ends_with("a file with digest, size and path, or an absent part expected"),
        "{refused}"
    );
    // a note that leaves a part out is no whole one, though it is signed
    let lines: Vec<&str> = note
        .lines()
        .filter(|line| !line.starts_with("absent "))
        .collect();
    let text = lines[..lines.len() - 2].join("\n") + "\n";
    fs::write(folder.join(NOTE), key.sign(&text).unwrap()).unwrap();
    let report = verify_evidence(&folder, key.verifying_key()).unwrap();
    assert_eq!(
        found(&report),
        ["part monitoring: neither files nor a reason"]
    );
}

#[test]
fn what_is_not_complete_is_not_made() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("evidence");
    let key = key("privacy-officer", 1);
    let refused = |source: &EvidenceSource| {
        make_evidence(source, &folder, &key)
            .unwrap_err()
            .to_string()
    };

    let whole = source(home.path());
    let without = EvidenceSource::new("a title", "2031-07-05");
    assert_eq!(
        refused(&without),
        "part `audit` has no file, and nothing says why"
    );
    let mut both = whole.clone();
    both.absent(EvidencePart::Round, "there were none");
    assert_eq!(
        refused(&both),
        "part `round` has files, and a reason why it has none"
    );
    let mut twice = whole.clone();
    twice.add(EvidencePart::Round, home.path().join("round-1.json"));
    assert_eq!(
        refused(&twice),
        "round/round-1.json: two files of this name"
    );
    let mut named = whole.clone();
    named.add(EvidencePart::Round, home.path().join("round 3.json"));
    assert!(matches!(
        make_evidence(&named, &folder, &key),
        Err(EvidenceError::Name(_))
    ));
    let mut gone = whole.clone();
    gone.add(EvidencePart::Round, home.path().join("round-3.json"));
    assert!(refused(&gone).ends_with("round-3.json: reading failed"));
    let mut lines = whole.clone();
    lines.absent(EvidencePart::Monitoring, "two\nlines");
    assert!(matches!(
        make_evidence(&lines, &folder, &key),
        Err(EvidenceError::Line { .. })
    ));
    assert!(
        !folder.exists() && !home.path().join("evidence.part").exists(),
        "nothing half-written"
    );

    make_evidence(&whole, &folder, &key).unwrap();
    assert!(refused(&whole).ends_with("is there already"));
}

#[test]
fn what_is_in_memory_is_a_file_of_the_bundle_and_a_bundle_is_checked_before_it_is_made() {
    let home = tempfile::tempdir().unwrap();
    let (folder, key) = (home.path().join("evidence"), key("privacy-officer", 1));
    let mut source = source(home.path());
    source.add_bytes(EvidencePart::Round, "round-3.json", "{\"number\":3}");
    assert!(source.has(EvidencePart::Round) && !source.has(EvidencePart::Monitoring));
    assert!(source.is_absent(EvidencePart::Monitoring));
    assert!(
        !format!("{source:?}").contains("number"),
        "contents are not shown"
    );
    source.check().unwrap();
    make_evidence(&source, &folder, &key).unwrap();
    assert_eq!(
        fs::read(folder.join("round/round-3.json")).unwrap(),
        b"{\"number\":3}"
    );
    assert!(
        verify_evidence(&folder, key.verifying_key())
            .unwrap()
            .is_whole()
    );
    source.add_bytes(EvidencePart::Round, "round-3.json", "");
    assert_eq!(
        source.check().unwrap_err().to_string(),
        "round/round-3.json: two files of this name"
    );
    source.add_bytes(EvidencePart::Round, "../round-4.json", "");
    assert!(source.check().is_err());
}

#[test]
fn a_sealed_bundle_comes_back_and_verifies() {
    let home = tempfile::tempdir().unwrap();
    let (folder, signer) = bundle(home.path());
    let archive_key = DataKey::from_bytes([9; 32]);
    let path = home.path().join("archive");
    let options = ArchiveOptions {
        archive_id: ArchiveId::random().unwrap(),
        created: "2031-07-05T12:00:00Z".into(),
        software: "test".into(),
    };
    let mut writer = ArchiveWriter::create(&path, options, &archive_key).unwrap();
    let evidence = Evidence::open(&folder, signer.verifying_key()).unwrap();
    assert_eq!(evidence.cohort(), "2037-evidence");
    evidence.seal(&mut writer, b"").unwrap();
    writer.finish(b"{}").unwrap();
    assert!(verify(&path, Some(&archive_key)).is_sound());

    let access = Access {
        agent: "auditor",
        recorded: "2033-01-02T10:00:00Z",
        purpose: Purpose::Operations,
    };
    let mut reader = ArchiveReader::open(&path, &archive_key, &access).unwrap();
    let found = reader.unassigned(0, 10, &access).unwrap();
    assert_eq!((found.len(), found[0].cohort()), (1, "2037-evidence"));
    let entry = reader.open_entry(&found[0], &access).unwrap();
    let objects: Vec<_> = entry
        .objects()
        .map(|info| entry.read(info.id).unwrap())
        .collect();
    let restored = home.path().join("restored");
    restore_evidence(
        objects.iter().map(|one| (one.source_id(), one.bytes())),
        &restored,
    )
    .unwrap();
    let report = verify_evidence(&restored, signer.verifying_key()).unwrap();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(report.files, 18);

    // a bundle that is not whole is not sealed
    fs::write(folder.join("round/round-1.json"), "{}").unwrap();
    let refused = Evidence::open(&folder, signer.verifying_key()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the bundle is not whole: round/round-1.json: changed since it was signed"
    );
    let out = restore_evidence([("evidence/../../x", &b""[..])], &home.path().join("other"));
    assert!(matches!(out, Err(EvidenceError::Name(_))));
}
