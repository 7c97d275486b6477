//! From the source records of one patient to the records of a chart.
//!
//! The unit of work is the patient: all rows of one patient are here at once, so that rows can
//! complete each other's records, joins find their rows, and the fate of every leaf can be settled
//! after the scope has decided.

mod binding;
mod claims;
mod filling;
mod identity;
mod issue_codes;
mod key;
mod links;
mod made;
mod numbered_list;
mod row;
mod same_content;
mod same_key;
mod shared;
mod unit;

pub use binding::Binding;
pub use issue_codes::{
    CODE_WITHOUT_TRANSLATION, DOCUMENT_FILE_MISSING, DUPLICATE_KEY, DUPLICATE_RECORD,
    EXPLICIT_DELETE, JOIN_AMBIGUOUS, JOIN_ORPHAN, KEY_MISSING, ORPHAN_PATIENT, PARENT_MISSING,
    PATIENT_IDENTITY_CONFLICT, REFERENCE_WITHOUT_RECORD, ROWS_DISAGREE, SOURCES_DISAGREE,
    SUPERSEDED, VALUE_UNREADABLE, VALUE_WITHOUT_TRANSLATION, VALUES_DISAGREE, WITHDRAWN,
};
pub(crate) use key::content_key;
pub(crate) use links::Links;
pub(crate) use made::ById;
use made::Made;
use numbered_list::number_list_elements;
pub(crate) use row::{At, Row};
pub(crate) use shared::{Lookup, SharedIndex};
pub use unit::{LeafFate, PatientUnit, SourceKey};

use std::collections::HashMap;

use ehr_model::element::Leaf;
use ehr_model::issue::{Issue, IssueCode, Severity};
use ehr_model::provenance::Provenance;
use ehr_model::record::{Kind, Record, RecordId};
use ehr_model::source::{Fate, NodeId};

use crate::path::SourcePath;
use crate::plan::{Block, Column, Condition, KEY_SEPARATOR, PatientKey, Plan, Turns};
use crate::source::SourceFiles;
use filling::Filling;

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
            used: Default::default(),
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

    pub(crate) fn holds(&self, conditions: &[Condition], at: At<'_, '_>) -> bool {
        conditions.iter().all(|condition| {
            condition
                .test
                .holds(self.cell(at, condition.column).map(|(value, _)| value))
        })
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
