use ehr_model::kind::Problem;

use super::status::{is_denied, is_over};
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Problem whose status is another one in the target.
    ///
    /// ## What it does
    ///
    /// Compares clinical status and verification of every problem with its entry in the target.
    /// What the source states must stand there. Where the source states no status, the target must
    /// not say that the problem is over, refuted or entered in error.
    ///
    /// ## Why it matters
    ///
    /// A resolved problem that is active again is treated again, coded again and billed again. An
    /// active one that was resolved drops out of every recall. A refuted one that is confirmed
    /// stays with the patient for life.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare the code map of the status with the words of the source, and look for a default that
    /// fills in "active". The status of the concern is not the status of the problem in it.
    ///
    /// ### Who uses the data
    ///
    /// Reconcile the list with the patient before it is used.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Condition.clinicalStatus and verificationStatus; US Core 6.1.0, Condition
    /// Problems and Health Concerns.
    ProblemStatusChanged {
        code: "problem-status-changed", category: Conformance, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["PRB-002"],
    }
}

impl Rule for ProblemStatusChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Problem>() {
            let mut subject = findings.applies_to(record);
            let kept = match source.clinical_status.value() {
                Some(status) => target.clinical_status.value() == Some(status),
                None => !is_over(target) || is_denied(target),
            };
            if !kept {
                subject.violated_at("clinicalStatus");
            }
            let kept = match source.verification_status.value() {
                Some(status) => target.verification_status.value() == Some(status),
                None => !is_denied(target),
            };
            if !kept {
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
        let of = |fields: &[_]| vec![record(Kind::Problem, "a", fields)];
        found_between(&ProblemStatusChanged, of(source), of(target))
    }

    const ACTIVE: (&str, &str) = ("clinicalStatus", "active");
    const RESOLVED: (&str, &str) = ("clinicalStatus", "resolved");
    const REFUTED: (&str, &str) = ("verificationStatus", "refuted");

    #[test]
    fn fires() {
        assert_eq!(
            between(&[ACTIVE], &[RESOLVED]),
            ["Problem a clinicalStatus"]
        );
        assert_eq!(
            between(&[RESOLVED], &[ACTIVE]),
            ["Problem a clinicalStatus"]
        );
        assert_eq!(between(&[RESOLVED], &[]), ["Problem a clinicalStatus"]);
        assert_eq!(between(&[], &[RESOLVED]), ["Problem a clinicalStatus"]);
        let confirmed = ("verificationStatus", "confirmed");
        assert_eq!(
            between(&[REFUTED], &[confirmed]),
            ["Problem a verificationStatus"]
        );
        assert_eq!(between(&[], &[REFUTED]), ["Problem a verificationStatus"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between(&[ACTIVE, REFUTED], &[ACTIVE, REFUTED]), NONE);
        assert_eq!(between(&[], &[ACTIVE]), NONE);
        assert_eq!(between(&[], &[("verificationStatus", "confirmed")]), NONE);
    }
}
