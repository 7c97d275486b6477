//! Any bytes are some kind of document: looking at them ends, and unknown pages are never 0.
#![no_main]

use ehr_mapping::documents::{Facts, Index, Pages};
use ehr_mapping::source::MemoryFolder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let facts = Facts::of(bytes, "scan.pdf");
    assert_ne!(facts.pages, Pages::Counted(0));
    assert_eq!(facts.bytes, bytes.len() as u64);
    assert_eq!(facts.promised, Some("application/pdf"));
    // the same bytes as a table beside a file
    let folder = MemoryFolder::default()
        .with("index.csv", bytes)
        .with("scans/a.pdf", "%PDF-1.4");
    let index = Index::detect(&folder).expect("memory does not fail");
    if let Some(index) = index {
        assert!(index.name < index.columns.len());
        assert!(index.rows > 0 || !index.without_file.is_empty());
    }
});
