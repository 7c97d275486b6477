//! One screen at the end.

use std::io::{self, Write};
use std::path::Path;

use ehr_model::issue::Severity;
use ehr_validate::report::RunVerdict;

use crate::patient::Counts;
use crate::production::EVIDENCE;
use crate::report::Written;
use crate::set_aside;

/// What there is to say.
pub(crate) struct Summary<'s> {
    pub(crate) report: &'s Written,
    pub(crate) counts: &'s Counts,
    pub(crate) set_aside: usize,
    pub(crate) out: &'s Path,
    pub(crate) made_key: Option<&'s Path>,
    /// What verifies the evidence of a production run.
    pub(crate) signer: Option<&'s str>,
}

impl Summary<'_> {
    /// Prints lines for people, or the report as JSON.
    pub(crate) fn print(&self, json: bool) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        let printed = match json {
            true => stdout.write_all(&self.report.json),
            false => write(stdout, self),
        };
        match printed {
            // whoever reads the output may stop reading; the result is there
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            printed => printed,
        }
    }
}

fn write(mut to: impl Write, summary: &Summary<'_>) -> io::Result<()> {
    let Summary {
        counts,
        set_aside,
        out,
        made_key,
        signer,
        ..
    } = *summary;
    let report = &summary.report.report;
    let leaves = counts.tally.total_leaves();
    let records = counts.tally.total_records();
    let resources: u64 = counts.written.types.values().sum();
    let mut issues = counts.issues.clone();
    issues.merge(&counts.validation.issues);

    writeln!(
        to,
        "read        {:>9} records, {} values from {} sources",
        records.read,
        leaves.nonempty,
        counts.tally.sources.len()
    )?;
    writeln!(
        to,
        "migrated    {:>9} values in {resources} FHIR resources",
        leaves.mapped
    )?;
    writeln!(
        to,
        "archived    {:>9} values kept in the archive only",
        leaves.archived
    )?;
    writeln!(
        to,
        "ignored     {:>9} values by rules of the mapping document",
        leaves.ignored
    )?;
    writeln!(
        to,
        "rejected    {:>9} values, {} records",
        leaves.rejected, records.rejected
    )?;
    writeln!(
        to,
        "unaccounted {:>9} values, {} records",
        leaves.unaccounted, records.unaccounted
    )?;
    writeln!(
        to,
        "issues      {:>9} fatal, {} errors, {} warnings, {} notes",
        issues.of(Severity::Fatal),
        issues.of(Severity::Error),
        issues.of(Severity::Warning),
        issues.of(Severity::Information),
    )?;
    writeln!(to)?;
    writeln!(
        to,
        "report      {}",
        out.join("report/index.html").display()
    )?;
    if set_aside > 0 {
        let list = out.join("report").join(set_aside::LIST);
        writeln!(
            to,
            "set aside   {} ({set_aside} files and records, with their reasons)",
            list.display()
        )?;
    }
    writeln!(to, "FHIR        {}", out.join("fhir").display())?;
    writeln!(to, "archive     {}", out.join("archive").display())?;
    if let Some(signer) = signer {
        let folder = out.join(EVIDENCE);
        writeln!(to, "evidence    {} (signed by {signer})", folder.display())?;
    }
    if let Some(key) = made_key {
        writeln!(
            to,
            "archive key {} (whoever has this file can read every chart: move it to a safe place)",
            key.display()
        )?;
    }
    writeln!(to)?;
    match report.verdict() {
        RunVerdict::Go => writeln!(to, "verdict     GO")?,
        RunVerdict::NoGo => {
            writeln!(to, "verdict     NO-GO")?;
            for reason in report.reasons() {
                writeln!(to, "            {reason}")?;
            }
        }
    }
    Ok(())
}
