//! Laws of the reader, on blocks so small that every record meets the edge of one.

use std::io;

use ehr_model::source::{Arena, NodeId};
use proptest::prelude::*;

use super::input::Limits;
use super::*;
use crate::raw::{Position, RawRecord};

const USUAL: Limits = Limits {
    block: 64 << 10,
    record: MAX_RECORD,
};

/// A row or bad row without its borrow.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    position: Position,
    /// The text of a row, or the reason of a bad one.
    row: Result<String, &'static str>,
    bytes: Vec<u8>,
}

fn read(bytes: &[u8], dialect: Dialect, limits: Limits) -> Result<Vec<Seen>, Error> {
    let mut reader = Reader::with_limits(bytes, "t.csv".into(), dialect, limits)?;
    let mut seen = Vec::new();
    while let Some(record) = reader.next_raw()? {
        seen.push(match record {
            RawRecord::Text(row) => Seen {
                position: row.position(),
                row: Ok(row.expose_text().to_owned()),
                bytes: row.expose_text().as_bytes().to_vec(),
            },
            RawRecord::Bad(bad) => Seen {
                position: bad.position(),
                row: Err(bad.reason().as_str()),
                bytes: bad.expose_bytes().to_vec(),
            },
        });
    }
    Ok(seen)
}

fn bare(quote: Option<u8>, escape: Escape) -> Dialect {
    Dialect::new(b',', quote, escape)
        .unwrap()
        .with_header(false)
}

fn dialects() -> impl Strategy<Value = Dialect> {
    prop_oneof![
        1 => Just(bare(None, Escape::Doubled)),
        3 => Just(bare(Some(b'"'), Escape::Doubled)),
        2 => Just(bare(Some(b'"'), Escape::Backslash)),
    ]
}

/// Bytes in which everything that matters is frequent.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(&b"a"[..]),
        4 => Just(&b","[..]),
        5 => Just(&b"\""[..]),
        3 => Just(&b"\n"[..]),
        1 => Just(&b"\r"[..]),
        2 => Just(&b"\r\n"[..]),
        2 => Just(&b"\\"[..]),
        1 => Just(&b" "[..]),
        1 => Just("é".as_bytes()),
        1 => Just("\u{FEFF}".as_bytes()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// The same with bytes that no text holds.
fn dirty_soup() -> impl Strategy<Value = Vec<u8>> {
    let dirt = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (soup(), dirt).prop_map(|(mut bytes, dirt)| {
        for (index, byte) in dirt {
            let at = index.index(bytes.len() + 1);
            bytes.insert(at, byte);
        }
        bytes
    })
}

/// A cell without line ends. Left out is text that begins and ends with a delimiter: it reads the
/// same inside out, so that no reader can tell a wrong quote before it from a right one.
fn cell() -> impl Strategy<Value = String> {
    "[a,\" ]{0,4}".prop_map(|cell| {
        let text = cell.trim_matches(['"', ' ']);
        if text.starts_with(',') && text.ends_with(',') {
            cell + "a"
        } else {
            cell
        }
    })
}

/// How many lines have ended before a byte of the file.
fn line_of(bytes: &[u8]) -> u64 {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    text.replace("\r\n", "\n").matches(['\r', '\n']).count() as u64 + 1
}

/// Asserts that every byte of the file stands in one piece, or is a line end.
fn assert_covered(file: &[u8], seen: &[Seen]) {
    let mut at = if file.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    };
    for (index, piece) in seen.iter().enumerate() {
        let Position { number, line, byte } = piece.position;
        let byte = byte as usize;
        assert_eq!(number, index as u64 + 1);
        assert!(at <= byte, "two pieces overlap");
        assert!(file[at..byte].iter().all(|byte| b"\r\n".contains(byte)));
        assert_eq!(line, line_of(&file[..byte]));
        assert!(file[byte..].starts_with(&piece.bytes));
        assert!(!piece.bytes.is_empty());
        at = byte + piece.bytes.len();
    }
    let rest = file[at..].strip_suffix(b"\x1A").unwrap_or(&file[at..]);
    assert!(rest.iter().all(|byte| b"\r\n".contains(byte)));
}

fn oracle(bytes: &[u8], dialect: &Dialect) -> Vec<Vec<String>> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .quoting(dialect.quote().is_some())
        .escape((dialect.escape() == Escape::Backslash).then_some(b'\\'))
        .from_reader(bytes);
    reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

proptest! {
    #[test]
    fn every_byte_is_in_one_place(file in dirty_soup(), dialect in dialects(), block in 4..20usize) {
        if file.starts_with(b"\xFF\xFE") || file.starts_with(b"\xFE\xFF") {
            return Ok(());
        }
        let seen = read(&file, dialect, USUAL).unwrap();
        assert_covered(&file, &seen);
        let limits = Limits { block, ..USUAL };
        prop_assert_eq!(read(&file, dialect, limits).unwrap(), seen, "the size of a block matters");
    }

    #[test]
    fn overlong_records_are_covered_as_well(
        file in dirty_soup(), dialect in dialects(), block in 4..9usize, record in 9..30usize,
    ) {
        if file.starts_with(b"\xFF\xFE") || file.starts_with(b"\xFE\xFF") {
            return Ok(());
        }
        let seen = read(&file, dialect, Limits { block, record }).unwrap();
        assert_covered(&file, &seen);
        prop_assert!(seen.iter().all(|piece| piece.bytes.len() <= record));
    }

    #[test]
    fn what_is_readable_reads_as_in_the_csv_crate(file in soup(), dialect in dialects()) {
        let seen = read(&file, dialect, USUAL).unwrap();
        let kept_backslash = file.windows(2).any(|pair| {
            pair[0] == b'\\' && !b"\\\",\r\n".contains(&pair[1])
        });
        if seen.iter().any(|piece| piece.row.is_err())
            || (dialect.escape() == Escape::Backslash && kept_backslash)
        {
            return Ok(());
        }
        let ours: Vec<Vec<String>> = seen
            .iter()
            .filter_map(|piece| piece.row.as_ref().ok())
            .map(|row| fields(row, &dialect).map(|field| field.into_owned()).collect())
            .collect();
        prop_assert_eq!(ours, oracle(&file, &dialect));
    }

    #[test]
    fn what_was_written_is_read(
        rows in prop::collection::vec(prop::collection::vec("[a,\"\r\n\\\\é ]{0,6}", 1..4), 0..8),
        backslash in any::<bool>(),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        block in 4..20usize,
    ) {
        let escape = if backslash { Escape::Backslash } else { Escape::Doubled };
        let dialect = bare(Some(b'"'), escape);
        let mut file = String::new();
        for row in &rows {
            let cells: Vec<String> = row.iter().map(|cell| {
                if !cell.is_empty() && !cell.contains([',', '"', '\r', '\n', '\\']) {
                    return cell.clone();
                }
                let cell = if backslash {
                    cell.replace('\\', "\\\\").replace('"', "\\\"")
                } else {
                    cell.replace('"', "\"\"")
                };
                format!("\"{cell}\"")
            }).collect();
            file.push_str(&cells.join(","));
            file.push_str(line_end);
        }
        let seen = read(file.as_bytes(), dialect, Limits { block, ..USUAL }).unwrap();
        prop_assert_eq!(oracle(file.as_bytes(), &dialect), rows.clone());
        prop_assert_eq!(seen.len(), rows.len());
        for (piece, row) in seen.iter().zip(&rows) {
            let text = piece.row.as_ref().unwrap();
            prop_assert_eq!(&fields(text, &dialect).collect::<Vec<_>>(), row);
            let names: Vec<String> = (0..row.len()).map(|index| format!("c{index}")).collect();
            let columns = Columns::new("t.csv", &names).unwrap();
            let record = parse(text, &dialect, &columns, piece.position, Arena::default()).unwrap();
            for (index, cell) in row.iter().enumerate() {
                prop_assert_eq!(record.expose(NodeId::at(index + 1)), Some(cell.as_str()));
                prop_assert!(field(text, &dialect, index).is_some_and(|found| found == *cell));
            }
            prop_assert_eq!(field(text, &dialect, row.len()), None);
        }
    }

    #[test]
    fn one_wrong_quote_costs_one_row(
        rows in prop::collection::vec(prop::collection::vec(cell(), 3..=3), 1..9),
        always in any::<bool>(),
        place in any::<prop::sample::Index>(),
        missing in any::<bool>(),
    ) {
        let mut lines: Vec<String> = rows.iter().map(|row| {
            let cells = row.iter().map(|cell| {
                if always || cell.contains([',', '"']) {
                    format!("\"{}\"", cell.replace('"', "\"\""))
                } else {
                    cell.clone()
                }
            });
            cells.collect::<Vec<_>>().join(",")
        }).collect();
        let damaged = place.index(lines.len());
        let line = &mut lines[damaged];
        let quotes: Vec<_> = line.match_indices('"').map(|(at, _)| at).collect();
        if missing && !quotes.is_empty() {
            line.remove(quotes[place.index(quotes.len())]);
        } else {
            line.insert(place.index(line.len() + 1), '"');
        }
        let dialect = bare(Some(b'"'), Escape::Doubled);
        let seen = read(format!("{}\n", lines.join("\n")).as_bytes(), dialect, USUAL).unwrap();
        for (index, line) in lines.iter().enumerate().filter(|(index, _)| *index != damaged) {
            let row = seen.iter().find(|piece| piece.position.line == index as u64 + 1);
            prop_assert_eq!(row.map(|row| &row.row), Some(&Ok(line.clone())), "{:?}", lines);
        }
    }

    #[test]
    fn no_text_makes_parsing_panic(text in "[a,\"\r\n\\\\é ]{0,12}", dialect in dialects()) {
        let columns = Columns::new("t.csv", &["a", "b"]).unwrap();
        let cells: Vec<_> = fields(&text, &dialect).collect();
        match parse(&text, &dialect, &columns, Position::default(), Arena::default()) {
            Ok(record) => prop_assert_eq!(record.expose(NodeId::at(2)), Some(&*cells[1])),
            Err(ragged) => prop_assert_eq!(ragged, Ragged { found: cells.len(), expected: 2 }),
        }
    }

    #[test]
    fn utf16_reads_as_the_same_text_in_utf8(
        file in soup(), dialect in dialects(), little in any::<bool>(), mark in any::<bool>(), block in 4..20usize,
    ) {
        let text = String::from_utf8(file).unwrap().replace('\u{FEFF}', "\u{1F600}");
        let wide = utf16(text.encode_utf16(), little, mark);
        let limits = Limits { block, ..USUAL };
        let ours = read(&wide, wide_dialect(dialect, little), limits).unwrap();
        let narrow = read(text.as_bytes(), dialect, USUAL).unwrap();
        prop_assert_eq!(ours.len(), narrow.len());
        for (wide_piece, piece) in ours.iter().zip(&narrow) {
            prop_assert_eq!(&wide_piece.row, &piece.row);
            prop_assert_eq!(wide_piece.position.line, piece.position.line);
            let before = &text[..piece.position.byte as usize];
            let byte = before.encode_utf16().count() * 2 + if mark { 2 } else { 0 };
            prop_assert_eq!(wide_piece.position.byte, byte as u64);
        }
    }

    #[test]
    fn damaged_utf16_is_kept_byte_for_byte(
        units in prop::collection::vec(prop_oneof![
            Just(0x61), Just(0x0A), Just(0x22), Just(0xD800), Just(0xDBFF), Just(0xDC00), Just(0), Just(0x20AC), any::<u16>(),
        ], 0..20),
        odd in any::<Option<u8>>(), little in any::<bool>(), block in 4..20usize,
    ) {
        let mut file = utf16(units.iter().copied(), little, true);
        file.extend(odd);
        let dialect = bare(Some(b'"'), Escape::Doubled);
        let seen = read(&file, dialect, Limits { block, ..USUAL }).unwrap();
        let mut at = 2;
        for piece in &seen {
            let byte = piece.position.byte as usize;
            let bytes = match &piece.row {
                Ok(text) => utf16(text.encode_utf16(), little, false),
                Err(_) => piece.bytes.clone(),
            };
            prop_assert!(line_ends_only(&file[at..byte]));
            prop_assert_eq!(&file[byte..byte + bytes.len()], &bytes);
            at = byte + bytes.len();
        }
        let rest = file[at..].strip_suffix(&utf16([0x1A], little, false)[..]);
        prop_assert!(line_ends_only(rest.unwrap_or(&file[at..])));
    }

    #[test]
    fn one_byte_encodings_never_guess(bytes in prop::collection::vec(0x20..=0xFFu8, 1..20)) {
        let dialect = bare(None, Escape::Doubled).with_encoding(encoding_rs::WINDOWS_1252).unwrap();
        let seen = read(&bytes, dialect, USUAL).unwrap();
        if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") || bytes.starts_with(b"\xEF\xBB\xBF") {
            return Ok(());
        }
        let undefined = bytes.iter().any(|byte| matches!(byte, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D));
        let text = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned();
        match &seen[0].row {
            Ok(row) => {
                prop_assert!(!undefined);
                prop_assert_eq!(row, &text);
            }
            Err(reason) => {
                prop_assert!(undefined);
                prop_assert_eq!(*reason, "undecodable-bytes");
                prop_assert_eq!(&seen[0].bytes, &bytes);
            }
        }
    }
}

fn wide_dialect(dialect: Dialect, little: bool) -> Dialect {
    let encoding = if little {
        encoding_rs::UTF_16LE
    } else {
        encoding_rs::UTF_16BE
    };
    dialect.with_encoding(encoding).unwrap()
}

fn utf16(units: impl IntoIterator<Item = u16>, little: bool, mark: bool) -> Vec<u8> {
    mark.then_some(0xFEFF)
        .into_iter()
        .chain(units)
        .flat_map(|unit| {
            if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        })
        .collect()
}

fn line_ends_only(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| b"\r\n\0".contains(byte))
}

#[test]
fn an_overlong_line_is_cut_and_the_next_line_is_read() {
    let limits = Limits {
        block: 4,
        record: 8,
    };
    let dialect = bare(Some(b'"'), Escape::Doubled);
    let seen = read(b"a,b\n0123456789abcdef0123\nc,d\n", dialect, limits).unwrap();
    let rows: Vec<_> = seen
        .iter()
        .map(|piece| (piece.position.line, piece.row.as_deref()))
        .collect();
    let long = Err(&"record-too-long");
    assert_eq!(
        rows,
        [
            (1, Ok("a,b")),
            (2, long),
            (2, long),
            (2, long),
            (3, Ok("c,d"))
        ]
        .map(|(line, row)| (line, row))
    );
}

#[test]
fn a_quote_open_beyond_the_limit_costs_one_line() {
    let limits = Limits {
        block: 4,
        record: 16,
    };
    let dialect = bare(Some(b'"'), Escape::Doubled);
    let seen = read(b"a,\"b\nc,d\ne,f\ng,h\ni,j\nk,l\n", dialect, limits).unwrap();
    let rows: Vec<_> = seen.iter().map(|piece| piece.row.as_deref()).collect();
    assert_eq!(rows[0], Err(&"unterminated-quote"));
    assert_eq!(rows[1..], ["c,d", "e,f", "g,h", "i,j", "k,l"].map(Ok));
}

/// Fails in the middle of the file.
struct Failing(u8);

impl io::Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0 += 1;
        match self.0 {
            1 => Err(io::ErrorKind::Interrupted.into()),
            2 => {
                buffer[..4].copy_from_slice(b"a\nb\n");
                Ok(4)
            }
            _ => Err(io::Error::other("the disk is gone")),
        }
    }
}

#[test]
fn a_read_that_failed_fails_for_good() {
    let limits = Limits { block: 4, ..USUAL };
    let mut reader =
        Reader::with_limits(Failing(0), "t.csv".into(), Dialect::default(), limits).unwrap();
    assert_eq!(reader.read_header().unwrap(), ["a"]);
    assert!(matches!(reader.next_raw(), Ok(Some(RawRecord::Text(_)))));
    let mut messages = Vec::new();
    for _ in 0..2 {
        let error = reader.next_raw().unwrap_err();
        messages.push(format!(
            "{error}: {}",
            std::error::Error::source(&error).unwrap()
        ));
    }
    assert_eq!(
        messages,
        [
            "t.csv: reading failed: the disk is gone",
            "t.csv: reading failed: an earlier read failed"
        ]
    );
}

#[test]
fn a_reject_counts_its_leaves() {
    let mut reader = Reader::new(&b"a,b,c\n1,,\0\n"[..], "t.csv", Dialect::default()).unwrap();
    let source = reader.source().clone();
    let Some(RawRecord::Bad(bad)) = reader.next_raw().unwrap() else {
        panic!("the row holds a NUL")
    };
    let reject = bad.reject(&source);
    assert_eq!(reject.leaves, 2);
    assert_eq!(
        reject.address.to_string(),
        "t.csv: record 1, line 2, byte 6"
    );
    assert_eq!(reject.verbatim.expose(), b"1,,\0");
}

#[test]
fn a_ragged_row_says_how_many() {
    let dialect = Dialect::default();
    let columns = Columns::new("t.csv", &["a", "b"]).unwrap();
    let position = Position {
        number: 1,
        line: 2,
        byte: 4,
    };
    let ragged = parse("1,,3", &dialect, &columns, position, Arena::default()).unwrap_err();
    assert_eq!(ragged.to_string(), "3 fields where the table has 2 columns");
    let reject = ragged.reject("1,,3", &dialect, columns.source(), position);
    assert_eq!((reject.reason, reject.leaves), (RAGGED_ROW, 2));
}

#[test]
fn columns_are_found_by_name() {
    let columns = Columns::new("t.csv", &["id", "name"]).unwrap();
    assert_eq!(columns.position("name"), Some(1));
    assert_eq!(columns.position("NAME"), None);
    assert_eq!((columns.len(), columns.is_empty()), (2, false));
}
