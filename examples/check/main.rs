//! Runs all rules on the charts of an export of any readable format.
//!
//! ```text
//! cargo run --release --example check -- --source DIR [--map FILE] [--json]
//! ```
//!
//! Every rule gets a verdict with its numerator and denominator: passed, failed, not-applicable or
//! errored. The program ends with 0 if no rule failed or errored, with 1 if one did, and with 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod options;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use ehr_crypto::DataKey;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_model::value::Date;
use ehr_validate::collect::Population;
use ehr_validate::terminology::Table;
use ehr_validate::validation::Check;
use ehr_validate::{
    Context, Directory, Ruleset, Terminology, ValidationReport, Validator, Verdict,
};
use examples::clock;
use examples::export::{self, Failure};
use serde_json::json;

use crate::options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(2)
        }
    }
}

/// Checks, and says whether no rule failed or could not be checked.
fn run(options: &Options) -> Result<bool, Failure> {
    let folder = export::open(&options.source)?;
    let document = export::document(options.map.as_deref(), &*folder, &options.system)?;
    let plan = document.compile()?;
    let mut terminology = Terminology::default();
    for path in &options.table {
        terminology = terminology.with(Table::open(path)?)?;
    }
    let spill = std::env::temp_dir().join(format!("ehr-check-{}", std::process::id()));
    let mut settings = ExtractionOptions::new(&spill);
    settings.threads = options.threads.max(1);
    let extraction = Extraction::open_rehearsal(&plan, &*folder, settings)?;
    let validator = Validator::new(Ruleset::all());
    let shared = extraction.shared();
    let directory: Directory = shared.chart.records.iter().collect();
    let local = plan.local_systems();
    let as_of = options.as_of.unwrap_or_else(clock::today);
    let context = Context::new(Date::parse(&as_of.to_string())?)
        .directory(&directory)
        .local_systems(&local)
        .with_terminology(&terminology);
    let mut report = ValidationReport::default();
    validator.check(&shared.chart, &context, &mut report);
    report.charts = 0; // shared records are no chart
    let mut population = Population::new(Arc::new(DataKey::generate()?)).with_linkage();
    let empty = population.clone();
    extraction.patients(
        |unit, _| {
            let mut part = ValidationReport::default();
            validator.check(&unit.chart, &context, &mut part);
            let mut found = empty.clone();
            found.collect(&unit.chart);
            (part, found)
        },
        |(part, found)| {
            report.merge(&part);
            population.merge(found);
            Ok(())
        },
    )?;
    drop(shared);
    drop(extraction);
    let _ = std::fs::remove_dir_all(&spill);
    population.add_to(&mut report);

    let checks = report.checks(validator.ruleset());
    let passed = checks
        .iter()
        .all(|check| matches!(check.verdict, Verdict::Passed | Verdict::NotApplicable));
    if options.json {
        let json = json!({
            "format": "ehr-check/1",
            "as_of": as_of.to_string(),
            "document": plan.name(),
            "charts": report.charts,
            "passed": passed,
            "checks": checks,
            "issues": report.issues,
        });
        println!("{}", serde_json::to_string_pretty(&json)?);
    } else {
        print(&checks, report.charts);
    }
    Ok(passed)
}

/// One line a rule, the failed ones first.
fn print(checks: &[Check], charts: u64) {
    println!("{charts} charts");
    let order = [
        (Verdict::Failed, "failed"),
        (Verdict::Errored, "errored"),
        (Verdict::WithoutTable, "without a table"),
        (Verdict::Passed, "passed"),
        (Verdict::NotApplicable, "not-applicable"),
    ];
    for (verdict, word) in order {
        for check in checks.iter().filter(|check| check.verdict == verdict) {
            println!(
                "{word:<15} {:<45} {:>8} of {:>8}",
                check.code.as_str(),
                check.numerator,
                check.denominator
            );
        }
    }
}
