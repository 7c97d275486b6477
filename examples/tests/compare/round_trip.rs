//! Real charts, written as FHIR and read back: nothing differs. With faults: each is reported.
#![expect(clippy::print_stdout, reason = "a test says what it found")]

use std::collections::BTreeMap;
use std::env;
use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::plan::Plan;
use ehr_mapping::source::{DirectoryFolder, MemoryFolder, SourceFolder};
use ehr_model::chart::Chart;
use ehr_model::element::SafetyClass;
use ehr_model::fhir::BatchTag;
use ehr_model::fhir::bundle::{BundleType, write_bundle};
use ehr_model::kind::Payment;
use ehr_validate::compare::{
    ChartDifferences, Comparison, Difference, DifferenceCounts, PatientMatching, SharedRecords,
};
use ehr_validate::faults::conversion::{self, FaultyCopy, Judged};

/// How many faults each population gets.
const FAULTS: usize = 500;
/// So many charts of the corpus are enough for the faults; all of them are compared clean.
const CHARTS: usize = 3;

const OWN: &str = "[document]\nname = \"own\"\nversion = \"1\"\nformat = \"fhir\"\n\
    system = \"urn:test:target\"\nextends = [\"fhir-r4\"]\nkeep-uuids = true\n";

/// Charts, and the records that they share.
struct Population {
    charts: Vec<Chart>,
    shared: Chart,
}

#[test]
fn the_sample_practice() {
    let document = examples::sample::document().unwrap();
    let population = read(&document.compile().unwrap(), &examples::sample::folder());
    clean("sample", &population);
    faulty("sample", population);
}

#[test]
fn synthea_bundles() {
    let Some(corpus) = env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS is not set");
        return;
    };
    let folder = DirectoryFolder::new(Path::new(&corpus).join("synthea-fhir/ma-2024-11pts"));
    let mut population = read(&own(), &folder);
    clean("synthea", &population);
    population.charts.truncate(CHARTS);
    faulty("synthea", population);
}

/// Claims and remittances. Some payments name no patient: neither side may lose them.
#[test]
fn x12_transactions() {
    let Some(corpus) = env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS is not set");
        return;
    };
    let mut of_nobody = 0;
    for name in ["imsweb", "lfh", "pyx12"] {
        let folder = DirectoryFolder::new(Path::new(&corpus).join("x12").join(name));
        let document = examples::export::document(None, &folder, "urn:test:x12").unwrap();
        let population = read(&document.compile().unwrap(), &folder);
        of_nobody += population.shared.of::<Payment>().count();
        clean(name, &population);
    }
    assert_eq!(of_nobody, 5, "payments that belong to no chart");
}

/// A copy without a fault differs in nothing.
fn clean(name: &str, population: &Population) {
    let (differences, counts) = compare(population, &written_and_read(population));
    let entries: u64 = counts.compared.values().sum();
    println!(
        "{name}: {} clean charts, {entries} entries, {} differences",
        counts.charts, counts.differences
    );
    let lines: Vec<_> = differences.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{lines:#?}");
}

/// Every fault is reported with class and address, and nothing beside them.
fn faulty(name: &str, population: Population) {
    let mut caught: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut critical, mut alarms, mut seed) = (0, 0, 0);
    let mut open = Vec::new();
    while caught.values().map(|(of, _)| of).sum::<usize>() < FAULTS {
        let mut copy = FaultyCopy::of(&population.charts);
        for fault in conversion::all() {
            seed += 1;
            copy.inject(fault, seed);
        }
        let target = Population {
            charts: copy.charts.clone(),
            shared: population.shared.clone(),
        };
        let (differences, _) = compare(&population, &written_and_read(&target));
        let verdict = copy.judge(&differences);
        alarms += verdict.false_alarms;
        for (expected, judged) in verdict.faults {
            let counts = caught.entry(expected.fault).or_default();
            counts.0 += 1;
            match judged {
                Judged::Caught(safety) => {
                    counts.1 += 1;
                    critical += usize::from(safety == SafetyClass::SafetyCritical);
                }
                _ => open.push(format!("{judged:?} {expected:?}")),
            }
        }
    }
    let total: usize = caught.values().map(|(of, _)| of).sum();
    println!(
        "{name}: {total} faults of {} classes, {critical} of them safety-critical and caught",
        caught.len()
    );
    for (fault, (of, caught)) in &caught {
        println!("{name}: {fault:<28} {caught:>4} of {of:>4}");
    }
    assert!(open.is_empty(), "{} {open:#?}", open.len());
    assert_eq!(alarms, 0, "differences of records without a fault");
    assert!(caught.len() >= 20, "{}", caught.len());
}

/// The charts as one FHIR bundle, read by the mapping document of FHIR.
fn written_and_read(population: &Population) -> Population {
    let charts = population.charts.iter().flat_map(|chart| &chart.records);
    let records = charts.chain(&population.shared.records);
    let mut bytes = Vec::new();
    let tag = BatchTag::new("urn:test:batch", "1");
    write_bundle(records, BundleType::Collection, &tag, &mut bytes);
    let text = String::from_utf8(bytes).unwrap();
    read(&own(), &MemoryFolder::default().with("target.json", text))
}

fn own() -> Plan {
    let document = MappingDocument::parse("own.toml", OWN).unwrap();
    document.compile().unwrap()
}

fn read(plan: &Plan, folder: &dyn SourceFolder) -> Population {
    let spill = tempfile::tempdir().unwrap();
    let options = ExtractionOptions::new(spill.path());
    let extraction = Extraction::open_rehearsal(plan, folder, options).unwrap();
    let mut charts = Vec::new();
    extraction
        .patients(
            |unit, _| unit.chart,
            |chart| {
                charts.push(chart);
                Ok(())
            },
        )
        .unwrap();
    charts.retain(|chart| chart.patient().is_some());
    Population {
        charts,
        shared: extraction.shared().chart,
    }
}

fn compare(source: &Population, target: &Population) -> (Vec<Difference>, DifferenceCounts) {
    let mut matching = PatientMatching::default();
    source
        .charts
        .iter()
        .for_each(|chart| matching.source(chart));
    target
        .charts
        .iter()
        .for_each(|chart| matching.target(chart));
    let mut comparison = Comparison::default();
    let (shared, differences) = SharedRecords::compare(&source.shared, &target.shared);
    comparison.add_shared(differences);
    let chart = |population: &Population, id| {
        let mut charts = population.charts.iter();
        let is_it = |chart: &&Chart| chart.patient().map(|record| record.id) == id;
        id.and_then(|_| charts.find(is_it).cloned())
            .unwrap_or_default()
    };
    for patient in matching.finish() {
        let (one, other) = (chart(source, patient.source), chart(target, patient.target));
        comparison.add(ChartDifferences::between(&one, &other, &shared));
    }
    comparison.finish()
}
