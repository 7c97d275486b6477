//! What the tests of this room have in common.

use ehr_model::record::{Kind, Record};

use ehr_model::chart::Chart;
use ehr_model::value::Date;

use crate::compare::ChartPair;
use crate::faults::terminology;
use crate::rule::Rule;
use crate::rules::testing::{AS_OF, found, found_between, found_between_in, found_in, record};
use crate::{Context, Ruleset, ValidationReport, Validator};

pub(super) const NONE: [&str; 0] = [];
pub(super) const NAME: &str = "medicationCodeableConcept.text";
pub(super) const SYSTEM: &str = "medicationCodeableConcept.coding[0].system";
pub(super) const CODE: &str = "medicationCodeableConcept.coding[0].code";
pub(super) const SIG: &str = "dosageInstruction[0].text";
pub(super) const DOSE: &str = "dosageInstruction[0].doseAndRate[0].doseQuantity.value";
pub(super) const UNIT: &str = "dosageInstruction[0].doseAndRate[0].doseQuantity.unit";
pub(super) const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
pub(super) const ACTIVE: (&str, &str) = ("status", "active");

/// A medication with these leaves.
pub(super) fn medication(key: &str, fields: &[(&str, &str)]) -> Record {
    record(Kind::Medication, key, fields)
}

/// Where a rule fires between a medication of the source and of the target.
pub(super) fn between<R: Rule + Copy + 'static>(
    rule: &R,
    source: &[(&str, &str)],
    target: &[(&str, &str)],
) -> Vec<String> {
    found_between(
        rule,
        vec![medication("a", source)],
        vec![medication("a", target)],
    )
}

/// Where a rule fires between two sigs of one drug.
pub(super) fn between_sigs<R: Rule + Copy + 'static>(
    rule: &R,
    source: &str,
    target: &str,
) -> Vec<String> {
    let of = |sig| [(NAME, "warfarin"), (SIG, sig)];
    between(rule, &of(source), &of(target))
}

/// Where a rule fires in one medication.
pub(super) fn in_one<R: Rule + Copy + 'static>(rule: &R, fields: &[(&str, &str)]) -> Vec<String> {
    found(rule, vec![medication("a", fields)])
}

fn known<T>(ask: impl FnOnce(Context<'_>) -> T) -> T {
    let tables = terminology();
    ask(Context::new(Date::parse(AS_OF).unwrap()).with_terminology(&tables))
}

/// Where a rule fires in a chart if the drugs of the textbook are known.
pub(super) fn found_known<R: Rule + Copy + 'static>(rule: &R, records: Vec<Record>) -> Vec<String> {
    known(|context| found_in(rule, records, context))
}

/// The same in one medication.
pub(super) fn in_one_known<R: Rule + Copy + 'static>(
    rule: &R,
    fields: &[(&str, &str)],
) -> Vec<String> {
    found_known(rule, vec![medication("a", fields)])
}

/// Where a rule fires between two medications if the drugs of the textbook are known.
pub(super) fn between_known<R: Rule + Copy + 'static>(
    rule: &R,
    source: &[(&str, &str)],
    target: &[(&str, &str)],
) -> Vec<String> {
    let of = |fields| vec![medication("a", fields)];
    known(|context| found_between_in(rule, of(source), of(target), context))
}

/// Whether a rule says that it cannot be checked where no table is loaded.
pub(super) fn cannot_compare<R: Rule + Copy + 'static>(
    rule: &R,
    source: &[(&str, &str)],
    target: &[(&str, &str)],
) -> bool {
    let chart = |fields| Chart::new(vec![medication("a", fields)], Vec::new());
    let (source, target) = (chart(source), chart(target));
    let validator = Validator::new(Ruleset::empty().with(Box::new(*rule)).unwrap());
    let mut report = ValidationReport::default();
    let context = Context::new(Date::parse(AS_OF).unwrap());
    validator.compare(&ChartPair::new(&source, &target), &context, &mut report);
    report.rules[&rule.metadata().code].without_table > 0
}
