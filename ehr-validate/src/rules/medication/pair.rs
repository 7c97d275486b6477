//! A medication of the source beside its entry in the target.

use ehr_model::kind::Medication;

use super::entry::is_void;
use crate::compare::ChartPair;
use crate::dose::{
    Comparison, DailyAmount, Factor, NotComparable, Regimen, Route, Sig, Step, Structured,
};
use crate::rule::{Findings, Subject};

/// How the dosage of the target stands to that of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dosing {
    /// The source states none.
    Unstated,
    /// The same amount a day.
    Kept,
    /// Another amount a day; the target over the source.
    Changed(Factor),
    /// Nobody can say.
    Unknown(NotComparable),
}

/// Asks of every medication and its entry in the target. What was entered in error is left out.
pub(super) fn each(
    pair: &ChartPair<'_>,
    findings: &mut Findings,
    mut ask: impl FnMut(&Medication, &Medication, &mut Subject<'_>),
) {
    for ((record, source), (_, target)) in pair.matched_of::<Medication>() {
        if !is_void(source) {
            ask(source, target, &mut findings.about(record));
        }
    }
}

/// Asks of every pair whose amounts a day compare, with the factor where they differ.
pub(super) fn each_factor(
    pair: &ChartPair<'_>,
    findings: &mut Findings,
    is_wrong: impl Fn(Factor) -> bool,
) {
    each(pair, findings, |source, target, subject| {
        match dosing(source, target) {
            Dosing::Kept => subject.applies(),
            Dosing::Changed(factor) => {
                subject.applies();
                if is_wrong(factor) {
                    subject.violated_at("dosageInstruction");
                }
            }
            Dosing::Unstated | Dosing::Unknown(_) => {}
        }
    });
}

/// How the dosage of the target stands to that of the source.
pub(super) fn dosing(source: &Medication, target: &Medication) -> Dosing {
    if source.dosage_instruction.is_empty() {
        return Dosing::Unstated;
    }
    if same_dosage(source, target) && source.medication == target.medication {
        return Dosing::Kept;
    }
    let (before, after) = (Regimen::of(source), Regimen::of(target));
    match before.compare(&after) {
        Comparison::Same | Comparison::Equivalent => Dosing::Kept,
        Comparison::Different(factor) => Dosing::Changed(factor),
        Comparison::NotComparable(NotComparable::StrengthUnknown)
            if source.medication == target.medication =>
        {
            pieces(&before, &after)
        }
        Comparison::NotComparable(why) => Dosing::Unknown(why),
    }
}

/// Pieces of one product compare whatever its strength.
fn pieces(before: &Regimen, after: &Regimen) -> Dosing {
    let daily = |regimen: &Regimen| DailyAmount::of(&regimen.steps, regimen.course);
    let (one, other) = (daily(before), daily(after));
    let converted = match (one.unit, other.unit) {
        (Some(unit), Some(other_unit)) => other_unit.in_terms_of(unit),
        _ => None,
    };
    match converted.map(|factor| other.amount.scaled(factor)) {
        Some(amount) if amount == one.amount => Dosing::Kept,
        Some(amount) => Factor::between(one.amount, amount).map_or(
            Dosing::Unknown(NotComparable::AmountUnknown),
            Dosing::Changed,
        ),
        None => Dosing::Unknown(NotComparable::StrengthUnknown),
    }
}

/// Whether both say the same of how it is taken, to the letter.
pub(super) fn same_dosage(source: &Medication, target: &Medication) -> bool {
    source.dosage_instruction == target.dosage_instruction
}

/// The steps of an entry: those of its structure, and of its sigs where these are certain. Structure
/// and sig may state different things: each is a source of its own.
pub(super) fn steps(medication: &Medication) -> (Vec<Step>, Vec<Step>) {
    let structured = Structured::of(&medication.dosage_instruction).steps;
    let said = medication
        .dosage_instruction
        .iter()
        .filter_map(|dosage| Sig::parse(dosage.text.value()?.expose()).ok())
        .flat_map(|sig| sig.steps)
        .collect();
    (structured, said)
}

/// The routes that structure or sig name.
pub(super) fn routes((structured, said): &(Vec<Step>, Vec<Step>)) -> Vec<Route> {
    let mut routes: Vec<_> = structured
        .iter()
        .chain(said)
        .filter_map(|step| step.route)
        .collect();
    routes.sort_unstable();
    routes.dedup();
    routes
}
