//! Real files go through an archive unchanged: charts as FHIR Bundles, scans, notes. `EHR_CORPUS` names the folder with
//! them; they are not part of this repository.

use std::path::PathBuf;

use ehr_archive::{ArchiveWriter, ObjectClass, verify};

use crate::sample::{self, Sample, SampleObject};

/// Enough of the corpus to see every kind of file; the rest would be more of the same.
const MAX_FILE_LEN: usize = 4 << 20;

#[test]
#[allow(clippy::print_stderr)]
fn the_corpus_comes_back() {
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        eprintln!("skipped: EHR_CORPUS is not set, so there are no real files");
        return;
    };
    let corpus = PathBuf::from(corpus);
    let folder = tempfile::tempdir().unwrap();
    let mut writer =
        ArchiveWriter::create(folder.path(), sample::options("corpus"), &sample::key()).unwrap();
    let mut expected = Vec::new();
    for below in ["synthea-fhir", "documents", "hl7v2", "x12"] {
        for (number, (path, bytes)) in (1..).zip(sample::files(&corpus.join(below))) {
            if bytes.len() > MAX_FILE_LEN {
                continue;
            }
            let extension = path
                .extension()
                .map(|extension| extension.to_string_lossy().to_lowercase());
            let (class, media_type) = match extension.as_deref() {
                Some("json") => (ObjectClass::Chart, "application/fhir+json"),
                Some("pdf") => (ObjectClass::Document, "application/pdf"),
                Some("png" | "jpg" | "jpeg" | "tif" | "tiff") => (ObjectClass::Document, "image/*"),
                _ => (ObjectClass::Source, "application/octet-stream"),
            };
            let source_id = path
                .strip_prefix(&corpus)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let sample = Sample {
                patient: Some(number),
                mrns: vec![number.to_string()],
                names: vec![source_id.clone()],
                birth_date: None,
                cohort: "2041",
                objects: vec![SampleObject {
                    class,
                    media_type: media_type.into(),
                    source_id,
                    bytes,
                }],
            };
            sample.append(&mut writer, b"").unwrap();
            expected.push(sample);
        }
    }
    assert!(expected.len() > 20, "{} files", expected.len());
    let summary = writer.finish(b"").unwrap();
    assert!(summary.counts.sealed_bytes < summary.counts.original_bytes);
    let report = verify(folder.path(), Some(&sample::key()));
    assert!(report.is_sound(), "{report}");
    assert_eq!(report.opened, expected.len() as u64);
    // Not `assert_eq`: a difference would print a chart.
    assert!(sample::read_all(folder.path()).unwrap() == expected);
}
