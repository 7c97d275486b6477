//! Any text as holds, retention rules and ranges of entries.
#![no_main]

use ehr_archive::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| fuzz::small_files(text));
