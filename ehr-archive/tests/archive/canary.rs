//! No patient value is in a file name, in a plain byte, in an error or in `Debug`: neither in a finished archive nor in an
//! unfinished one.

use std::path::Path;

use ehr_archive::*;
use uuid::Uuid;

use crate::sample::{self, ACCESS};

const CANARY: &str = "KANARIE";

fn assert_no_canary(folder: &Path) {
    for (path, bytes) in sample::files(folder) {
        let name = path
            .strip_prefix(folder)
            .unwrap()
            .to_string_lossy()
            .to_lowercase();
        assert!(!name.contains("kanarie"), "{name}");
        let text: Vec<u8> = bytes.to_ascii_lowercase();
        assert!(
            !text.windows(7).any(|window| window == b"kanarie"),
            "{}",
            path.display()
        );
        assert!(
            !text.windows(8).any(|window| window == b"9f3c71d2"),
            "{}: the patient's id",
            path.display()
        );
    }
}

#[test]
fn nothing_leaks() {
    let folder = tempfile::tempdir().unwrap();
    let text = |suffix: &str| format!("{CANARY}{suffix}");
    let (mrn, name, source, content) = (text(" 1"), text(", Anna"), text(".pdf"), text(" content"));
    let objects = [
        ObjectEntry {
            class: ObjectClass::Document,
            media_type: "application/pdf",
            source_id: &source,
            bytes: content.as_bytes(),
        },
        ObjectEntry {
            class: ObjectClass::Chart,
            media_type: &mrn,
            source_id: &source,
            bytes: content.as_bytes(),
        },
    ];
    let (mrns, names) = ([mrn.as_str()], [name.as_str()]);
    let entry = PatientEntry {
        patient_id: Uuid::from_u128(0x9f3c71d2_9f3c_71d2_9f3c_71d29f3c71d2),
        mrns: &mrns,
        names: &names,
        birth_date: Some("1980-02-29"),
        cohort: Cohort::KEEP,
        facts: RetentionFacts::default(),
        objects: &objects,
    };
    let mut writer =
        ArchiveWriter::create(folder.path(), sample::options("a"), &sample::key()).unwrap();
    writer.append(&entry, CANARY.as_bytes()).unwrap();
    writer
        .append_unassigned(Cohort::KEEP, &objects, CANARY.as_bytes())
        .unwrap();
    writer.commit().unwrap();
    assert_no_canary(folder.path());
    let mut printed = format!(
        "{entry:?} {writer:?} {:?} {:?}",
        writer.sealer(),
        writer.sealer().seal(&entry)
    );

    let summary = writer.finish(content.as_bytes()).unwrap();
    let mut reader = sample::open(folder.path()).unwrap();
    let found = reader.find_by_name(CANARY, &ACCESS).unwrap();
    assert_eq!(found[0].names(), [name.as_str()]);
    printed += &format!("{summary:?} {reader:?} {found:?} {ACCESS:?}");
    let opened = reader.open_entry(&found[0], &ACCESS).unwrap();
    printed += &format!(
        "{opened:?} {:?} {:?}",
        opened.chart(),
        opened.objects().collect::<Vec<_>>()
    );
    assert_no_canary(folder.path());

    // Errors, from refused input to a damaged pack.
    let wrong_date = PatientEntry {
        birth_date: Some(CANARY),
        ..entry
    };
    let mut other = ArchiveWriter::create(
        &folder.path().join("other"),
        sample::options("b"),
        &sample::key(),
    )
    .unwrap();
    printed += &format!("{:?}", other.append(&wrong_date, b"").unwrap_err());
    std::fs::remove_dir_all(folder.path().join("other")).unwrap();
    let pack = folder.path().join("bag-000001/data/packs/pack-000000.zip");
    let mut bytes = std::fs::read(&pack).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&pack, bytes).unwrap();
    let report = verify(folder.path(), Some(&sample::key()));
    assert!(!report.is_sound());
    printed += &format!("{report} {report:?}");
    assert!(!printed.to_uppercase().contains(CANARY), "{printed}");
}
