use ehr_model::datatype::CodeableConcept;
use ehr_model::kind::Allergy;

use crate::Context;
use crate::compare::ChartPair;
use crate::concept::{says_any, words};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Allergen that became a drug product, or a combination, in the target.
    ///
    /// ## What it does
    ///
    /// Compares the words of the substance with those in the target. A strength or a dose form, as
    /// in "500 mg oral tablet", or a second ingredient after a slash, that the source does not
    /// have, says that a product was taken for the substance.
    ///
    /// ## Why it matters
    ///
    /// A product holds other ingredients and one strength. An order for the same ingredient in
    /// another product does not meet it, and an order for the other ingredient does.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map allergens to ingredients (RxNorm IN, PIN, MIN) or brands, never to clinical drugs. Ask
    /// the practice which ingredient of a combination was meant.
    ///
    /// ### Who uses the data
    ///
    /// Ask which ingredient the patient does not tolerate.
    ///
    /// ## Source
    ///
    /// RxNorm term types: IN, PIN, MIN and BN name substances, SCD and SBD name products; USCDI v3,
    /// Substance (Medication).
    AllergenBecameDrugProduct {
        code: "allergen-became-drug-product", category: Conformance, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["ALG-012"],
    }
}

impl Rule for AllergenBecameDrugProduct {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Allergy>() {
            let (Some(of_source), Some(of_target)) = (source.code.value(), target.code.value())
            else {
                continue;
            };
            if words(of_source).next().is_none() || words(of_target).next().is_none() {
                continue;
            }
            let mut subject = findings.applies_to(record);
            let became = |sign: fn(&CodeableConcept) -> bool| sign(of_target) && !sign(of_source);
            if became(is_product) || became(is_combination) {
                subject.violated_at("code");
            }
        }
        Ok(())
    }
}

const FORMS: &[&str] = &[
    "capsule",
    "cream",
    "injectable",
    "injection",
    "oral solution",
    "oral suspension",
    "ointment",
    "tablet",
    "topical",
];

fn is_product(concept: &CodeableConcept) -> bool {
    says_any(concept, FORMS) || words(concept).any(has_strength)
}

fn is_combination(concept: &CodeableConcept) -> bool {
    words(concept).any(|words| words.contains(" / "))
}

/// Whether a number stands before a unit of mass or volume.
fn has_strength(words: &str) -> bool {
    const UNITS: &[&str] = &["mg", "mcg", "ml", "g", "mg/ml", "unt", "meq"];
    let mut number = false;
    words.split_whitespace().any(|word| {
        let is_unit = UNITS.iter().any(|unit| word.eq_ignore_ascii_case(unit));
        let found = number && is_unit;
        number = word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &str, target: &str) -> Vec<String> {
        let of = |words| vec![record(Kind::Allergy, "a", &[("code.text", words)])];
        found_between(&AllergenBecameDrugProduct, of(source), of(target))
    }

    #[test]
    fn fires() {
        assert_eq!(
            between("amoxicillin", "amoxicillin 500 MG"),
            ["Allergy a code"]
        );
        assert_eq!(
            between("amoxicillin", "amoxicillin Oral Tablet"),
            ["Allergy a code"]
        );
        assert_eq!(
            between("amoxicillin", "amoxicillin / clavulanate"),
            ["Allergy a code"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between("amoxicillin", "Amoxicillin"), NONE);
        assert_eq!(
            between(
                "amoxicillin 500 mg tablet",
                "amoxicillin 500 MG Oral Tablet"
            ),
            NONE
        );
        assert_eq!(
            between("tablets of any kind", "tablet"),
            ["Allergy a code"],
            "a plural is no tablet"
        );
        assert_eq!(between("vitamin B 12", "vitamin B 12 group"), NONE);
        assert_eq!(between("", "amoxicillin 500 MG"), NONE);
    }
}
