//! Any bytes as the header line and payload of an object.
#![no_main]

use ehr_archive::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz::object(bytes));
