//! Datatypes of a format: named readers of whole elements.
//!
//! A line of a mapping document says `as = "CD"`, and the reader of that name fills a
//! CodeableConcept from the subtree that the line leads to. What a reader takes it claims; what it
//! leaves surfaces as unaccounted, like any other value.

use std::collections::HashMap;
use std::sync::Arc;

use ehr_model::element::{Element, FieldSpec, Slot};
use ehr_model::issue::{Issue, IssueCode, Severity};
use ehr_model::record::{Kind, RecordId};
use ehr_model::source::{Fate, NodeId, SourceRecord};
use ehr_model::value::{DataAbsentReason, PartialDate};

use crate::fhir;
use crate::format::Format;
use crate::mapper::{ById, Row, SharedIndex, SourceKey, TIME_ZONE_POLICY};
use crate::plan::Plan;
use crate::transform::{Unreadable, Value, ValueKind};

/// A datatype of a format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Datatype {
    /// The name that `as` gives it: that of the format's own specification.
    pub(crate) name: &'static str,
    pub(crate) read: Read,
}

/// What a datatype reads into.
#[derive(Clone, Copy)]
pub(crate) enum Read {
    /// A single value, which transforms and a code map may follow.
    Leaf(ValueKind, ReadLeaf),
    /// An element of one of these types of the catalogue; an empty list is any type.
    Element(&'static [&'static str], ReadElement),
    /// A field, leaf or element, by its own description: one of these types; an empty list is any.
    Field(&'static [&'static str], ReadField),
}

/// Reads the subtree of a node as a single value.
pub(crate) type ReadLeaf = for<'r> fn(&mut Intake<'r, '_>, NodeId) -> Result<Value<'r>, Unreadable>;
/// Reads the subtree of a node into an element, which is empty.
pub(crate) type ReadElement = for<'r> fn(&mut Intake<'r, '_>, NodeId, &mut dyn Element);
/// Reads the subtree of a node into a place of a field.
pub(crate) type ReadField = for<'r> fn(&mut Intake<'r, '_>, NodeId, &'static FieldSpec, Place<'_>);

/// A field that is filled, and which of its values.
pub(crate) struct Place<'s> {
    pub(crate) slot: &'s mut dyn Slot,
    pub(crate) index: usize,
}

impl std::fmt::Debug for Read {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Leaf(kind, _) => write!(f, "Leaf({kind:?})"),
            Self::Element(types, _) => write!(f, "Element({types:?})"),
            Self::Field(types, _) => write!(f, "Field({types:?})"),
        }
    }
}

impl Datatype {
    /// The datatypes of a format.
    pub(crate) fn of(format: Format) -> &'static [Self] {
        match format {
            Format::Ccda => crate::ccda::DATATYPES,
            Format::Fhir => fhir::DATATYPES,
            Format::Hl7v2 => crate::hl7v2::DATATYPES,
            Format::X12 => crate::x12::DATATYPES,
            Format::Csv | Format::SqlDump | Format::Xlsx => &[],
        }
    }
}

/// A reader of a datatype at work: the source record, and where its findings go.
pub(crate) struct Intake<'r, 'm> {
    pub(crate) row: &'r Row<'r>,
    pub(crate) plan: &'m Plan,
    /// The patient of the unit.
    pub(crate) patient: Option<RecordId>,
    /// The record that is filled.
    pub(crate) about: (Kind, RecordId),
    /// The field that is filled.
    pub(crate) field: &'m Arc<str>,
    /// The number under which the record claims leaves.
    pub(crate) output: usize,
    pub(crate) issues: &'m mut Vec<Issue>,
    pub(crate) policies: &'m mut HashMap<&'static str, u64>,
    pub(crate) keys: &'m mut ById<SourceKey>,
    /// What belongs to no patient and may be looked up.
    pub(crate) shared: &'m SharedIndex,
    /// Why an element that stays empty has no value: the field takes the reason if it can hold one.
    pub(crate) absent: Option<Absence>,
    /// Of a single value: the leaves that are claimed once it stands in its field.
    pub(crate) held: Option<Vec<NodeId>>,
}

/// Why there is no value.
#[derive(Clone, Copy)]
pub(crate) struct Absence {
    pub(crate) reason: DataAbsentReason,
    /// The leaf that says so, which is claimed once the reason stands in its field.
    pub(crate) leaf: NodeId,
    /// The policy that counts where the reason says less than the leaf.
    pub(crate) policy: Option<&'static str>,
}

impl<'r> Intake<'r, '_> {
    pub(crate) fn record(&self) -> &'r SourceRecord<'r> {
        &self.row.record
    }

    /// The name of a node; the root has none.
    pub(crate) fn name(&self, node: NodeId) -> &'r str {
        let record = self.record();
        match node {
            NodeId::ROOT => "",
            node => record.names().name(record.name(node)),
        }
    }

    /// The first child of this name.
    pub(crate) fn child(&self, node: NodeId, name: &str) -> Option<NodeId> {
        self.children(node, name).next()
    }

    /// The children of this name.
    pub(crate) fn children(
        &self,
        node: NodeId,
        name: &str,
    ) -> impl Iterator<Item = NodeId> + use<'r> {
        let record = self.record();
        // most names of datatypes stand in the plan as well
        let names = record.names();
        let wanted = names.hint(name).or_else(|| names.find(name));
        let children = wanted.map(|wanted| record.children_named(node, wanted));
        children.into_iter().flatten()
    }

    /// The value of a node, without claiming it; `None` where it is empty or spells "no value".
    pub(crate) fn peek(&self, node: NodeId) -> Option<&'r str> {
        let value = self.record().expose(node)?;
        let missing = self.plan.missing.iter().any(|word| word == value);
        (!value.is_empty() && !missing).then_some(value)
    }

    /// The value of a node, which is claimed.
    pub(crate) fn take(&mut self, node: NodeId) -> Option<&'r str> {
        let value = self.peek(node)?;
        self.claim(node);
        Some(value)
    }

    /// The value of the first child of this name, which is claimed.
    pub(crate) fn take_child(&mut self, node: NodeId, name: &str) -> Option<&'r str> {
        let child = self.child(node, name)?;
        self.take(child)
    }

    /// Notes that what a leaf says went into the record.
    pub(crate) fn claim(&mut self, node: NodeId) {
        match &mut self.held {
            Some(held) => held.push(node),
            None => self.row.record.claim(node, self.output),
        }
    }

    /// Notes that what stands in a whole subtree went into the record.
    pub(crate) fn claim_all(&mut self, node: NodeId) {
        let end = self.record().subtree_end(node).index();
        for node in (node.index()..end).map(NodeId::at) {
            if self.record().expose(node).is_some() {
                self.claim(node);
            }
        }
    }

    /// Sets a value aside: it stays in the archive, and an issue names its address.
    pub(crate) fn refuse(&mut self, node: NodeId, code: IssueCode) {
        let end = self.record().subtree_end(node).index();
        for node in (node.index()..end).map(NodeId::at) {
            self.record().decide(node, Fate::Rejected);
        }
        self.note(node, code, Severity::Error);
    }

    /// Raises an issue about a value that stays where it is.
    pub(crate) fn note(&mut self, node: NodeId, code: IssueCode, severity: Severity) {
        let address = self.row.record.address().path(self.row.record.path(node));
        self.issues.push(
            Issue::new(code, severity)
                .about(self.about.0, self.about.1)
                .field(self.field.clone())
                .at(address),
        );
    }

    /// Counts a value that a policy of the mapping document, or of the format, changed.
    pub(crate) fn policy(&mut self, name: &'static str) {
        *self.policies.entry(name).or_default() += 1;
    }

    /// A date, with the offset that the document declares for times that have none.
    pub(crate) fn zoned(&mut self, date: PartialDate) -> PartialDate {
        match self.plan.time_zone {
            Some(offset) if date.has_time() && date.offset_minutes().is_none() => {
                self.policy(TIME_ZONE_POLICY);
                date.with_offset(offset)
            }
            _ => date,
        }
    }

    /// The record that a key of the source names, whether or not it is here.
    pub(crate) fn target(&mut self, kind: Kind, key: &str) -> (Kind, RecordId) {
        let id = self.plan.record_id(kind, key, self.patient);
        self.keys.entry(id).or_insert_with(|| SourceKey {
            kind,
            key: key.to_owned(),
        });
        (kind, id)
    }
}
