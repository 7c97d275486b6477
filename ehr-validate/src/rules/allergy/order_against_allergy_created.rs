use std::sync::LazyLock;

use ehr_model::datatype::CodeableConcept;
use ehr_model::kind::{Allergy, Medication, MedicationCode, MedicationStatus};
use ehr_model::record::ResourceType as _;

use super::status::{is_positive, substances};
use crate::Context;
use crate::compare::ChartPair;
use crate::concept::{Likeness, has_phrase, likeness, words};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Active order against an allergy that did not contradict it in the source.
    ///
    /// ## What it does
    ///
    /// Looks in the target for active orders of a substance, or of a member of its class, that an
    /// active allergy names, by a shared code or by the words of both. Where the same two entries
    /// contradict each other in the source as well, the practice knows. Otherwise the migration
    /// made the contradiction. Classes come from a short table of its own, no drug knowledge base.
    ///
    /// ## Why it matters
    ///
    /// A drug or an allergy was changed on the way, and the first refill is an order against an
    /// allergy, or the patient is denied a drug that always agreed.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare drug and substance of both entries with the source, and look at the rows of the code
    /// maps that they went through.
    ///
    /// ### Who uses the data
    ///
    /// Stop the refill until somebody has looked at both entries.
    ///
    /// ## Source
    ///
    /// The comparison and the table of classes are engineering defaults; a site may tune them.
    OrderAgainstAllergyCreated {
        code: "order-against-allergy-created", category: Plausibility, severity: Fatal, since: "0.1.0",
        scope: Comparison, covers: ["ALG-017"],
    }
}

impl Rule for OrderAgainstAllergyCreated {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, order) in pair
            .target()
            .of::<Medication>()
            .filter(|(_, order)| is_active(order))
        {
            let Some(drug) = drug(order) else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            for (other, allergy) in pair.target().of::<Allergy>() {
                if !contradicts(drug, allergy) {
                    continue;
                }
                let origins = (pair.origin(record.id), pair.origin(other.id));
                let known = matches!(origins, (Some(order), Some(allergy)) if {
                    let order = Medication::of(&order.resource).filter(|order| is_active(order));
                    let allergy = Allergy::of(&allergy.resource);
                    matches!((order.and_then(self::drug), allergy), (Some(drug), Some(allergy)) if contradicts(drug, allergy))
                });
                if !known {
                    subject.violated_at("medication");
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Substances that are avoided together: the class and a member, in lower case.
static CLASSES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let lines = include_str!("classes.tsv").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .collect()
});

/// Shorter words are found in too many names.
const SHORTEST_NAME: usize = 4;

fn is_active(order: &Medication) -> bool {
    order.status.value() == Some(&MedicationStatus::Active)
        && order.do_not_perform.value() != Some(&true)
}

fn drug(order: &Medication) -> Option<&CodeableConcept> {
    match order.medication.value()? {
        MedicationCode::CodeableConcept(concept) => concept.value(),
        _ => None,
    }
}

fn contradicts(drug: &CodeableConcept, allergy: &Allergy) -> bool {
    is_positive(allergy)
        && substances(allergy).any(|substance| are_avoided_together(drug, substance))
}

fn are_avoided_together(drug: &CodeableConcept, substance: &CodeableConcept) -> bool {
    let named = |name: &str| {
        name.len() >= SHORTEST_NAME
            && words(drug).any(|words| has_phrase(words, &name.to_ascii_lowercase()))
    };
    let shares_class = || {
        CLASSES.iter().any(|(class, member)| {
            let names_drug = words(drug).any(|words| has_phrase(words, member));
            names_drug
                && CLASSES.iter().any(|(other, member)| {
                    other == class && words(substance).any(|words| has_phrase(words, member))
                })
        })
    };
    likeness(drug, substance) == Likeness::Same || words(substance).any(named) || shares_class()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;
    use ehr_model::record::Record;

    const NONE: [&str; 0] = [];

    fn order(drug: &str, status: &str) -> Record {
        let fields = [("medicationCodeableConcept.text", drug), ("status", status)];
        record(Kind::Medication, "m", &fields)
    }

    fn allergy(substance: &str) -> Record {
        record(Kind::Allergy, "a", &[("code.text", substance)])
    }

    fn between(source: Vec<Record>, target: Vec<Record>) -> Vec<String> {
        found_between(&OrderAgainstAllergyCreated, source, target)
    }

    #[test]
    fn fires() {
        let changed_allergy = between(
            vec![order("Amoxicillin 500 MG", "active"), allergy("latex")],
            vec![
                order("Amoxicillin 500 MG", "active"),
                allergy("Penicillins"),
            ],
        );
        assert_eq!(changed_allergy, ["Medication m medication"]);
        let changed_drug = between(
            vec![order("cetirizine", "active"), allergy("codeine")],
            vec![order("Codeine sulfate", "active"), allergy("codeine")],
        );
        assert_eq!(changed_drug, ["Medication m medication"]);
        let taken_up_again = between(
            vec![order("codeine", "stopped"), allergy("codeine")],
            vec![order("codeine", "active"), allergy("codeine")],
        );
        assert_eq!(taken_up_again, ["Medication m medication"]);
    }

    #[test]
    fn stays_silent() {
        let known = vec![order("aspirin 81 MG", "active"), allergy("NSAIDs")];
        assert_eq!(between(known.clone(), known), NONE);
        let other = vec![order("metformin", "active"), allergy("met")];
        assert_eq!(between(vec![], other), NONE);
        let stopped = vec![order("codeine", "stopped"), allergy("codeine")];
        assert_eq!(between(vec![], stopped), NONE);
    }
}
