use ehr_model::datatype::CodeableConcept;
use ehr_model::kind::{Allergy, Reaction};

use crate::Context;
use crate::compare::ChartPair;
use crate::concept::{Likeness, likeness};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Reaction to an allergen that was lost or changed.
    ///
    /// ## What it does
    ///
    /// Looks for every reaction of every allergy in the entry of the target. Each manifestation
    /// must be there, by a shared code or in the same words, and the severity of its reaction must
    /// be the same. Where the target has only codes of another system, nobody can say without a
    /// terminology; then the rule counts as not checked.
    ///
    /// ## Why it matters
    ///
    /// The reaction decides whether a drug may be tried again. In comparisons of migrated allergy
    /// lists a lost or altered reaction is a quarter of what differs.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether only the first reaction was taken, whether its code has no translation, or
    /// whether mild, moderate and severe are ordered the other way in a code map.
    ///
    /// ### Who uses the data
    ///
    /// Ask what happened before the drug is given or refused.
    ///
    /// ## Source
    ///
    /// USCDI v3, Reaction; HL7 FHIR R4, AllergyIntolerance.reaction.
    AllergyReactionChanged {
        code: "allergy-reaction-changed", category: Completeness, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["ALG-008"],
    }
}

impl Rule for AllergyReactionChanged {
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
            for (number, reaction) in source.reaction.iter().enumerate() {
                let mut subject = findings.applies_to(record);
                let mut same = None;
                for (place, manifestation) in reaction.manifestation.iter().enumerate() {
                    match find(manifestation, &target.reaction) {
                        Ok(found) => same = same.or(Some(found)),
                        Err(Likeness::Unknown) => {
                            outcome = Err(CannotCheck::without_table(
                                "a terminology that relates the manifestations of both charts",
                            ));
                        }
                        Err(_) => {
                            subject
                                .violated_at(format!("reaction[{number}].manifestation[{place}]"));
                        }
                    }
                }
                // Without a manifestation to go by, the place in the list has to do.
                let same = same.or_else(|| {
                    let by_place = target.reaction.get(number);
                    by_place.filter(|_| reaction.manifestation.is_empty())
                });
                let severity = reaction.severity.value();
                let kept = same.is_some_and(|other| other.severity.value() == severity);
                let can_judge = same.is_some() || reaction.manifestation.is_empty();
                if severity.is_some() && can_judge && !kept {
                    subject.violated_at(format!("reaction[{number}].severity"));
                }
            }
        }
        outcome
    }
}

/// The reaction with the same manifestation; else how unlike the manifestations are.
fn find<'r>(wanted: &CodeableConcept, reactions: &'r [Reaction]) -> Result<&'r Reaction, Likeness> {
    let mut unlike = Likeness::Different;
    for reaction in reactions {
        for manifestation in &reaction.manifestation {
            match likeness(wanted, manifestation) {
                Likeness::Same => return Ok(reaction),
                // Words against words that differ are another manifestation.
                Likeness::Unknown if is_worded(wanted) && is_worded(manifestation) => {}
                Likeness::Unknown => unlike = Likeness::Unknown,
                Likeness::Different => {}
            }
        }
    }
    Err(unlike)
}

fn is_worded(concept: &CodeableConcept) -> bool {
    concept.coding.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Allergy, "a", fields)];
        found_between(&AllergyReactionChanged, of(source), of(target))
    }

    const HIVES: (&str, &str) = ("reaction[0].manifestation[0].text", "Hives");
    const MILD: (&str, &str) = ("reaction[0].severity", "mild");
    const SEVERE: (&str, &str) = ("reaction[0].severity", "severe");

    #[test]
    fn fires() {
        assert_eq!(
            between(&[HIVES], &[]),
            ["Allergy a reaction[0].manifestation[0]"]
        );
        assert_eq!(
            between(&[HIVES, MILD], &[HIVES, SEVERE]),
            ["Allergy a reaction[0].severity"]
        );
        assert_eq!(
            between(&[HIVES, SEVERE], &[HIVES]),
            ["Allergy a reaction[0].severity"]
        );
        let nausea = ("reaction[0].manifestation[0].text", "nausea");
        assert_eq!(
            between(&[HIVES], &[nausea]),
            ["Allergy a reaction[0].manifestation[0]"]
        );
        assert_eq!(between(&[MILD], &[]), ["Allergy a reaction[0].severity"]);
    }

    #[test]
    fn stays_silent() {
        let second = [
            ("reaction[0].manifestation[0].text", "nausea"),
            ("reaction[1].manifestation[0].text", "HIVES"),
            ("reaction[1].severity", "mild"),
        ];
        assert_eq!(between(&[HIVES, MILD], &second), NONE);
        assert_eq!(between(&[], &second), NONE);
        let coded = [
            (
                "reaction[0].manifestation[0].coding[0].system",
                "http://snomed.info/sct",
            ),
            ("reaction[0].manifestation[0].coding[0].code", "126485001"),
        ];
        assert_eq!(between(&[HIVES], &coded), NONE, "only a terminology knows");
    }
}
