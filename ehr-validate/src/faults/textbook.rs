//! An invented chart in which nothing is wrong.

use ehr_model::catalogue::FieldPath;
use ehr_model::chart::Chart;
use ehr_model::record::{Kind, Namespace, Record, RecordId};
use ehr_model::value::Date;

use super::mutation::set;
use crate::terminology::release::Release;
use crate::terminology::{Schedule, TableBuilder, Terminology, system};

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

/// A table of a few drugs of RxNorm with ingredients and schedules, for the rules that need one.
pub fn textbook_terminology() -> Terminology {
    let release = Release::new("textbook", Date::parse("2030-01-01").expect("a day"));
    let mut builder = TableBuilder::new(system::RXNORM, &release);
    let drugs: [(&str, &[&str], Option<Schedule>); 6] = [
        ("861007", &["6809"], None),
        ("310965", &["5640"], None),
        ("1049621", &["7804"], Some(Schedule::II)),
        ("1049618", &["7804"], Some(Schedule::II)),
        ("1049589", &["161", "7804"], Some(Schedule::II)),
        ("197591", &["3322"], Some(Schedule::IV)),
    ];
    for (code, ingredients, schedule) in drugs {
        let draft = builder.draft(code);
        draft.ingredients = ingredients.iter().map(ToString::to_string).collect();
        draft.schedule = schedule;
    }
    builder.draft("856980").schedule = Some(Schedule::III);
    let table = builder.build().expect("a table");
    Terminology::default().with(table).expect("the only table")
}

/// The id of a record of the textbook.
pub(super) fn id(kind: Kind, key: &str) -> RecordId {
    Namespace::of_system("urn:ehr-validate:textbook").id(kind, key)
}
