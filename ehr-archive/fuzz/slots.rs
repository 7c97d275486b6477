//! Any bytes as key slots: no key but its own opens one.
#![no_main]

use std::sync::LazyLock;

use ehr_archive::fuzz;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fuzz_target!(|bytes: &[u8]| {
    let folder = FOLDER.path();
    fuzz::slots(folder, bytes);
});
