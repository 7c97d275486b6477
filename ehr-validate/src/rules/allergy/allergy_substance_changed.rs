use ehr_model::kind::Allergy;

use crate::Context;
use crate::compare::ChartPair;
use crate::concept::{Likeness, likeness};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::rules::is_named;

rule! {
    /// Allergy whose substance is another one in the target.
    ///
    /// ## What it does
    ///
    /// Compares the substance of every allergy with its entry in the target: codes of one system
    /// must be shared, words must be the same where there is no code. A class in the place of an
    /// ingredient, and an ingredient in the place of a class, have different codes and are found
    /// so. Codes of different systems, or words against codes, only a terminology can compare; then
    /// the rule counts as not checked.
    ///
    /// ## Why it matters
    ///
    /// Penicillins that became amoxicillin let the other penicillins through. Sulfites,
    /// sulfonylureas and sulfa drugs share four letters and no reaction.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the row of the code map, and keep the source's own code beside its translation, so
    /// that the two can be compared.
    ///
    /// ### Who uses the data
    ///
    /// Ask which substance was meant before anything of its family is given.
    ///
    /// ## Source
    ///
    /// RxNorm ingredients, MED-RT classes and SNOMED CT substances are different axes; USCDI v3
    /// keeps Substance (Medication) and Substance (Drug Class) apart.
    AllergySubstanceChanged {
        code: "allergy-substance-changed", category: Conformance, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["ALG-011"],
    }
}

impl Rule for AllergySubstanceChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let mut outcome = Ok(());
        for ((record, source), (_, target)) in pair.matched_of::<Allergy>() {
            let Some(substance) = source.code.value().filter(|code| is_named(code)) else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            let Some(other) = target.code.value().filter(|code| is_named(code)) else {
                subject.violated_at("code");
                continue;
            };
            match likeness(substance, other) {
                Likeness::Same => {}
                Likeness::Unknown if !substance.coding.is_empty() || !other.coding.is_empty() => {
                    outcome = Err(CannotCheck::without_table(
                        "a terminology that relates the substances of both charts",
                    ));
                }
                _ => subject.violated_at("code"),
            }
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    const SYSTEM: (&str, &str) = (
        "code.coding[0].system",
        "http://www.nlm.nih.gov/research/umls/rxnorm",
    );

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Allergy, "a", fields)];
        found_between(&AllergySubstanceChanged, of(source), of(target))
    }

    #[test]
    fn fires() {
        let code = |code| [SYSTEM, ("code.coding[0].code", code), ("code.text", "x")];
        assert_eq!(between(&code("70618"), &code("723")), ["Allergy a code"]);
        let words = |words| [("code.text", words)];
        assert_eq!(
            between(&words("sulfa"), &words("sulfites")),
            ["Allergy a code"]
        );
        assert_eq!(between(&words("sulfa"), &[]), ["Allergy a code"]);
    }

    #[test]
    fn stays_silent() {
        let code = [SYSTEM, ("code.coding[0].code", "70618")];
        assert_eq!(
            between(&code, &[code[0], code[1], ("code.text", "Penicillin")]),
            NONE
        );
        assert_eq!(
            between(&[("code.text", "Sulfa ")], &[("code.text", "sulfa")]),
            NONE
        );
        assert_eq!(
            between(&[("code.text", "PCN")], &code),
            NONE,
            "only a terminology knows"
        );
        assert_eq!(between(&[], &code), NONE);
    }
}
