//! What a delta writes and deletes, against full runs of the same export.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ehr_crypto::DataKey;
use ehr_mapping::delta::{DeltaRun, ResourceKey, RunChanges, StateError, StateKey};
use ehr_mapping::source::MemoryFolder;
use ehr_model::datatype::{HumanName, Reference};
use ehr_model::kind::{Encounter, Patient, Practitioner};
use ehr_model::record::{Kind, Namespace, Record, RecordId, Resource};
use ehr_model::value::{Date, Field, PartialDate};

use crate::support;
use support::corpus::{document, synthea};
use support::export::Export;
use support::{Run, line, run};

fn key() -> StateKey {
    StateKey::new(&DataKey::from_bytes([7; 32])).unwrap()
}

/// The resources of a target, each as a line of FHIR.
type Target = BTreeMap<String, String>;

/// Runs a delta over mapped units and applies it to a target; returns what it said and what it wrote.
fn apply(
    target: &mut Target,
    units: &[(Option<RecordId>, Vec<Record>)],
    previous: Option<&Path>,
    next: &Path,
) -> (RunChanges, BTreeSet<String>) {
    let key = key();
    let mut delta = DeltaRun::begin(&key, previous, next, "batch").unwrap();
    let mut written = BTreeSet::new();
    for (patient, records) in units {
        let state = key.chart(records);
        let change = match patient {
            Some(patient) => delta.patient(*patient, state).unwrap(),
            None => delta.shared(&state),
        };
        for record in records {
            let name = ResourceKey::of(record);
            if change.writes(name) && written.insert(name.to_string()) {
                target.insert(name.to_string(), line(record));
            }
        }
    }
    let changes = delta.finish().unwrap();
    for deleted in &changes.deleted {
        assert!(
            target.remove(&deleted.to_string()).is_some(),
            "{deleted} was there"
        );
    }
    (changes, written)
}

/// What a full run writes: of what patients share, the first.
fn full(units: &[(Option<RecordId>, Vec<Record>)]) -> Target {
    let mut target = Target::new();
    for record in units.iter().flat_map(|(_, records)| records) {
        let name = ResourceKey::of(record).to_string();
        if record.kind().is_shared() {
            target.entry(name).or_insert_with(|| line(record));
        } else {
            target.insert(name, line(record));
        }
    }
    target
}

fn units(run: Run) -> Vec<(Option<RecordId>, Vec<Record>)> {
    let units = run.units.into_iter();
    units
        .map(|unit| (unit.patient, unit.chart.records))
        .collect()
}

/// The export as often as asked, with keys of its own in each copy; reference tables stand once.
fn multiplied(export: &Export, copies: usize) -> Export {
    const SHARED: [&str; 3] = ["organizations.csv", "payers.csv", "providers.csv"];
    let kept: BTreeSet<String> = SHARED
        .iter()
        .filter_map(|name| export.tables.get(*name))
        .flat_map(|table| table.rows.iter().map(|row| row[0].clone()))
        .collect();
    let mut many = export.clone();
    for (name, table) in &export.tables {
        if SHARED.contains(&name.as_str()) {
            continue;
        }
        for copy in 1..copies {
            for row in &table.rows {
                let cell = |cell: &String| match cell.len() == 36 && !kept.contains(cell) {
                    true => format!("{}{copy:04x}", &cell[..32]),
                    false => cell.clone(),
                };
                many.table(name).rows.push(row.iter().map(cell).collect());
            }
        }
    }
    many
}

#[test]
fn one_percent_of_changed_charts_touches_only_those() {
    let Some(export) = synthea() else { return };
    let mut export = multiplied(&export, 30);
    let plan = document(|text| text).compile().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (first, second, third) = (
        folder.path().join("1"),
        folder.path().join("2"),
        folder.path().join("3"),
    );
    let before = units(run(&plan, &export.folder()));
    let mut target = Target::new();
    let (base, _) = apply(&mut target, &before, None, &first);
    assert_eq!(target, full(&before), "a first run is a full run");
    assert_eq!((base.charts, base.charts_changed), (330, 330));

    // the same export again: nothing
    let (none, written) = apply(&mut target, &before, Some(&first), &second);
    assert_eq!(
        (none.charts_changed, written.len(), none.deleted.len()),
        (0, 0, 0)
    );
    assert_eq!(none.unchanged, base.created);

    // three charts of 330: a condition ends, an allergy or medication goes, a name changes
    let chosen: Vec<String> = [5, 111, 290]
        .iter()
        .map(|row| export.table("patients.csv").rows[*row][0].clone())
        .collect();
    let at = export.table("patients.csv").position("LAST");
    export.table("patients.csv").rows[290][at] = "Okonkwo-Invented".into();
    let patient = export.table("conditions.csv").position("PATIENT");
    let stop = export.table("conditions.csv").position("STOP");
    let row = export
        .table("conditions.csv")
        .rows
        .iter_mut()
        .find(|row| row[patient] == chosen[0])
        .unwrap();
    row[stop] = "2031-01-01".into();
    let patient = export.table("medications.csv").position("PATIENT");
    let medications = &mut export.table("medications.csv").rows;
    let gone = medications
        .iter()
        .position(|row| row[patient] == chosen[1])
        .expect("the second has a medication");
    medications.remove(gone);

    let after = units(run(&plan, &export.folder()));
    let untouched = target.clone();
    let (changes, written) = apply(&mut target, &after, Some(&second), &third);
    assert_eq!((changes.charts, changes.charts_changed), (330, 3));
    assert!(!changes.deleted.is_empty(), "the medication is deleted");
    assert_eq!(changes.created, 0);
    assert_eq!(changes.updated, written.len() as u64);
    assert_eq!(
        target,
        full(&after),
        "base and delta are the full run, byte by byte"
    );

    // whatever differs from before belongs to the three charts
    let namespace = plan.namespace();
    let ids: Vec<String> = chosen
        .iter()
        .map(|source| namespace.id(Kind::Patient, source).to_string())
        .collect();
    let differs = |name: &&String| target.get(*name) != untouched.get(*name);
    for name in untouched.keys().chain(target.keys()).filter(differs) {
        let text = target.get(name).or(untouched.get(name)).unwrap();
        assert!(ids.iter().any(|id| text.contains(id)), "{name}");
    }
    support::say(&format!(
        "delta of 3 in 330 charts: {} written, {} deleted, {} unchanged",
        written.len(),
        changes.deleted.len(),
        changes.unchanged
    ));
}

fn id(kind: Kind, source: &str) -> RecordId {
    Namespace::of_system("https://legacy.example").id(kind, source)
}

fn record(id: RecordId, resource: impl Into<Resource>) -> Record {
    Record {
        id,
        provenance: Vec::new(),
        resource: resource.into(),
    }
}

fn person(source: &str, born: &str) -> Record {
    let mut patient = Patient::default();
    patient.birth_date.set(Date::parse(born).unwrap());
    record(id(Kind::Patient, source), patient)
}

fn visit(source: &str, of: &str, day: &str) -> Record {
    let mut visit = Encounter::default();
    visit
        .subject
        .set(Reference::to(Kind::Patient, id(Kind::Patient, of)));
    visit.period.set(Default::default()).start = Field::Value(PartialDate::parse(day).unwrap());
    record(id(Kind::Encounter, source), visit)
}

fn doctor(source: &str, family: &str) -> Record {
    let mut practitioner = Practitioner::default();
    let mut name = HumanName::default();
    name.family = Field::Value(family.into());
    practitioner.name.push(name);
    record(id(Kind::Practitioner, source), practitioner)
}

fn charts(charts: Vec<(&str, Vec<Record>)>) -> Vec<(Option<RecordId>, Vec<Record>)> {
    let mut charts: Vec<_> = charts
        .into_iter()
        .map(|(patient, records)| (Some(id(Kind::Patient, patient)), records))
        .collect();
    charts.sort_by_key(|(patient, _)| *patient);
    charts
}

#[test]
fn what_is_gone_is_deleted_and_what_moved_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("1"), folder.path().join("2"));
    let before = charts(vec![
        (
            "1",
            vec![person("1", "1980-01-02"), visit("a", "1", "2024-05-01")],
        ),
        (
            "2",
            vec![
                person("2", "1990"),
                visit("b", "2", "2024-05-02"),
                visit("c", "2", "2024"),
            ],
        ),
        ("3", vec![person("3", "1970")]),
    ]);
    // visit a stands in the chart of 2 now and b in that of 1; c is gone, and so is patient 3
    let after = charts(vec![
        (
            "1",
            vec![person("1", "1980-01-02"), visit("b", "1", "2024-05-02")],
        ),
        (
            "2",
            vec![person("2", "1990"), visit("a", "2", "2024-05-01")],
        ),
    ]);
    let mut target = Target::new();
    apply(&mut target, &before, None, &first);
    let (changes, _) = apply(&mut target, &after, Some(&first), &second);
    assert_eq!(target, full(&after));
    let key = |kind, source| ResourceKey {
        kind,
        id: id(kind, source),
    };
    let deleted = [key(Kind::Patient, "3"), key(Kind::Encounter, "c")];
    assert_eq!(changes.deleted, deleted.into_iter().collect());
    let moved = [key(Kind::Encounter, "a"), key(Kind::Encounter, "b")];
    assert_eq!(changes.moved, moved.into_iter().collect());
    assert_eq!((changes.created, changes.charts_deleted), (0, 1));
    assert_eq!(changes.previous.as_deref(), Some("batch"));
}

#[test]
fn what_patients_share_is_judged_with_the_first_who_brings_it() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..4)
        .map(|number| folder.path().join(number.to_string()))
        .collect();
    let of = |first: &str, second: &str| {
        let mut all = charts(vec![
            ("1", vec![person("1", "1980")]),
            ("2", vec![person("2", "1990")]),
        ]);
        all[0].1.push(doctor("7", first));
        all[1].1.push(doctor("7", second));
        all
    };
    let mut target = Target::new();
    let base = of("Adeyemi", "Adeyemi");
    apply(&mut target, &base, None, &paths[0]);
    // the second patient's version is never written, as in a full run
    let other = of("Adeyemi", "Adeyemi-Cole");
    let (changes, written) = apply(&mut target, &other, Some(&paths[0]), &paths[1]);
    assert_eq!((written.len(), changes.charts_changed), (0, 0));
    assert_eq!(target, full(&other));
    // the first patient goes: now the second one's version counts
    let alone = vec![other[1].clone()];
    let (changes, written) = apply(&mut target, &alone, Some(&paths[1]), &paths[2]);
    let rewritten = ResourceKey::of(&doctor("7", "")).to_string();
    assert_eq!(written, BTreeSet::from([rewritten]));
    assert_eq!(changes.deleted.len(), 1);
    assert_eq!(target, full(&alone));
    // nobody brings the doctor any more
    let nobody = vec![(alone[0].0, vec![alone[0].1[0].clone()])];
    let (changes, _) = apply(&mut target, &nobody, Some(&paths[2]), &paths[3]);
    assert!(changes.deleted.contains(&ResourceKey::of(&doctor("7", ""))));
    assert_eq!(target, full(&nobody));
}

#[test]
fn a_state_that_is_not_the_right_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("1"), folder.path().join("2"));
    let base = charts(vec![
        ("1", vec![person("1", "1980")]),
        ("2", vec![person("2", "1990")]),
    ]);
    apply(&mut Target::new(), &base, None, &first);
    let bytes = std::fs::read(&first).unwrap();
    for hidden in ["Patient", "1980", "batch"] {
        let found = bytes
            .windows(hidden.len())
            .any(|part| part == hidden.as_bytes());
        assert!(!found, "the state is sealed");
    }

    let begin = |key: &StateKey| DeltaRun::begin(key, Some(&first), &second, "2").map(drop);
    let other = StateKey::new(&DataKey::from_bytes([8; 32])).unwrap();
    assert!(matches!(begin(&other), Err(StateError::Sealed { .. })));
    let again = DeltaRun::begin(&key(), None, &first, "2").map(drop);
    assert_eq!(
        again.unwrap_err().to_string(),
        format!(
            "{}: the state of a run is never written over an earlier one",
            first.display()
        )
    );
    for cut in [bytes.len() - 1, bytes.len() / 2, 60, 10, 0] {
        std::fs::write(&first, &bytes[..cut]).unwrap();
        assert!(
            matches!(begin(&key()), Err(StateError::Sealed { .. })),
            "{cut}"
        );
    }
    for place in (0..bytes.len()).step_by(7) {
        let mut wrong = bytes.clone();
        wrong[place] ^= 4;
        std::fs::write(&first, wrong).unwrap();
        assert!(
            matches!(begin(&key()), Err(StateError::Sealed { .. })),
            "{place}"
        );
    }
    assert!(!second.exists() && std::fs::read_dir(folder.path()).unwrap().count() == 1);
}

#[test]
fn patients_come_in_order_and_half_a_run_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let next = folder.path().join("1");
    let key = key();
    let mut run = DeltaRun::begin(&key, None, &next, "1").unwrap();
    let [small, large] = [1_u128, 2].map(|number| RecordId::from(uuid::Uuid::from_u128(number)));
    run.patient(large, key.chart(&[])).unwrap();
    for again in [small, large] {
        let refused = run.patient(again, key.chart(&[]));
        assert!(matches!(refused, Err(StateError::Order { .. })));
    }
    drop(run);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_patient_who_was_written_stays_whatever_the_wave_says() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("1"), folder.path().join("2"));
    let all = charts(vec![
        ("1", vec![person("1", "1980")]),
        ("2", vec![person("2", "1990")]),
        ("3", vec![person("3", "1970")]),
    ]);
    let key = key();
    // the first wave takes the second patient alone; the next run takes nobody new
    let mut run = DeltaRun::begin(&key, None, &first, "wave-1").unwrap();
    assert!(!run.holds(all[1].0.unwrap()).unwrap());
    run.patient(all[1].0.unwrap(), key.chart(&all[1].1))
        .unwrap();
    run.finish().unwrap();
    let mut run = DeltaRun::begin(&key, Some(&first), &second, "wave-1b").unwrap();
    let mut taken = Vec::new();
    for (patient, records) in &all {
        if run.holds(patient.unwrap()).unwrap() {
            taken.push(*patient);
            run.patient(patient.unwrap(), key.chart(records)).unwrap();
        }
    }
    assert_eq!(taken, [all[1].0]);
    assert!(run.finish().unwrap().deleted.is_empty());
}

#[test]
fn another_mapping_document_is_carried_over_as_well() {
    let document = |field: &str| {
        support::plan(&format!(
            "[document]\nname = \"tiny\"\nversion = \"1\"\nformat = \"csv\"\nsystem = \"https://legacy.example\"\n\
             [[table]]\nname = \"people\"\nfile = \"people.csv\"\ncolumns = [\"id\", \"surname\"]\npatient = \"id\"\n\
             [[map]]\nfrom = \"people\"\nto = \"Patient\"\nkey = [\"id\"]\n[map.fields]\n\"identifier[0].value\" = \"id\"\n\"{field}\" = \"surname\"\n"
        ))
    };
    let export = MemoryFolder::default().with("people.csv", "id,surname\n7,Okafor\n8,\n");
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("1"), folder.path().join("2"));
    let mut target = Target::new();
    apply(
        &mut target,
        &units(run(&document("name[0].family"), &export)),
        None,
        &first,
    );
    let after = units(run(&document("name[0].text"), &export));
    let (changes, _) = apply(&mut target, &after, Some(&first), &second);
    // patient 8 has no surname, so that nothing changes there
    assert_eq!((changes.charts, changes.charts_changed), (2, 1));
    assert_eq!(target, full(&after));
}
