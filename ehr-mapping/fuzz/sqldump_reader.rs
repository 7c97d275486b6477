//! Any bytes in any variant: the reader ends, pieces stand in their order and hold the bytes of
//! the file, and the text of a row parses to what its fields are.
#![no_main]

use ehr_mapping::csv::Columns;
use ehr_mapping::raw::{Position, RawRecord};
use ehr_mapping::sqldump::{Reader, Variant, bytes, field, fields, parse};
use ehr_model::source::{Arena, NodeId};
use encoding_rs::{UTF_8, UTF_16LE, WINDOWS_1252};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [choice, file @ ..] = input else { return };
    let _ = Variant::detect(file);
    let variant = match choice & 3 {
        0 | 3 => Variant::MySql,
        1 => Variant::PostgreSql,
        _ => Variant::SqlServer,
    };
    let encoding = match choice >> 2 & 3 {
        1 => WINDOWS_1252,
        2 => UTF_16LE,
        _ => UTF_8,
    };
    let Ok(mut reader) = Reader::with_encoding(file, "fuzz.sql", variant, encoding) else {
        return; // a binary format
    };
    let (mut number, mut at) = (0, 0);
    while let Some(row) = reader.next_raw().expect("memory does not fail") {
        number += 1;
        let position = match row.record {
            RawRecord::Text(text) => {
                assert!(row.table.is_some(), "a row without a table");
                parse_row(text.expose_text(), variant, text.position());
                text.position()
            }
            RawRecord::Bad(bad) => {
                let byte = bad.position().byte as usize;
                assert!(
                    file[byte..].starts_with(bad.expose_bytes()),
                    "not the bytes of the file"
                );
                bad.position()
            }
        };
        assert_eq!(position.number, number);
        assert!(position.byte >= at, "pieces overlap");
        at = position.byte;
    }
});

fn parse_row(text: &str, variant: Variant, position: Position) {
    let cells: Vec<_> = fields(text, variant).collect();
    for expected in [cells.len(), cells.len() + 1] {
        let names: Vec<String> = (0..expected).map(|number| format!("c{number}")).collect();
        let columns = Columns::new("fuzz.sql", &names).expect("all different");
        match parse(text, variant, &columns, position, Arena::default()) {
            Ok(record) => {
                assert_eq!(expected, cells.len());
                for (place, cell) in cells.iter().enumerate() {
                    assert_eq!(record.expose(NodeId::at(place + 1)), Some(&**cell));
                    assert_eq!(field(text, variant, place).as_ref(), Some(cell));
                    let _ = bytes(cell);
                }
            }
            Err(_) => assert_ne!(expected, cells.len()),
        }
    }
}
