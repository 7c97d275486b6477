use ehr_model::datatype::CodeableConcept;

use super::pair::each;
use crate::Context;
use crate::compare::ChartPair;
use crate::concept::{Likeness, likeness};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Indication of a medication that the target does not have
    ///
    /// ## What it does
    ///
    /// Looks at the reasons of a medication, as codes, words and references to problems. For each reason
    /// of the source the target must have one: a reason by code may become a reference to the problem and
    /// the other way round, so their number is compared, and the reasons by code one by one where the
    /// target states codes too.
    ///
    /// ## Why it matters
    ///
    /// Without the indication nobody knows whether the drug is still needed, and a pharmacist cannot
    /// check the dose.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the reason to its field; where the target has only a reference, link the problem.
    ///
    /// ### Who uses the data
    ///
    /// Ask why the drug is taken before it is stopped or renewed.
    ///
    /// ## Source
    ///
    /// USCDI v3, Medications: Indication.
    MedicationIndicationLost {
        code: "medication-indication-lost", category: Completeness, severity: Warning, since: "0.1.0", scope: Comparison,
        covers: ["MED-029"],
    }
}

impl Rule for MedicationIndicationLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each(pair, findings, |source, target, subject| {
            let count =
                |m: &ehr_model::kind::Medication| m.reason_code.len() + m.reason_reference.len();
            if count(source) == 0 {
                return;
            }
            subject.applies();
            let is_other = |reason: &CodeableConcept| {
                target
                    .reason_code
                    .iter()
                    .all(|other| likeness(reason, other) == Likeness::Different)
            };
            let by_code = target.reason_code.len() >= source.reason_code.len();
            if count(target) < count(source) || by_code && source.reason_code.iter().any(is_other) {
                subject.violated_at(if source.reason_code.is_empty() {
                    "reasonReference"
                } else {
                    "reasonCode"
                });
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    const REASON: &str = "reasonCode[0].coding[0].code";
    const OF: (&str, &str) = ("reasonCode[0].coding[0].system", "http://snomed.info/sct");

    #[test]
    fn fires() {
        let reason = [(NAME, "x"), OF, (REASON, "38341003")];
        let wrong = ["Medication a reasonCode"];
        assert_eq!(
            between(&MedicationIndicationLost, &reason, &[(NAME, "x")]),
            wrong
        );
        assert_eq!(
            between(
                &MedicationIndicationLost,
                &reason,
                &[(NAME, "x"), OF, (REASON, "73211009")]
            ),
            wrong
        );
        let linked = [(NAME, "x"), ("reasonReference[0].reference", "Problem/p")];
        assert_eq!(
            between(&MedicationIndicationLost, &linked, &[(NAME, "x")]),
            ["Medication a reasonReference"]
        );
    }

    #[test]
    fn stays_silent() {
        let reason = [(NAME, "x"), OF, (REASON, "38341003")];
        let linked = [(NAME, "x"), ("reasonReference[0].reference", "Problem/p")];
        assert_eq!(between(&MedicationIndicationLost, &reason, &reason), NONE);
        assert_eq!(between(&MedicationIndicationLost, &reason, &linked), NONE);
        assert_eq!(
            between(&MedicationIndicationLost, &[(NAME, "x")], &[(NAME, "x")]),
            NONE
        );
        assert_eq!(
            between(&MedicationIndicationLost, &[(NAME, "x")], &reason),
            NONE
        );
    }
}
