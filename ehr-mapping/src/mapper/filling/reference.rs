//! References to other records, by their source keys.

use ehr_model::datatype::Reference;
use ehr_model::element::Leaf;
use ehr_model::record::{Kind, RecordId};
use ehr_model::source::NodeId;
use ehr_model::value::Field;

use super::Filling;
use crate::mapper::{At, SourceKey};
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
        for node in path.all(&at.row.record, at.node) {
            if source.every || !filled {
                filled |= self.reference_at(source, At { node, ..at });
            }
        }
        filled
    }

    fn reference_at(&mut self, source: &ReferenceSource, at: At<'_, '_>) -> bool {
        let row = at.row;
        let mut filled = false;
        let key = self.mapper.key(&source.key, at);
        let name = source
            .display
            .as_ref()
            .and_then(|(column, path)| Some((self.mapper.cell(at, *column)?, path)));
        if source.every {
            return self.add_reference(source, at, key, name.map(|(name, _)| name));
        }
        if let Some(((name, node), path)) = name {
            self.put_text(path, name, Some((row, node)));
            filled = true;
        }
        let Some(key) = key else {
            return filled;
        };
        let target = self.target(source, key);
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
        key: Option<String>,
        name: Option<(&str, NodeId)>,
    ) -> bool {
        if key.is_none() && name.is_none() {
            return false;
        }
        let target = key.map(|key| self.target(source, key));
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

    fn target(&mut self, source: &ReferenceSource, key: String) -> (Kind, RecordId) {
        let kind = source.kind;
        let id = self.mapper.plan.record_id(kind, &key, self.made.patient);
        self.made
            .keys
            .entry(id)
            .or_insert_with(|| SourceKey { kind, key });
        (kind, id)
    }

    fn key_nodes(&self, source: &ReferenceSource, at: At<'_, '_>) -> Vec<NodeId> {
        let columns = source.key.columns();
        columns
            .filter_map(|column| self.mapper.cell(at, column).map(|(_, node)| node))
            .collect()
    }
}
