//! Packs: their limits, their cohorts.

use ehr_archive::*;

use crate::sample::{self, ACCESS};

#[test]
fn a_full_pack_is_followed_by_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer =
        ArchiveWriter::create(folder.path(), sample::options("a"), &sample::key()).unwrap();
    let empty = ObjectEntry {
        class: ObjectClass::Source,
        media_type: "text/plain",
        source_id: "",
        bytes: b"",
    };
    writer
        .append_unassigned(Cohort::KEEP, &vec![empty; 65_010], b"")
        .unwrap();
    let summary = writer.finish(b"").unwrap();
    assert_eq!((summary.packs, summary.counts.objects), (2, 65_010));
    let report = verify(folder.path(), Some(&sample::key()));
    assert!(report.is_sound(), "{report}");
    assert_eq!(report.opened, 65_010);
    let mut reader = sample::open(folder.path()).unwrap();
    let entry = reader.unassigned(0, 1, &ACCESS).unwrap().remove(0);
    let opened = reader.open_entry(&entry, &ACCESS).unwrap();
    let last = opened.objects().last().unwrap();
    assert!(opened.read(last.id).unwrap().bytes().is_empty());
}

#[test]
fn every_cohort_has_packs_of_its_own_however_many_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer =
        ArchiveWriter::create(folder.path(), sample::options("a"), &sample::key()).unwrap();
    let object = ObjectEntry {
        class: ObjectClass::Source,
        media_type: "text/plain",
        source_id: "",
        bytes: b"x",
    };
    for round in 0..2 {
        for year in 2000..2080 {
            let cohort = year.to_string();
            writer
                .append_unassigned(Cohort::new(&cohort).unwrap(), &[object], &[round])
                .unwrap();
        }
    }
    let summary = writer.finish(b"").unwrap();
    // 80 cohorts, of which 64 may be open: some packs were closed early.
    assert!((81..160).contains(&summary.packs), "{}", summary.packs);
    let report = verify(folder.path(), Some(&sample::key()));
    assert!(report.is_sound(), "{report}");
    let description =
        std::fs::read_to_string(folder.path().join("bag-000001/data/archive.json")).unwrap();
    assert!((2000..2080).all(|year| description.contains(&format!("\"cohort\": \"{year}\""))));
}
