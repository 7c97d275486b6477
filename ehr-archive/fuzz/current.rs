//! Any text as `state/CURRENT`: nothing is in force that is not signed.
#![no_main]

use std::sync::LazyLock;

use ehr_archive::fuzz;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fuzz_target!(|text: &str| {
    let folder = FOLDER.path();
    fuzz::current(folder, text);
});
