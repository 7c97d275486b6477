//! The comparison finds every fault of a conversion, where it is, and nothing else.
#![expect(clippy::print_stdout, reason = "a test says what it did")]

use std::collections::{BTreeMap, HashMap};

use ehr_model::chart::Chart;
use ehr_model::element::SafetyClass;
use ehr_model::record::{Kind, Namespace, RecordId};
use ehr_validate::compare::{
    ChartDifferences, Comparison, Difference, DifferenceClass, PatientBasis, PatientMatching,
    SharedRecords,
};
use ehr_validate::faults::conversion::{self, FaultyCopy, Judged};
use ehr_validate::faults::textbook;

mod fields;
mod patients;
mod shared;

/// How many faults the harness puts in.
const FAULTS: u64 = 1000;

/// The textbook as several patients, each with ids of their own.
pub(crate) fn population(patients: usize) -> Vec<Chart> {
    let chart = textbook();
    (0..patients)
        .map(|number| renamed(&chart, &format!("urn:test:patient-{number}")))
        .collect()
}

/// The same chart under other ids.
pub(crate) fn renamed(chart: &Chart, namespace: &str) -> Chart {
    let namespace = Namespace::of_system(namespace);
    let ids: HashMap<RecordId, RecordId> = chart
        .records
        .iter()
        .filter(|record| !record.kind().is_shared())
        .map(|record| (record.id, namespace.name(&record.id.to_string())))
        .collect();
    let mut records = chart.records.clone();
    for record in &mut records {
        record.id = ids.get(&record.id).copied().unwrap_or(record.id);
        record.redirect_references(|_, id| ids.get(&id).copied());
    }
    Chart::new(records, Vec::new())
}

pub(crate) fn compare(source: &[Chart], target: &[Chart]) -> Vec<Difference> {
    let shared = SharedRecords::default();
    let mut comparison = Comparison::default();
    for (source, target) in source.iter().zip(target) {
        comparison.add(ChartDifferences::between(source, target, &shared));
    }
    comparison.finish().0
}

#[test]
fn every_fault_is_found_with_class_and_address_and_nothing_else() {
    let charts = population(3);
    let mut injected: BTreeMap<&str, u64> = BTreeMap::new();
    let mut wrong = Vec::new();
    let faults = conversion::all();
    for seed in 0..FAULTS {
        let fault = &faults[usize::try_from(seed).unwrap() % faults.len()];
        let mut copy = FaultyCopy::of(&charts);
        if !copy.inject(fault, seed) {
            continue;
        }
        *injected.entry(fault.name).or_default() += 1;
        let differences = compare(&charts, &copy.charts);
        let verdict = copy.judge(&differences);
        if verdict.caught() != 1 || verdict.false_alarms > 0 {
            let lines: Vec<_> = differences.iter().map(ToString::to_string).collect();
            wrong.push(format!("{seed} {:?} {lines:#?}", verdict.faults));
        }
    }
    assert!(wrong.is_empty(), "{} {}", wrong.len(), wrong[0]);
    let classes = injected.len();
    let total: u64 = injected.values().sum();
    println!("{total} faults of {classes} classes");
    assert!(
        classes >= 30 && total > 900,
        "{classes} {total} {injected:?}"
    );
}

#[test]
fn many_faults_at_once_are_told_apart() {
    let charts = population(4);
    for round in 0..8 {
        let mut copy = FaultyCopy::of(&charts);
        for (number, fault) in (0..).zip(conversion::all()) {
            copy.inject(fault, round * 1000 + number);
        }
        let differences = compare(&charts, &copy.charts);
        let verdict = copy.judge(&differences);
        let open: Vec<_> = verdict
            .faults
            .iter()
            .filter(|(_, judged)| !matches!(judged, Judged::Caught(_)))
            .collect();
        assert!(open.is_empty(), "{open:#?}");
        assert_eq!(verdict.false_alarms, 0);
    }
}

#[test]
fn a_copy_with_ids_given_anew_differs_in_nothing() {
    let charts = population(3);
    let copies: Vec<Chart> = charts
        .iter()
        .map(|one| renamed(one, "urn:test:anew"))
        .collect();
    let differences = compare(&charts, &copies);
    let lines: Vec<_> = differences.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{lines:#?}");
}

#[test]
fn faults_are_found_where_ids_are_given_anew() {
    let charts = population(2);
    let (mut critical, mut silent) = (0, Vec::new());
    for (seed, fault) in (0..).zip(conversion::all().iter().cycle()).take(200) {
        let mut copy = FaultyCopy::of(&charts);
        if !copy.inject(fault, seed) {
            continue;
        }
        let namespaces = ["urn:test:a", "urn:test:b"];
        let targets: Vec<Chart> = copy
            .charts
            .iter()
            .zip(namespaces)
            .map(|(chart, namespace)| renamed(chart, namespace))
            .collect();
        let differences = compare(&charts, &targets);
        critical += 1;
        if differences.is_empty() {
            silent.push(fault.name);
        }
    }
    assert!(critical > 150 && silent.is_empty(), "{critical} {silent:?}");
}

#[test]
fn an_entry_on_another_chart_is_one_difference() {
    let charts = population(2);
    let fault = conversion::all()
        .iter()
        .find(|fault| fault.name == "document-on-other-chart")
        .unwrap();
    let mut copy = FaultyCopy::of(&charts);
    assert!(copy.inject(fault, 3));
    let differences = compare(&charts, &copy.charts);
    let [moved] = &differences[..] else {
        panic!("{}", differences.len())
    };
    assert_eq!(moved.class, DifferenceClass::WrongPatient);
    assert_eq!(moved.safety, SafetyClass::SafetyCritical);
    assert_eq!(moved.kind, Kind::Document);
    let (source, target) = (
        moved.source.as_ref().unwrap(),
        moved.target.as_ref().unwrap(),
    );
    assert_eq!(moved.patient, source.patient);
    assert_ne!(source.patient, target.patient);
}

#[test]
fn counts_add_up_and_say_nothing_of_a_patient() {
    let charts = population(2);
    let shared = SharedRecords::default();
    let (mut whole, mut one, mut other) = (
        Comparison::default(),
        Comparison::default(),
        Comparison::default(),
    );
    let mut copy = FaultyCopy::of(&charts);
    for (seed, fault) in (0..).zip(conversion::all()) {
        copy.inject(fault, seed);
    }
    for (number, part) in [&mut one, &mut other].into_iter().enumerate() {
        part.add(ChartDifferences::between(
            &charts[number],
            &copy.charts[number],
            &shared,
        ));
        whole.add(ChartDifferences::between(
            &charts[number],
            &copy.charts[number],
            &shared,
        ));
    }
    other.merge(one);
    let (merged, counts) = other.finish();
    let (differences, all) = whole.finish();
    assert_eq!(merged, differences);
    assert_eq!(counts, all);
    assert_eq!(counts.differences, counts.classes.values().sum::<u64>());
    assert_eq!(counts.differences, counts.safety.values().sum::<u64>());
    let shown = format!(
        "{differences:?} {}",
        serde_json::to_string(&differences).unwrap()
    );
    for value in [
        "Lindqvist",
        "Marta",
        "1984",
        "Hypertension",
        "617-555",
        "Alder",
    ] {
        assert!(!shown.contains(value), "{value}");
    }
}

#[test]
fn patients_match_by_id_then_identifier_then_demographics() {
    let charts = population(2);
    let mut matching = PatientMatching::default();
    charts.iter().for_each(|chart| matching.source(chart));
    charts.iter().for_each(|chart| matching.target(chart));
    let bases: Vec<_> = matching.finish().iter().map(|one| one.basis).collect();
    assert_eq!(bases, [Some(PatientBasis::Id); 2]);
}
