//! What each rule costs on the charts of an export, the dearest first.
//!
//! `EHR_CORPUS=… cargo bench -p benches --bench rules`
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::error::Error;
use std::hint::black_box;

use benches::{Times, busy, export, plan, tables};
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_model::chart::Chart;
use ehr_model::value::Date;
use ehr_validate::{Context, Directory, Ruleset, ValidationReport, Validator};

const ROUNDS: usize = 5;
/// How many rules are shown.
const SHOWN: usize = 25;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(folder) = export() else {
        println!("skipped: EHR_CORPUS does not name a folder with the export");
        return Ok(());
    };
    let plan = plan()?;
    let (memory, _) = tables(&folder)?;
    let spill = tempfile::tempdir()?;
    let extraction =
        Extraction::open_rehearsal(&plan, &memory, ExtractionOptions::new(spill.path()))?;
    let mut charts = Vec::new();
    extraction.patients(
        |unit, _| unit.chart,
        |chart| {
            charts.push(chart);
            Ok(())
        },
    )?;
    let shared = extraction.shared();
    let directory: Directory = shared.chart.records.iter().collect();
    let systems = plan.local_systems();
    let context = Context::new(Date::parse("2025-01-01")?)
        .directory(&directory)
        .local_systems(&systems);

    let codes: Vec<&str> = Ruleset::all()
        .rules()
        .map(|(rule, _)| rule.metadata().code.as_str())
        .collect();
    let all = time(Ruleset::all(), &charts, &context);
    // finding the codes of a chart, which rules share
    let shared = time(Ruleset::empty(), &charts, &context);
    let mut each = Vec::new();
    for code in codes {
        let own = time(Ruleset::all().select(&[code])?, &charts, &context) - shared;
        each.push((own, code));
    }
    each.sort_by(|one, other| other.0.total_cmp(&one.0));
    println!(
        "{} charts, {} rules, best of {ROUNDS}",
        charts.len(),
        each.len()
    );
    println!("{:>9.3} ms all rules", all * 1e3);
    println!("{:>9.3} ms finding the codes", shared * 1e3);
    for (time, code) in each.iter().take(SHOWN) {
        println!(
            "{:>9.3} ms {:>5.1} % {code}",
            time * 1e3,
            100.0 * time / all
        );
    }
    Ok(())
}

fn time(ruleset: Ruleset, charts: &[Chart], context: &Context<'_>) -> f64 {
    let validator = Validator::new(ruleset);
    let mut times = Times::new();
    for _ in 0..ROUNDS {
        let start = busy();
        for chart in charts {
            black_box(validator.check(chart, context, &mut ValidationReport::default()));
        }
        times.push(busy() - start);
    }
    times.best()
}
