//! The same input gives the same output, whatever the folder and the number of threads.

use std::collections::BTreeMap;
use std::path::Path;

use crate::migrate::program::{AS_OF, migrate, printed, run_sample};
use crate::migrate::result::files;

/// What must be the same to the last byte. Keys and salts of an archive are random.
pub(crate) fn comparable(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = files(out);
    files.retain(|name, _| !name.starts_with("archive/"));
    files
}

#[test]
fn the_sample_practice_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a"), folder.path().join("b/deeper"));
    let more = ["--lineage", "--transactions", "--threads"];
    run_sample(&first, &[&more[..], &["1"]].concat());
    run_sample(&second, &[&more[..], &["2"]].concat());
    let (first, second) = (comparable(&first), comparable(&second));
    for part in [
        "fhir/Patient.ndjson",
        "lineage.ndjson",
        "report/report.json",
        "report/index.html",
    ] {
        assert!(first.contains_key(part), "{part}");
    }
    let bundles = first
        .keys()
        .filter(|name| name.starts_with("transactions/"));
    assert_eq!(bundles.count(), 12);
    assert_same(&first, &second);
}

#[test]
fn the_printed_report_is_the_written_one() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = run_sample(&out, &["--json"]);
    assert_eq!(
        output.stdout,
        std::fs::read(out.join("report/report.json")).unwrap()
    );
    assert!(output.stderr.is_empty());
}

#[test]
fn another_day_is_another_batch_of_the_same_records() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a"), folder.path().join("b"));
    run_sample(&first, &[]);
    let mut later = migrate();
    later
        .arg("--out")
        .arg(&second)
        .args(["--as-of", "2021-04-02"]);
    let output = later.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    let batch = |out: &Path| {
        crate::migrate::result::report(out)["run"]["batch"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_ne!(batch(&first), batch(&second), "as of {AS_OF}");
    let ids = |out: &Path| -> Vec<String> {
        let patients = crate::migrate::result::resources(out, "Patient");
        patients
            .iter()
            .map(crate::migrate::result::reference)
            .collect()
    };
    assert_eq!(ids(&first), ids(&second));
}

/// Compares without printing what the files hold.
pub(crate) fn assert_same(first: &BTreeMap<String, Vec<u8>>, second: &BTreeMap<String, Vec<u8>>) {
    assert!(first.keys().eq(second.keys()), "other files");
    for (name, bytes) in first {
        assert!(*bytes == second[name], "{name} differs");
    }
}
