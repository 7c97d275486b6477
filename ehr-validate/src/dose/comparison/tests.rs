use super::testing::medication;
use super::*;
use crate::dose::Amount;

fn regimen(name: &str, sig: &str) -> Regimen {
    Regimen::of(&medication(&[
        ("medicationCodeableConcept.text", name),
        ("dosageInstruction[0].text", sig),
    ]))
}

/// Two entries as `name: sig`.
fn compare(one: &str, other: &str) -> Comparison {
    let read = |text: &str| {
        let (name, sig) = text.split_once(": ").unwrap();
        regimen(name, sig)
    };
    read(one).compare(&read(other))
}

#[test]
fn same_and_equivalent() {
    for (one, other) in [
        (
            "X 500 MG Oral Tablet: 1 tab bid",
            "X 500 MG Oral Tablet: take one tablet twice daily",
        ),
        ("X: 500 mg po bid", "X: 500 mg q12h"),
    ] {
        assert_eq!(compare(one, other), Comparison::Same, "{one} | {other}");
    }
    for (one, other) in [
        ("X: 1 g daily", "X: 1000 mg daily"),
        ("X: 500 mg bid", "X: 1000 mg daily"),
        ("X: 100 mcg daily", "X: 0.1 mg daily"),
        (
            "X 250 MG Oral Tablet: 2 tabs daily",
            "X 500 MG Oral Tablet: 1 tab daily",
        ),
        ("X 500 MG Oral Tablet: 1 tab bid", "X: 500 mg bid"),
        ("X 50 MG/ML Oral Suspension: 5 mL tid", "X: 250 mg tid"),
        (
            "X 50 MG/ML Oral Suspension: 1 tsp tid",
            "X 50 MG/ML Oral Suspension: 5 mL tid",
        ),
        ("X: 70 mg weekly", "X: 10 mg daily"),
    ] {
        assert_eq!(
            compare(one, other),
            Comparison::Equivalent,
            "{one} | {other}"
        );
    }
}

#[test]
fn factors() {
    for (one, other, factor) in [
        ("X: 5 mg daily", "X: 10 mg daily", Factor::Double),
        ("X: 5 mg bid", "X: 5 mg daily", Factor::Half),
        ("X: 0.5 mg daily", "X: 5 mg daily", Factor::TenTimes),
        ("X: 50 mg daily", "X: 5 mg daily", Factor::Tenth),
        ("X: 1 mg daily", "X: 100 mg daily", Factor::HundredTimes),
        ("X: 100 mg daily", "X: 1 mg daily", Factor::Hundredth),
        (
            "X: 100 mcg daily",
            "X: 100 mg daily",
            Factor::ThousandTimes { unit_changed: true },
        ),
        (
            "X: 100 mg daily",
            "X: 100 mcg daily",
            Factor::Thousandth { unit_changed: true },
        ),
        (
            "X: 1 mg daily",
            "X: 1000 mg daily",
            Factor::ThousandTimes {
                unit_changed: false,
            },
        ),
        ("X: 5 mg daily", "X: 5 mL daily", Factor::OtherUnit),
        (
            "X: 5 mg daily",
            "X: 7.5 mg daily",
            Factor::By(Amount::of(3, 2)),
        ),
        (
            "X: 2.5 mg weekly",
            "X: 2.5 mg daily",
            Factor::By(Amount::from(7)),
        ),
        ("X: 1-2 mg daily", "X: 1-3 mg daily", Factor::NoOneFactor),
        (
            "X 250 MG Oral Tablet: 1 tab daily",
            "X 500 MG Oral Tablet: 1 tab daily",
            Factor::Double,
        ),
        (
            "X 100 UNT/ML Injectable: 0.1 mL sc daily",
            "X 500 UNT/ML Injectable: 0.1 mL sc daily",
            Factor::By(Amount::from(5)),
        ),
    ] {
        assert_eq!(
            compare(one, other),
            Comparison::Different(factor),
            "{one} | {other}"
        );
    }
}

#[test]
fn what_nobody_can_say() {
    use NotComparable::*;
    for (one, other, why) in [
        (
            "X: as directed",
            "X: 5 mg daily",
            FirstUnknown(UnknownRegimen::SigUnparsed),
        ),
        (
            "X: 5 mg daily",
            "X: per sliding scale",
            SecondUnknown(UnknownRegimen::SigUnparsed),
        ),
        ("X: 1 tab daily", "X: 2 tabs daily", StrengthUnknown),
        (
            "X: 1 tab daily",
            "X 500 MG Oral Tablet: 1 tab daily",
            StrengthUnknown,
        ),
        ("X: 1 tab daily", "X: 5 mg daily", Units),
        (
            "X: 10 units daily",
            "X 5 MG/ML Injectable: 2 mL daily",
            Units,
        ),
        ("X: 5 mg po daily", "X: 5 mg iv bid", Routes),
        ("X: 5 mg daily", "X: 10 mg daily prn", AsNeeded),
        (
            "X: 5 mg daily x 3 days then 10 mg daily",
            "X: 10 mg daily",
            ChangesOverTime,
        ),
        ("X: 5 mg", "X: 10 mg", AmountUnknown),
    ] {
        assert_eq!(
            compare(one, other),
            Comparison::NotComparable(why),
            "{one} | {other}"
        );
    }
    let empty = Regimen::of(&medication(&[("medicationCodeableConcept.text", "X")]));
    assert_eq!(
        empty.compare(&empty),
        Comparison::NotComparable(FirstUnknown(UnknownRegimen::Unstated))
    );
}

#[test]
fn structure_comes_before_text() {
    let structured = Regimen::of(&medication(&[
        ("dosageInstruction[0].text", "as directed"),
        (
            "dosageInstruction[0].doseAndRate[0].doseQuantity.value",
            "1000",
        ),
        (
            "dosageInstruction[0].doseAndRate[0].doseQuantity.unit",
            "mg",
        ),
        (
            "dosageInstruction[0].doseAndRate[0].doseQuantity.system",
            "http://unitsofmeasure.org",
        ),
        (
            "dosageInstruction[0].doseAndRate[0].doseQuantity.code",
            "mg",
        ),
        ("dosageInstruction[0].timing.repeat.period", "12"),
        ("dosageInstruction[0].timing.repeat.periodUnit", "h"),
    ]));
    assert_eq!(
        regimen("X", "1 g bid").compare(&structured),
        Comparison::Equivalent
    );
}
