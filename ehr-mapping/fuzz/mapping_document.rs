//! Any text as a mapping document: reading and compiling end, and every mistake has a place.
#![no_main]

use ehr_mapping::document::{DocumentErrors, MappingDocument};
use libfuzzer_sys::fuzz_target;

/// What divides a document from the code map file that it may name.
const DIVIDER: &str = "\n%%\n";
/// A code map file, where there is none.
const CODE_MAP: &str = "code,target,display,relationship\nA,1,one,equivalent\nB,2,two,related-to\n";

fuzz_target!(|text: &str| {
    let (text, code_map) = text.split_once(DIVIDER).unwrap_or((text, CODE_MAP));
    let mut document = match MappingDocument::parse("fuzz.toml", text) {
        Ok(document) => document,
        Err(mistakes) => return have_a_place(&mistakes, text),
    };
    for file in document.named_files() {
        document = document.with_file(file, code_map);
    }
    match document.compile() {
        Ok(plan) => {
            let again = document.compile().expect("it compiled before");
            assert_eq!(plan.digest(), again.digest());
        }
        Err(mistakes) => have_a_place(&mistakes, text),
    }
});

fn have_a_place(mistakes: &DocumentErrors, text: &str) {
    assert!(!mistakes.is_empty());
    let lines = text.matches('\n').count() + 1;
    for mistake in mistakes.iter() {
        assert!(
            (1..=lines).contains(&(mistake.line as usize)),
            "no such line"
        );
        assert!(mistake.column >= 1 && !mistake.message.is_empty());
        let shown = mistake.to_string();
        assert!(shown.starts_with(&format!("fuzz.toml:{}:{}: ", mistake.line, mistake.column)));
        assert!(shown.trim_end().ends_with('^'));
    }
}
