//! References to other records, by their source keys.

use ehr_model::element::Leaf;

use super::Filling;
use crate::mapper::SourceKey;
use crate::plan::{KeyPart, ReferenceSource};

impl Filling<'_, '_, '_, '_> {
    /// Points at a record by the id that its key gives it, whether or not it is here.
    pub(super) fn reference(&mut self, source: &ReferenceSource) -> bool {
        let row = self.row;
        let mut filled = false;
        if let Some((column, path)) = &source.display
            && let Some((name, node)) = self.cell(*column)
        {
            self.put_text(path, name, Some((row, node)));
            filled = true;
        }
        let Some(key) = self.mapper.key(&source.key, row) else {
            return filled;
        };
        let id = self
            .mapper
            .plan
            .record_id(source.kind, &key, self.made.patient);
        let kind = source.kind;
        self.made
            .keys
            .entry(id)
            .or_insert_with(|| SourceKey { kind, key });
        let mut nodes = source.key.iter().filter_map(|part| match part {
            KeyPart::Column(column) => self.mapper.cell(row, *column).map(|(_, node)| node),
            KeyPart::Literal(_) | KeyPart::Ordinal => None,
        });
        let first = nodes.next().map(|node| (row, node));
        let rest: Vec<_> = nodes.collect();
        if self.put(&source.target, Leaf::Target(kind, id), first) {
            let output = self.output();
            rest.into_iter()
                .for_each(|node| row.record.claim(node, output));
        }
        true
    }
}
