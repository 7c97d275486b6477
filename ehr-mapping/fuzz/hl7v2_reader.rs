//! Any bytes: the reader ends, every byte stands in one place, and the tree of a text has the
//! leaves that its segments have values.
#![no_main]

use std::sync::Arc;

use ehr_mapping::hl7v2::{Reader, TOO_MANY_VALUES, detect, parse, vocabulary};
use ehr_mapping::raw::RawRecord;
use ehr_model::source::{Arena, Names};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static NAMES: Arc<Names> = vocabulary(&Arc::new(Names::default()));
}

fuzz_target!(|file: &[u8]| {
    detect(file);
    if let Ok(text) = std::str::from_utf8(file) {
        // not what a reader would give it
        let names = NAMES.with(Arc::clone);
        let position = Default::default();
        let _ = parse(text, &"fuzz.hl7".into(), position, &names, Arena::default());
    }
    let Ok(mut reader) = Reader::new(file, "fuzz.hl7") else {
        return; // UTF-16
    };
    let source = reader.source().clone();
    // where the last record ends, if that shows
    let mut at = Some(0);
    let mut number = 0;
    loop {
        let record = match reader.next_raw() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(_) => panic!("only UTF-16 is an error"),
        };
        number += 1;
        let (position, own) = match &record {
            RawRecord::Text(text) => {
                let (text, position) = (text.expose_text(), text.position());
                let names = NAMES.with(Arc::clone);
                let (head, tail) = inherited(text);
                let own = &text[head..text.len() - tail];
                match parse(text, &source, position, &names, Arena::default()) {
                    Ok(record) => assert!(record.filled_leaves().count() <= own.len()),
                    Err(unreadable) => assert_eq!(unreadable.reason, TOO_MANY_VALUES),
                }
                (position, own.as_bytes())
            }
            RawRecord::Bad(bad) => {
                let bytes = bad.expose_bytes();
                let here = &file[bad.position().byte as usize..];
                assert!(here.starts_with(bytes), "not the bytes of the file");
                (bad.position(), bytes)
            }
        };
        assert_eq!(position.number, number);
        assert!(!own.is_empty());
        let byte = position.byte as usize;
        if let Some(at) = at {
            assert!(at <= byte, "records overlap");
            let between = |byte: &u8| b"\r\n\x0B\x1C\x1A\xEF\xBB\xBF".contains(byte);
            assert!(file[at..byte].iter().all(between), "bytes are lost");
        }
        // a text of another character set has another length, and the resources that several
        // patients share stand behind the last of them
        let plain = file[byte..].starts_with(own);
        let shares = holds(file, b"RGS");
        at = (plain && !shares).then_some(byte + own.len());
    }
    for (_, position) in reader.issues() {
        assert!(position.byte as usize <= file.len());
    }
});

fn holds(file: &[u8], word: &[u8]) -> bool {
    file.windows(word.len()).any(|window| window == word)
}

/// How many bytes at the start and at the end of a text belong to another record.
fn inherited(text: &str) -> (usize, usize) {
    let Some((lengths, _)) = text
        .strip_prefix('+')
        .and_then(|rest| rest.split_once('\r'))
    else {
        return (0, 0);
    };
    let (head, tail) = lengths.split_once(' ').expect("two lengths");
    let head: usize = head.parse().expect("a number");
    (lengths.len() + 2 + head, tail.parse().expect("a number"))
}
