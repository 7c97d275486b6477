//! Any bytes in any dialect: the reader ends, every byte stands in one place, and the text of a
//! row parses to what its fields are.
#![no_main]

use ehr_mapping::csv::{Columns, Dialect, Escape, Reader, field, fields, parse};
use ehr_mapping::raw::{Position, RawRecord};
use ehr_model::source::{Arena, NodeId};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let [choice, file @ ..] = input {
        read(file, dialect(*choice));
    }
});

/// The last byte of the choice says how the rest is to be read.
fn dialect(choice: u8) -> Dialect {
    let delimiter = [b',', b'|', b'\t', b';'][usize::from(choice & 3)];
    let (quote, escape) = match choice >> 2 & 3 {
        0 => (None, Escape::Doubled),
        1 => (Some(b'\''), Escape::Doubled),
        2 => (Some(b'"'), Escape::Backslash),
        _ => (Some(b'"'), Escape::Doubled),
    };
    let encoding = match choice >> 4 & 3 {
        1 => WINDOWS_1252,
        2 => UTF_16LE,
        3 => UTF_16BE,
        _ => UTF_8,
    };
    let dialect = Dialect::new(delimiter, quote, escape).expect("these are told apart");
    let dialect = dialect.with_encoding(encoding).expect("these are read");
    dialect.with_header(choice >> 6 & 1 == 1)
}

fn read(file: &[u8], dialect: Dialect) {
    let (encoding, mark) = match Encoding::for_bom(file) {
        Some((encoding, mark)) => (encoding, mark),
        None => (dialect.encoding(), 0),
    };
    let Ok(mut reader) = Reader::new(file, "fuzz.csv", dialect) else {
        return; // not text
    };
    if reader.read_header().is_err() {
        return;
    }
    let mut at = mark;
    let mut number = 0;
    loop {
        let record = match reader.next_raw() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(_) => panic!("only the beginning of a file is an error"),
        };
        number += 1;
        let (position, length) = match &record {
            RawRecord::Text(row) => {
                parse_row(row.expose_text(), &dialect, row.position());
                (row.position(), length_in_file(row.expose_text(), encoding))
            }
            RawRecord::Bad(bad) => {
                let here = &file[bad.position().byte as usize..];
                assert!(
                    here.starts_with(bad.expose_bytes()),
                    "not the bytes of the file"
                );
                (bad.position(), bad.expose_bytes().len())
            }
        };
        assert_eq!(position.number, number);
        let byte = position.byte as usize;
        assert!(length > 0 && at <= byte, "pieces overlap");
        // before the first record lies the header
        assert!(
            (number == 1 && dialect.header()) || is_line_end(&file[at..byte], encoding),
            "bytes are lost"
        );
        at = byte + length;
    }
    assert!(
        (number == 0 && dialect.header()) || is_end(&file[at..], encoding),
        "bytes are lost at the end"
    );
}

/// Text and fields of a row say the same, whatever the number of columns.
fn parse_row(text: &str, dialect: &Dialect, position: Position) {
    let cells: Vec<_> = fields(text, dialect).collect();
    for expected in [cells.len(), cells.len() + 1] {
        let names: Vec<String> = (0..expected).map(|number| format!("c{number}")).collect();
        let columns = Columns::new("fuzz.csv", &names).expect("all different");
        match parse(text, dialect, &columns, position, Arena::default()) {
            Ok(record) => {
                assert_eq!(expected, cells.len());
                for (place, cell) in cells.iter().enumerate() {
                    assert_eq!(record.expose(NodeId::at(place + 1)), Some(&**cell));
                    assert_eq!(field(text, dialect, place).as_ref(), Some(cell));
                }
            }
            Err(_) => assert_ne!(expected, cells.len()),
        }
    }
}

fn length_in_file(text: &str, encoding: &'static Encoding) -> usize {
    match encoding {
        encoding if encoding == UTF_8 => text.len(),
        encoding if encoding.is_single_byte() => text.chars().count(),
        _ => text.encode_utf16().count() * 2,
    }
}

/// Whether all that stands here are line ends, in whole characters.
fn is_line_end(bytes: &[u8], encoding: &'static Encoding) -> bool {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    text.chars().all(|c| matches!(c, '\r' | '\n'))
}

/// The same at the end of the file, where DOS programs left a byte of their own.
fn is_end(bytes: &[u8], encoding: &'static Encoding) -> bool {
    let bytes = match encoding {
        encoding if encoding == UTF_16LE => bytes.strip_suffix(b"\x1A\0"),
        encoding if encoding == UTF_16BE => bytes.strip_suffix(b"\0\x1A"),
        _ => bytes.strip_suffix(b"\x1A"),
    }
    .unwrap_or(bytes);
    is_line_end(bytes, encoding)
}
