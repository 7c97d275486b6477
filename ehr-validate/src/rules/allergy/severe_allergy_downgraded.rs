use ehr_model::kind::{Allergy, AllergyCriticality, ReactionSeverity};

use super::status::is_positive;
use crate::Context;
use crate::compare::ChartPair;
use crate::concept::says_any;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Severe allergy that is less severe in the target.
    ///
    /// ## What it does
    ///
    /// Looks at allergies of the source with high criticality, with a severe reaction, or with
    /// anaphylaxis, angioedema, Stevens-Johnson syndrome, toxic epidermal necrolysis or DRESS as a
    /// manifestation. Each of these that the source states must stand in the entry of the target.
    ///
    /// ## Why it matters
    ///
    /// Systems stop an order for a severe allergy and only mention a mild one. Once downgraded, the
    /// warning is one of many that are clicked away.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Carry criticality and severity as the two fields that they are, and compare the code map of
    /// both. A severity of the allergy as a whole belongs to each of its reactions.
    ///
    /// ### Who uses the data
    ///
    /// Restore the severity from the archive before anything is prescribed.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, AllergyIntolerance.criticality and reaction.severity; SNOMED CT 39579001,
    /// 41291007, 73442001, 768962006 and 702809001.
    SevereAllergyDowngraded {
        code: "severe-allergy-downgraded", category: Conformance, severity: Fatal, since: "0.1.0",
        scope: Comparison, covers: ["ALG-009"],
    }
}

impl Rule for SevereAllergyDowngraded {
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
            if !is_positive(source) {
                continue;
            }
            let signs = [
                ("criticality", is_critical as fn(&Allergy) -> bool),
                ("reaction", has_severe_reaction),
                ("reaction", has_severe_manifestation),
            ];
            let mut subject = findings.about(record);
            for (field, is_severe) in signs {
                if is_severe(source) {
                    subject.applies();
                    if !is_severe(target) {
                        subject.violated_at(field);
                    }
                }
            }
        }
        Ok(())
    }
}

const SNOMED: &str = "http://snomed.info/sct";

/// Manifestations that are severe by their nature.
const SEVERE_CODES: &[&str] = &[
    "39579001",  // anaphylaxis
    "41291007",  // angioedema
    "73442001",  // Stevens-Johnson syndrome
    "768962006", // toxic epidermal necrolysis
    "702809001", // drug reaction with eosinophilia and systemic symptoms
];

const SEVERE_WORDS: &[&str] = &[
    "anaphylaxis",
    "anaphylactic",
    "angioedema",
    "dress syndrome",
    "stevens-johnson",
    "toxic epidermal necrolysis",
];

fn is_critical(allergy: &Allergy) -> bool {
    allergy.criticality.value() == Some(&AllergyCriticality::High)
}

fn has_severe_reaction(allergy: &Allergy) -> bool {
    let severe = Some(&ReactionSeverity::Severe);
    allergy
        .reaction
        .iter()
        .any(|reaction| reaction.severity.value() == severe)
}

fn has_severe_manifestation(allergy: &Allergy) -> bool {
    allergy
        .reaction
        .iter()
        .flat_map(|reaction| &reaction.manifestation)
        .any(|manifestation| {
            SEVERE_CODES
                .iter()
                .any(|code| manifestation.has(SNOMED, code))
                || says_any(manifestation, SEVERE_WORDS)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Allergy, "a", fields)];
        found_between(&SevereAllergyDowngraded, of(source), of(target))
    }

    #[test]
    fn fires() {
        let high = ("criticality", "high");
        assert_eq!(
            between(&[high], &[("criticality", "low")]),
            ["Allergy a criticality"]
        );
        assert_eq!(between(&[high], &[]), ["Allergy a criticality"]);
        let severe = ("reaction[0].severity", "severe");
        assert_eq!(
            between(&[severe], &[("reaction[0].severity", "mild")]),
            ["Allergy a reaction"]
        );
        let words = ("reaction[0].manifestation[0].text", "Anaphylactic shock");
        let other = ("reaction[0].manifestation[0].text", "reaction");
        assert_eq!(between(&[words], &[other]), ["Allergy a reaction"]);
    }

    #[test]
    fn stays_silent() {
        let words = ("reaction[0].manifestation[0].text", "Anaphylactic shock");
        let coded = [
            ("reaction[0].manifestation[0].coding[0].system", SNOMED),
            ("reaction[0].manifestation[0].coding[0].code", "39579001"),
        ];
        assert_eq!(between(&[words], &coded), NONE);
        assert_eq!(between(&[("criticality", "low")], &[]), NONE);
        assert_eq!(
            between(&[("criticality", "low")], &[("criticality", "high")]),
            NONE
        );
        let over = [("criticality", "high"), ("verificationStatus", "refuted")];
        assert_eq!(between(&over, &[]), NONE);
    }
}
