//! Records that one side keeps for all patients and the other on a chart.

use ehr_model::catalogue::FieldPath;
use ehr_model::chart::Chart;
use ehr_model::element::Leaf;
use ehr_model::record::{Kind, Namespace, Record, RecordId};
use ehr_validate::compare::{
    ChartDifferences, Comparison, Difference, DifferenceClass, DifferenceCounts, Pattern,
    SharedRecords,
};

fn id(kind: Kind, key: &str) -> RecordId {
    Namespace::of_system("urn:test").id(kind, key)
}

fn record(kind: Kind, key: &str, fields: &[(&str, &str)]) -> Record {
    let mut record = Record {
        id: id(kind, key),
        provenance: Vec::new(),
        resource: kind.empty_resource(),
    };
    for (path, value) in fields {
        set(&mut record, path, Leaf::Text((*value).into()));
    }
    record
}

fn set(record: &mut Record, path: &str, leaf: Leaf<'_>) {
    let path = FieldPath::resolve_leaf(record.kind(), path).unwrap();
    path.set(record.resource.element_mut(), 0, leaf).unwrap();
}

fn payment(amount: &str) -> Record {
    record(
        Kind::Payment,
        "check",
        &[("status", "active"), ("paymentAmount.value", amount)],
    )
}

fn clinician(family: &str) -> Record {
    record(Kind::Practitioner, "doctor", &[("name[0].family", family)])
}

/// What all patients share, and the charts.
struct Side(Vec<Record>, Vec<Vec<Record>>);

fn compare(source: Side, target: Side) -> (Vec<Difference>, DifferenceCounts) {
    let shared = |side: &Side| Chart::new(side.0.clone(), Vec::new());
    let chart = |number: usize, records: &[Record]| {
        let mut all = vec![record(Kind::Patient, &number.to_string(), &[])];
        all.extend_from_slice(records);
        Chart::new(all, Vec::new())
    };
    let mut comparison = Comparison::default();
    let (links, differences) = SharedRecords::compare(&shared(&source), &shared(&target));
    comparison.add_shared(differences);
    for (number, (one, other)) in source.1.iter().zip(&target.1).enumerate() {
        let (one, other) = (chart(number, one), chart(number, other));
        // as in a run on several threads
        let mut part = Comparison::default();
        part.add(ChartDifferences::between(&one, &other, &links));
        comparison.merge(part);
    }
    comparison.finish()
}

fn shared(record: Record) -> Side {
    Side(vec![record], vec![Vec::new()])
}

fn on_chart(record: Record) -> Side {
    Side(Vec::new(), vec![vec![record]])
}

#[test]
fn a_payment_that_names_nobody_is_compared_where_it_stands() {
    for (source, target) in [
        (shared(payment("80")), on_chart(payment("80.00"))),
        (on_chart(payment("80")), shared(payment("80.00"))),
    ] {
        let (differences, counts) = compare(source, target);
        assert_eq!(differences, []);
        assert_eq!(
            (counts.allowed["placement"], counts.compared["Payment"]),
            (1, 1)
        );
    }
    let (differences, _) = compare(shared(payment("80")), on_chart(payment("81")));
    let [one] = &differences[..] else {
        panic!("{differences:?}")
    };
    assert_eq!(
        (one.class, one.pattern, one.field.as_deref()),
        (
            DifferenceClass::Changed,
            Some(Pattern::AmountOff),
            Some("paymentAmount.value")
        )
    );
    let patient = Some(id(Kind::Patient, "0"));
    let sides = (one.source.as_ref().unwrap(), one.target.as_ref().unwrap());
    assert_eq!((sides.0.patient, sides.1.patient), (None, patient));
    let (differences, _) = compare(on_chart(payment("80")), shared(payment("81")));
    let sides = (
        differences[0].source.as_ref(),
        differences[0].target.as_ref(),
    );
    assert_eq!(
        (sides.0.unwrap().patient, sides.1.unwrap().patient),
        (patient, None)
    );
}

#[test]
fn one_that_is_gone_or_new_is_said_to_be_so() {
    let nothing = || Side(Vec::new(), vec![Vec::new()]);
    for (source, target, class) in [
        (shared(payment("80")), nothing(), DifferenceClass::Missing),
        (on_chart(payment("80")), nothing(), DifferenceClass::Missing),
        (nothing(), shared(payment("80")), DifferenceClass::Extra),
        (nothing(), on_chart(payment("80")), DifferenceClass::Extra),
    ] {
        let (differences, _) = compare(source, target);
        let classes: Vec<_> = differences.iter().map(|one| one.class).collect();
        assert_eq!(classes, [class]);
    }
}

#[test]
fn one_that_was_given_to_a_patient_is_on_a_wrong_chart() {
    let mut owned = payment("80");
    let patient = Leaf::Target(Kind::Patient, id(Kind::Patient, "0"));
    set(&mut owned, "patient.reference", patient);
    for (source, target) in [
        (shared(payment("80")), on_chart(owned.clone())),
        (on_chart(owned), shared(payment("80"))),
    ] {
        let (differences, _) = compare(source, target);
        let classes: Vec<_> = differences.iter().map(|one| one.class).collect();
        assert_eq!(classes, [DifferenceClass::WrongPatient]);
    }
}

#[test]
fn a_clinician_of_several_charts_is_compared_with_the_one_of_all() {
    let charts = |family| {
        Side(
            Vec::new(),
            vec![vec![clinician(family)], vec![clinician(family)]],
        )
    };
    let all = |family| Side(vec![clinician(family)], vec![Vec::new(), Vec::new()]);
    assert_eq!(compare(charts("Osei"), all("Osei")).0, []);
    assert_eq!(compare(all("Osei"), charts("Osei")).0, []);
    let (differences, _) = compare(charts("Osei"), all("Osie"));
    let fields: Vec<_> = differences.iter().map(|one| one.field.as_deref()).collect();
    assert_eq!(fields, [Some("name[0].family"); 2], "on each chart");
}

#[test]
fn visits_that_say_the_same_are_still_two_where_ids_were_kept() {
    let visits = ["a", "b"].map(|key| record(Kind::Encounter, key, &[("status", "finished")]));
    let at = |visit: &str| {
        let mut note = record(Kind::Problem, "note", &[("code.text", "gout")]);
        let visit = Leaf::Target(Kind::Encounter, id(Kind::Encounter, visit));
        set(&mut note, "encounter.reference", visit);
        let mut chart = visits.to_vec();
        chart.push(note);
        Side(Vec::new(), vec![chart])
    };
    assert_eq!(compare(at("a"), at("a")).0, []);
    let (differences, _) = compare(at("a"), at("b"));
    let classes: Vec<_> = differences.iter().map(|one| one.class).collect();
    assert_eq!(classes, [DifferenceClass::WrongVisit]);
}

#[test]
fn a_clinician_on_both_charts_is_compared_there() {
    let (differences, counts) = compare(on_chart(clinician("Moss")), on_chart(clinician("Moss")));
    assert_eq!(differences, []);
    assert_eq!(counts.compared["Practitioner"], 1);
    let (differences, _) = compare(on_chart(clinician("Moss")), on_chart(clinician("Ross")));
    let fields: Vec<_> = differences.iter().map(|one| one.field.as_deref()).collect();
    assert_eq!(fields, [Some("name[0].family")]);
}
