//! One screen at the end.

use std::path::Path;

use ehr_model::issue::Severity;
use ehr_validate::report::{Report, RunVerdict};

use crate::patient::Counts;

pub(crate) fn print(report: &Report, counts: &Counts, out: &Path, made_key: Option<&Path>) {
    let leaves = counts.tally.total_leaves();
    let records = counts.tally.total_records();
    let resources: u64 = counts.written.types.values().sum();
    let mut issues = counts.issues.clone();
    issues.merge(&counts.validation.issues);

    println!(
        "read        {:>9} records, {} values from {} sources",
        records.read,
        leaves.nonempty,
        counts.tally.sources.len()
    );
    println!(
        "migrated    {:>9} values in {resources} FHIR resources",
        leaves.mapped
    );
    println!(
        "archived    {:>9} values kept in the archive only",
        leaves.archived
    );
    println!(
        "ignored     {:>9} values by rules of the mapping document",
        leaves.ignored
    );
    println!(
        "rejected    {:>9} values, {} records",
        leaves.rejected, records.rejected
    );
    println!(
        "unaccounted {:>9} values, {} records",
        leaves.unaccounted, records.unaccounted
    );
    println!(
        "issues      {:>9} fatal, {} errors, {} warnings, {} notes",
        issues.of(Severity::Fatal),
        issues.of(Severity::Error),
        issues.of(Severity::Warning),
        issues.of(Severity::Information),
    );
    println!();
    println!("report      {}", out.join("report/index.html").display());
    println!("FHIR        {}", out.join("fhir").display());
    println!("archive     {}", out.join("archive").display());
    if let Some(key) = made_key {
        println!(
            "archive key {} (whoever has this file can read every chart: move it to a safe place)",
            key.display()
        );
    }
    println!();
    match report.verdict() {
        RunVerdict::Go => println!("verdict     GO"),
        RunVerdict::NoGo => {
            println!("verdict     NO-GO");
            for reason in report.reasons() {
                println!("            {reason}");
            }
        }
    }
}
