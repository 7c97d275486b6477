//! Any bytes as a pack: a ZIP file in the one form that the format allows.
#![no_main]

use ehr_archive::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz::pack(bytes));
