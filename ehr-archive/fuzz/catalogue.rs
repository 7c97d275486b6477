//! Any text as a catalogue, searched and read line by line.
#![no_main]

use ehr_archive::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz::catalogue(bytes));
