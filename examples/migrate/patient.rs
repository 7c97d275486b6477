//! All that happens to one patient between the mapping and the files.

use std::collections::{BTreeMap, HashSet};

use ehr_archive::{RetentionFacts, SealedEntry, Sealer};
use ehr_crypto::DataKey;
use ehr_mapping::Error;
use ehr_mapping::extraction::Books;
use ehr_mapping::mapper::PatientUnit;
use ehr_mapping::plan::Plan;
use ehr_mapping::scope::{Decision, ScopePolicy};
use ehr_mapping::writer::{BundleFolder, FhirLines, SourceEntries};
use ehr_model::fhir::BatchTag;
use ehr_model::record::{Kind, Record, RecordId};
use ehr_model::tally::Tally;
use ehr_validate::collect::Population;
use ehr_validate::reconciliation::{MadeCounts, WrittenCounts};
use ehr_validate::report::RejectCounts;
use ehr_validate::rounds::Round;
use ehr_validate::validation::IssueCounts;
use ehr_validate::{Context, Directory, ValidationReport, Validator};

use crate::archive;
use crate::lineage;

/// What all patients have in common during a run.
pub(crate) struct Stage<'r> {
    pub(crate) plan: &'r Plan,
    pub(crate) document: &'r str,
    pub(crate) validator: &'r Validator,
    pub(crate) context: Context<'r>,
    pub(crate) directory: &'r Directory,
    pub(crate) scope: &'r ScopePolicy,
    pub(crate) batch: &'r BatchTag,
    pub(crate) sealer: Sealer,
    /// What the practice said about how long it keeps charts.
    pub(crate) retention: RetentionFacts,
    pub(crate) population: Population,
    pub(crate) lineage: bool,
    pub(crate) transactions: Option<&'r BundleFolder>,
    pub(crate) bundles: bool,
    /// The key under which findings are recognised again, where a round is recorded.
    pub(crate) round_key: Option<&'r DataKey>,
}

/// What one patient adds to the result.
pub(crate) struct Outcome {
    pub(crate) rows: u64,
    pub(crate) lines: FhirLines,
    pub(crate) bundles: SourceEntries,
    pub(crate) lineage: Vec<u8>,
    pub(crate) transaction: Result<(), Error>,
    pub(crate) sealed: Result<Option<SealedEntry>, ehr_archive::Error>,
    pub(crate) counts: Counts,
}

/// Numbers of a part of a run; parts add up.
pub(crate) struct Counts {
    pub(crate) tally: Tally,
    pub(crate) validation: ValidationReport,
    pub(crate) issues: IssueCounts,
    pub(crate) made: MadeCounts,
    pub(crate) written: WrittenCounts,
    pub(crate) decisions: BTreeMap<(String, Decision), u64>,
    pub(crate) population: Population,
    pub(crate) rejects: RejectCounts,
    pub(crate) findings: Round,
}

impl Stage<'_> {
    /// Validates, scopes, writes and seals one patient. Runs on any thread.
    pub(crate) fn work(&self, mut unit: PatientUnit<'_>, books: &Books<'_>) -> Outcome {
        let mut counts = Counts::new(self.population.clone());
        counts.issues.extend(&unit.chart.issues);
        unit.rejects
            .iter()
            .for_each(|reject| counts.rejects.count(reject));
        let found = self
            .validator
            .check(&unit.chart, &self.context, &mut counts.validation);
        counts.population.collect(&unit.chart);

        let decisions = self.scope.decide(&unit.chart);
        let mut migrating = HashSet::new();
        for decision in &decisions {
            *counts
                .decisions
                .entry((decision.rule.clone(), decision.decision))
                .or_default() += 1;
            if decision.decision == Decision::Migrate {
                migrating.insert(decision.record);
            }
        }
        counts.tally = books.settle(&unit, |id| migrating.contains(&id));
        unit.chart.issues.extend(found);
        if let Some(key) = self.round_key {
            for issue in &unit.chart.issues {
                counts.findings.find(issue, &unit.chart, key);
            }
        }
        let sealed =
            archive::patient_entry(&unit, &decisions, self.batch, &self.retention, &self.sealer);

        for record in &unit.chart.records {
            counts.made.made.count(record);
            if !migrating.contains(&record.id) {
                counts.made.archived.count(record);
            }
        }
        let mut written = self.write(&mut unit, &migrating, &mut counts);
        written.rows = unit.source_records().count() as u64;
        Outcome {
            sealed,
            counts,
            ..written
        }
    }

    /// Writes what migrates. A reference to what does not becomes a logical one.
    fn write(
        &self,
        unit: &mut PatientUnit<'_>,
        migrating: &HashSet<RecordId>,
        counts: &mut Counts,
    ) -> Outcome {
        let keep =
            |kind: Kind, id: RecordId| migrating.contains(&id) || self.directory.contains(kind, id);
        let mut records = std::mem::take(&mut unit.chart.records);
        records.retain(|record| migrating.contains(&record.id));
        for record in &mut records {
            record.detach_references(keep, |_, id| unit.source_identifier(self.plan, id));
        }
        let mut lines = FhirLines::default();
        let mut bundles = SourceEntries::default();
        let mut lineage = Vec::new();
        for record in &records {
            lines.push(record, self.batch);
            if self.bundles {
                bundles.push(record, self.batch);
            }
            counts.written.kinds.count(record);
            if self.lineage {
                lineage::write_line(record, self.document, &mut lineage);
            }
        }
        let transaction = match (self.transactions, unit.patient) {
            (Some(folder), Some(patient)) if !records.is_empty() => {
                folder.write(patient, &records, self.batch)
            }
            _ => Ok(()),
        };
        Outcome {
            rows: 0,
            lines,
            bundles,
            lineage,
            transaction,
            sealed: Ok(None),
            counts: Counts::new(self.population.clone()),
        }
    }

    /// Writes the records that all patients share; they always migrate.
    pub(crate) fn shared(&self, unit: &PatientUnit<'_>, books: &Books<'_>) -> Outcome {
        let mut counts = Counts::new(self.population.clone());
        counts.issues.extend(&unit.chart.issues);
        unit.rejects
            .iter()
            .for_each(|reject| counts.rejects.count(reject));
        self.validator
            .check(&unit.chart, &self.context, &mut counts.validation);
        counts.tally = books.settle(unit, |_| true);
        let sealed = archive::shared_entry(unit, self.batch, &self.sealer).map(Some);
        let mut lines = FhirLines::default();
        let mut bundles = SourceEntries::default();
        let mut lineage = Vec::new();
        for record in &unit.chart.records {
            counts.made.made.count(record);
            let mut record: Record = record.clone();
            record.detach_references(
                |kind, id| self.directory.contains(kind, id),
                |_, id| unit.source_identifier(self.plan, id),
            );
            lines.push_directory(&record, self.batch);
            if self.bundles {
                bundles.push(&record, self.batch);
            }
            counts.written.kinds.count(&record);
            if self.lineage {
                lineage::write_line(&record, self.document, &mut lineage);
            }
        }
        Outcome {
            rows: 0,
            lines,
            bundles,
            lineage,
            transaction: Ok(()),
            sealed,
            counts,
        }
    }
}

impl Counts {
    pub(crate) fn new(population: Population) -> Self {
        Self {
            tally: Tally::default(),
            validation: ValidationReport::default(),
            issues: IssueCounts::default(),
            made: MadeCounts::default(),
            written: WrittenCounts::default(),
            decisions: BTreeMap::new(),
            population,
            rejects: RejectCounts::default(),
            findings: Round::default(),
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.tally.merge(&other.tally);
        self.validation.merge(&other.validation);
        self.issues.merge(&other.issues);
        self.made += &other.made;
        self.written += &other.written;
        self.population.merge(other.population.clone());
        self.rejects.merge(&other.rejects);
        self.findings.merge(&other.findings);
        for (decision, entries) in &other.decisions {
            *self.decisions.entry(decision.clone()).or_default() += entries;
        }
    }
}
