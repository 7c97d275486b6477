//! Where a sig and a structured dosage say different things.

use super::{
    Amount, AmountRange, Course, DailyAmount, DoseUnit, Factor, Sig, Step, Structured, Unclear,
    Unparsed,
};

/// What a sig and a structure say of one medication, set against each other.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Agreement {
    /// What both say is the same. What only one of them says is no disagreement.
    Agrees,
    /// They differ in these fields.
    Disagrees(Vec<Disagreement>),
    /// The sig is not certain: nothing is compared.
    SigUnparsed(Unparsed),
    /// The structure holds neither a dose nor a frequency that is understood.
    StructureUnclear(Vec<Unclear>),
}

/// A field in which they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disagreement {
    /// Which step of the structure; 0 where it is the whole.
    pub step: usize,
    /// In what.
    pub field: DosageField,
    /// How sure it is.
    pub certainty: Certainty,
    /// By how much, where both are amounts of one unit: structure over sig.
    pub factor: Option<Factor>,
}

/// What two dosages can differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DosageField {
    /// The number of the dose.
    Dose,
    /// The unit of the dose.
    Unit,
    /// How often.
    Frequency,
    /// By which way.
    Route,
    /// Whether as needed.
    AsNeeded,
    /// The amount of a day.
    DailyAmount,
    /// The number of steps: a taper that became one step.
    Steps,
    /// How the steps stand to each other.
    Course,
    /// The most in a day.
    Ceiling,
}

/// How sure a disagreement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Certainty {
    /// Both say it, and it cannot be the same.
    Certain,
    /// One is a part of the other (1 against 1 to 2), or one does not say it, or units do not convert.
    Uncertain,
}

/// Compares a sig with the structured dosages of the same medication.
///
/// A structured dose that is a form piece ("1 tablet") against a sig in milligrams is compared only if
/// the sig states both, as "2 tablets (1000 mg)" does.
pub fn agreement(text: &str, structured: &Structured) -> Agreement {
    let sig = match Sig::parse(text) {
        Ok(sig) => sig,
        Err(unparsed) => return Agreement::SigUnparsed(unparsed),
    };
    if !structured.says_something() {
        return Agreement::StructureUnclear(structured.unclear.clone());
    }
    let found = disagreements(&sig, structured);
    match found.is_empty() {
        true => Agreement::Agrees,
        false => Agreement::Disagrees(found),
    }
}

fn disagreements(sig: &Sig, structured: &Structured) -> Vec<Disagreement> {
    let whole = |field, certainty| Disagreement {
        step: 0,
        field,
        certainty,
        factor: None,
    };
    if sig.steps.len() != structured.steps.len() {
        let mut found = vec![whole(DosageField::Steps, Certainty::Certain)];
        found.extend(daily(sig, structured));
        return found;
    }
    let mut found = Vec::new();
    if sig.course != structured.course && sig.steps.len() > 1 {
        found.push(whole(DosageField::Course, Certainty::Uncertain));
    }
    for (index, (said, coded)) in sig.steps.iter().zip(&structured.steps).enumerate() {
        let before = found.len();
        step(said, coded, &mut found);
        if said.as_needed != coded.as_needed {
            // hardly anybody writes down that a dose is not as needed
            let denied = structured.denies_as_needed.get(index) == Some(&true);
            let certain = denied && said.as_needed;
            found.push(whole(
                DosageField::AsNeeded,
                if certain {
                    Certainty::Certain
                } else {
                    Certainty::Uncertain
                },
            ));
        }
        for one in &mut found[before..] {
            one.step = index;
        }
    }
    found.extend(daily(sig, structured));
    found
}

fn step(said: &Step, coded: &Step, found: &mut Vec<Disagreement>) {
    let mut differ = |field, certainty, factor| {
        found.push(Disagreement {
            step: 0,
            field,
            certainty,
            factor,
        });
    };
    match in_unit(said, coded) {
        Some(dose) => {
            if let Some((certainty, factor)) = difference(dose, coded.dose) {
                let same_number = said.dose == coded.dose;
                differ(
                    DosageField::Dose,
                    certainty,
                    factor.map(|factor| factor.with_unit_changed(same_number)),
                );
            }
        }
        None if said.dose.is_known() && coded.dose.is_known() => {
            let (one, other) = (said.unit, coded.unit);
            let certain = one
                .is_some_and(|one| other.is_some_and(|other| !one.is_form() && !other.is_form()));
            let certainty = if certain {
                Certainty::Certain
            } else {
                Certainty::Uncertain
            };
            let factor = said
                .dose
                .single()
                .filter(|dose| Some(*dose) == coded.dose.single());
            let same_number = factor.is_some().then_some(Factor::OtherUnit);
            differ(DosageField::Unit, certainty, same_number);
        }
        None => {}
    }
    if said.times_per_day.is_known()
        && coded.times_per_day.is_known()
        && let Some((certainty, factor)) = difference(said.times_per_day, coded.times_per_day)
    {
        differ(DosageField::Frequency, certainty, factor);
    }
    if said.once != coded.once && (said.times_per_day.is_known() || coded.times_per_day.is_known())
    {
        differ(DosageField::Frequency, Certainty::Certain, None);
    }
    if let (Some(one), Some(other)) = (said.route, coded.route)
        && one != other
    {
        differ(DosageField::Route, Certainty::Certain, None);
    }
    if said.ceiling.is_some() && coded.ceiling.is_some() && said.ceiling != coded.ceiling {
        differ(DosageField::Ceiling, Certainty::Uncertain, None);
    }
}

/// The dose of the sig in the unit of the structure, by its unit or by the amount it states beside.
fn in_unit(said: &Step, coded: &Step) -> Option<AmountRange> {
    if !said.dose.is_known() || !coded.dose.is_known() {
        return None;
    }
    match (said.unit, coded.unit) {
        (Some(one), Some(other)) => one
            .in_terms_of(other)
            .map(|factor| said.dose.scaled(factor))
            .or_else(|| stated(said, other)),
        // a bare number against a number of pieces
        (None, Some(unit)) if unit.is_form() => Some(said.dose),
        (Some(unit), None) if unit.is_form() => Some(said.dose),
        (None, None) => Some(said.dose),
        _ => None,
    }
}

fn stated(said: &Step, unit: DoseUnit) -> Option<AmountRange> {
    let stated = said.stated?;
    let amount = stated.amount.scaled(stated.unit.in_terms_of(unit)?);
    match stated.of {
        super::StatedOf::Dose => Some(amount),
        super::StatedOf::Piece => Some(said.dose.times(&amount)),
        super::StatedOf::Unstated if said.dose.single() == Some(Amount::ONE) => Some(amount),
        super::StatedOf::Unstated => None,
    }
}

/// Whether two ranges differ, how surely, and by what: the second over the first.
fn difference(one: AmountRange, other: AmountRange) -> Option<(Certainty, Option<Factor>)> {
    if one == other {
        return None;
    }
    let certainty = match apart(one, other) {
        true => Certainty::Certain,
        false => Certainty::Uncertain,
    };
    let factor = Factor::between(one, other);
    Some((certainty, factor))
}

/// Whether no amount is in both.
fn apart(one: AmountRange, other: AmountRange) -> bool {
    let below = |low: AmountRange, high: AmountRange| {
        low.high
            .is_some_and(|end| high.low.is_some_and(|start| end < start))
    };
    below(one, other) || below(other, one)
}

fn daily(sig: &Sig, structured: &Structured) -> Option<Disagreement> {
    let said = sig.daily();
    let coded = DailyAmount::of(&structured.steps, structured.course);
    let (one, other) = (said.unit?, coded.unit?);
    let said = said.amount.scaled(one.in_terms_of(other)?);
    let (certainty, factor) = difference(said, coded.amount)?;
    // a ceiling that one of them lacks is named as such
    let course = sig.course == Course::Together;
    (course && said.is_known() && coded.amount.is_known()).then_some(Disagreement {
        step: 0,
        field: DosageField::DailyAmount,
        certainty,
        factor,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dose::comparison::testing::medication;

    const FREQUENCY: &str = "dosageInstruction[0].timing.repeat.frequency";
    const PERIOD: &str = "dosageInstruction[0].timing.repeat.period";
    const PERIOD_UNIT: &str = "dosageInstruction[0].timing.repeat.periodUnit";
    const DOSE: &str = "dosageInstruction[0].doseAndRate[0].doseQuantity.value";
    const UNIT: &str = "dosageInstruction[0].doseAndRate[0].doseQuantity.unit";
    const ROUTE: &str = "dosageInstruction[0].route.text";
    const NEEDED: &str = "dosageInstruction[0].asNeededBoolean";

    /// The fields in which a sig and a structure differ, `?` behind those that are uncertain.
    fn differs(sig: &str, fields: &[(&str, &str)]) -> String {
        let structured = Structured::of(&medication(fields).dosage_instruction);
        match agreement(sig, &structured) {
            Agreement::Agrees => "agrees".to_owned(),
            Agreement::Disagrees(found) => {
                let shown = |one: &Disagreement| {
                    let mark = if one.certainty == Certainty::Uncertain {
                        "?"
                    } else {
                        ""
                    };
                    format!("{:?}{mark} {:?}", one.field, one.factor)
                };
                found.iter().map(shown).collect::<Vec<_>>().join(", ")
            }
            Agreement::SigUnparsed(_) => "sig unparsed".to_owned(),
            Agreement::StructureUnclear(unclear) => format!("{unclear:?}"),
        }
    }

    #[test]
    fn every_field() {
        let twice = [(FREQUENCY, "2"), (PERIOD, "1"), (PERIOD_UNIT, "d")];
        let with = |more: &[(&'static str, &'static str)]| [&twice[..], more].concat();
        let tablet = with(&[(DOSE, "1"), (UNIT, "tablet")]);
        assert_eq!(differs("1 tab bid", &tablet), "agrees");
        assert_eq!(differs("1 tab po q12h", &tablet), "agrees");
        assert_eq!(
            differs("2 tabs bid", &tablet),
            "Dose Some(Half), DailyAmount Some(Half)"
        );
        assert_eq!(
            differs("1-2 tabs bid", &tablet),
            "Dose? Some(NoOneFactor), DailyAmount? Some(NoOneFactor)"
        );
        assert_eq!(
            differs("1 tab daily", &tablet),
            "Frequency Some(Double), DailyAmount Some(Double)"
        );
        assert_eq!(differs("1 cap bid", &tablet), "Unit? Some(OtherUnit)");
        assert_eq!(differs("1 tab bid prn", &tablet), "AsNeeded? None");
        let routed = with(&[
            (DOSE, "1"),
            (UNIT, "tablet"),
            (ROUTE, "Oral"),
            (NEEDED, "true"),
        ]);
        assert_eq!(differs("1 tab po bid prn", &routed), "agrees");
        assert_eq!(differs("1 tab sl bid prn", &routed), "Route None");
        assert_eq!(
            differs("1 tab bid x 3 days then 1 tab daily", &tablet),
            "Steps None"
        );
    }

    #[test]
    fn measured_units_and_stated_strengths() {
        let daily = [(FREQUENCY, "1"), (PERIOD, "1"), (PERIOD_UNIT, "d")];
        let dose = |value, unit| [&daily[..], &[(DOSE, value), (UNIT, unit)]].concat();
        assert_eq!(differs("100 mcg daily", &dose("0.1", "mg")), "agrees");
        assert_eq!(
            differs("100 mcg daily", &dose("100", "mg")),
            "Dose Some(ThousandTimes { unit_changed: true }), DailyAmount Some(ThousandTimes { unit_changed: false })"
        );
        assert_eq!(
            differs("5 mL daily", &dose("5", "mg")),
            "Unit Some(OtherUnit)"
        );
        assert_eq!(
            differs("2 tablets (1000 mg) daily", &dose("1000", "mg")),
            "Unit? None"
        );
        assert_eq!(
            differs("2 tablets (1000 mg total) daily", &dose("1000", "mg")),
            "agrees"
        );
        assert_eq!(
            differs("2 tablets (500 mg each) daily", &dose("1000", "mg")),
            "agrees"
        );
    }

    #[test]
    fn what_is_not_certain_is_not_compared() {
        let tablet = [(DOSE, "1"), (UNIT, "tablet")];
        assert_eq!(differs("as directed", &tablet), "sig unparsed");
        assert_eq!(differs("1 tab daily", &[]), "[]");
        assert_eq!(
            differs("1 tab daily", &[(DOSE, "10"), (UNIT, "mg/kg")]),
            "[Unit]"
        );
    }
}
