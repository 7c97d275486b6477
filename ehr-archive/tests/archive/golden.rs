//! Old archives must open for ever. Each folder in `tests/golden` was written by a released format and is never edited;
//! all hold the first five samples under the key of these tests.

use std::fs;
use std::path::Path;

use ehr_archive::verify;

use crate::sample::{self, ACCESS};

/// Makes one of today: its log has tiles, and a tail that was not folded.
#[test]
#[ignore = "an archive that is there is never edited; EHR_GOLDEN names a folder for another"]
fn make() {
    let Some(path) = std::env::var_os("EHR_GOLDEN").map(std::path::PathBuf::from) else {
        return;
    };
    sample::write(&path, "golden", &sample::samples(5));
    let mut reader = sample::open(&path).unwrap();
    reader.find_by_mrn("MRN 0001", &ACCESS).unwrap();
    reader.close().unwrap();
    let mut reader = sample::open(&path).unwrap();
    drop(reader.open_by_mrn("MRN 0002", &ACCESS).unwrap());
    std::mem::forget(reader); // killed
}

#[test]
fn old_archives_open() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut count = 0;
    for archive in fs::read_dir(golden).unwrap() {
        // Reading writes the access log, so it reads a copy.
        let folder = tempfile::tempdir().unwrap();
        sample::copy(&archive.unwrap().path(), folder.path());
        let report = verify(folder.path(), Some(&sample::key()));
        assert!(report.is_sound(), "{report}");
        assert_eq!(report.opened, 9);
        assert_eq!(sample::read_all(folder.path()).unwrap(), sample::samples(5));
        let mut reader = sample::open(folder.path()).unwrap();
        assert_eq!(reader.find_by_name("hernández", &ACCESS).unwrap().len(), 1);
        assert_eq!(
            reader.report(&ACCESS).unwrap().bytes(),
            b"the books balance"
        );
        count += 1;
    }
    assert!(count >= 2);
}
