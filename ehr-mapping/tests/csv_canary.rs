//! A patient's value never shows in what the reader prints, whatever is wrong with its row.

use std::error::Error as _;

use ehr_mapping::csv::{Columns, Dialect, Reader, fields, parse};
use ehr_mapping::raw::RawRecord;
use ehr_model::source::Arena;

const CANARY: &str = "Canarybird";

/// A file for each way in which a row is good or bad, with the canary in the row.
const FILES: [(&str, &[u8]); 9] = [
    ("good", b"ID,NAME\n1,Canarybird\n"),
    ("escaped", b"ID,NAME\n1,\"\"\"Canarybird\"\"\"\n"),
    ("ragged-row", b"ID,NAME\n1,Canarybird,Canarybird\n"),
    ("undecodable-bytes", b"ID,NAME\n1,Canarybird\xFF\n"),
    ("nul-byte", b"ID,NAME\n1,Canarybird\0\n"),
    ("unterminated-quote", b"ID,NAME\n1,\"Canarybird\n"),
    ("stray-quote", b"ID,NAME\n1,\"Canarybird\"Canarybird\n"),
    ("duplicate column", b"1,Canarybird,Canarybird\n"),
    ("bad header", b"1,Canarybird\xFF\n"),
];

#[test]
fn no_value_shows_in_what_is_printed() {
    for (case, file) in FILES {
        let printed = printed(file);
        assert!(
            printed.contains(case) || case.contains(' ') || ["good", "escaped"].contains(&case)
        );
        assert!(!printed.contains(CANARY), "{case}");
        assert!(printed.contains("patients.csv"), "{case} has no address");
    }
}

#[test]
fn an_overlong_record_does_not_show_either() {
    let mut file = b"ID,NAME\n".to_vec();
    file.extend(
        CANARY
            .as_bytes()
            .repeat(ehr_mapping::csv::MAX_RECORD / CANARY.len() + 1),
    );
    let printed = printed(&file);
    assert!(printed.contains("record-too-long"));
    assert!(!printed.contains(CANARY));
}

/// Everything that can be printed without naming `expose`.
fn printed(file: &[u8]) -> String {
    let dialect = Dialect::default();
    let mut out = String::new();
    let mut reader = match Reader::new(file, "patients.csv", dialect) {
        Ok(reader) => reader,
        Err(error) => return format!("{error} {error:?} {:?}", error.source()),
    };
    let header = match reader.read_header() {
        Ok(header) => header,
        Err(error) => return format!("{error} {error:?} {:?}", error.source()),
    };
    let columns = Columns::new("patients.csv", &header).unwrap();
    out += &format!("{reader:?} {columns:?} ");
    while let Some(record) = reader.next_raw().unwrap() {
        out += &format!("{record:?} ");
        match record {
            RawRecord::Bad(row) => {
                let reject = row.reject(columns.source());
                out += &format!("{row:?} {reject:?} {} {} ", reject.address, reject.reason);
            }
            RawRecord::Text(row) => {
                let (text, position) = (row.expose_text(), row.position());
                out += &format!("{row:?} {:?} ", fields(text, &dialect));
                match parse(text, &dialect, &columns, position, Arena::default()) {
                    Ok(record) => out += &format!("{record:?} "),
                    Err(ragged) => {
                        let reject = ragged.reject(text, &dialect, columns.source(), position);
                        out += &format!("{ragged} {ragged:?} {reject:?} ");
                    }
                }
            }
        }
    }
    out
}
