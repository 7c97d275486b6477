//! Two medication entries: the same, equivalent, or different by a factor.

use ehr_model::kind::{Medication, MedicationCode};

use super::{
    AmountRange, Course, DailyAmount, Dimension, DoseUnit, Factor, Sig, Step, Strength, Structured,
};

/// What is known of how an entry is taken, and of its strength.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Regimen {
    /// The steps.
    pub steps: Vec<Step>,
    /// How they stand to each other.
    pub course: Course,
    /// The strength of the product, if its name states one.
    pub strength: Option<Strength>,
    /// Why there are no steps.
    pub unknown: Option<UnknownRegimen>,
}

/// Why nothing is known of how an entry is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnknownRegimen {
    /// It says nothing.
    Unstated,
    /// Its structure has values that are not understood, and no sig that is.
    StructureUnclear,
    /// It has only sigs, and one of them is not certain.
    SigUnparsed,
}

/// How two entries stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Comparison {
    /// The same dose, unit, frequency and need.
    Same,
    /// Written otherwise, and the same amount a day: 1 g and 1000 mg, two of 250 mg and one of 500 mg.
    Equivalent,
    /// Another amount a day; the second over the first.
    Different(Factor),
    /// Nobody can say.
    NotComparable(NotComparable),
}

/// Why two entries cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotComparable {
    /// The first has no certain regimen.
    FirstUnknown(UnknownRegimen),
    /// The second has no certain regimen.
    SecondUnknown(UnknownRegimen),
    /// No dose or no frequency of one of them.
    AmountUnknown,
    /// Steps that change over time, and that are not the same.
    ChangesOverTime,
    /// One is taken as needed, the other regularly.
    AsNeeded,
    /// Pieces or volumes of which one product, or both, state no strength.
    StrengthUnknown,
    /// Units that convert only by a strength, which is unknown or has several ingredients.
    Units,
    /// Other routes.
    Routes,
}

impl Regimen {
    /// Of steps.
    pub fn of_steps(steps: Vec<Step>, course: Course) -> Self {
        Self {
            steps,
            course,
            ..Self::default()
        }
    }

    /// Of a medication: its structure where that says how much or how often without anything
    /// unclear, otherwise its sigs if all are certain. The strength comes from the names of its code.
    pub fn of(medication: &Medication) -> Self {
        let dosages = &medication.dosage_instruction;
        let strength = strength(medication);
        let structured = Structured::of(dosages);
        if structured.says_something() && structured.unclear.is_empty() {
            return Self {
                steps: structured.steps,
                course: structured.course,
                strength,
                unknown: None,
            };
        }
        let texts: Vec<&str> = dosages
            .iter()
            .filter_map(|dosage| dosage.text.value())
            .map(|text| text.expose())
            .collect();
        let unknown = |why| Self {
            strength: strength.clone(),
            unknown: Some(why),
            ..Self::default()
        };
        match texts[..] {
            [] if structured.unclear.is_empty() => unknown(UnknownRegimen::Unstated),
            [] => unknown(UnknownRegimen::StructureUnclear),
            [text] => match Sig::parse(text) {
                Ok(sig) => Self {
                    steps: sig.steps,
                    course: sig.course,
                    strength,
                    unknown: None,
                },
                Err(_) => unknown(UnknownRegimen::SigUnparsed),
            },
            // several texts: how they stand to each other nobody said
            _ => unknown(UnknownRegimen::SigUnparsed),
        }
    }

    /// How this one and another stand to each other.
    pub fn compare(&self, other: &Self) -> Comparison {
        use NotComparable::{AmountUnknown, FirstUnknown, SecondUnknown};
        if let Some(why) = self.unknown {
            return Comparison::NotComparable(FirstUnknown(why));
        }
        if let Some(why) = other.unknown {
            return Comparison::NotComparable(SecondUnknown(why));
        }
        if self.course == other.course && same_steps(&self.steps, &other.steps) {
            return self.same_regimen(other);
        }
        let routes = (route(&self.steps), route(&other.steps));
        if let (Some(one), Some(another)) = routes
            && one != another
        {
            return Comparison::NotComparable(NotComparable::Routes);
        }
        let (one, another) = (
            DailyAmount::of(&self.steps, self.course),
            DailyAmount::of(&other.steps, other.course),
        );
        if !one.amount.is_known() || !another.amount.is_known() {
            let several = self.steps.len() > 1 || other.steps.len() > 1;
            return Comparison::NotComparable(match several {
                true => NotComparable::ChangesOverTime,
                false => AmountUnknown,
            });
        }
        if one.as_needed != another.as_needed {
            return Comparison::NotComparable(NotComparable::AsNeeded);
        }
        match self.in_common(one, other, another) {
            Some((first, second)) if first == second => Comparison::Equivalent,
            Some((first, second)) => {
                let factor = Factor::between(first, second).unwrap_or(Factor::NoOneFactor);
                Comparison::Different(self.unit_changed(other, factor))
            }
            None if same_number(&self.steps, &other.steps) && measured(&one, &another) => {
                Comparison::Different(Factor::OtherUnit)
            }
            None if one.unit == another.unit => {
                Comparison::NotComparable(NotComparable::StrengthUnknown)
            }
            None => Comparison::NotComparable(NotComparable::Units),
        }
    }

    /// The same pieces as often are the same only of one strength.
    fn same_regimen(&self, other: &Self) -> Comparison {
        let counted = self
            .steps
            .iter()
            .any(|step| !step.unit.is_some_and(is_of_ingredient));
        let strengths = (
            self.strength.as_ref().and_then(Strength::single),
            other.strength.as_ref().and_then(Strength::single),
        );
        if !counted || self.strength == other.strength {
            return Comparison::Same;
        }
        match strengths {
            (Some(one), Some(another)) if one.per == another.per => {
                let Some(factor) = another.unit.in_terms_of(one.unit) else {
                    return Comparison::NotComparable(NotComparable::Units);
                };
                let range = AmountRange::exactly;
                match another.amount.times(factor) {
                    Some(amount) if amount == one.amount => Comparison::Same,
                    Some(amount) => Comparison::Different(
                        Factor::between(range(one.amount), range(amount))
                            .unwrap_or(Factor::NoOneFactor)
                            .with_unit_changed(one.amount == another.amount),
                    ),
                    None => Comparison::NotComparable(NotComparable::Units),
                }
            }
            _ if self.strength.is_none() || other.strength.is_none() => {
                Comparison::NotComparable(NotComparable::StrengthUnknown)
            }
            _ => Comparison::NotComparable(NotComparable::Units),
        }
    }

    /// Both daily amounts in one unit: their own, or that of the ingredient by the strength.
    fn in_common(
        &self,
        one: DailyAmount,
        other: &Self,
        another: DailyAmount,
    ) -> Option<(AmountRange, AmountRange)> {
        let same_product = self.strength.is_some() && self.strength == other.strength;
        let (unit, other_unit) = (one.unit, another.unit);
        if let (Some(unit), Some(other_unit)) = (unit, other_unit)
            && let Some(factor) = other_unit.in_terms_of(unit)
            && (is_of_ingredient(unit) || same_product)
        {
            return Some((one.amount, another.amount.scaled(factor)));
        }
        if unit.is_none() && other_unit.is_none() && same_product {
            return Some((one.amount, another.amount));
        }
        let (first, second) = (self.ingredient(one)?, other.ingredient(another)?);
        let factor = second.1.in_terms_of(first.1)?;
        Some((first.0, second.0.scaled(factor)))
    }

    /// A daily amount as that of the one ingredient.
    fn ingredient(&self, daily: DailyAmount) -> Option<(AmountRange, DoseUnit)> {
        let unit = daily.unit?;
        if is_of_ingredient(unit) {
            return Some((daily.amount, unit));
        }
        let strength = self.strength.as_ref()?.single()?;
        let pieces = daily.amount.scaled(unit.in_terms_of(strength.per)?);
        Some((pieces.scaled(strength.amount), strength.unit))
    }

    fn unit_changed(&self, other: &Self, factor: Factor) -> Factor {
        factor.with_unit_changed(same_number(&self.steps, &other.steps))
    }
}

/// Whether a unit measures the ingredient: neither pieces nor volumes do without a strength.
fn is_of_ingredient(unit: DoseUnit) -> bool {
    !unit.is_form() && unit.dimension() != Dimension::Volume
}

/// The same doses, times and needs; what is said beside, such as parts of the day, may differ.
fn same_steps(one: &[Step], other: &[Step]) -> bool {
    one.len() == other.len()
        && !one.is_empty()
        && one.iter().zip(other).all(|(one, other)| {
            one.dose == other.dose
                && one.dose.is_known()
                && one.unit == other.unit
                && one.times_per_day == other.times_per_day
                && one.once == other.once
                && one.as_needed == other.as_needed
                && one.ceiling == other.ceiling
                && one.days == other.days
                && (one.route == other.route || one.route.is_none() || other.route.is_none())
        })
}

/// Whether both are measured, so that the same number is a swap of units (mg and mL).
fn measured(one: &DailyAmount, other: &DailyAmount) -> bool {
    [one, other]
        .iter()
        .all(|daily| daily.unit.is_some_and(|unit| !unit.is_form()))
}

fn same_number(one: &[Step], other: &[Step]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|(one, other)| one.dose == other.dose && one.unit != other.unit)
}

fn route(steps: &[Step]) -> Option<super::Route> {
    let mut routes = steps.iter().map(|step| step.route);
    let first = routes.next()??;
    routes.all(|route| route == Some(first)).then_some(first)
}

/// From the first name of the code that states one.
fn strength(medication: &Medication) -> Option<Strength> {
    let Some(MedicationCode::CodeableConcept(concept)) = medication.medication.value() else {
        return None;
    };
    let concept = concept.value()?;
    let displays = concept
        .coding
        .iter()
        .filter_map(|coding| coding.display.value());
    let mut found = displays
        .chain(concept.text.value())
        .filter_map(|name| Strength::parse(name.expose()).ok());
    let first = found.next()?;
    // names that state other strengths are no strength
    found.all(|other| other == first).then_some(first)
}

#[cfg(test)]
pub(super) mod testing {
    use ehr_model::chart::Chart;
    use ehr_model::kind::Medication;
    use ehr_model::record::Kind;

    use crate::rules::testing::record;

    /// A medication with these fields.
    pub(in crate::dose) fn medication(fields: &[(&str, &str)]) -> Medication {
        let chart = Chart::new(vec![record(Kind::Medication, "a", fields)], Vec::new());
        chart.of::<Medication>().next().unwrap().1.clone()
    }
}

#[cfg(test)]
mod tests;
