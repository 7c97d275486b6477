use ehr_model::kind::Immunization;

use super::vaccine::was_given;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::rules::is_named;

rule! {
    /// Refused or withdrawn vaccination that counts as given in the target, or the reverse.
    ///
    /// ## What it does
    ///
    /// Compares the status of every vaccination with its entry in the target. What the source
    /// states must stand there; where it states none, the target must not say "not done" or
    /// "entered in error". The reason why a dose was not given must be kept, and so must the mark
    /// that a dose was reported and not seen.
    ///
    /// ## Why it matters
    ///
    /// A refusal that became a dose leaves the patient unprotected, and nobody will offer the
    /// vaccine again.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at how refusals are written: a status, a reason, a vaccine "998", a negation. Each is
    /// not-done with its reason, never a completed dose.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient, or the registry, before the dose counts.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Immunization.status, statusReason and primarySource; HL7 v2 RXA-18 and RXA-20.
    ImmunizationStatusChanged {
        code: "immunization-status-changed", category: Conformance, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["IMM-004"],
    }
}

impl Rule for ImmunizationStatusChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Immunization>() {
            let mut subject = findings.applies_to(record);
            let kept = match source.status.value() {
                Some(status) => target.status.value() == Some(status),
                None => was_given(target),
            };
            if !kept {
                subject.violated_at("status");
            }
            let named = |immunization: &Immunization| {
                immunization.status_reason.value().is_some_and(is_named)
            };
            if named(source) && !named(target) {
                subject.violated_at("statusReason");
            }
            if source.primary_source.value() == Some(&false)
                && target.primary_source.value() != Some(&false)
            {
                subject.violated_at("primarySource");
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
        let of = |fields: &[_]| vec![record(Kind::Immunization, "a", fields)];
        found_between(&ImmunizationStatusChanged, of(source), of(target))
    }

    const DONE: (&str, &str) = ("status", "completed");
    const REFUSED: (&str, &str) = ("status", "not-done");

    #[test]
    fn fires() {
        assert_eq!(between(&[REFUSED], &[DONE]), ["Immunization a status"]);
        assert_eq!(between(&[DONE], &[REFUSED]), ["Immunization a status"]);
        assert_eq!(between(&[REFUSED], &[]), ["Immunization a status"]);
        assert_eq!(between(&[], &[REFUSED]), ["Immunization a status"]);
        let reason = ("statusReason.text", "refused");
        assert_eq!(
            between(&[REFUSED, reason], &[REFUSED]),
            ["Immunization a statusReason"]
        );
        let reported = ("primarySource", "false");
        assert_eq!(
            between(&[DONE, reported], &[DONE]),
            ["Immunization a primarySource"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between(&[DONE], &[DONE, ("primarySource", "true")]), NONE);
        assert_eq!(between(&[], &[DONE]), NONE);
        assert_eq!(
            between(&[REFUSED], &[REFUSED, ("statusReason.text", "refused")]),
            NONE
        );
    }
}
