//! From the source records of one patient to the records of a chart.
//!
//! The unit of work is the patient: all rows of one patient are here at once, so that rows can
//! complete each other's records, joins find their rows, and the fate of every leaf can be settled
//! after the scope has decided.

mod binding;
mod filling;
mod identity;
mod links;
mod same_content;
mod shared;
mod unit;

pub use binding::Binding;
pub(crate) use links::Links;
pub(crate) use shared::{Lookup, SharedIndex};
pub use unit::{LeafFate, PatientUnit, SourceKey};

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use ehr_crypto::Digest;
use ehr_model::catalogue::FieldPath;
use ehr_model::element::{Element, Leaf, ValueType};
use ehr_model::issue::{Issue, IssueCode, Severity};
use ehr_model::provenance::{Provenance, SourceAddress};
use ehr_model::record::{Kind, Record, RecordId};
use ehr_model::source::{Fate, NodeId, SourceRecord};

use foldhash::fast::RandomState;
use memchr::memmem;
use uuid::Uuid;

use crate::ccda::NarrativeIndex;
use crate::code_map::CodeUses;
use crate::format::Format;
use crate::path::SourcePath;
use crate::plan::{
    Alias, Block, Column, Condition, KEY_SEPARATOR, Key, KeyPart, PatientKey, Plan, SameKey, Test,
    Turns,
};
use crate::source::SourceFiles;
use crate::transform::{Transform, Value};
use crate::tree;
use filling::Filling;

/// A value does not read as what its field takes.
pub const VALUE_UNREADABLE: IssueCode = IssueCode::new("value-unreadable");
/// A code has no row in the code map that should translate it; it stays as it is.
pub const CODE_WITHOUT_TRANSLATION: IssueCode = IssueCode::new("code-without-translation");
/// A value has no row in the code map of a field that takes a closed set of codes.
pub const VALUE_WITHOUT_TRANSLATION: IssueCode = IssueCode::new("value-without-translation");
/// Two different source records have the same key.
pub const DUPLICATE_KEY: IssueCode = IssueCode::new("duplicate-key");
/// A source record stands twice with the same content; one entry keeps both addresses.
pub const DUPLICATE_RECORD: IssueCode = IssueCode::new("duplicate-record");
/// Rows that make one record disagree in a field of it.
pub const ROWS_DISAGREE: IssueCode = IssueCode::new("rows-disagree");
/// Two lines of one map fill one field, or two types of one choice, with different values.
pub const VALUES_DISAGREE: IssueCode = IssueCode::new("values-disagree");
/// A row completes a record that no other row made.
pub const PARENT_MISSING: IssueCode = IssueCode::new("parent-missing");
/// A row has no value in the columns of its key.
pub const KEY_MISSING: IssueCode = IssueCode::new("key-missing");
/// A join found no row.
pub const JOIN_ORPHAN: IssueCode = IssueCode::new("join-orphan");
/// A join found several rows that say different things.
pub const JOIN_AMBIGUOUS: IssueCode = IssueCode::new("join-ambiguous");
/// A document names a file that is not in the export.
pub const DOCUMENT_FILE_MISSING: IssueCode = IssueCode::new("document-file-missing");
/// Under one key of a patient, source records name people who differ in birth date, sex or the whole
/// of the name: each of the two has this issue, with the field. What they say stands in one chart,
/// which a person must look at before it goes anywhere.
pub const PATIENT_IDENTITY_CONFLICT: IssueCode = IssueCode::new("patient-identity-conflict");
/// Rows name a patient who has no row of their own.
pub const ORPHAN_PATIENT: IssueCode = IssueCode::new("orphan-patient");

/// Stands in a source key where the place among equal keys goes.
const ORDINAL: char = '\u{1e}';
/// Stands where the place among equal keys of the same source record goes.
const ORDINAL_IN_RECORD: char = '\u{1d}';

/// A later source record says something else of the same thing; it stands, with both addresses.
pub const SOURCES_DISAGREE: IssueCode = IssueCode::new("sources-disagree");
/// A later source record took the place of an earlier one, which stays in the archive.
pub const SUPERSEDED: IssueCode = IssueCode::new("superseded");
/// A record names another one by a key that nothing in the source has.
pub const REFERENCE_WITHOUT_RECORD: IssueCode = IssueCode::new("reference-without-record");
/// A source record says that what was said before is to be deleted; what was said stays, for a
/// person to decide.
pub const EXPLICIT_DELETE: IssueCode = IssueCode::new("explicit-delete");
/// A later source record says that a value of an earlier one no longer holds; the value stands in
/// the archive only.
pub const WITHDRAWN: IssueCode = IssueCode::new("withdrawn");
/// The policy under which declared offsets are counted.
pub(crate) const TIME_ZONE_POLICY: &str =
    "offset of the mapping document given to a time that had none";

/// Maps source records by a plan. One mapper serves many threads.
pub struct Mapper<'p> {
    plan: &'p Plan,
    bindings: &'p [Option<Binding>],
    shared: &'p SharedIndex,
    files: &'p (dyn SourceFiles + Sync),
    lineage: bool,
    count_codes: bool,
}

/// A source record on its way into a chart.
pub(crate) struct Row<'b> {
    pub(crate) table: usize,
    pub(crate) record: SourceRecord<'b>,
    /// The records that were made or completed from it, in the order of their claims.
    pub(crate) outputs: RefCell<Vec<RecordId>>,
    pub(crate) rejected: RefCell<Option<IssueCode>>,
    /// What references of the record mean, where that stands in what surrounded it.
    pub(crate) links: Links,
    siblings: OnceCell<bool>,
    /// The name under which other records of the format refer to this one.
    own_key: OnceCell<Option<String>>,
    /// Leaves that go into all records of the row.
    context: OnceCell<Vec<NodeId>>,
    /// Paths of nodes at which records were made: those of a list have the same one.
    paths: RefCell<HashSet<Arc<str>, RandomState>>,
    /// Places inside the record that others point at by name.
    pub(crate) anchors: OnceCell<NarrativeIndex>,
}

/// A node of a source record at which a block works; of a row, its root.
#[derive(Clone, Copy)]
pub(crate) struct At<'r, 'b> {
    pub(crate) row: &'r Row<'b>,
    pub(crate) node: NodeId,
}

/// What is known of records, by their ids.
pub(crate) type ById<T> = HashMap<RecordId, T, RandomState>;

/// What the mapping of one patient, or of the shared tables, has made so far.
#[derive(Default)]
struct Made {
    /// Whose records they are; `None` for those that all patients share.
    patient: Option<RecordId>,
    records: Vec<Record>,
    index: ById<usize>,
    keys: ById<SourceKey>,
    issues: Vec<Issue>,
    policies: HashMap<&'static str, u64>,
    code_uses: CodeUses,
    /// Records that become one with those of other documents that say the same.
    mergeable: HashSet<RecordId, RandomState>,
    /// How often each key with an ordinal was seen.
    ordinals: HashMap<(Kind, String), u32, RandomState>,
    /// Of the record at work, the fields in which what was said before no longer holds.
    withdrawn: Vec<FieldPath>,
    /// What was made at each node of a tree, by the first one and by all after it.
    at: HashMap<(*const (), NodeId), Vec<(Kind, RecordId)>, RandomState>,
    /// Of each join, the rows of this patient by the value of its key.
    joins: HashMap<usize, HashMap<String, Vec<usize>>>,
}

impl Made {
    /// What was made at a node, of this kind or of any.
    fn made_at(&self, at: At<'_, '_>, kind: Option<Kind>) -> Option<(Kind, RecordId)> {
        let made = self.at.get(&at.place())?;
        let mut made = made.iter().copied();
        made.find(|(one, _)| kind.is_none_or(|kind| kind == *one))
    }

    /// Gives a key with an ordinal its number: rows that are equal otherwise are told apart by
    /// their order.
    fn numbered(&mut self, kind: Kind, key: String, at: At<'_, '_>) -> String {
        let (mark, counted) = if key.contains(ORDINAL) {
            (ORDINAL, key.clone())
        } else if key.contains(ORDINAL_IN_RECORD) {
            let record = at.row.record.address();
            let counted = format!(
                "{key}{ORDINAL}{}{ORDINAL}{:?}",
                record.source, record.record
            );
            (ORDINAL_IN_RECORD, counted)
        } else {
            return key;
        };
        let count = self.ordinals.entry((kind, counted)).or_default();
        *count += 1;
        key.replace(mark, &count.to_string())
    }
}

impl<'p> Mapper<'p> {
    pub(crate) fn new(
        plan: &'p Plan,
        bindings: &'p [Option<Binding>],
        shared: &'p SharedIndex,
        files: &'p (dyn SourceFiles + Sync),
        lineage: bool,
    ) -> Self {
        Self {
            plan,
            bindings,
            shared,
            files,
            lineage,
            count_codes: false,
        }
    }

    /// Counts how often each row of a code map is used, if asked to.
    pub(crate) fn count_codes(self, count_codes: bool) -> Self {
        Self {
            count_codes,
            ..self
        }
    }

    /// Puts the records of a source in the order that it declares; what stays equal, as it was read.
    pub(crate) fn order(&self, rows: &mut [Row<'_>]) {
        let order = rows
            .first()
            .and_then(|row| self.plan.tables[row.table].order);
        if let Some(column) = order {
            rows.sort_by_cached_key(|row| {
                let value = self.cell(At::root(row), column);
                value.map(|(value, _)| value.to_owned())
            });
        }
    }

    /// Maps the rows of one patient, or, without a patient, of the shared tables.
    pub(crate) fn map<'b>(&self, patient: Option<RecordId>, rows: Vec<Row<'b>>) -> PatientUnit<'b> {
        let mut made = Made {
            patient,
            ..Made::default()
        };
        self.index_joins(&rows, &mut made);
        let turns: Vec<&Turns> = rows.iter().map(|row| self.turns(row)).collect();
        for turn in 0..Turns::COUNT {
            for (row, turns) in rows.iter().zip(&turns) {
                for block in turns.blocks(turn) {
                    let block = &self.plan.blocks[*block];
                    let Some(path) = block.at.and_then(|column| self.path(row, column)) else {
                        self.run(block, patient, &rows, At::root(row), &mut made);
                        continue;
                    };
                    path.walk(&row.record, NodeId::ROOT, &mut |node| {
                        self.run(block, patient, &rows, At { row, node }, &mut made);
                        true
                    });
                }
            }
        }
        for row in &rows {
            self.note_deletes(row, &mut made);
        }
        if rows.len() > 1 && !made.mergeable.is_empty() {
            same_content::merge(&rows, &mut made);
        }
        for record in &mut made.records {
            let kind = record.kind();
            let element = record.resource.element_mut();
            element.prune();
            number_list_elements(kind, element);
        }
        let mut unit = PatientUnit::new(
            patient,
            rows,
            made.records,
            made.keys,
            made.issues,
            made.policies,
        );
        unit.code_uses = made.code_uses;
        unit
    }

    /// Which blocks may have work for a record, and when.
    fn turns(&self, row: &Row<'_>) -> &'p Turns {
        let dispatch = &self.plan.dispatch[row.table];
        let column = dispatch.column;
        let value = column.and_then(|column| self.cell(At::root(row), column));
        dispatch.turns(value.map(|(value, _)| value))
    }

    /// Raises an issue where a record says that something is to be deleted.
    fn note_deletes(&self, row: &Row<'_>, made: &mut Made) {
        let Some(word) = &self.plan.tables[row.table].delete else {
            return;
        };
        let record = &row.record;
        for leaf in record.filled_leaves() {
            if record.expose(leaf) == Some(word) {
                let address = record.address().path(record.path(leaf));
                let issue = Issue::new(EXPLICIT_DELETE, Severity::Warning).at(address);
                made.issues.push(issue);
            }
        }
    }

    fn run<'b>(
        &self,
        block: &Block,
        patient: Option<RecordId>,
        rows: &[Row<'b>],
        at: At<'_, 'b>,
        made: &mut Made,
    ) {
        if !self.holds(&block.when, at) || !self.points_at_something(block, at, made) {
            return;
        }
        let Some((key, id)) = self.block_key(block, patient, at, made) else {
            made.issues
                .push(Issue::new(KEY_MISSING, Severity::Error).at(at.address()));
            return self.reject(KEY_MISSING, block, at);
        };
        let existing = made.index.get(&id).copied();
        let (record, completes) = match (existing, block.append.is_some()) {
            (Some(record), true) => (record, true),
            (None, true) if !block.create => {
                made.issues.push(
                    Issue::new(PARENT_MISSING, Severity::Error)
                        .at(at.address())
                        .about(block.kind, id),
                );
                return self.reject(PARENT_MISSING, block, at);
            }
            (None, _) => {
                if block.merge_same_content {
                    made.mergeable.insert(id);
                }
                (self.begin(block, id, &key, patient, made), false)
            }
            (Some(_), false) => (self.begin_again(block, &key, patient, made), false),
        };
        let element = made.records[record].resource.element();
        let added = block.append.map_or(0, |list| element.slot(list).count());
        let provenance = Provenance::new(at.address(), block.line);
        made.records[record].provenance.push(provenance);
        self.claim_context(block, at, made.records[record].id);
        made.withdrawn.clear();
        let mut filling = Filling {
            mapper: self,
            made,
            rows,
            at,
            record,
            added,
            completes,
            line: block.line,
        };
        filling.lines(&block.fields, &block.constants);
        for each in &block.each {
            filling.each(each);
        }
        let mut settled = made.records[record].id;
        if let Some(first) = existing
            && block.append.is_none()
        {
            settled = self.settle_same_key(block.same_key, first, record, (rows, at.row), made);
        }
        if block.at.is_some() {
            let made_here = made.at.entry(at.place());
            let made_here = made_here.or_insert_with(|| Vec::with_capacity(1));
            made_here.push((block.kind, settled));
        }
    }

    /// Whether what a block points at by its node alone was made: who wrote a record is nobody where
    /// there is no record.
    fn points_at_something(&self, block: &Block, at: At<'_, '_>, made: &Made) -> bool {
        block.pointers.iter().all(|column| {
            let path = column.and_then(|column| self.path(at.row, column));
            let node = path.and_then(|path| path.first(&at.row.record, at.node));
            node.is_some_and(|node| made.made_at(At { node, ..at }, None).is_some())
        })
    }

    /// The key of what a block makes at a node, and the id that it gives.
    fn block_key(
        &self,
        block: &Block,
        patient: Option<RecordId>,
        at: At<'_, '_>,
        made: &mut Made,
    ) -> Option<(String, RecordId)> {
        if let (Kind::Patient, PatientKey::Key(key), Some(patient)) =
            (block.kind, &self.plan.tables[at.row.table].patient, patient)
        {
            return Some((self.key(key, At::root(at.row))?, patient));
        }
        let key = self.key(&block.key, at)?;
        let key = made.numbered(block.kind, key, at);
        let id = self.plan.record_id(block.kind, &key, patient);
        Some((key, id))
    }

    /// Sets aside what a block would have read. The row as a whole is a reject only if no other
    /// block makes something of it.
    fn reject(&self, reason: IssueCode, block: &Block, at: At<'_, '_>) {
        if at.node == NodeId::ROOT {
            at.row.rejected.borrow_mut().get_or_insert(reason);
        }
        for column in block.columns() {
            if let Some((_, node)) = self.cell(at, column) {
                at.row.record.decide(node, Fate::Rejected);
            }
        }
    }

    fn begin(
        &self,
        block: &Block,
        id: RecordId,
        key: &str,
        patient: Option<RecordId>,
        made: &mut Made,
    ) -> usize {
        let mut resource = block.kind.empty_resource();
        if let (Some(path), Some(patient)) = (&block.patient, patient) {
            let set = path.set(
                resource.element_mut(),
                0,
                Leaf::Target(Kind::Patient, patient),
            );
            debug_assert!(
                set.is_ok(),
                "the catalogue says that the field takes a reference"
            );
        }
        made.records.push(Record {
            id,
            provenance: Vec::with_capacity(1), // of most records one source record is all
            resource,
        });
        made.index.insert(id, made.records.len() - 1);
        made.keys.insert(
            id,
            SourceKey {
                kind: block.kind,
                key: key.to_owned(),
            },
        );
        made.records.len() - 1
    }

    /// A second source record with a key that was seen: it gets an id of its own until it is compared.
    fn begin_again(
        &self,
        block: &Block,
        key: &str,
        patient: Option<RecordId>,
        made: &mut Made,
    ) -> usize {
        let mut copy = 2u32;
        loop {
            let numbered = format!("{key}{KEY_SEPARATOR}#{copy}");
            let id = self.plan.record_id(block.kind, &numbered, patient);
            if !made.index.contains_key(&id) {
                return self.begin(block, id, &numbered, patient, made);
            }
            copy += 1;
        }
    }

    /// Same key: the same content is one entry with both addresses; of other content the block says
    /// what it means. Returns the id of the entry that remains.
    fn settle_same_key(
        &self,
        policy: SameKey,
        first: usize,
        second: usize,
        (rows, row): (&[Row<'_>], &Row<'_>),
        made: &mut Made,
    ) -> RecordId {
        // what was opened and stayed empty is nothing that a later record said
        for at in [first, second] {
            made.records[at].resource.element_mut().prune();
        }
        // one source record never says a thing twice to correct itself
        let policy = match policy {
            SameKey::Latest if made_from(&made.records[first], row) => SameKey::KeepBoth,
            policy => policy,
        };
        let same = self
            .same_content(first, second, made)
            .filter(|_| made.withdrawn.is_empty());
        let (target, code, severity) = match (same, policy) {
            (Some(same), _) => (Some(same), DUPLICATE_RECORD, Severity::Information),
            (None, SameKey::KeepBoth) => (None, DUPLICATE_KEY, Severity::Error),
            (None, SameKey::Merge) => (Some(first), DUPLICATE_RECORD, Severity::Information),
            (None, SameKey::Latest) => (Some(first), SUPERSEDED, Severity::Information),
        };
        let kind = made.records[first].kind();
        let about = made.records[target.unwrap_or(first)].id;
        let address = made.records[second]
            .provenance
            .first()
            .map(|provenance| provenance.address.clone());
        let issue = |code, severity, field: Option<&'static str>| {
            let issue = Issue::new(code, severity).about(kind, about);
            let issue = match &address {
                Some(address) => issue.at(address.clone()),
                None => issue,
            };
            match field {
                Some(field) => issue.field(field),
                None => issue,
            }
        };
        // people and places stand wherever they act
        if !(kind.is_shared() && code == DUPLICATE_RECORD && made.patient.is_some()) {
            made.issues.push(issue(code, severity, None));
        }
        let Some(target) = target.filter(|_| second + 1 == made.records.len()) else {
            return made.records[second].id;
        };
        let copy = made.records.pop().expect("it was made in this call");
        made.index.remove(&copy.id);
        made.keys.remove(&copy.id);
        if same.is_none() {
            let (known, other) = (&made.records[target], &copy);
            for field in identity::conflicts(known, other) {
                for address in
                    [known, other].map(|one| one.provenance.first().map(|one| one.address.clone()))
                {
                    let conflict = Issue::new(PATIENT_IDENTITY_CONFLICT, Severity::Fatal);
                    let conflict = conflict.about(kind, about).field(field);
                    made.issues.push(match address {
                        Some(address) => conflict.at(address),
                        None => conflict,
                    });
                }
            }
        }
        match (same, policy) {
            (None, SameKey::Merge) => {
                let record = &mut made.records[target];
                for path in &made.withdrawn {
                    if path.clear(record.resource.element_mut(), 0) {
                        let gone = issue(WITHDRAWN, Severity::Warning, None);
                        made.issues.push(gone.field(path.text().clone()));
                    }
                }
                let mut fields = Vec::new();
                record
                    .resource
                    .merge(&copy.resource, &mut |field| fields.push(field));
                for field in fields {
                    made.issues
                        .push(issue(SOURCES_DISAGREE, Severity::Warning, Some(field)));
                }
            }
            (None, SameKey::Latest) => {
                made.records[target].resource = copy.resource;
                // what the earlier ones said stands in the archive only
                for earlier in rows.iter().filter(|earlier| !std::ptr::eq(*earlier, row)) {
                    earlier.rename_output(about, RecordId::from(Uuid::nil()));
                }
            }
            _ => {}
        }
        made.records[target].provenance.extend(copy.provenance);
        row.rename_output(copy.id, about);
        about
    }

    /// Of the records that share a key, the one that says the same as the last of them.
    fn same_content(&self, first: usize, second: usize, made: &Made) -> Option<usize> {
        let key = &made.keys[&made.records[first].id];
        let copies = (2u32..).map_while(|copy| {
            let numbered = format!("{}{KEY_SEPARATOR}#{copy}", key.key);
            made.index
                .get(&self.plan.record_id(key.kind, &numbered, made.patient))
                .copied()
        });
        std::iter::once(first)
            .chain(copies)
            .filter(|at| *at != second)
            .find(|at| made.records[*at].resource == made.records[second].resource)
    }

    /// Patient and the words of `in` conditions went into the record, and so did the key of a record
    /// that the row completes: it says which one. The key of the record itself stands only in its
    /// id, from which nobody can read it back, so that some line must take it.
    fn claim_context(&self, block: &Block, at: At<'_, '_>, record: RecordId) {
        let output = at.row.output(record);
        if block.append.is_some() {
            for column in block.key.columns() {
                self.claim(at, column, output);
            }
        }
        for condition in &block.when {
            if matches!(condition.test, Test::In(_)) {
                self.claim(at, condition.column, output);
            }
        }
        for node in self.context(at.row) {
            at.row.record.claim(*node, output);
        }
        if let Some(path) = block.at.and_then(|column| self.path(at.row, column)) {
            path.tested(&at.row.record, at.node, &mut |node| {
                at.row.record.claim(node, output);
            });
        }
    }

    /// The leaves that go into all records of a row: whose it is, and what made it one of its source.
    fn context<'r>(&self, row: &'r Row<'_>) -> &'r [NodeId] {
        row.context.get_or_init(|| {
            let table = &self.plan.tables[row.table];
            let words = table.when.iter().filter_map(|condition| {
                let is_word = matches!(condition.test, Test::In(_));
                is_word.then_some(condition.column)
            });
            let patient: Vec<Column> = match &table.patient {
                PatientKey::Key(key) => key.columns().collect(),
                _ => {
                    let column = self.binding(row).and_then(Binding::patient_column);
                    column.into_iter().collect()
                }
            };
            words
                .chain(patient)
                .filter_map(|column| self.cell(At::root(row), column))
                .map(|(_, node)| node)
                .collect()
        })
    }

    fn claim(&self, at: At<'_, '_>, column: Column, output: usize) {
        if let Some((_, node)) = self.cell(at, column) {
            at.row.record.claim(node, output);
        }
    }

    pub(crate) fn holds(&self, conditions: &[Condition], at: At<'_, '_>) -> bool {
        conditions.iter().all(|condition| {
            condition
                .test
                .holds(self.cell(at, condition.column).map(|(value, _)| value))
        })
    }

    /// The key of a row: of its first alternative of which any column is filled.
    pub(crate) fn key(&self, key: &Key, at: At<'_, '_>) -> Option<String> {
        key.alternatives
            .iter()
            .find_map(|parts| self.key_of(parts, at))
    }

    /// Numbers of the patient under one authority: of each node that the path leads to.
    pub(crate) fn numbers(&self, alias: &Alias, at: At<'_, '_>, found: &mut dyn FnMut(&str)) {
        let Some(path) = self.path(at.row, alias.number) else {
            return;
        };
        path.walk(&at.row.record, at.node, &mut |node| {
            let value = at.row.record.expose(node).unwrap_or_default().trim();
            if !value.is_empty() && !self.is_missing_word(value) {
                let value = Value::Text(value.into());
                if let Ok(Value::Text(text)) = Transform::apply_all(&alias.via, value, &mut 0)
                    && !text.is_empty()
                {
                    found(&text);
                }
            }
            true
        });
    }

    /// `None` where all columns are empty.
    fn key_of(&self, parts: &[KeyPart], at: At<'_, '_>) -> Option<String> {
        let mut key = String::new();
        let mut filled = false;
        let mut content = Vec::new(); // of all parts that are contents, one digest
        for (number, part) in parts.iter().enumerate() {
            if number > 0 {
                key.push(KEY_SEPARATOR);
            }
            match part {
                KeyPart::Literal(literal) => key.push_str(literal),
                KeyPart::Ordinal => key.push(ORDINAL),
                KeyPart::OrdinalInRecord => key.push(ORDINAL_IN_RECORD),
                KeyPart::Content(column) => {
                    let path = column.and_then(|column| self.path(at.row, column));
                    let node = match path {
                        None => Some(at.node),
                        Some(path) => path.first(&at.row.record, at.node),
                    };
                    if let Some(node) = node {
                        filled = true;
                        content.extend_from_slice(&number.to_le_bytes());
                        write_content(&at.row.record, node, &mut content);
                    }
                }
                KeyPart::Own(via) => {
                    let format = self.plan.tables[at.row.table].format;
                    let Some(own) = at.row.own_key(format) else {
                        continue;
                    };
                    if let Ok(Value::Text(text)) =
                        Transform::apply_all(via, Value::Text(own.into()), &mut 0)
                    {
                        filled |= !text.is_empty();
                        key.push_str(&text);
                    }
                }
                KeyPart::Column(column, via)
                    if self.path(at.row, *column).is_some() && !via.is_empty() =>
                {
                    // of several nodes the first of which the transforms leave something
                    let path = self.path(at.row, *column).expect("asked in the line above");
                    path.walk(&at.row.record, at.node, &mut |node| {
                        let value = at.row.record.expose(node).unwrap_or_default().trim();
                        if value.is_empty() || self.is_missing_word(value) {
                            return true;
                        }
                        let value = Value::Text(at.row.links.resolve(value).into());
                        let Ok(Value::Text(text)) = Transform::apply_all(via, value, &mut 0) else {
                            return true;
                        };
                        filled |= !text.is_empty();
                        key.push_str(&text);
                        text.is_empty()
                    });
                }
                KeyPart::Column(column, via) => {
                    let value = self.cell(at, *column).map(|(value, _)| value.trim());
                    let value = value.filter(|value| !self.is_missing_word(value));
                    let Some(value) = value else { continue };
                    if via.is_empty() {
                        filled |= !value.is_empty();
                        key.push_str(value);
                    } else if let Ok(Value::Text(text)) =
                        Transform::apply_all(via, Value::Text(value.into()), &mut 0)
                    {
                        filled |= !text.is_empty();
                        key.push_str(&text);
                    }
                }
            }
        }
        if !content.is_empty() {
            push_digest(&content, &mut key);
        }
        filled.then_some(key)
    }

    /// The value of a column, unless it is empty or spells "no value"; of several nodes the first.
    pub(crate) fn cell<'r>(&self, at: At<'r, '_>, column: Column) -> Option<(&'r str, NodeId)> {
        let record = &at.row.record;
        let node = match self.path(at.row, column) {
            Some(path) => {
                path.first_filled(record, at.node, |value| !self.is_missing_word(value))?
            }
            None => self.binding(at.row)?.node(column)?,
        };
        let value = record.expose(node)?;
        (!value.is_empty() && !self.is_missing_word(value)).then_some((value, node))
    }

    /// The path that a column of a source is.
    pub(crate) fn path(&self, row: &Row<'_>, column: Column) -> Option<&'p SourcePath> {
        self.plan.tables[row.table].columns[column].path.as_ref()
    }

    pub(crate) fn is_missing_word(&self, value: &str) -> bool {
        self.plan.missing.iter().any(|word| word == value)
    }

    /// Where the columns of a row's table stand; nothing of a source of trees.
    fn binding(&self, row: &Row<'_>) -> Option<&'p Binding> {
        self.bindings[row.table].as_ref()
    }

    fn index_joins(&self, rows: &[Row<'_>], made: &mut Made) {
        for (number, join) in self.plan.joins.iter().enumerate() {
            if self.shared.has(number) {
                continue;
            }
            let mut index: HashMap<String, Vec<usize>> = HashMap::new();
            for (at, row) in rows
                .iter()
                .enumerate()
                .filter(|(_, row)| row.table == join.table)
            {
                if let Some((value, _)) = self.cell(At::root(row), join.key) {
                    index.entry(value.trim().to_owned()).or_default().push(at);
                }
            }
            made.joins.insert(number, index);
        }
    }
}

impl<'r, 'b> At<'r, 'b> {
    /// The root of a record.
    pub(crate) fn root(row: &'r Row<'b>) -> Self {
        Self {
            row,
            node: NodeId::ROOT,
        }
    }

    /// The node among all those of a patient.
    fn place(self) -> (*const (), NodeId) {
        (std::ptr::from_ref(self.row).cast(), self.node)
    }

    /// The address of the record, and of the node in it.
    pub(crate) fn address(self) -> SourceAddress {
        let address = self.row.record.address();
        if self.node == NodeId::ROOT {
            address
        } else {
            address.path(self.row.path(self.node))
        }
    }
}

/// Whether a record was made from this row.
fn made_from(record: &Record, row: &Row<'_>) -> bool {
    let address = row.record.address();
    let mut made_from = record.provenance.iter().map(|made| &made.address);
    made_from.any(|from| from.source == address.source && from.record == address.record)
}

/// What stands in a subtree: names and values in their order.
fn write_content(record: &SourceRecord<'_>, node: NodeId, out: &mut Vec<u8>) {
    for node in (node.index()..record.subtree_end(node).index()).map(NodeId::at) {
        let name = match node {
            NodeId::ROOT => "",
            node => record.names().name(record.name(node)),
        };
        for part in [name, record.expose(node).unwrap_or_default()] {
            out.extend_from_slice(&(part.len() as u64).to_le_bytes());
            out.extend_from_slice(part.as_bytes());
        }
    }
}

/// What stands in a subtree as a key of its own.
pub(crate) fn content_key(record: &SourceRecord<'_>, node: NodeId) -> String {
    let mut content = Vec::new();
    write_content(record, node, &mut content);
    Digest::sha256(&content).to_string()
}

/// Contents as a part of a key.
fn push_digest(content: &[u8], key: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for byte in Digest::sha256(content).as_bytes() {
        for digit in [byte >> 4, byte & 15] {
            key.push(char::from(HEX[usize::from(digit)]));
        }
    }
}

impl<'b> Row<'b> {
    pub(crate) fn new(table: usize, record: SourceRecord<'b>) -> Self {
        Self {
            table,
            record,
            outputs: RefCell::default(),
            rejected: RefCell::default(),
            links: Links::default(),
            siblings: OnceCell::new(),
            own_key: OnceCell::new(),
            context: OnceCell::new(),
            paths: RefCell::default(),
            anchors: OnceCell::new(),
        }
    }

    /// The path of a node.
    fn path(&self, node: NodeId) -> Arc<str> {
        let path = self.record.path(node);
        let mut paths = self.paths.borrow_mut();
        if let Some(known) = paths.get(&*path) {
            return known.clone();
        }
        let path: Arc<str> = path.into();
        paths.insert(path.clone());
        path
    }

    /// The key under which other records of the format refer to this one, where it has such.
    pub(crate) fn own_key(&self, format: Format) -> Option<&str> {
        let key = || tree::own_key(format, &self.record);
        self.own_key.get_or_init(key).as_deref()
    }

    /// Whether members of JSON whose names begin with `_` stand anywhere in the record.
    pub(crate) fn has_siblings(&self) -> bool {
        *self
            .siblings
            .get_or_init(|| memmem::find(self.record.expose_text().as_bytes(), b"\"_").is_some())
    }

    /// The number under which a record claims leaves of this row.
    pub(crate) fn output(&self, record: RecordId) -> usize {
        let mut outputs = self.outputs.borrow_mut();
        // the record at work is the last one
        match outputs.iter().rposition(|id| *id == record) {
            Some(output) => output,
            None => {
                outputs.push(record);
                outputs.len() - 1
            }
        }
    }

    fn rename_output(&self, from: RecordId, to: RecordId) {
        for output in self
            .outputs
            .borrow_mut()
            .iter_mut()
            .filter(|id| **id == from)
        {
            *output = to;
        }
    }
}

/// Gives elements of lists that FHIR numbers (lines and diagnoses of a claim) their place where
/// the source gave no number. The number says nothing beyond the order that is kept anyway.
fn number_list_elements(kind: Kind, element: &mut dyn Element) {
    for NumberedList { list, number } in numbered_lists(kind) {
        let slot = element.slot_mut(*list);
        for index in 0..slot.count() {
            if let Some(child) = slot.child_mut(index)
                && child.slot(*number).is_empty()
            {
                let place = Leaf::Integer(index as i64 + 1);
                let set = child.slot_mut(*number).set_leaf(0, place);
                debug_assert!(set.is_ok(), "sequence is a whole number");
            }
        }
    }
}

/// A list of a kind, and the field of its elements that holds their place.
struct NumberedList {
    list: usize,
    number: usize,
}

/// The lists of a kind that FHIR numbers.
fn numbered_lists(kind: Kind) -> &'static [NumberedList] {
    const NUMBER: &str = "sequence";
    static LISTS: LazyLock<HashMap<Kind, Vec<NumberedList>, RandomState>> = LazyLock::new(|| {
        let of_kind = |kind: &Kind| {
            let fields = kind.spec().fields.iter().enumerate();
            let lists = fields.filter_map(|(list, field)| match field.value {
                ValueType::Element(inner) if field.many => {
                    let number = inner().number(NUMBER)?;
                    Some(NumberedList { list, number })
                }
                _ => None,
            });
            (*kind, lists.collect())
        };
        Kind::ALL.iter().map(of_kind).collect()
    });
    LISTS.get(&kind).map_or(&[], Vec::as_slice)
}
