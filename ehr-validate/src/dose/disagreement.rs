//! Where a sig and a structured dosage say different things.

use super::{
    Amount, AmountRange, Course, DailyAmount, DoseUnit, Factor, Sig, Step, Structured, Unclear,
    Unparsed,
};

/// What a sig and a structure say of one medication, set against each other.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Agreement {
    /// What both say is the same. `Partial` fields, which only one says, are no disagreement.
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
                differ(DosageField::Dose, certainty, factor);
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
    if said.as_needed != coded.as_needed {
        differ(DosageField::AsNeeded, Certainty::Certain, None);
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
