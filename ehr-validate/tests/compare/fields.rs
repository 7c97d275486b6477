//! What is a difference and what is none, value by value.

use ehr_model::catalogue::FieldPath;
use ehr_model::chart::Chart;
use ehr_model::element::Leaf;
use ehr_model::record::{Kind, Namespace, Record};
use ehr_validate::compare::Difference;

fn chart(kind: Kind, fields: &[(&str, &str)]) -> Chart {
    let mut resource = kind.empty_resource();
    for (path, value) in fields {
        let path = FieldPath::resolve_leaf(kind, path).unwrap();
        path.set(resource.element_mut(), 0, Leaf::Text((*value).into()))
            .unwrap_or_else(|error| panic!("{}: {error}", path.text()));
    }
    let record = Record {
        id: Namespace::of_system("urn:test").id(kind, "one"),
        provenance: Vec::new(),
        resource,
    };
    Chart::new(vec![record], Vec::new())
}

/// Class, pattern and field of what differs.
fn differs(kind: Kind, source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
    let found = super::compare(&[chart(kind, source)], &[chart(kind, target)]);
    found.iter().map(line).collect()
}

fn line(one: &Difference) -> String {
    let pattern = one.pattern.map(|pattern| format!(" {pattern:?}"));
    let field = one.field.as_deref().unwrap_or("(entry)");
    format!(
        "{}{} {field}",
        one.class.name(),
        pattern.unwrap_or_default()
    )
}

const NONE: [&str; 0] = [];
const VALUE: &str = "valueQuantity.value";
const UNIT: &str = "valueQuantity.unit";
const CODE: &str = "valueQuantity.code";
const SYSTEM: &str = "code.coding[0].system";
const CODING: &str = "code.coding[0].code";
const SNOMED: &str = "http://snomed.info/sct";

#[test]
fn quantities() {
    let result = |value, unit, code| vec![(VALUE, value), (UNIT, unit), (CODE, code)];
    let between = |a: &[(&str, &str)], b: &[(&str, &str)]| differs(Kind::Observation, a, b);
    let one = result("1.50", "g/dL", "g/dL");
    assert_eq!(between(&one, &result("1.5", "g/dL", "g/dL")), NONE);
    assert_eq!(
        between(&one, &result("15", "g/L", "g/L")),
        NONE,
        "the same amount"
    );
    assert_eq!(
        between(&one, &result("15.1", "g/L", "g/L")).len(),
        2,
        "nearly the same amount is another one"
    );
    assert_eq!(
        between(&one, &result("15", "g/dL", "g/dL")),
        [format!("changed TenTimes {VALUE}")]
    );
    assert_eq!(
        between(&one, &result("1.50", "mg/dL", "mg/dL")),
        [format!("changed UnitChanged {CODE}")]
    );
    assert_eq!(
        between(&one, &result("1.50", "mg/dL", "g/dL")),
        [format!("changed UnitChanged {UNIT}")],
        "words that say otherwise than the code"
    );
    assert_eq!(
        between(&one, &result("1500", "mg/dL", "g/dL")).len(),
        2,
        "words that contradict the code convert nothing"
    );
    let contradicting = result("1.50", "mg/dL", "g/dL");
    for (source, target) in [
        (&contradicting, result("15", "g/L", "g/L")),
        (&result("15", "g/L", "g/L"), contradicting.clone()),
    ] {
        let found = between(source, &target);
        assert!(
            found.iter().any(|one| one.ends_with(VALUE)),
            "whose unit is it: {found:?}"
        );
    }
    assert_eq!(
        between(&one, &one[..2]),
        [format!("weakened-coding {CODE}")]
    );
    assert_eq!(between(&one, &one[..1]), [format!("missing {CODE}")]);
    assert_eq!(
        between(&one, &[("valueString", "1.50 g/dL")]),
        ["changed TypeChanged valueQuantity"]
    );
    assert_eq!(between(&one, &[("status", "final")]).len(), 2);
}

#[test]
fn doses() {
    const DOSE: &str = "dosageInstruction[0].doseAndRate[0].doseQuantity.value";
    const UNIT: &str = "dosageInstruction[0].doseAndRate[0].doseQuantity.unit";
    let sig = "dosageInstruction[0].text";
    let between = |a: &[(&str, &str)], b: &[(&str, &str)]| differs(Kind::Medication, a, b);
    let ten = [(DOSE, "10"), (UNIT, "mg")];
    assert_eq!(
        between(&ten, &[(DOSE, "100"), (UNIT, "mg")]),
        [format!("dose-factor TenTimes {DOSE}")]
    );
    assert_eq!(
        between(&ten, &[(DOSE, "10"), (UNIT, "g")]),
        [format!("dose-factor UnitChanged {UNIT}")]
    );
    assert_eq!(between(&ten, &[(DOSE, "0.01"), (UNIT, "g")]), NONE);
    assert_eq!(between(&ten, &[(DOSE, "10"), (UNIT, "milligrams")]), NONE);
    assert_eq!(
        between(&[(sig, "1 tab po daily")], &[(sig, "1 tab po twice daily")]),
        [format!("dose-factor Double {sig}")]
    );
    assert_eq!(
        between(
            &[(sig, "take 1 tablet by mouth at bedtime")],
            &[(sig, "take 1 tablet by")]
        ),
        [format!("changed Truncated {sig}")]
    );
}

#[test]
fn codes() {
    let between = |a: &[(&str, &str)], b: &[(&str, &str)]| differs(Kind::Problem, a, b);
    let coded = [
        (SYSTEM, SNOMED),
        (CODING, "38341003"),
        ("code.text", "Hypertension"),
    ];
    let translated = [
        &coded[..],
        &[
            ("code.coding[1].system", "http://hl7.org/fhir/sid/icd-10-cm"),
            ("code.coding[1].code", "I10"),
        ],
    ]
    .concat();
    assert_eq!(between(&coded, &translated), NONE);
    assert_eq!(
        between(&translated, &coded),
        ["weakened-coding code.coding[1]"]
    );
    assert_eq!(
        between(&coded, &coded[2..]),
        ["weakened-coding code.coding[0]"]
    );
    assert_eq!(
        between(&coded[2..], &coded),
        ["extra CodingAdded code.coding[0]"],
        "a code that nobody compared"
    );
    let neighbour = [
        (SYSTEM, SNOMED),
        (CODING, "38341004"),
        ("code.text", "Hypertension"),
    ];
    assert_eq!(
        between(&coded, &neighbour),
        ["changed OtherCode code.coding[0].code"]
    );
    let icd = |code| {
        vec![
            (SYSTEM, "http://hl7.org/fhir/sid/icd-10-cm"),
            (CODING, code),
        ]
    };
    assert_eq!(
        between(&icd("E11.65"), &icd("E11")),
        ["weakened-coding code.coding[0].code"]
    );
    assert_eq!(
        between(&icd("E11.65"), &icd("E1")),
        ["changed OtherCode code.coding[0].code"],
        "no category has two characters"
    );
    let named = [(SYSTEM, SNOMED), ("code.coding[0].display", "Hypertension")];
    let found = between(&coded[..2], &named);
    assert!(
        found.contains(&"weakened-coding code.coding[0]".to_owned()),
        "a name in place of a code: {found:?}"
    );
    assert_eq!(
        between(&icd("E11.65"), &icd("E11.9")),
        ["changed OtherCode code.coding[0].code"]
    );
}

#[test]
fn negations() {
    let text = ("code.text", "aspirin");
    let status = "verificationStatus";
    let between = |a: &[(&str, &str)], b: &[(&str, &str)]| differs(Kind::Allergy, a, b);
    let refuted = [text, (status, "refuted")];
    assert_eq!(
        between(&refuted, &[text]),
        ["lost-negation NegationDropped verificationStatus"]
    );
    assert_eq!(
        between(&refuted, &[text, (status, "confirmed")]),
        ["lost-negation NegationDropped verificationStatus"]
    );
    assert_eq!(
        between(&[text, (status, "confirmed")], &refuted),
        ["lost-negation NegationAdded verificationStatus"]
    );
    let none_known = [(SYSTEM, SNOMED), (CODING, "716186003")];
    assert_eq!(
        between(&none_known, &[(SYSTEM, SNOMED), (CODING, "91936005")]),
        ["lost-negation NegationDropped code.coding[0].code"]
    );
    assert_eq!(
        differs(
            Kind::Immunization,
            &[("status", "not-done")],
            &[("status", "completed")]
        ),
        ["lost-negation NegationDropped status"]
    );
    assert_eq!(
        differs(
            Kind::Medication,
            &[("doNotPerform", "true")],
            &[("status", "active")]
        )[1..],
        ["extra status"],
    );
}

#[test]
fn texts_and_lists() {
    let note = "note[0].text";
    let between = |a: &[(&str, &str)], b: &[(&str, &str)]| differs(Kind::Problem, a, b);
    assert_eq!(between(&[(note, "a\r\nb ")], &[(note, "a\nb")]), NONE);
    assert_eq!(
        between(&[(note, "e\u{301}te")], &[(note, "\u{e9}te")]),
        NONE
    );
    assert_eq!(
        between(&[(note, "caf\u{e9}")], &[(note, "cafÃ©")]),
        [format!("changed EncodingDamaged {note}")]
    );
    let two = [("note[0].text", "one"), ("note[1].text", "two")];
    let turned = [("note[0].text", "two"), ("note[1].text", "one")];
    assert_eq!(between(&two, &turned), NONE);
    assert_eq!(between(&two, &turned[..1]), ["missing note[0]"]);
}

#[test]
fn money_and_ranks() {
    let between = |kind, a: &[(&str, &str)], b: &[(&str, &str)]| differs(kind, a, b);
    let line = |net| vec![("item[0].sequence", "1"), ("item[0].net.value", net)];
    assert_eq!(
        between(Kind::Claim, &line("12.50"), &line("12.51")),
        ["changed AmountOff item[0].net.value"]
    );
    assert_eq!(between(Kind::Claim, &line("12.50"), &line("12.5")), NONE);
    assert_eq!(
        between(Kind::Coverage, &[("order", "1")], &[("order", "2")]),
        ["changed RankChanged order"]
    );
    assert_eq!(
        between(
            Kind::Coverage,
            &[("order", "1"), ("network", "a")],
            &[("network", "a")]
        ),
        ["missing order"]
    );
}

#[test]
fn bytes_and_what_fhir_demands() {
    let document = |bytes: &[u8]| {
        let mut chart = chart(Kind::Document, &[("description", "letter")]);
        let path = FieldPath::resolve_leaf(Kind::Document, "content[0].attachment.data").unwrap();
        let element = chart.records[0].resource.element_mut();
        path.set(element, 0, Leaf::Bytes(bytes.into())).unwrap();
        chart
    };
    let between = |a: &[u8], b: &[u8]| -> Vec<String> {
        let found = super::compare(&[document(a)], &[document(b)]);
        found.iter().map(line).collect()
    };
    let data = "content[0].attachment.data";
    assert_eq!(between(b"letter", b"letter"), NONE);
    assert_eq!(
        between(b"letter", b"let"),
        [format!("changed Truncated {data}")]
    );
    assert_eq!(between(b"letter", b"tel"), [format!("changed {data}")]);
    // a status where the source has none is the writer's only if it says nothing
    let status = |value| {
        differs(
            Kind::Observation,
            &[("note[0].text", "x")],
            &[("note[0].text", "x"), ("status", value)],
        )
    };
    assert_eq!(status("unknown"), NONE);
    assert_eq!(status("final"), ["extra status"]);
}

#[test]
fn one_id_of_two_kinds_is_two_entries() {
    let problem = chart(Kind::Problem, &[("code.text", "Asthma")]);
    let mut allergy = chart(Kind::Allergy, &[("code.text", "Asthma")]);
    allergy.records[0].id = problem.records[0].id;
    let found = super::compare(&[problem], &[allergy]);
    let lines: Vec<String> = found
        .iter()
        .map(|one| format!("{} {}", one.kind.name(), line(one)))
        .collect();
    assert_eq!(lines, ["Problem missing (entry)", "Allergy extra (entry)"]);
}
