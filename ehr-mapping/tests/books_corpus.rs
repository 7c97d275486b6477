//! The laws of the books on Synthea's export and the document that is shipped for it.
//!
//! What a line of the document takes is told here a second time, by a plain reading of the TOML:
//! [`Lines`] knows which columns a map reads and which rows it takes, and nothing of the mapper.

use crate::support;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use support::corpus::{document, document_lines, synthea};
use support::export::{Export, Table};
use support::{How, run, run_as};
use toml::de::{DeTable, DeValue};

/// Every so manieth line of the document is removed; prime, so that it meets all kinds of lines.
const EVERY: usize = 7;

#[test]
fn a_removed_line_moves_exactly_its_values() {
    let Some(export) = synthea() else { return };
    let folder = export.folder();
    let whole = run(&document(|text| text).compile().unwrap(), &folder);
    let text = document_lines();
    let lines: Vec<usize> = (0..text.len())
        .filter(|at| text[*at].starts_with('"') && !text[*at].contains("{ value ="))
        .collect();
    let (mut removed, mut moved, mut stayed) = (0, 0, 0);
    for at in lines.iter().copied().step_by(EVERY) {
        let without = |_| {
            let kept = text.iter().enumerate().filter(|(number, _)| *number != at);
            kept.map(|(_, line)| line.as_str())
                .collect::<Vec<_>>()
                .join("\n")
        };
        let changed = document(without);
        // a field that its kind needs, or the last use of a code map: the document says so itself
        let Ok(plan) = changed.compile() else {
            continue;
        };
        let expected = Lines::of(changed.text()).unaccounted(&export);
        let after = run(&plan, &folder);
        let shown = format!("line {}: {}", at + 1, text[at]);
        let found: BTreeMap<(String, String), u64> = after
            .unaccounted()
            .into_iter()
            .map(|(source, path, leaves)| ((source, path), leaves))
            .collect();
        assert_eq!(found, expected, "{shown}");
        for (source, books) in &whole.tally.sources {
            assert_eq!(after.counts(source), books.records, "{shown}");
            for (path, leaves) in &books.paths {
                let now = after.leaves(source, path);
                assert_eq!(now.nonempty, leaves.nonempty, "{shown}");
                assert!(now.mapped <= leaves.mapped, "{shown}");
                if !expected.contains_key(&(source.to_string(), path.to_string())) {
                    assert_eq!(now.unaccounted, 0, "{shown}");
                }
            }
        }
        removed += 1;
        match expected.is_empty() {
            true => stayed += 1,
            false => moved += 1,
        }
    }
    // both cases occur: values that nothing else takes, and values that stay claimed elsewhere
    assert!(
        removed >= 25 && moved >= 15 && stayed >= 5,
        "{removed} {moved} {stayed}"
    );
}

#[test]
fn partitions_and_threads_change_nothing() {
    let Some(export) = synthea() else { return };
    let folder = export.folder();
    let plan = document(|text| text).compile().unwrap();
    let plain = run(&plan, &folder);
    let fhir = plain.fhir();
    for partition_bytes in [1, 1 << 10, 2 << 20] {
        for threads in [1, 2, 4] {
            let how = How {
                partition_bytes,
                threads,
                ..How::default()
            };
            let other = run_as(&plan, &folder, &how).unwrap();
            assert!(
                other.fhir() == fhir,
                "{partition_bytes} bytes, {threads} threads"
            );
            assert_eq!(other.tally, plain.tally);
            assert_eq!(other.issues, plain.issues);
        }
    }
}

#[test]
fn the_order_of_rows_changes_no_id() {
    let Some(mut export) = synthea() else { return };
    let plan = document(|text| text).compile().unwrap();
    let ids = |export: &Export| -> BTreeSet<String> {
        let run = run(&plan, &export.folder());
        run.records().map(|record| record.id.to_string()).collect()
    };
    let before = ids(&export);
    export
        .tables
        .values_mut()
        .for_each(|table| table.rows.reverse());
    assert!(ids(&export) == before);
    assert!(before.len() > 5_000);
}

/// What the lines of a document take, as far as the shipped document uses the language.
struct Lines {
    tables: BTreeMap<String, Value>,
    maps: Vec<Value>,
    rules: Vec<Value>,
}

impl Lines {
    fn of(text: &str) -> Self {
        let root = json(&DeValue::Table(DeTable::parse(text).unwrap().into_inner()));
        let list =
            |key: &str| -> Vec<Value> { root[key].as_array().expect("a list of tables").clone() };
        Self {
            tables: list("table")
                .into_iter()
                .map(|table| (table["name"].as_str().unwrap().to_owned(), table))
                .collect(),
            maps: list("map"),
            rules: list("rule"),
        }
    }

    /// The filled cells that no map and no rule takes, by file and column.
    fn unaccounted(&self, export: &Export) -> BTreeMap<(String, String), u64> {
        let mut open = BTreeMap::new();
        for (name, spec) in &self.tables {
            let file = spec["file"].as_str().unwrap();
            let Some(table) = export.tables.get(file) else {
                continue;
            };
            for row in &table.rows {
                let cells = Cells { table, row };
                let taken = self.taken(name, &cells);
                for (column, cell) in table.header.iter().zip(row) {
                    if !cell.is_empty() && !taken.contains(column) {
                        *open.entry((file.to_owned(), column.clone())).or_insert(0) += 1;
                    }
                }
            }
        }
        open
    }

    /// The columns of a row that something takes.
    fn taken(&self, table: &str, row: &Cells<'_>) -> BTreeSet<String> {
        let mut taken = BTreeSet::new();
        for map in self
            .maps
            .iter()
            .filter(|map| map["from"].as_str() == Some(table))
        {
            if !row.holds(map) {
                continue;
            }
            if map.get("append").is_some() {
                taken.extend(texts(map.get("key")));
            }
            taken.extend(self.tables[table].get("patient").and_then(text));
            for condition in conditions(map).filter(|one| one.get("in").is_some()) {
                taken.extend(condition.get("column").and_then(text));
            }
            for field in map["fields"].as_object().unwrap().values() {
                match field {
                    Value::Object(_) if row.holds(field) => {
                        taken.extend(columns_of(field));
                    }
                    Value::Object(_) => {}
                    column => taken.extend(text(column)),
                }
            }
        }
        // what other tables look up in this one
        for field in self
            .maps
            .iter()
            .flat_map(|map| map["fields"].as_object().unwrap().values())
        {
            let join = field
                .get("join")
                .filter(|join| join["table"].as_str() == Some(table));
            if let Some(join) = join {
                taken.extend(text(&join["key"]));
                taken.extend(field.get("from").and_then(text));
            }
        }
        for rule in self
            .rules
            .iter()
            .filter(|rule| rule["table"].as_str() == Some(table))
        {
            if row.holds(rule) {
                match rule.get("columns") {
                    columns @ Some(_) => taken.extend(texts(columns)),
                    None => taken.extend(row.table.header.iter().cloned()),
                }
            }
        }
        taken
    }
}

/// TOML as JSON, which is easier to walk.
fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => Value::Object(
            table
                .iter()
                .map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())))
                .collect(),
        ),
        _ => Value::Null, // numbers: constants only
    }
}

/// The columns that a field reads from its own row.
fn columns_of(field: &Value) -> Vec<String> {
    let mut columns = texts(field.get("key"));
    for key in ["code", "display", "text", "system-from"] {
        columns.extend(field.get(key).and_then(text));
    }
    match field.get("join") {
        Some(join) => columns.extend(text(&join["on"])),
        None => columns.extend(field.get("from").and_then(text)),
    }
    columns
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(text).collect()
}

fn conditions(owner: &Value) -> impl Iterator<Item = &Value> {
    let items = owner.get("when").and_then(Value::as_array);
    items.into_iter().flatten()
}

struct Cells<'t> {
    table: &'t Table,
    row: &'t [String],
}

impl Cells<'_> {
    fn holds(&self, owner: &Value) -> bool {
        conditions(owner).all(|condition| {
            let column = condition["column"].as_str().unwrap();
            let at = self.table.header.iter().position(|name| name == column);
            let value = at.map_or("", |at| self.row[at].as_str());
            let among = |key| texts(condition.get(key)).iter().any(|word| word == value);
            match condition
                .as_object()
                .unwrap()
                .keys()
                .find(|key| *key != "column")
                .map(String::as_str)
            {
                Some("in") => among("in"),
                Some("not-in") => !among("not-in"),
                Some("filled") => !value.is_empty(),
                _ => value.is_empty(),
            }
        })
    }
}
