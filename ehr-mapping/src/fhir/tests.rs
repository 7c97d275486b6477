//! Laws of the reader, on blocks so small that every record meets the edge of one.

use std::io::Write;
use std::sync::Arc;

use ehr_model::source::{Arena, Names};
use proptest::prelude::*;

use super::input::Limits;
use super::*;
use crate::raw::{Position, RawRecord};

const USUAL: Limits = Limits {
    block: 64 << 10,
    line: MAX_LINE,
    document: MAX_DOCUMENT,
};

/// A record without its borrow: its position, its bytes, and why it is bad.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    position: Position,
    bytes: Vec<u8>,
    bad: Option<&'static str>,
}

fn read(bytes: &[u8], limits: Limits) -> Result<Vec<Seen>, Error> {
    let mut reader = Reader::with_limits(bytes, "t.json".into(), limits)?;
    let mut seen = Vec::new();
    while let Some(record) = reader.next_raw()? {
        seen.push(match record {
            RawRecord::Text(raw) => Seen {
                position: raw.position(),
                bytes: raw.expose_text().as_bytes().to_vec(),
                bad: None,
            },
            RawRecord::Bad(raw) => Seen {
                position: raw.position(),
                bytes: raw.expose_bytes().to_vec(),
                bad: Some(raw.reason().as_str()),
            },
        });
    }
    Ok(seen)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), Default::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// The leaves of a text with their paths.
fn leaves_of(text: &str) -> Result<Vec<(String, String)>, Unreadable> {
    let names = Arc::new(Names::default());
    let at = Position::default();
    let record = parse(text, &"t.json".into(), at, &names, Arena::default())?;
    let leaf = |leaf| (record.path(leaf), record.expose(leaf).unwrap().to_owned());
    Ok(record.filled_leaves().map(leaf).collect())
}

/// Bytes in which everything that matters is frequent.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"{"[..],
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\"",
        b"\\",
        b"\n",
        b"\r\n",
        b"\r",
        b" ",
        b"null",
        b"1.50",
        b"true",
        b"\xFF",
        "é".as_bytes(),
        b"\"resourceType\":\"Bundle\"",
        b"\"resourceType\":\"Patient\"",
        b"\"entry\":[",
        b"{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"id\":\"1\"}},{}]}",
        b"{\"resourceType\":\"Patient\",\"id\":\"7\"}\n",
        b"\"resource\":{",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A JSON value as text, with its leaves under a name.
fn value(depth: u32) -> BoxedStrategy<(String, Vec<(String, String)>)> {
    let string = "[a-zA-Z0-9é\"\\\\\n\t/ ]{1,12}".prop_map(|value| {
        let text = serde_json::to_string(&value).unwrap();
        (text, vec![(String::new(), value)])
    });
    let number = "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?"
        .prop_map(|text| (text.clone(), vec![(String::new(), text)]));
    let word = prop::sample::select(vec!["true", "false"])
        .prop_map(|text| (text.to_owned(), vec![(String::new(), text.to_owned())]));
    let leaf = prop_oneof![4 => string, 2 => number, 1 => word];
    if depth == 0 {
        return leaf.boxed();
    }
    let items = prop::collection::vec(prop::option::of(value(0)), 0..4).prop_map(|items| {
        let texts = items.iter().map(|item| match item {
            Some((text, _)) => text.clone(),
            None => "null".to_owned(),
        });
        let text = format!("[{}]", texts.collect::<Vec<_>>().join(" , "));
        let leaves = items.into_iter().flatten().flat_map(|(_, leaves)| leaves);
        (text, leaves.collect())
    });
    prop_oneof![3 => leaf, 2 => items, 2 => object(depth - 1)].boxed()
}

fn object(depth: u32) -> BoxedStrategy<(String, Vec<(String, String)>)> {
    prop::collection::btree_map("[a-zA-Z_]{1,8}", value(depth), 0..5)
        .prop_map(|members| {
            let mut text = Vec::new();
            let mut leaves = Vec::new();
            for (name, (value, inner)) in members {
                text.push(format!("\"{name}\" :{value}"));
                for (path, leaf) in inner {
                    let path = match path.is_empty() {
                        true => name.clone(),
                        false => format!("{name}/{path}"),
                    };
                    leaves.push((path, leaf));
                }
            }
            (format!("{{{}}}", text.join(",\n")), leaves)
        })
        .boxed()
}

proptest! {
    #[test]
    fn blocks_do_not_matter(bytes in soup(), block in 1_usize..20) {
        let whole = read(&bytes, USUAL).unwrap();
        let small = Limits { block, ..USUAL };
        prop_assert_eq!(&read(&bytes, small).unwrap(), &whole);
        prop_assert_eq!(&read(&gzip(&bytes), small).unwrap(), &whole);
        let marked = [b"\xEF\xBB\xBF", &bytes[..]].concat();
        let mut marked = read(&marked, small).unwrap();
        for seen in &mut marked {
            seen.position.byte -= 3;
        }
        prop_assert_eq!(marked, whole);
    }

    #[test]
    fn no_byte_is_lost(bytes in soup(), block in 1_usize..20) {
        let seen = read(&bytes, Limits { block, ..USUAL }).unwrap();
        let mut kept = Vec::new();
        for (number, record) in seen.iter().enumerate() {
            prop_assert_eq!(record.position.number, number as u64 + 1);
            let at = record.position.byte as usize;
            prop_assert_eq!(record.position.line, structure::line_ends(&bytes[..at]) + 1);
            let verbatim = bytes[at..].starts_with(&record.bytes);
            prop_assert!(verbatim || record.bytes.windows(8).any(|part| part == b"\"Bundle\""));
            kept.extend_from_slice(&record.bytes);
        }
        // whitespace, and the member `entry` of a Bundle with its commas, stand between records
        let count = |bytes: &[u8]| {
            let mut counts = [0; 256];
            for byte in bytes.iter().filter(|byte| !b" \r\n,\":[]entry".contains(byte)) {
                counts[usize::from(*byte)] += 1;
            }
            counts
        };
        prop_assert_eq!(count(&kept), count(&bytes));
    }

    #[test]
    fn what_is_written_is_read(object in object(3)) {
        let (text, leaves) = object;
        let inner = &text[1..];
        let comma = if inner == "}" { "" } else { "," };
        let text = format!("{{\"resourceType\":\"Basic\"{comma}{inner}");
        let mut read = leaves_of(&text).unwrap();
        prop_assert_eq!(read.remove(0), ("resourceType".to_owned(), "Basic".to_owned()));
        prop_assert_eq!(&read, &leaves);

        // the same as an entry, whatever stands around it
        let entry = format!("{{\"request\":{{\"method\":\"PUT\"}},\"resource\":{text} }}");
        let mut read = leaves_of(&entry).unwrap();
        prop_assert_eq!(read.pop().unwrap().0, "entry/request/method");
        prop_assert_eq!(&read[1..], &leaves[..]);
    }

    #[test]
    fn any_text_is_read_or_refused(bytes in soup()) {
        for seen in read(&bytes, USUAL).unwrap() {
            if let Ok(text) = std::str::from_utf8(&seen.bytes) {
                match leaves_of(text) {
                    Ok(leaves) => {
                        let count = structure::leaves(text.as_bytes());
                        prop_assert_eq!(leaves.len() as u64, count);
                    }
                    Err(unreadable) => prop_assert!(unreadable.byte <= text.len()),
                }
            }
        }
    }
}

#[test]
fn a_line_that_is_too_long_is_kept_in_pieces() {
    let text = "{\"resourceType\":\"Patient\"}\n{\"a\":\"0123456789012345678901234567890123456789\"}\n{\"b\":1}\n";
    let limits = Limits {
        block: 8,
        line: 30,
        document: 1000,
    };
    let seen = read(text.as_bytes(), limits).unwrap();
    let bad: Vec<_> = seen.iter().map(|seen| seen.bad).collect();
    let too_long = Some("record-too-long");
    assert_eq!(bad, [None, too_long, too_long, None]);
    let kept: Vec<u8> = seen[1..3]
        .iter()
        .flat_map(|seen| seen.bytes.clone())
        .collect();
    assert_eq!(kept, text.lines().nth(1).unwrap().as_bytes());
    assert_eq!(
        seen[3].position,
        Position {
            number: 4,
            line: 3,
            byte: 76
        }
    );
}

#[test]
fn a_document_that_is_too_long_is_an_error() {
    let text = "{\"resourceType\":\n\"Patient\"}";
    let limits = |document| Limits {
        block: 4,
        line: 10,
        document,
    };
    assert_eq!(read(text.as_bytes(), limits(text.len())).unwrap().len(), 1);
    let error = read(text.as_bytes(), limits(text.len() - 1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "t.json: a single JSON document of more than 26 bytes; export it as NDJSON"
    );
}

#[test]
fn damaged_gzip_is_an_error_after_what_was_read() {
    let mut packed = gzip(b"{\"resourceType\":\"Patient\"}\n");
    packed.extend(gzip(b"{\"resourceType\":\"Basic\"}\n"));
    assert_eq!(read(&packed, USUAL).unwrap().len(), 2);
    packed.truncate(packed.len() - 3);
    assert_eq!(
        read(&packed, USUAL).unwrap_err().to_string(),
        "t.json: reading failed"
    );
    let mut reader =
        Reader::with_limits(&packed[..], "t.json".into(), Limits { block: 30, ..USUAL }).unwrap();
    assert!(reader.next_raw().is_ok());
}

#[test]
fn an_interrupted_file_fails_for_good() {
    struct Broken(u8);
    impl std::io::Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0 += 1;
            let mut line = &b"{\"resourceType\":\"Basic\"}\n{\"resourceType\":\"Basic\"}\n"[..];
            match self.0 {
                1 => line.read(buffer),
                2 => (&line[2..]).read(buffer),
                3 => Err(std::io::ErrorKind::Interrupted.into()),
                4 => Err(std::io::Error::other("cable")),
                _ => Ok(0),
            }
        }
    }
    let limits = Limits { block: 20, ..USUAL };
    let mut reader = Reader::with_limits(Broken(0), "t.json".into(), limits).unwrap();
    let mut errors = 0;
    for _ in 0..3 {
        errors += u32::from(reader.next_raw().is_err());
    }
    assert_eq!(errors, 3);
}

#[test]
fn the_place_of_an_error_is_told_without_a_value() {
    let text = "{\"resourceType\":\"Patient\",\n\"id\":\"Okafor\" \"x\":1}";
    let error = leaves_of(text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "json-not-well-formed at line 2 of the record, byte 41"
    );
    let reject = error.reject(
        text,
        &"t.json".into(),
        Position {
            number: 1,
            line: 1,
            byte: 0,
        },
    );
    assert!(!format!("{error:?} {reject:?}").contains("Okafor"));
}

#[test]
fn limits_of_a_record_are_reasons() {
    let nested = |depth: usize| {
        format!(
            "{{\"resourceType\":\"Basic\",\"a\":{}1{}}}",
            "{\"a\":".repeat(depth),
            "}".repeat(depth)
        )
    };
    assert!(leaves_of(&nested(MAX_DEPTH - 1)).is_ok());
    let reason = |text: &str| leaves_of(text).unwrap_err().reason;
    assert_eq!(reason(&nested(MAX_DEPTH)), JSON_NESTED_TOO_DEEPLY);
    assert_eq!(reason(&nested(100_000)), JSON_NESTED_TOO_DEEPLY);
    let arrays = format!("{{\"resourceType\":\"Basic\",\"a\":{}", "[".repeat(100_000));
    assert_eq!(reason(&arrays), JSON_NESTED_TOO_DEEPLY);
    let digits = format!("{{\"resourceType\":\"Basic\",\"a\":{}}}", "1".repeat(5_000));
    assert_eq!(reason(&digits), JSON_NUMBER_TOO_LONG);
    let many = format!(
        "{{\"resourceType\":\"Basic\",\"a\":[1{}]}}",
        ",1".repeat(MAX_VALUES)
    );
    assert_eq!(reason(&many), JSON_TOO_MANY_VALUES);
}

#[test]
fn a_duplicate_is_found_among_many_members() {
    for count in [2, 31, 32, 33, 34, 500] {
        let mut members: Vec<_> = (0..count)
            .map(|i| format!("\"m{i}\":{{\"m0\":1}}"))
            .collect();
        let text =
            |members: &[String]| format!("{{\"resourceType\":\"Basic\",{}}}", members.join(","));
        assert_eq!(leaves_of(&text(&members)).unwrap().len(), count + 1);
        members.push(format!("\"m{}\":2", count / 2));
        let error = leaves_of(&text(&members)).unwrap_err();
        assert_eq!(error.reason, JSON_DUPLICATE_MEMBER, "{count}");
    }
}
