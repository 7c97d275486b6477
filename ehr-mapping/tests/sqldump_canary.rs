//! A patient's value never shows in what the reader prints, whatever is wrong with its row.

use ehr_mapping::csv::Columns;
use ehr_mapping::raw::RawRecord;
use ehr_mapping::sqldump::{Reader, Variant, fields, parse, reject, tables};
use ehr_model::source::Arena;

const CANARY: &str = "Canarybird";

/// A statement for each way in which a row is good or bad, with the canary in the row.
const SCRIPTS: [(&str, &str); 12] = [
    ("Text", "INSERT INTO `t` VALUES (1,'Canarybird');\n"),
    (
        "ragged-row",
        "INSERT INTO `t` VALUES (1,'Canarybird','Canarybird');\n",
    ),
    (
        "malformed-tuple",
        "INSERT INTO `t` VALUES (1,'Canary'bird');\n INSERT INTO `t` VALUES (1,'a' 'Canarybird');",
    ),
    (
        "computed-value",
        "INSERT INTO `t` VALUES (1,LOWER('Canarybird'));\n",
    ),
    ("nul-byte", "INSERT INTO `t` VALUES (1,'Canarybird\0');\n"),
    (
        "unterminated-quote",
        "INSERT INTO `t` VALUES (1,'Canarybird",
    ),
    (
        "unknown-column",
        "INSERT INTO `t` (`z`) VALUES ('Canarybird');\n",
    ),
    (
        "statement-changes-data",
        "UPDATE t SET name = 'Canarybird';\n",
    ),
    (
        "statement-changes-table",
        "ALTER TABLE t ADD COLUMN c int DEFAULT 'Canarybird';\n",
    ),
    ("unknown-statement", "Canarybird 'Canarybird';\n"),
    ("SET", "SET @x = 'Canarybird';\n"),
    (
        "unterminated-statement",
        "INSERT INTO `t` VALUES (1,'Canarybird')",
    ),
];

#[test]
fn no_value_shows_in_what_is_printed() {
    for (case, statement) in SCRIPTS {
        let script = format!("CREATE TABLE `t` (`id` int, `name` text);\n{statement}");
        let printed = printed(script.as_bytes());
        assert!(printed.contains(case), "{case} is not in {printed}");
        assert!(!printed.contains(CANARY), "{case}");
        assert!(printed.contains("patients.sql"), "{case} has no address");
    }
}

/// Everything that can be printed without naming `expose`.
fn printed(script: &[u8]) -> String {
    let tables = tables(script).unwrap();
    let columns = Columns::new("patients.sql", &tables[0].column_names()).unwrap();
    let mut reader = Reader::new(script, "patients.sql").unwrap();
    let mut out = format!("{reader:?} {columns:?} {tables:?} ");
    while let Some(row) = reader.next_raw().unwrap() {
        out += &format!("{row:?} ");
        match row.record {
            RawRecord::Bad(bad) => {
                let reject = bad.reject(columns.source());
                out += &format!("{bad:?} {reject:?} {} {} ", reject.address, reject.reason);
            }
            RawRecord::Text(row) => {
                let (text, position) = (row.expose_text(), row.position());
                let variant = Variant::MySql;
                out += &format!("{row:?} {:?} ", fields(text, variant));
                match parse(text, variant, &columns, position, Arena::default()) {
                    Ok(record) => out += &format!("{record:?} "),
                    Err(ragged) => {
                        let reject = reject(text, variant, columns.source(), position);
                        out += &format!("{ragged} {ragged:?} {reject:?} {}", reject.reason);
                    }
                }
            }
        }
    }
    out + &format!("{:?} {:?}", reader.skipped(), reader.is_complete())
}
