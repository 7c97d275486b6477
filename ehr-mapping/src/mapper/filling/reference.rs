//! References to other records, by their source keys.

use ehr_model::datatype::Reference;
use ehr_model::element::Leaf;
use ehr_model::issue::{Issue, Severity};
use ehr_model::record::{Kind, RecordId};
use ehr_model::source::{Fate, NodeId};
use ehr_model::value::Field;

use super::Filling;
use crate::mapper::{At, REFERENCE_WITHOUT_RECORD, SourceKey};
use crate::plan::ReferenceSource;

impl Filling<'_, '_, '_, '_> {
    /// Points at a record by the id that its key gives it, whether or not it is here.
    pub(super) fn reference(&mut self, source: &ReferenceSource) -> bool {
        let at = self.at;
        let Some(column) = source.at else {
            return self.reference_at(source, at);
        };
        let Some(path) = self.mapper.path(at.row, column) else {
            return false;
        };
        let mut filled = false;
        path.walk(&at.row.record, at.node, &mut |node| {
            if self.reference_at(source, At { node, ..at }) {
                filled = true;
                self.claim_demanded(column, at.row, node);
            }
            source.every || !filled
        });
        filled
    }

    fn reference_at(&mut self, source: &ReferenceSource, at: At<'_, '_>) -> bool {
        let row = at.row;
        let mut filled = false;
        let target = self.target(source, at);
        let name = source
            .display
            .as_ref()
            .and_then(|(column, path)| Some((self.mapper.cell(at, *column)?, path)));
        if source.every {
            return self.add_reference(source, at, target, name.map(|(name, _)| name));
        }
        if let Some(((name, node), path)) = name {
            self.put_text(path, name, Some((row, node)));
            filled = true;
        }
        let Some(target) = target else {
            return filled;
        };
        let mut nodes = self.key_nodes(source, at).into_iter();
        let first = nodes.next().map(|node| (row, node));
        if self.put(&source.target, Leaf::Target(target.0, target.1), first) {
            let output = self.output();
            nodes.for_each(|node| row.record.claim(node, output));
        }
        true
    }

    /// One more reference in a list.
    fn add_reference(
        &mut self,
        source: &ReferenceSource,
        at: At<'_, '_>,
        target: Option<(Kind, RecordId)>,
        name: Option<(&str, NodeId)>,
    ) -> bool {
        if target.is_none() && name.is_none() {
            return false;
        }
        let nodes = self.key_nodes(source, at);
        let added = self.added;
        let element = self.record().resource.element_mut();
        let Some(reference) = source
            .reference
            .push_element(element, added)
            .and_then(|element| element.as_any_mut().downcast_mut::<Reference>())
        else {
            return false;
        };
        if let Some(target) = target {
            reference.reference = Field::Value(target);
        }
        if let Some((name, _)) = name {
            reference.display = Field::Value(name.into());
        }
        for node in nodes.into_iter().chain(name.map(|(_, node)| node)) {
            self.accept(&source.reference, Some((at.row, node)));
        }
        true
    }

    /// What a reference points at: what was made at the node, or what the key there names.
    fn target(&mut self, source: &ReferenceSource, at: At<'_, '_>) -> Option<(Kind, RecordId)> {
        if source.at.is_some()
            && let Some(made) = self.made.made_at(at, source.kind)
        {
            return Some(made);
        }
        let key = self.mapper.key(source.key.as_ref()?, at)?;
        let plan = self.mapper.plan;
        let patient = self.made.patient;
        let Some(kind) = source.kind else {
            let found = Kind::ALL.iter().find_map(|kind| {
                let id = plan.record_id(*kind, &key, patient);
                let made = self.made.index.contains_key(&id);
                made.then_some((*kind, id))
            });
            if found.is_none() {
                let nodes = self.key_nodes(source, at).into_iter();
                for node in nodes {
                    at.row.record.decide(node, Fate::Rejected);
                }
                let address = at.row.record.address().path(at.row.record.path(at.node));
                let record = self.record();
                let issue = Issue::new(REFERENCE_WITHOUT_RECORD, Severity::Warning)
                    .about(record.kind(), record.id)
                    .field(source.reference.text().clone())
                    .at(address);
                self.made.issues.push(issue);
            }
            return found;
        };
        let id = plan.record_id(kind, &key, patient);
        self.made
            .keys
            .entry(id)
            .or_insert_with(|| SourceKey { kind, key });
        Some((kind, id))
    }

    fn key_nodes(&self, source: &ReferenceSource, at: At<'_, '_>) -> Vec<NodeId> {
        let columns = source.key.iter().flat_map(crate::plan::Key::columns);
        columns
            .filter_map(|column| self.mapper.cell(at, column).map(|(_, node)| node))
            .collect()
    }
}
