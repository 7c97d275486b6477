//! What the mapping of one patient gives: the chart, and the rows that it came from.

mod leaves;
mod trees;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ehr_model::chart::Chart;
use ehr_model::datatype::Identifier;
use ehr_model::issue::{Issue, Severity};
use ehr_model::record::{Kind, Record, RecordId};
use ehr_model::reject::Reject;
use ehr_model::source::{Fate, SourceRecord};
use ehr_model::tally::{LeafCounts, RecordCounts, Tally};
use ehr_model::value::Field;

use super::{Binding, ById, ORPHAN_PATIENT, Row};
use crate::code_map::CodeUses;
use crate::plan::{PatientKey, Plan, Rule};
pub use leaves::LeafFate;
use leaves::Visit;

/// The kind of a record and its key in the source. `Debug` does not show the key.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceKey {
    /// The kind.
    pub kind: Kind,
    pub(crate) key: String,
}

impl std::fmt::Debug for SourceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SourceKey({})", self.kind.name())
    }
}

/// One patient between the mapping and the books: the chart, its source rows, its rejects.
pub struct PatientUnit<'b> {
    /// The patient; `None` for the records that all patients share.
    pub patient: Option<RecordId>,
    /// The chart.
    pub chart: Chart,
    /// Source records of this patient that did not become part of the chart.
    pub rejects: Vec<Reject>,
    /// How often its values asked the code maps, where [`count_codes`] asks to count.
    ///
    /// [`count_codes`]: crate::extraction::ExtractionOptions::count_codes
    pub code_uses: CodeUses,
    rows: Vec<Row<'b>>,
    keys: ById<SourceKey>,
    policies: HashMap<&'static str, u64>,
}

/// The reason under which spellings of "no value" are counted.
const MISSING_WORD_RULE: &str = "a spelling of \"no value\" that the mapping document names";

impl<'b> PatientUnit<'b> {
    pub(super) fn new(
        patient: Option<RecordId>,
        rows: Vec<Row<'b>>,
        records: Vec<Record>,
        keys: ById<SourceKey>,
        mut issues: Vec<Issue>,
        policies: HashMap<&'static str, u64>,
    ) -> Self {
        let known = patient.is_none_or(|patient| records.iter().any(|record| record.id == patient));
        let mut records = records;
        if !known {
            // rows of a patient who has no row of their own: nothing of them may become a chart
            records.clear();
            for row in &rows {
                row.outputs.borrow_mut().clear();
                row.rejected.borrow_mut().get_or_insert(ORPHAN_PATIENT);
                issues.push(Issue::new(ORPHAN_PATIENT, Severity::Error).at(row.record.address()));
            }
        }
        let rejects = rows.iter().filter_map(Row::reject).collect();
        Self {
            patient,
            chart: Chart::new(records, issues),
            rejects,
            code_uses: CodeUses::default(),
            rows,
            keys,
            policies,
        }
    }

    /// The source rows, in the order of the tables of the document.
    pub fn source_records(&self) -> impl Iterator<Item = &SourceRecord<'b>> {
        self.rows.iter().map(|row| &row.record)
    }

    /// The identifier in the source of a record that was made or that is pointed at.
    pub fn source_identifier(&self, plan: &Plan, id: RecordId) -> Option<Identifier> {
        let key = self.keys.get(&id)?;
        let mut identifier = Identifier::default();
        identifier.system = Field::Value(format!("{}#{}", plan.system(), key.kind.name()).into());
        identifier.value = Field::Value(key.key.replace(crate::plan::KEY_SEPARATOR, "/").into());
        Some(identifier)
    }

    /// The books of this patient, given which records migrate.
    pub(crate) fn tally(
        &self,
        plan: &Plan,
        bindings: &[Option<Binding>],
        migrates: &HashSet<RecordId>,
        visit: Visit<'_>,
    ) -> Tally {
        let mut tally = Tally::default();
        for (name, values) in &self.policies {
            tally.policy(&Arc::from(*name), *values);
        }
        // rows of a table lie beside each other: its columns are counted by number and named once
        for table in self.rows.chunk_by(|a, b| a.table == b.table) {
            let Some(binding) = &bindings[table[0].table] else {
                trees::count(table, plan, migrates, &self.keys, &mut tally, visit);
                continue;
            };
            let mut columns = vec![LeafCounts::default(); binding.columns.len()];
            let mut records = RecordCounts::default();
            for row in table {
                count_row(
                    row,
                    plan,
                    binding,
                    migrates,
                    &mut columns,
                    &mut records,
                    &mut tally,
                    visit,
                );
            }
            let source = tally.source(binding.columns.source());
            source.records += records;
            for (position, counts) in columns
                .iter()
                .enumerate()
                .filter(|(_, counts)| counts.nonempty > 0)
            {
                source.leaves += *counts;
                let path = binding.columns.name(position);
                *source.paths.entry(path.clone()).or_default() += *counts;
            }
        }
        tally
    }
}

impl Row<'_> {
    fn reject(&self) -> Option<Reject> {
        let reason = (*self.rejected.borrow())?;
        if !self.outputs.borrow().is_empty() {
            return None; // another block made something of it
        }
        let leaves = self.record.filled_leaves().count() as u64;
        Some(Reject::new(
            self.record.address(),
            reason,
            leaves,
            self.record.expose_text().as_bytes().to_vec(),
        ))
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "the parts of the books, one by one"
)]
fn count_row(
    row: &Row<'_>,
    plan: &Plan,
    binding: &Binding,
    migrates: &HashSet<RecordId>,
    columns: &mut [LeafCounts],
    records: &mut RecordCounts,
    tally: &mut Tally,
    visit: Visit<'_>,
) {
    let outputs = row.outputs.borrow();
    let rejected = row.rejected.borrow().is_some() && outputs.is_empty();
    let row_rule = plan.rules.iter().find(|rule| {
        rule.table == row.table && rule.columns.is_empty() && applies(rule, row, binding, plan)
    });
    let mut unaccounted_leaves = 0;
    let mut ruled = false;
    for leaf in row.record.filled_leaves() {
        let position = leaf.index() - 1;
        if rejected {
            columns[position].count(Fate::Rejected);
            visit(row, leaf, Fate::Rejected, None);
            continue;
        }
        let mut fate = row.record.fate(leaf, |output| {
            outputs.get(output).is_some_and(|id| migrates.contains(id))
        });
        let mut reason = None;
        if fate == Fate::Unaccounted {
            let value = row.record.expose(leaf).unwrap_or_default();
            let column = binding.column_at(position);
            let rule = column.and_then(|column| {
                plan.rules.iter().find(|rule| {
                    rule.table == row.table
                        && rule.columns.contains(&column)
                        && applies(rule, row, binding, plan)
                })
            });
            if plan.missing.iter().any(|word| word == value) {
                tally.rule(&Arc::from(MISSING_WORD_RULE), 0, 1);
                reason = Some(MISSING_WORD_RULE);
                fate = Fate::Ignored;
            } else if let Some(rule) = rule.or(row_rule.filter(|_| column.is_some())) {
                // a column that the document does not name is no part of what was signed
                ruled = true;
                tally.rule(&rule.reason, 0, 1);
                reason = Some(&*rule.reason);
                fate = if rule.archive {
                    Fate::Archived
                } else {
                    Fate::Ignored
                };
            } else if is_lookup(row, plan)
                && column
                    .is_some_and(|column| plan.tables[row.table].joined_columns.contains(&column))
            {
                fate = Fate::Mapped;
            } else {
                unaccounted_leaves += 1;
            }
        }
        columns[position].count(fate);
        visit(row, leaf, fate, reason);
    }
    records.read += 1;
    if rejected {
        records.rejected += 1;
    } else if !outputs.is_empty()
        || (row_rule.is_none() && unaccounted_leaves == 0 && is_lookup(row, plan))
    {
        records.mapped += 1;
    } else if let Some(rule) = row_rule {
        records.ignored += 1;
        tally.rule(&rule.reason, 1, 0);
    } else if ruled && unaccounted_leaves == 0 {
        records.ignored += 1; // rules took it column by column
    } else {
        records.unaccounted += 1;
    }
}

/// Whether a row stands in a list that all patients share, to be looked up. Of a patient's own
/// tables, a row that a join found was claimed by what it went into.
fn is_lookup(row: &Row<'_>, plan: &Plan) -> bool {
    let table = &plan.tables[row.table];
    matches!(table.patient, PatientKey::Shared) && !table.joined_columns.is_empty()
}

fn applies(rule: &Rule, row: &Row<'_>, binding: &Binding, plan: &Plan) -> bool {
    rule.when.iter().all(|condition| {
        let value = binding
            .node(condition.column)
            .and_then(|node| row.record.expose(node))
            .filter(|value| !value.is_empty() && !plan.missing.iter().any(|word| word == value));
        condition.test.holds(value)
    })
}
