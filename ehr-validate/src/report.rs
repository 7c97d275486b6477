//! The report of a run: what a practice prints, signs and keeps.
//!
//! Only counts, codes, names of sources and paths go in, so that no value of a patient can.
//! [`Report::write_json`] writes the stable contract, [`Report::write_html`] one page to read.

mod books;
pub(crate) mod page;
mod rejects;
mod run;
mod verdict;

pub use books::{PolicyUse, RuleUse, SourceBooks, SourcePath};
pub use rejects::{RejectCount, RejectCounts};
pub use run::{DocumentFacts, RunFacts, ScopeDecision, ScopeSummary, SoftwareFacts};
pub use verdict::{Reason, ReasonCode, RunVerdict};

use std::collections::BTreeMap;
use std::io::Write;

use ehr_model::tally::{RunKind, Tally};
use serde::Serialize;

use crate::reconciliation::Reconciliation;
use crate::validation::{Check, IssueCounts};
use crate::{Error, Ruleset, ValidationReport};

/// The version of the contract of `report.json`. Members may be added; none changes its meaning.
pub const SCHEMA: &str = "ehr-report/1";

/// The report of a run. Its serialized form is a stable contract.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    schema: &'static str,
    verdict: RunVerdict,
    reasons: Vec<Reason>,
    run: RunFacts,
    run_kind: RunKind,
    sources: Vec<SourceBooks>,
    rules: Vec<RuleUse>,
    policies: Vec<PolicyUse>,
    rejects: RejectCounts,
    resources: BTreeMap<String, ResourceCount>,
    issues: IssueCounts,
    checks: Vec<Check>,
    allowed: Vec<&'static str>,
    reconciliation: Reconciliation,
    scope: ScopeSummary,
}

/// How many resources of a type were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ResourceCount {
    /// Resources in the output.
    pub count: u64,
}

/// What a [`Report`] is made of.
#[derive(Debug, Clone, Copy)]
pub struct ReportParts<'a> {
    /// What was run.
    pub run: &'a RunFacts,
    /// The books of the source.
    pub tally: &'a Tally,
    /// The records that were rejected, each kept with its reason.
    pub rejects: &'a RejectCounts,
    /// Source against target.
    pub reconciliation: &'a Reconciliation,
    /// The rules that were checked.
    pub ruleset: &'a Ruleset,
    /// What they found.
    pub validation: &'a ValidationReport,
    /// Issues from elsewhere, such as the mapping; not those that the rules returned.
    pub other_issues: &'a IssueCounts,
    /// What migrates and what stays in the archive.
    pub scope: &'a ScopeSummary,
}

impl Report {
    /// Puts a report together and decides its verdict.
    pub fn new(parts: ReportParts<'_>) -> Self {
        let mut issues = parts.validation.issues.clone();
        issues.merge(parts.other_issues);
        let checks = parts.validation.checks(parts.ruleset);
        let reasons = verdict::reasons(&parts, &issues, &checks);
        let resources = parts.reconciliation.types.iter().map(|line| {
            let count = line.resources;
            (line.fhir.clone(), ResourceCount { count })
        });
        Self {
            schema: SCHEMA,
            verdict: RunVerdict::of(&reasons),
            reasons,
            run: parts.run.clone(),
            run_kind: parts.tally.run,
            sources: books::sources(parts.tally),
            rules: books::rules(parts.tally),
            policies: books::policies(parts.tally),
            rejects: parts.rejects.clone(),
            resources: resources.collect(),
            issues,
            checks,
            allowed: parts
                .ruleset
                .allowed()
                .map(|rule| rule.code.as_str())
                .collect(),
            reconciliation: parts.reconciliation.clone(),
            scope: parts.scope.clone(),
        }
    }

    /// Go or no-go.
    pub fn verdict(&self) -> RunVerdict {
        self.verdict
    }

    /// Why not to go; empty where the verdict is go.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// Writes `report.json`: indented, in an order that depends on the content only.
    pub fn write_json(&self, mut out: impl Write) -> Result<(), Error> {
        serde_json::to_writer_pretty(&mut out, self).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
        Ok(())
    }

    /// Writes the page: one file without scripts, fonts or pictures from elsewhere.
    pub fn write_html(&self, mut out: impl Write) -> Result<(), Error> {
        out.write_all(page::render(self)?.as_bytes())?;
        Ok(())
    }
}
