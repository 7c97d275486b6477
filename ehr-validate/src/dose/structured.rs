//! The steps of a structured dosage, as FHIR shapes it.

mod timing;

use ehr_model::datatype::{AsNeeded, CodeableConcept, Dosage, Dose, Quantity, Ratio};
use ehr_model::value::Field;

use super::{Amount, AmountRange, Ceiling, Course, DoseUnit, Route, Step};

/// UCUM as FHIR names it.
const UCUM: &str = "http://unitsofmeasure.org";

/// Dosages as steps, and what of them is not understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Structured {
    /// One step for each dosage, in their order.
    pub steps: Vec<Step>,
    /// How they stand to each other.
    pub course: Course,
    /// What has a value that gives no amount. A step is then unknown there, never zero.
    pub unclear: Vec<Unclear>,
    /// For each step, whether it is written down that it is not as needed.
    pub(super) denies_as_needed: Vec<bool>,
}

/// What of a structured dosage is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unclear {
    /// A dose whose number is no exact amount, or has a comparator.
    Dose,
    /// A dose in a unit that no dose has, or that is relative, such as `mg/kg`.
    Unit,
    /// Several doses in one dosage.
    SeveralDoses,
    /// A rate of infusion.
    Rate,
    /// A timing that is no frequency.
    Timing,
    /// A route by an unknown code.
    Route,
    /// A maximum over another time than a day.
    Ceiling,
}

impl Structured {
    /// Reads dosages. Their texts are not looked at.
    pub fn of(dosages: &[Dosage]) -> Self {
        let mut found = Self::default();
        for dosage in dosages {
            let step = step(dosage, &mut found.unclear);
            found.steps.push(step);
            found.denies_as_needed.push(denies_as_needed(dosage));
        }
        let numbers: Vec<Option<i64>> = dosages
            .iter()
            .map(|dosage| dosage.sequence.value().copied())
            .collect();
        // FHIR: equal numbers hold at once, different ones follow each other
        let in_sequence = numbers
            .windows(2)
            .any(|pair| pair[0] != pair[1] && pair[0].is_some());
        if in_sequence && numbers.len() > 1 {
            found.course = Course::InSequence;
        }
        found
    }

    /// Whether any step says how much or how often.
    pub fn says_something(&self) -> bool {
        let says = |step: &Step| step.dose.is_known() || step.times_per_day.is_known();
        self.steps.iter().any(says)
    }
}

fn denies_as_needed(dosage: &Dosage) -> bool {
    matches!(dosage.as_needed.value(), Some(AsNeeded::Boolean(needed)) if needed.value() == Some(&false))
}

fn step(dosage: &Dosage, unclear: &mut Vec<Unclear>) -> Step {
    let mut step = Step::default();
    dose(dosage, &mut step, unclear);
    if let Some(timing) = dosage.timing.value()
        && timing::read(timing, &mut step).is_none()
    {
        unclear.push(Unclear::Timing);
    }
    if let Some(concept) = dosage.route.value() {
        step.route = route(concept);
        if step.route.is_none() {
            unclear.push(Unclear::Route);
        }
    }
    step.as_needed = match dosage.as_needed.value() {
        Some(AsNeeded::Boolean(needed)) => needed.value() == Some(&true),
        Some(AsNeeded::CodeableConcept(_)) => true,
        _ => false,
    };
    if let Some(most) = dosage.max_dose_per_period.value() {
        step.ceiling = ceiling(most);
        if step.ceiling.is_none() {
            unclear.push(Unclear::Ceiling);
        }
    }
    step
}

fn dose(dosage: &Dosage, step: &mut Step, unclear: &mut Vec<Unclear>) {
    let mut doses = dosage.dose_and_rate.iter();
    let Some(first) = doses.next() else {
        return;
    };
    if doses.next().is_some() {
        return unclear.push(Unclear::SeveralDoses);
    }
    if first.rate.value().is_some() {
        unclear.push(Unclear::Rate);
    }
    let (low, high) = match first.dose.value() {
        Some(Dose::Quantity(quantity)) => (quantity.value(), quantity.value()),
        Some(Dose::Range(range)) => {
            let range = range.value();
            (
                range.and_then(|range| range.low.value()),
                range.and_then(|range| range.high.value()),
            )
        }
        _ => return,
    };
    let Ok([low_amount, high_amount]) = amounts([low, high]) else {
        return unclear.push(Unclear::Dose);
    };
    let named: Vec<&Quantity> = [low, high]
        .into_iter()
        .flatten()
        .filter(|q| has_unit(q))
        .collect();
    let units: Vec<Option<DoseUnit>> = named.iter().map(|quantity| unit(quantity)).collect();
    let same = units.windows(2).all(|pair| pair[0] == pair[1]);
    if !same || units.contains(&None) {
        return unclear.push(Unclear::Unit);
    }
    step.dose = AmountRange {
        low: low_amount,
        high: high_amount,
    };
    step.unit = units.first().copied().flatten();
}

/// The numbers of two ends. A comparator makes a dose no amount.
fn amounts(ends: [Option<&Quantity>; 2]) -> Result<[Option<Amount>; 2], ()> {
    let mut found = [None; 2];
    for (end, quantity) in found.iter_mut().zip(ends) {
        let Some(quantity) = quantity else { continue };
        if quantity.comparator.value().is_some() {
            return Err(());
        }
        if let Some(value) = quantity.value.value() {
            *end = Some(Amount::of_decimal(value).ok_or(())?);
        }
    }
    Ok(found)
}

fn has_unit(quantity: &Quantity) -> bool {
    let code = quantity.code.value().map(|code| code.expose());
    quantity.unit.value().is_some() || code.is_some_and(|code| code != "1")
}

/// The unit by its UCUM code, otherwise by its text. A code and a text that differ are no unit.
fn unit(quantity: &Quantity) -> Option<DoseUnit> {
    let is_ucum = quantity
        .system
        .value()
        .is_none_or(|system| system.expose() == UCUM);
    let code = quantity
        .code
        .value()
        .filter(|code| is_ucum && code.expose() != "1");
    let by_code = code.map(|code| DoseUnit::of_ucum(code.expose()));
    let text = quantity
        .unit
        .value()
        .map(|text| text.expose().trim().to_lowercase());
    let by_text = text.map(|text| DoseUnit::of_word(&text).or_else(|| DoseUnit::of_ucum(&text)));
    match (by_code, by_text) {
        (Some(Some(code)), Some(Some(text))) => (code == text).then_some(code),
        (Some(Some(code)), _) => Some(code),
        (_, text) => text.flatten(),
    }
}

fn route(concept: &CodeableConcept) -> Option<Route> {
    let exposed =
        |field: &Field<ehr_model::value::Text>| field.value().map(|text| text.expose().to_owned());
    let mut found: Vec<Route> = Vec::new();
    for coding in &concept.coding {
        let by_code = exposed(&coding.code).and_then(|code| Route::of_code(&code));
        found.extend(
            by_code.or_else(|| exposed(&coding.display).and_then(|text| Route::of_text(&text))),
        );
    }
    if found.is_empty() {
        found.extend(exposed(&concept.text).and_then(|text| Route::of_text(&text)));
    }
    let first = *found.first()?;
    found.iter().all(|route| *route == first).then_some(first)
}

/// A maximum over a day, or over 24 hours.
fn ceiling(most: &Ratio) -> Option<Ceiling> {
    let (numerator, denominator) = (most.numerator.value()?, most.denominator.value()?);
    let amount = Amount::of_decimal(numerator.value.value()?)?;
    let span = Amount::of_decimal(denominator.value.value()?)?;
    let word = denominator.code.value().or(denominator.unit.value())?;
    let day = match word.expose() {
        "d" | "day" | "days" => span == Amount::ONE,
        "h" | "hour" | "hours" => span == Amount::from(24),
        _ => false,
    };
    let unit = match has_unit(numerator) {
        true => Some(unit(numerator)?),
        false => None,
    };
    day.then_some(Ceiling::Amount(amount, unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dose::comparison::testing::medication;

    fn read(fields: &[(&str, &str)]) -> Structured {
        let fields: Vec<(String, &str)> = fields
            .iter()
            .map(|(path, value)| (format!("dosageInstruction[0].{path}"), *value))
            .collect();
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(path, value)| (path.as_str(), *value))
            .collect();
        Structured::of(&medication(&fields).dosage_instruction)
    }

    /// Times a day as `low..high`.
    fn times(fields: &[(&str, &str)]) -> String {
        let found = read(fields);
        let times = found.steps[0].times_per_day;
        let end = |end: Option<Amount>| end.map_or("?".to_owned(), Amount::to_json);
        format!(
            "{}..{} {:?}",
            end(times.low),
            end(times.high),
            found.unclear
        )
    }

    #[test]
    fn timings() {
        let period = "timing.repeat.period";
        let unit = "timing.repeat.periodUnit";
        let max = "timing.repeat.periodMax";
        let frequency = "timing.repeat.frequency";
        let code = "timing.code.coding[0].code";
        assert_eq!(times(&[(period, "4"), (max, "6"), (unit, "h")]), "4..6 []");
        assert_eq!(
            times(&[(frequency, "1"), (period, "1"), (unit, "wk")]),
            "0.142857142857142857..0.142857142857142857 []"
        );
        assert_eq!(times(&[("timing.repeat.when[0]", "HS")]), "1..1 []");
        assert_eq!(
            times(&[
                ("timing.repeat.when[0]", "AC"),
                ("timing.repeat.when[1]", "HS")
            ]),
            "4..4 []"
        );
        assert_eq!(
            times(&[
                ("timing.repeat.dayOfWeek[0]", "mon"),
                ("timing.repeat.dayOfWeek[1]", "thu")
            ]),
            "0.285714285714285714..0.285714285714285714 []"
        );
        assert_eq!(times(&[(code, "BID")]), "2..2 []");
        assert_eq!(
            times(&[(code, "BID"), (frequency, "2"), (period, "1"), (unit, "d")]),
            "2..2 []"
        );
        assert_eq!(
            times(&[(code, "BID"), (frequency, "3"), (period, "1"), (unit, "d")]),
            "?..? [Timing]"
        );
        assert_eq!(times(&[(period, "5"), (unit, "min")]), "?..? [Timing]");
        assert_eq!(times(&[(code, "UD")]), "?..? [Timing]");
        assert_eq!(times(&[(frequency, "2"), (unit, "d")]), "?..? [Timing]");
    }

    #[test]
    fn doses_and_units() {
        let value = "doseAndRate[0].doseQuantity.value";
        let unit = "doseAndRate[0].doseQuantity.unit";
        let code = "doseAndRate[0].doseQuantity.code";
        let shown = |fields: &[(&str, &str)]| {
            let found = read(fields);
            let step = &found.steps[0];
            format!(
                "{:?} {:?} {:?}",
                step.dose.single().map(Amount::to_json),
                step.unit,
                found.unclear
            )
        };
        assert_eq!(
            shown(&[(value, "0.5"), (unit, "mg")]),
            r#"Some("0.5") Some(Milligram) []"#
        );
        assert_eq!(
            shown(&[(value, "2"), (unit, "Tablets"), (code, "{tbl}")]),
            r#"Some("2") Some(Tablet) []"#
        );
        assert_eq!(shown(&[(value, "2"), (code, "1")]), r#"Some("2") None []"#);
        assert_eq!(
            shown(&[(value, "5"), (unit, "mcg"), (code, "mg")]),
            "None None [Unit]"
        );
        assert_eq!(shown(&[(value, "5"), (code, "mg/kg")]), "None None [Unit]");
        assert_eq!(shown(&[(value, "-5"), (unit, "mg")]), "None None [Dose]");
        assert_eq!(
            shown(&[
                (value, "5"),
                (unit, "mg"),
                ("doseAndRate[0].doseQuantity.comparator", "<")
            ]),
            "None None [Dose]"
        );
    }

    #[test]
    fn ceilings_are_over_a_day() {
        let most = |span: &str, unit: &str| {
            read(&[
                ("maxDosePerPeriod.numerator.value", "8"),
                ("maxDosePerPeriod.numerator.unit", "tablet"),
                ("maxDosePerPeriod.denominator.value", span),
                ("maxDosePerPeriod.denominator.unit", unit),
            ])
        };
        let eight = Ceiling::Amount(Amount::from(8), Some(DoseUnit::Tablet));
        assert_eq!(most("24", "h").steps[0].ceiling, Some(eight));
        assert_eq!(most("1", "d").steps[0].ceiling, Some(eight));
        assert_eq!(most("1", "wk").unclear, [Unclear::Ceiling]);
    }
}
