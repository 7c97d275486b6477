//! What an audit has to say, as data and as a page.

mod page;
mod picture;

use std::io::Write;

use chrono::Datelike;
use ehr_model::profile::SourceProfile;
use serde::Serialize;

use super::file::{DocumentIndex, FileCounts};
use super::finding::Finding;
use super::inventory::{ClassCounts, inventory};
use super::people::DuplicatePatients;
use super::proposal::{Proposal, Strategy, proposals, strategies};
use super::{AuditOptions, findings};
use crate::Error;

/// The name and version of the layout of the report as JSON.
const FORMAT: &str = "ehr-audit/1";

/// What an export holds, what is wrong with it, and what to do. Names, shapes and counts; values
/// only where [`AuditOptions::values`] asked for them.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct AuditReport {
    /// The layout of the report.
    pub format: &'static str,
    /// The day that counted as today.
    pub as_of: String,
    /// Whether frequent values stand in the report.
    pub values_shown: bool,
    /// The files.
    pub files: FileCounts,
    /// The index of documents, where there is one.
    pub index: Option<DocumentIndex>,
    /// How much there is of each class of data.
    pub classes: Vec<ClassCounts>,
    /// Patients that may be there twice.
    pub duplicate_patients: DuplicatePatients,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
    /// What to migrate, to archive and to clean.
    pub proposals: Vec<Proposal>,
    /// What each way to migrate would take along.
    pub strategies: Vec<Strategy>,
    /// Tables, columns and keys.
    pub profile: SourceProfile,
}

impl AuditReport {
    pub(super) fn new(
        options: &AuditOptions,
        profile: SourceProfile,
        duplicates: DuplicatePatients,
        files: FileCounts,
        index: Option<DocumentIndex>,
    ) -> Self {
        let year = options.as_of.year();
        let findings = findings::findings(&profile, &duplicates, &files, index.as_ref(), year);
        Self {
            format: FORMAT,
            as_of: options.as_of.to_string(),
            values_shown: options.values,
            classes: inventory(&profile.tables, &files),
            proposals: proposals(&profile, &findings, year),
            strategies: strategies(&profile, year),
            duplicate_patients: duplicates,
            findings,
            files,
            index,
            profile,
        }
    }

    /// Writes the report as JSON.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn write_json(&self, mut to: impl Write) -> Result<(), Error> {
        serde_json::to_writer_pretty(&mut to, self)
            .map_err(std::io::Error::from)
            .map_err(Error::Write)?;
        to.write_all(b"\n").map_err(Error::Write)
    }

    /// Writes the report as one page, with its pictures and without any script.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn write_html(&self, mut to: impl Write) -> Result<(), Error> {
        let html = page::render(self)?;
        to.write_all(html.as_bytes()).map_err(Error::Write)
    }
}
