//! A source record on its way into a chart, and the places in it.

use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use std::sync::Arc;

use ehr_model::issue::IssueCode;
use ehr_model::provenance::SourceAddress;
use ehr_model::record::RecordId;
use ehr_model::source::{NodeId, SourceRecord};
use foldhash::fast::RandomState;
use memchr::memmem;

use super::Links;
use crate::ccda::NarrativeIndex;
use crate::format::Format;
use crate::tree;

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
    pub(super) context: OnceCell<Vec<NodeId>>,
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

impl<'r, 'b> At<'r, 'b> {
    /// The root of a record.
    pub(crate) fn root(row: &'r Row<'b>) -> Self {
        Self {
            row,
            node: NodeId::ROOT,
        }
    }

    /// The node among all those of a patient.
    pub(super) fn place(self) -> (*const (), NodeId) {
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
    pub(super) fn path(&self, node: NodeId) -> Arc<str> {
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

    pub(super) fn rename_output(&self, from: RecordId, to: RecordId) {
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
