use ehr_model::kind::Allergy;

use super::status::{is_denied, may_be_active};
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Allergy whose status is another one in the target.
    ///
    /// ## What it does
    ///
    /// Compares clinical status and verification of every allergy with its entry in the target.
    /// What the source states must stand there. A target that states a status where the source has
    /// none is left alone, unless it says that the allergy is over or denied. The two directions of
    /// the list, taken up again and lost, are one comparison and one rule.
    ///
    /// ## Why it matters
    ///
    /// An allergy that became inactive warns nobody any more. One that was resolved, refuted or
    /// entered in error and became active keeps the patient from a drug that is right. In
    /// comparisons of migrated allergy lists these are among the commonest changes.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare the code map of the status with the words that the source uses, and look for a
    /// default that fills in "active". The status of the act that holds the allergy is not the
    /// status of the allergy.
    ///
    /// ### Who uses the data
    ///
    /// Reconcile the list with the patient before it is used.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, AllergyIntolerance.clinicalStatus and verificationStatus; complete comparison
    /// of safety-critical fields is an engineering default.
    AllergyStatusChanged {
        code: "allergy-status-changed", category: Conformance, severity: Fatal, since: "0.1.0",
        scope: Comparison, covers: ["ALG-006", "ALG-007"],
    }
}

impl Rule for AllergyStatusChanged {
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
            let mut subject = findings.applies_to(record);
            let is_over = may_be_active(source) && !may_be_active(target);
            let stated = source.clinical_status.value();
            if stated.is_some_and(|status| target.clinical_status.value() != Some(status))
                || (stated.is_none() && is_over && !is_denied(target))
            {
                subject.violated_at("clinicalStatus");
            }
            let stated = source.verification_status.value();
            if stated.is_some_and(|status| target.verification_status.value() != Some(status))
                || (stated.is_none() && is_denied(target))
            {
                subject.violated_at("verificationStatus");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Allergy, "a", fields)];
        found_between(&AllergyStatusChanged, of(source), of(target))
    }

    const ACTIVE: (&str, &str) = ("clinicalStatus", "active");
    const RESOLVED: (&str, &str) = ("clinicalStatus", "resolved");
    const REFUTED: (&str, &str) = ("verificationStatus", "refuted");

    #[test]
    fn fires() {
        assert_eq!(
            between(&[RESOLVED], &[ACTIVE]),
            ["Allergy a clinicalStatus"]
        );
        assert_eq!(
            between(&[ACTIVE], &[RESOLVED]),
            ["Allergy a clinicalStatus"]
        );
        assert_eq!(between(&[ACTIVE], &[]), ["Allergy a clinicalStatus"]);
        assert_eq!(between(&[], &[RESOLVED]), ["Allergy a clinicalStatus"]);
        assert_eq!(between(&[], &[REFUTED]), ["Allergy a verificationStatus"]);
        assert_eq!(
            between(&[REFUTED], &[("verificationStatus", "confirmed")]),
            ["Allergy a verificationStatus"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between(&[ACTIVE], &[ACTIVE]), NONE);
        assert_eq!(
            between(&[REFUTED], &[REFUTED, ("clinicalStatus", "inactive")]),
            NONE
        );
        assert_eq!(
            between(&[], &[ACTIVE, ("verificationStatus", "confirmed")]),
            NONE
        );
        assert_eq!(between(&[], &[]), NONE);
    }
}
