//! What the tests of mapping share: plans, runs with their books, and the corpus.
#![allow(dead_code, reason = "each test takes what it needs")]

pub(crate) mod corpus;
pub(crate) mod expectation;
pub(crate) mod export;
pub(crate) mod hl7v2;
pub(crate) mod peak;

use std::fmt::Write as _;

use ehr_mapping::Error;
use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::plan::Plan;
use ehr_mapping::scope::{Decision, ScopePolicy};
use ehr_mapping::source::SourceFolder;
use ehr_model::chart::Chart;
use ehr_model::fhir::{BatchTag, ReferenceStyle, write_resource};
use ehr_model::issue::Issue;
use ehr_model::record::{Record, RecordId};
use ehr_model::reject::Reject;
use ehr_model::tally::{LeafCounts, RecordCounts, Tally};

/// Compiles a document, or says what is wrong with it.
pub(crate) fn plan(text: &str) -> Plan {
    MappingDocument::parse("test.toml", text)
        .and_then(|document| document.compile())
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// How an export is run.
#[derive(Clone)]
pub(crate) struct How {
    pub(crate) partition_bytes: u64,
    pub(crate) threads: usize,
    pub(crate) scope: Option<ScopePolicy>,
}

impl Default for How {
    fn default() -> Self {
        Self {
            partition_bytes: 2 << 20,
            threads: 1,
            scope: None,
        }
    }
}

/// What became of one unit: a patient, or what all patients share.
pub(crate) struct Unit {
    pub(crate) patient: Option<RecordId>,
    pub(crate) chart: Chart,
    pub(crate) tally: Tally,
    pub(crate) printed: String,
    /// The text of each source row, by its address.
    pub(crate) rows: Vec<(String, String)>,
}

/// What became of an export.
pub(crate) struct Run {
    /// What all patients share, then the patients in the order of their ids.
    pub(crate) units: Vec<Unit>,
    pub(crate) tally: Tally,
    pub(crate) issues: Vec<Issue>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) fingerprint: String,
}

/// Runs an export with one thread and without scope.
pub(crate) fn run(plan: &Plan, folder: &dyn SourceFolder) -> Run {
    run_as(plan, folder, &How::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// Runs an export.
pub(crate) fn run_as(plan: &Plan, folder: &dyn SourceFolder, how: &How) -> Result<Run, Error> {
    let spill = tempfile::tempdir().expect("a temporary folder");
    let mut options = ExtractionOptions::new(spill.path());
    options.partition_bytes = how.partition_bytes;
    options.threads = how.threads;
    let extraction = Extraction::open_rehearsal(plan, folder, options)?;
    let mut rejects = Vec::new();
    let settle = |unit: ehr_mapping::mapper::PatientUnit<'_>,
                  books: &ehr_mapping::extraction::Books<'_>| {
        let kept: Option<Vec<RecordId>> = how.scope.as_ref().map(|policy| {
            let decisions = policy.decide(&unit.chart).into_iter();
            decisions
                .filter(|one| one.decision == Decision::Migrate)
                .map(|one| one.record)
                .collect()
        });
        // what all patients share always migrates
        let tally = books.settle(&unit, |id| {
            unit.patient.is_none() || kept.as_ref().is_none_or(|kept| kept.contains(&id))
        });
        let mut printed = String::new();
        for source in unit.source_records() {
            let _ = write!(printed, "{source:?} ");
        }
        let rows = unit
            .source_records()
            .map(|row| (row.address().to_string(), row.expose_text().to_owned()))
            .collect();
        let done = Unit {
            patient: unit.patient,
            chart: unit.chart,
            tally,
            printed,
            rows,
        };
        (done, unit.rejects)
    };
    let (shared, shared_rejects) = settle(extraction.shared(), &extraction.books());
    let mut units = vec![shared];
    rejects.extend(shared_rejects);
    extraction.patients(settle, |(unit, mut more)| {
        units.push(unit);
        rejects.append(&mut more);
        Ok(())
    })?;
    extraction.rejects(|reject| {
        rejects.push(reject);
        Ok(())
    })?;
    let (mut tally, remaining) = extraction.remainder();
    let mut issues = Vec::new();
    for unit in &units {
        tally.merge(&unit.tally);
        issues.extend(unit.chart.issues.iter().cloned());
    }
    issues.extend(remaining);
    Ok(Run {
        units,
        tally,
        issues,
        rejects,
        fingerprint: format!("{:?}", extraction.fingerprint()),
    })
}

impl Run {
    /// All records: the shared ones first.
    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        self.units.iter().flat_map(|unit| &unit.chart.records)
    }

    /// The records of one FHIR type as JSON.
    pub(crate) fn json(&self, fhir: &str) -> Vec<serde_json::Value> {
        self.records()
            .filter(|record| record.kind().fhir() == fhir)
            .map(json)
            .collect()
    }

    /// Every record as a line of FHIR.
    pub(crate) fn fhir(&self) -> String {
        self.records().map(|record| line(record) + "\n").collect()
    }

    /// The codes of all issues, in order.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        self.issues
            .iter()
            .map(|issue| issue.code.as_str())
            .collect()
    }

    /// The reasons of all rejects with their addresses and texts, sorted.
    pub(crate) fn rejected(&self) -> Vec<(String, &'static str, String)> {
        let mut all: Vec<_> = self
            .rejects
            .iter()
            .map(|reject| {
                let text = String::from_utf8_lossy(reject.verbatim.expose()).into_owned();
                (reject.address.to_string(), reject.reason.as_str(), text)
            })
            .collect();
        all.sort();
        all
    }

    /// The unaccounted leaves: source, path, how many.
    pub(crate) fn unaccounted(&self) -> Vec<(String, String, u64)> {
        let mut open = Vec::new();
        for (source, books) in &self.tally.sources {
            for (path, leaves) in &books.paths {
                if leaves.unaccounted > 0 {
                    open.push((source.to_string(), path.to_string(), leaves.unaccounted));
                }
            }
        }
        open
    }

    /// The books of a path.
    pub(crate) fn leaves(&self, source: &str, path: &str) -> LeafCounts {
        self.tally
            .sources
            .get(source)
            .and_then(|books| books.paths.get(path))
            .copied()
            .unwrap_or_default()
    }

    /// The records of a source.
    pub(crate) fn counts(&self, source: &str) -> RecordCounts {
        self.tally
            .sources
            .get(source)
            .map(|books| books.records)
            .unwrap_or_default()
    }
}

/// A record as a line of FHIR.
pub(crate) fn line(record: &Record) -> String {
    let mut bytes = Vec::new();
    let batch = BatchTag::new("urn:test:batch", "1");
    write_resource(record, &batch, ReferenceStyle::Relative, &mut bytes);
    String::from_utf8(bytes).expect("FHIR is UTF-8")
}

/// A record as JSON.
pub(crate) fn json(record: &Record) -> serde_json::Value {
    serde_json::from_str(&line(record)).expect("the writer writes JSON")
}

/// That the books are consistent in themselves: sums over paths, fates that add up.
pub(crate) fn assert_books_add_up(tally: &Tally) {
    for (name, books) in &tally.sources {
        let records = books.records;
        let fates = records.mapped + records.rejected + records.ignored + records.unaccounted;
        assert_eq!(records.read, fates, "each record of {name} has one fate");
        let mut sum = LeafCounts::default();
        for leaves in books.paths.values() {
            sum += *leaves;
        }
        assert_eq!(sum, books.leaves, "the paths of {name} add up");
        let leaves = books.leaves;
        let fates =
            leaves.mapped + leaves.archived + leaves.ignored + leaves.rejected + leaves.unaccounted;
        assert_eq!(leaves.nonempty, fates, "each leaf of {name} has one fate");
    }
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
pub(crate) fn say(message: &str) {
    println!("{message}");
}
