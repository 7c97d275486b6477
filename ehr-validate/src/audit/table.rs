//! What is collected of a table.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use ehr_model::profile::{TableFormat, TableProfile, ValueShape};
use ehr_model::record::DataClass;
use ehr_model::source::{NodeId, SourceRecord};
use foldhash::fast::RandomState as FastState;

use super::column::Column;
use super::digests::Digests;
use super::people::{Draft, People, Role};
use super::{AuditOptions, class};

/// How many paths of trees are told apart; further ones are one column.
const MAX_COLUMNS: usize = 20_000;
/// The column of what has no place of its own.
const FURTHER: &str = "(further paths)";
/// How many different records are compared with one another exactly.
const RECORDS: usize = 1 << 18;

#[derive(Clone)]
pub(super) struct Table {
    pub(super) name: Arc<str>,
    pub(super) format: TableFormat,
    pub(super) records: u64,
    pub(super) unreadable: u64,
    digests: Digests,
    pub(super) columns: Vec<Column>,
    roles: Vec<Option<Role>>,
    /// Names below names, from the root at 0.
    places: Vec<Place>,
    /// Where each node of a record stands; kept for the next record.
    at: Vec<u32>,
    limit: usize,
}

#[derive(Clone, Default)]
struct Place {
    below: HashMap<Box<str>, u32, FastState>,
    column: Option<usize>,
}

impl Table {
    pub(super) fn new(name: Arc<str>, format: TableFormat, limit: usize) -> Self {
        Self {
            name,
            format,
            records: 0,
            unreadable: 0,
            digests: Digests::with_limit(RECORDS),
            columns: Vec::new(),
            roles: Vec::new(),
            places: vec![Place::default()],
            at: Vec::new(),
            limit,
        }
    }

    /// The column of a path from the root, made where it is new.
    pub(super) fn column(&mut self, path: &[&str]) -> usize {
        let mut place = 0;
        for name in path {
            place = self.below(place, name);
        }
        self.column_at(place, || path.join("/"))
    }

    pub(super) fn observe(
        &mut self,
        record: &SourceRecord<'_>,
        key: &std::hash::RandomState,
        options: &AuditOptions,
        people: &mut People,
    ) {
        self.records += 1;
        let mut whole = key.build_hasher();
        let mut draft = Draft::default();
        let mut at = std::mem::take(&mut self.at);
        at.clear();
        at.push(0);
        for index in 1..record.len() {
            let node = NodeId::at(index);
            let above = at[record.parent(node).index()];
            let place = self.below(above, record.names().name(record.name(node)));
            at.push(place);
            if record.is_inherited(node) {
                continue;
            }
            let Some(value) = record.expose(node).filter(|value| !value.is_empty()) else {
                continue;
            };
            let digest = key.hash_one(value);
            whole.write_u32(place);
            whole.write_u64(digest);
            let column = self.column_at(place, || record.path(node));
            self.columns[column].add(self.records, value, digest, options);
            if let Some(role) = self.roles[column] {
                draft.take(role, value, digest);
            }
        }
        self.at = at;
        self.digests.add(whole.finish());
        people.add(draft);
    }

    /// Adds what another part saw of the table.
    pub(super) fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.unreadable += other.unreadable;
        // one file each: the count of files is theirs together
        if let (TableFormat::Csv(mine), TableFormat::Csv(theirs)) = (&mut self.format, other.format)
            && mine.file != theirs.file
        {
            mine.files += theirs.files;
            mine.file = std::mem::take(&mut mine.file).min(theirs.file);
        }
        self.digests.merge(&other.digests);
        for column in other.columns {
            let path: Vec<&str> = column.name.split('/').collect();
            let mine = if matches!(self.format, TableFormat::Tree { .. }) {
                self.column(&path)
            } else {
                self.column(&[&column.name])
            };
            self.columns[mine].merge(&column);
        }
    }

    pub(super) fn profile(&self) -> TableProfile {
        let mut profile = TableProfile::new(self.name.clone(), self.format.clone());
        profile.records = self.records;
        profile.unreadable = self.unreadable;
        profile.duplicates = self.digests.repeated();
        profile.columns = self
            .columns
            .iter()
            .map(|column| column.profile(&self.name, self.records))
            .collect();
        profile.dated_by = dated_by(&profile);
        (profile.class, profile.class_reasons) = match self.format {
            TableFormat::Tree { format } => {
                let values = class_of_tree(format, &profile);
                let most = values.iter().max_by_key(|(_, values)| *values);
                let class = most.map_or(DataClass::Administrative, |(class, _)| *class);
                (class, vec!["most values, by their paths".to_owned()])
            }
            _ => class::of_table(&self.name, &self.format, &profile.columns),
        };
        profile
    }

    fn below(&mut self, place: u32, name: &str) -> u32 {
        if let Some(found) = self.places[place as usize].below.get(name) {
            return *found;
        }
        let number = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        if self.columns.len() >= MAX_COLUMNS {
            return place; // its values are counted one step higher
        }
        self.places.push(Place::default());
        self.places[place as usize]
            .below
            .insert(name.into(), number);
        number
    }

    fn column_at(&mut self, place: u32, path: impl FnOnce() -> String) -> usize {
        if let Some(column) = self.places[place as usize].column {
            return column;
        }
        let name: Arc<str> = if self.columns.len() < MAX_COLUMNS {
            path().into()
        } else {
            FURTHER.into()
        };
        let known = self.columns.iter().rposition(|column| column.name == name);
        let column = known.unwrap_or(self.columns.len());
        if known.is_none() {
            self.roles.push(Role::of(&self.name, &self.format, &name));
            self.columns.push(Column::new(name, self.limit));
        }
        self.places[place as usize].column = Some(column);
        column
    }
}

/// How many values of a tree belong to each class.
pub(super) fn class_of_tree(format: &str, table: &TableProfile) -> Vec<(DataClass, u64)> {
    let mut values = Vec::new();
    for column in &table.columns {
        let class = class::of_path(format, &table.name, &column.name);
        match values.iter_mut().find(|(known, _)| *known == class) {
            Some((_, count)) => *count += column.filled,
            None => values.push((class, column.filled)),
        }
    }
    values
}

/// The column of dates that most records have, but no date of birth or death.
fn dated_by(table: &TableProfile) -> Option<Arc<str>> {
    if !table.format.is_table() || table.records == 0 {
        return None;
    }
    let speaks_of_a_life = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["birth", "dob", "death", "deceased", "expir"]
            .iter()
            .any(|word| name.contains(word))
    };
    let mut best: Option<(u64, Arc<str>)> = None;
    for column in &table.columns {
        let dated = column.shape == ValueShape::Date && !speaks_of_a_life(&column.name);
        let more = best
            .as_ref()
            .is_none_or(|(records, _)| column.records > *records);
        if dated && more && column.records * 2 > table.records {
            best = Some((column.records, column.name.clone()));
        }
    }
    best.map(|(_, name)| name)
}
