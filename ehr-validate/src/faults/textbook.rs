//! An invented chart in which nothing is wrong.

use ehr_model::catalogue::FieldPath;
use ehr_model::chart::Chart;
use ehr_model::record::{Kind, Namespace, Record, RecordId};

use super::mutation::set;

/// The day that counts as today for the textbook.
pub const AS_OF: &str = "2031-05-01";

/// Kind, key, path and value, one leaf a line.
const LEAVES: &str = include_str!("textbook.tsv");

/// An invented chart with an entry of nearly every kind, in which nothing is wrong.
pub fn textbook() -> Chart {
    let mut records: Vec<Record> = Vec::new();
    for line in LEAVES
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let mut cells = line.splitn(4, '\t');
        let mut cell = || cells.next().expect("four cells a line");
        let (kind, key, path, value) = (cell(), cell(), cell(), cell());
        let kind = Kind::from_name(kind).expect("a kind");
        let id = id(kind, key);
        if records.last().is_none_or(|record| record.id != id) {
            records.push(Record {
                id,
                provenance: Vec::new(),
                resource: kind.empty_resource(),
            });
        }
        let record = records.last_mut().expect("it was pushed above");
        let path = FieldPath::resolve_leaf(kind, path)
            .unwrap_or_else(|error| panic!("the textbook has a path that is none: {error}"));
        set(record, &path, &value.replace("\\n", "\n")).unwrap_or_else(|| {
            panic!("the textbook has a value that does not fit {}", path.text())
        });
    }
    Chart::new(records, Vec::new())
}

/// The id of a record of the textbook.
pub(super) fn id(kind: Kind, key: &str) -> RecordId {
    Namespace::of_system("urn:ehr-validate:textbook").id(kind, key)
}
