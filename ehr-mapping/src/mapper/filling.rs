//! One row at work on one record: filling its fields, claiming the leaves that went in.

mod coded;
mod datatype;
mod file;
mod reference;
mod value;

use std::sync::Arc;

use ehr_model::catalogue::FieldPath;
use ehr_model::element::Leaf;
use ehr_model::issue::{Issue, IssueCode, Severity};
use ehr_model::provenance::FieldProvenance;
use ehr_model::record::Record;
use ehr_model::source::{Fate, NodeId};

use super::{At, Made, Mapper, ROWS_DISAGREE, Row, VALUE_UNREADABLE, VALUES_DISAGREE};
use crate::code_map::Target;
use crate::plan::{Column, ConstantMap, Each, FieldMap, FieldSource};

/// Where a value stood: the row and the node.
pub(super) type Origin<'r, 'b> = (&'r Row<'b>, NodeId);

/// One row at work on one record.
pub(super) struct Filling<'f, 'p, 'r, 'b> {
    pub(super) mapper: &'f Mapper<'p>,
    pub(super) made: &'f mut Made,
    pub(super) rows: &'r [Row<'b>],
    pub(super) at: At<'r, 'b>,
    /// The record's place in [`Made::records`].
    pub(super) record: usize,
    /// What `[+]` stands for.
    pub(super) added: usize,
    /// Whether another row made the record before.
    pub(super) completes: bool,
    /// The line of the mapping document that is carried out.
    pub(super) line: u32,
}

impl<'p, 'r, 'b> Filling<'_, 'p, 'r, 'b> {
    /// Carries out the lines of a block, or of a list of it.
    pub(super) fn lines(&mut self, fields: &[FieldMap], constants: &[ConstantMap]) {
        let mut filled = false;
        for field in fields {
            if !(field.otherwise && filled) {
                filled = self.field(field) || (field.otherwise && filled);
            }
        }
        for constant in constants {
            self.constant(constant);
        }
    }

    /// Adds a value to a list of the record for each node that a path leads to.
    pub(super) fn each(&mut self, each: &Each) {
        let Some(path) = self.mapper.path(self.at.row, each.at) else {
            return;
        };
        let outer = (self.at, self.added);
        path.walk(&outer.0.row.record, outer.0.node, &mut |node| {
            self.at = At { node, ..outer.0 };
            if self.mapper.holds(&each.when, self.at) {
                self.claim_demanded(each.at, self.at.row, node);
                let element = self.record().resource.element();
                self.added = element.slot(each.list).count();
                self.lines(&each.fields, &each.constants);
            }
            true
        });
        (self.at, self.added) = outer;
    }

    /// Carries out a line that reads the source. Returns whether it found something.
    fn field(&mut self, field: &FieldMap) -> bool {
        if !self.mapper.holds(&field.when, self.at) {
            return false;
        }
        self.line = field.line;
        let filled = match &field.source {
            FieldSource::Value(source) => self.value(source, field),
            FieldSource::Coded(source) => self.coded(source, field),
            FieldSource::Reference(source) => self.reference(source),
            FieldSource::File(source) => self.file(source, field),
            FieldSource::Datatype(source) => self.datatype(source, field),
            FieldSource::Withdrawal => {
                self.made.withdrawn.push(field.path.clone());
                false
            }
        };
        if !filled && let Some(reason) = field.absent {
            let added = self.added;
            let element = self.record().resource.element_mut();
            if field.path.leaf(element, added).is_none() {
                field.path.set_absent(element, added, reason);
            }
        }
        filled
    }

    /// Carries out a line with a constant, if the element that it completes is there.
    fn constant(&mut self, constant: &ConstantMap) {
        let element = self.made.records[self.record].resource.element();
        let completes = constant.completes == 0
            || constant
                .path
                .element_is_filled(element, self.added, constant.completes);
        let stands_already = self.completes && !constant.path.adds();
        if completes && !stands_already && self.mapper.holds(&constant.when, self.at) {
            self.line = constant.line;
            self.put(&constant.path, constant.value.leaf(), None);
        }
    }

    /// Sets a leaf, unless something else was said before. Returns whether it stands.
    fn put(&mut self, path: &FieldPath, leaf: Leaf<'_>, from: Option<Origin<'_, '_>>) -> bool {
        let added = self.added;
        let element = self.record().resource.element_mut();
        let existing = path.leaf(element, added);
        if existing.as_ref() == Some(&leaf) {
            self.accept(path, from);
            return true;
        }
        if existing.is_some() || path.displaces(element, added) {
            let rows_disagree = self.completes && !path.adds();
            let code = if rows_disagree {
                ROWS_DISAGREE
            } else {
                VALUES_DISAGREE
            };
            self.refuse(code, path, from);
            return false;
        }
        let set = path.set(element, added, leaf);
        match set {
            Ok(()) => self.accept(path, from),
            Err(_) => self.refuse(VALUE_UNREADABLE, path, from),
        }
        set.is_ok()
    }

    /// The target of a code, which counts as a use of its row.
    fn translate(&mut self, map: usize, code: &str) -> Option<&'p Target> {
        let map = &self.mapper.plan.code_maps[map];
        if self.mapper.count_codes {
            self.made.code_uses.count(map, code);
        }
        map.translate(code)
    }

    /// Sets text.
    fn put_text(&mut self, path: &FieldPath, text: &str, from: Option<Origin<'_, '_>>) -> bool {
        self.put(path, Leaf::Text(text.to_owned().into()), from)
    }

    /// Claims the leaf that a value stood in, and notes the lineage.
    fn accept(&mut self, path: &FieldPath, from: Option<Origin<'_, '_>>) {
        let (lineage, added, line) = (self.mapper.lineage, self.added, self.line);
        let record = self.record();
        if let Some((row, node)) = from {
            row.record.claim(node, row.output(record.id));
        }
        if lineage && let Some(provenance) = record.provenance.last_mut() {
            let source = from.map(|(row, node)| Arc::from(row.record.path(node)));
            let field = if path.adds() {
                Arc::from(path.text().replacen("[+]", &format!("[{added}]"), 1))
            } else {
                path.text().clone()
            };
            provenance
                .fields
                .push(FieldProvenance::new(field, source, line));
        }
    }

    /// Claims what the predicates of a path demand, for a node that it led to and that went in.
    fn claim_demanded(&mut self, column: Column, row: &Row<'_>, node: NodeId) {
        if let Some(path) = self.mapper.path(row, column) {
            let output = row.output(self.made.records[self.record].id);
            path.tested(&row.record, node, &mut |leaf| {
                row.record.claim(leaf, output)
            });
        }
    }

    /// Sets a value aside with its address; the verbatim row stays in the archive.
    fn refuse(&mut self, code: IssueCode, path: &FieldPath, from: Option<Origin<'_, '_>>) {
        if let Some((row, node)) = from {
            let end = row.record.subtree_end(node).index();
            for node in (node.index()..end).map(NodeId::at) {
                row.record.decide(node, Fate::Rejected);
            }
        }
        self.issue(code, path, from);
    }

    /// Raises an issue about a field of the record.
    fn issue(&mut self, code: IssueCode, path: &FieldPath, from: Option<Origin<'_, '_>>) {
        let record = self.record();
        let issue = Issue::new(code, Severity::Error)
            .about(record.kind(), record.id)
            .field(path.text().clone());
        self.made.issues.push(match from {
            None => issue,
            Some((row, node)) => issue.at(row.record.address().path(row.record.path(node))),
        });
    }

    fn record(&mut self) -> &mut Record {
        &mut self.made.records[self.record]
    }

    fn cell(&self, column: Column) -> Option<(&'r str, NodeId)> {
        self.mapper.cell(self.at, column)
    }

    /// The number under which the record claims leaves of this row.
    fn output(&mut self) -> usize {
        self.at.row.output(self.made.records[self.record].id)
    }
}
