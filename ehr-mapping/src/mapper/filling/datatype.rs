//! Subtrees that a datatype of the format reads as a whole.

use std::sync::Arc;

use ehr_model::provenance::FieldProvenance;
use ehr_model::source::NodeId;

use super::Filling;
use crate::datatype::{Intake, Place};
use crate::mapper::VALUES_DISAGREE;
use crate::plan::{DatatypeSource, FieldMap, ReadInto};

impl<'r, 'b: 'r> Filling<'_, '_, 'r, 'b> {
    /// Fills an element from the node that the path leads to, or a list from every one.
    pub(super) fn datatype(&mut self, source: &DatatypeSource, field: &FieldMap) -> bool {
        let Some(path) = self.mapper.path(self.at.row, source.column) else {
            return false;
        };
        let (row, from) = (self.at.row, self.at.node);
        let (mut filled, mut first) = (false, true);
        path.walk(&row.record, from, &mut |node| {
            if source.every || first {
                first = false;
                filled |= self.element(source, field, node);
                // more than one node is looked for where the field takes one value
                return source.every || (filled && matches!(source.read, ReadInto::Field(_)));
            }
            // the first stands
            self.refuse(VALUES_DISAGREE, &field.path, Some((row, node)));
            true
        });
        filled
    }

    fn element(&mut self, source: &DatatypeSource, field: &FieldMap, node: NodeId) -> bool {
        let added = self.added;
        let row = self.at.row;
        let record = &self.made.records[self.record];
        let root = record.resource.element();
        let taken = match source.read {
            ReadInto::Element(_) => !source.every && field.path.is_filled(root, added),
            // a field that holds something already is the reader's business
            ReadInto::Field(_) => field.path.displaces(root, added),
        };
        if taken {
            self.issue(VALUES_DISAGREE, &field.path, Some((row, node)));
            return false;
        }
        let about = (record.kind(), record.id);
        let output = row.output(about.1);
        let patient = self.made.patient;
        let root = self.made.records[self.record].resource.element_mut();
        let mut intake = Intake {
            row,
            plan: self.mapper.plan,
            patient,
            about,
            field: field.path.text(),
            output,
            issues: &mut self.made.issues,
            policies: &mut self.made.policies,
            keys: &mut self.made.keys,
            shared: self.mapper.shared,
            absent: None,
            held: None,
        };
        let mut choice = false;
        let mut filled = match source.read {
            ReadInto::Element(read) => {
                let element = if source.every {
                    field.path.push_element(root, added)
                } else {
                    field.path.element_mut(root, added)
                };
                let Some(element) = element else {
                    return false;
                };
                read(&mut intake, node, element);
                choice = element.spec().choice;
                !element.is_empty()
            }
            ReadInto::Field(read) => {
                let Some((slot, index)) = field.path.slot_mut(root, added) else {
                    return false;
                };
                let index = if source.every { slot.count() } else { index };
                let place = Place {
                    slot: &mut *slot,
                    index,
                };
                read(&mut intake, node, field.path.spec(), place);
                !slot.is_empty()
            }
        };
        // a choice of types says in the record's own way why it has no value
        if !filled
            && !choice
            && let Some(absence) = intake.absent
        {
            let root = self.made.records[self.record].resource.element_mut();
            filled = field.path.set_absent(root, added, absence.reason);
            if filled {
                row.record.claim(absence.leaf, output);
                if let Some(policy) = absence.policy {
                    *self.made.policies.entry(policy).or_default() += 1;
                }
            }
        }
        if filled {
            self.claim_demanded(source.column, row, node);
        }
        if filled
            && self.mapper.lineage
            && let Some(provenance) = self.made.records[self.record].provenance.last_mut()
        {
            provenance.fields.push(FieldProvenance::new(
                field.path.text().clone(),
                Some(Arc::from(row.record.path(node))),
                self.line,
            ));
        }
        filled
    }
}
