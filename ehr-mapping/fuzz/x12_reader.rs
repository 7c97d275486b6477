//! Any bytes as a file of interchanges: the reader ends, every letter and digit stands in one
//! record, and the leaves of a record are the values of its own segments.
#![no_main]

use std::sync::{Arc, LazyLock};

use ehr_mapping::raw::RawRecord;
use ehr_mapping::x12::{ISA_LENGTH, Reader, Separators, own_text, parse, segments};
use ehr_model::source::{Arena, Names};
use libfuzzer_sys::fuzz_target;

const HEAD: &[u8] = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*^*00501*000000001*0*T*:~";

/// Those of one plan, as in a run.
static NAMES: LazyLock<Arc<Names>> = LazyLock::new(Arc::default);

fuzz_target!(|input: &[u8]| {
    match input {
        // most inputs would be no interchange at all
        [choice, rest @ ..] if choice % 4 != 0 => read(&[HEAD, rest].concat()),
        [_, rest @ ..] => read(rest),
        [] => {}
    }
});

fn read(file: &[u8]) {
    let Ok(mut reader) = Reader::new(file, "fuzz.x12") else {
        return; // no interchange
    };
    let source = reader.source().clone();
    let mut number = 0;
    let mut kept = 0;
    loop {
        let record = match reader.next_raw() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(_) => panic!("only the beginning of a file is an error"),
        };
        number += 1;
        let (own, position) = match &record {
            RawRecord::Text(text) => {
                let position = text.position();
                let text = text.expose_text();
                if let Ok(tree) = parse(text, &source, position, &NAMES, Arena::default()) {
                    let leaves = tree.filled_leaves();
                    let leaves = leaves.filter(|leaf| !tree.path(*leaf).ends_with("SEGMENT00"));
                    let leaves = leaves.map(|leaf| tree.expose(leaf).expect("a leaf has a value"));
                    assert!(leaves.eq(values(text)), "leaves are not the values");
                }
                (own_text(text).as_bytes(), position)
            }
            RawRecord::Bad(bad) => (bad.expose_bytes(), bad.position()),
        };
        kept += letters(own);
        assert!(!own.is_empty());
        assert_eq!(position.number, number);
        let here = &file[position.byte as usize..];
        assert_eq!(here.first(), own.first(), "not where the record begins");
    }
    assert_eq!(kept, letters(file), "bytes are lost, or in two records");
    for (_, position) in reader.issues() {
        assert!((1..=number).contains(&position.number));
        assert!(position.byte as usize <= file.len());
    }
}

/// The values of a record's own segments.
fn values(text: &str) -> impl Iterator<Item = &str> {
    let from = match text.as_bytes() {
        [b'0'..=b'9', ..] => text.find('\n').map_or(0, |end| end + 1),
        _ => 0,
    };
    let isa = &text.as_bytes()[from..];
    let separators = Separators::of(&isa[..ISA_LENGTH]).expect("a tree was built");
    let own = own_text(text);
    segments(own.as_bytes(), separators)
        .flat_map(|segment| segment.values())
        .filter(|value| value.start < value.end)
        .map(|value| &own[value.start..value.end])
}

fn letters(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .count()
}
