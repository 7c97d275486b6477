use ehr_model::record::Kind;

use super::*;
use crate::rules::testing::{id, record};

/// Matches of two charts, as `key>key basis`, then missing, extra and ambiguous keys.
fn outcome(source: Vec<Record>, target: Vec<Record>) -> Vec<String> {
    let (source, target) = (
        Chart::new(source, Vec::new()),
        Chart::new(target, Vec::new()),
    );
    let pair = ChartPair::new(&source, &target);
    let mut out: Vec<_> = pair
        .matches()
        .iter()
        .map(|m| format!("{}>{} {:?}", key(m.source), key(m.target), m.basis))
        .collect();
    out.extend(pair.missing().map(|record| format!("-{}", key(record))));
    out.extend(pair.extra().map(|record| format!("+{}", key(record))));
    out.extend(pair.ambiguous().iter().map(|group| {
        let keys = |records: &[&Record]| records.iter().map(|r| key(r)).collect::<String>();
        format!("{}?{}", keys(&group.source), keys(&group.target))
    }));
    out
}

fn key(record: &Record) -> char {
    let is_it = |key: &char| id(record.kind(), &key.to_string()) == record.id;
    ('a'..='z').find(is_it).unwrap()
}

const SYSTEM: &str = "code.coding[0].system";
const CODE: &str = "code.coding[0].code";
const TEXT: &str = "code.text";

#[test]
fn ids_come_first_and_only_between_one_kind() {
    let source = vec![
        record(Kind::Problem, "a", &[(TEXT, "gout")]),
        record(Kind::Goal, "b", &[]),
    ];
    let target = vec![
        record(Kind::Problem, "a", &[(TEXT, "asthma")]),
        record(Kind::CarePlan, "b", &[]),
    ];
    assert_eq!(outcome(source, target), ["a>a Id", "-b", "+b"]);
}

#[test]
fn identifiers_match_within_their_system_only() {
    let numbered = |key, system: &'static str, value| {
        let fields = [
            ("identifier[0].system", system),
            ("identifier[0].value", value),
            (TEXT, system),
        ];
        record(Kind::Problem, key, &fields)
    };
    let source = vec![numbered("a", "urn:old", "1"), numbered("b", "urn:old", "2")];
    let kept = vec![numbered("x", "urn:old", "2"), numbered("y", "urn:new", "1")];
    assert_eq!(outcome(source, kept), ["b>x Identifier", "-a", "+y"]);
    let uuid = id(Kind::Problem, "a").to_string();
    let as_identifier = record(
        Kind::Problem,
        "x",
        &[
            ("identifier[0].system", "urn:migrated"),
            ("identifier[0].value", &uuid),
            (TEXT, "gout"),
        ],
    );
    let source = vec![record(Kind::Problem, "a", &[(TEXT, "asthma")])];
    assert_eq!(outcome(source, vec![as_identifier]), ["a>x Identifier"]);
}

#[test]
fn codes_match_before_words_and_whatever_stands_beside_them() {
    let source = vec![
        record(
            Kind::Problem,
            "a",
            &[(SYSTEM, "s"), (CODE, "1"), (TEXT, "Gout")],
        ),
        record(
            Kind::Problem,
            "b",
            &[(SYSTEM, "s"), (CODE, "2"), (TEXT, "gout")],
        ),
        record(Kind::Problem, "c", &[(TEXT, "Asthma")]),
    ];
    let target = vec![
        record(
            Kind::Problem,
            "x",
            &[(TEXT, "asthma "), ("clinicalStatus", "active")],
        ),
        record(
            Kind::Problem,
            "y",
            &[(SYSTEM, "s"), (CODE, "2"), ("onsetDateTime", "2001")],
        ),
        record(
            Kind::Problem,
            "z",
            &[(SYSTEM, "s"), (CODE, "1"), ("onsetDateTime", "2002")],
        ),
    ];
    assert_eq!(
        outcome(source, target),
        ["a>z Meaning", "b>y Meaning", "c>x MeaningAndTime"]
    );
}

#[test]
fn entries_that_say_the_same_match_in_their_order() {
    let same = |keys: &[&str]| -> Vec<Record> {
        let fields = [(TEXT, "asthma"), ("onsetDateTime", "2001")];
        keys.iter()
            .map(|key| record(Kind::Problem, key, &fields))
            .collect()
    };
    assert_eq!(
        outcome(same(&["a", "b", "c"]), same(&["x", "y"])),
        ["a>x Content", "b>y Content", "-c"]
    );
}

#[test]
fn what_can_be_matched_in_several_ways_is_said() {
    let dose = "dosageInstruction[0].doseAndRate[0].doseQuantity.value";
    let drug = |key, amount| {
        let fields = [
            ("medicationCodeableConcept.text", "aspirin"),
            (dose, amount),
        ];
        record(Kind::Medication, key, &fields)
    };
    let source = vec![drug("a", "81"), drug("b", "325")];
    // One is the same, so the other one is clear.
    let one_changed = vec![drug("x", "325"), drug("y", "810")];
    assert_eq!(
        outcome(source.clone(), one_changed),
        ["a>y MeaningAndTime", "b>x Content"]
    );
    let both_changed = vec![drug("x", "3250"), drug("y", "810")];
    assert_eq!(outcome(source.clone(), both_changed), ["ab?xy"]);
    assert_eq!(outcome(source, vec![drug("y", "810")]), ["ab?y"]);
}

#[test]
fn a_time_is_the_same_at_another_offset_and_a_day_without_its_time() {
    let result = |key, at, value| {
        let fields = [
            (TEXT, "sodium"),
            ("effectiveDateTime", at),
            ("valueQuantity.value", value),
        ];
        record(Kind::Observation, key, &fields)
    };
    let source = vec![
        result("a", "2020-01-01T23:30:00-05:00", "140"),
        result("b", "2020-03-01T08:00:00Z", "141"),
        result("c", "2020-04-01", "142"),
        result("d", "2020-05-01", "143"),
    ];
    let target = vec![
        result("w", "2020-01-02T04:30:00Z", "14.0"),
        result("x", "2020-03-01", "1410"),
        result("y", "2020-04-02", "142"),
        result("z", "2020-06-01", "150"),
    ];
    assert_eq!(
        outcome(source, target),
        [
            "a>w MeaningAndTime",
            "b>x MeaningAndDay",
            "c>y ContentButDates",
            "-d",
            "+z"
        ]
    );
}

#[test]
fn another_meaning_with_all_else_the_same_is_a_match() {
    let allergy = |key, substance, date| {
        let fields = [(TEXT, substance), ("recordedDate", date)];
        record(Kind::Allergy, key, &fields)
    };
    let source = vec![allergy("a", "penicillin", "2010-02-03")];
    let target = vec![allergy("x", "amoxicillin", "2010-02-03")];
    assert_eq!(outcome(source, target), ["a>x ContentButMeaning"]);
    let source = vec![allergy("a", "penicillin", "2010")];
    let target = vec![allergy("x", "amoxicillin", "2010")];
    assert_eq!(
        outcome(source, target),
        ["-a", "+x"],
        "a year is too little"
    );
}

#[test]
fn visits_tell_entries_apart_that_say_the_same() {
    let chart = |visits: [&'static str; 2], weights: [&'static str; 2], cross: bool| {
        let visit = |key, day| {
            record(
                Kind::Encounter,
                key,
                &[("period.start", day), ("type[0].text", "office")],
            )
        };
        let weight = |key, visit: &str| {
            let visit = format!("Encounter/{visit}");
            record(
                Kind::Observation,
                key,
                &[(TEXT, "weight"), ("encounter.reference", &visit)],
            )
        };
        let (first, second) = if cross {
            (visits[1], visits[0])
        } else {
            (visits[0], visits[1])
        };
        vec![
            visit(visits[0], "2020-01-01"),
            visit(visits[1], "2020-02-02"),
            weight(weights[0], first),
            weight(weights[1], second),
        ]
    };
    assert_eq!(
        outcome(
            chart(["e", "f"], ["a", "b"], false),
            chart(["s", "t"], ["x", "y"], true)
        ),
        ["a>y Content", "b>x Content", "e>s Content", "f>t Content"]
    );
}

#[test]
fn the_patient_of_both_charts_is_one() {
    let source = vec![record(Kind::Patient, "p", &[("birthDate", "1980-02-03")])];
    let target = vec![record(Kind::Patient, "q", &[("birthDate", "1980-03-02")])];
    assert_eq!(outcome(source, target), ["p>q OnlyOne"]);
}
