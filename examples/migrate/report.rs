//! The report of a run, and the name of its batch.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use ehr_mapping::extraction::Extraction;
use ehr_mapping::plan::Plan;
use ehr_mapping::scope::ScopePolicy;
use ehr_validate::Ruleset;
use ehr_validate::reconciliation::Reconciliation;
use ehr_validate::report::{
    DocumentFacts, Report, ReportParts, RunFacts, ScopeSummary, SoftwareFacts,
};

use crate::Failure;
use crate::options::Options;
use crate::patient::Counts;
use crate::staging::at;

/// What a report is made of.
pub(crate) struct Made<'r> {
    pub(crate) plan: &'r Plan,
    pub(crate) fingerprint: String,
    pub(crate) batch: &'r str,
    pub(crate) as_of: NaiveDate,
    pub(crate) ruleset: &'r Ruleset,
    pub(crate) scope: &'r ScopePolicy,
    pub(crate) counts: &'r Counts,
    pub(crate) reconciliation: &'r Reconciliation,
}

/// A report in the two forms in which it is written.
pub(crate) struct Written {
    pub(crate) report: Report,
    pub(crate) json: Vec<u8>,
    pub(crate) html: Vec<u8>,
}

impl Written {
    pub(crate) fn new(made: &Made<'_>) -> Result<Self, Failure> {
        let counts = made.counts;
        let mut decided = ScopeSummary::new(made.scope.mode.to_string());
        for ((rule, decision), entries) in &counts.decisions {
            decided.decide(rule.clone(), decision.to_string(), *entries);
        }
        let plan = made.plan;
        let mut run = RunFacts::default();
        run.document = DocumentFacts::new(plan.name(), plan.version(), plan.digest().to_string());
        run.batch = made.batch.to_owned();
        run.as_of = made.as_of.to_string();
        run.software = SoftwareFacts::new("ehr migrate", env!("CARGO_PKG_VERSION"));
        run.source_fingerprint = made.fingerprint.clone();
        let report = Report::new(ReportParts {
            run: &run,
            tally: &counts.tally,
            rejects: &counts.rejects,
            reconciliation: made.reconciliation,
            ruleset: made.ruleset,
            validation: &counts.validation,
            other_issues: &counts.issues,
            scope: &decided,
        });
        let (mut json, mut html) = (Vec::new(), Vec::new());
        report.write_json(&mut json)?;
        report.write_html(&mut html)?;
        Ok(Self { report, json, html })
    }

    /// Writes both into a folder.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Failure> {
        fs::create_dir_all(folder).map_err(at(folder))?;
        for (name, bytes) in [("report.json", &self.json), ("index.html", &self.html)] {
            let path = folder.join(name);
            fs::write(&path, bytes).map_err(at(&path))?;
        }
        Ok(())
    }
}

/// The batch is named by what decides its content, so that the same run has the same name.
pub(crate) fn batch_id(
    plan: &Plan,
    extraction: &Extraction<'_>,
    options: &Options,
    as_of: NaiveDate,
) -> String {
    let since = options
        .since
        .map(|since| since.to_string())
        .unwrap_or_default();
    let text = format!(
        "batch {} {} {:?} {since} {as_of}",
        plan.digest(),
        extraction.fingerprint(),
        options.scope
    );
    plan.namespace().name(&text).to_string()
}
