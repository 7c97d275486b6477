//! Any bytes as the entries of the access log, and as one of them.
#![no_main]

use ehr_archive::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz::log_entries(bytes));
