//! Which leaves go into a record although no line names them.

use ehr_model::record::RecordId;
use ehr_model::source::NodeId;

use super::{At, Binding, Mapper, Row};
use crate::plan::{Block, Column, PatientKey, Test};

impl Mapper<'_> {
    /// Patient and the words of `in` conditions went into the record, and so did the key of a record
    /// that the row completes: it says which one. The key of the record itself stands only in its
    /// id, from which nobody can read it back, so that some line must take it.
    pub(super) fn claim_context(&self, block: &Block, at: At<'_, '_>, record: RecordId) {
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
}
