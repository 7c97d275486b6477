use ehr_model::kind::MedicationStatus;

use super::pair::each;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Medication whose status is another one in the target
    ///
    /// ## What it does
    ///
    /// Compares the status of every medication with its entry in the target. What the source states must
    /// stand there. A status that the source does not state must not be made up; `unknown` may stand for
    /// it.
    ///
    /// ## Why it matters
    ///
    /// A drug that was stopped for a reason and is active again is taken again. One that was active and
    /// is completed is stopped by accident.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare the code map of statuses, and look for a default that fills in `active` or `completed`; an
    /// aborted order is stopped, not completed.
    ///
    /// ### Who uses the data
    ///
    /// Reconcile the list with the patient before it is used.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, MedicationRequest.status.
    MedicationStatusChanged {
        code: "medication-status-changed", category: Conformance, severity: Fatal, since: "0.1.0", scope: Comparison,
        covers: ["MED-018"],
    }
}

impl Rule for MedicationStatusChanged {
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
            subject.applies();
            let (before, after) = (source.status.value(), target.status.value());
            let is_made_up =
                before.is_none() && !matches!(after, None | Some(MedicationStatus::Unknown));
            if before.is_some() && before != after || is_made_up {
                subject.violated_at("status");
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    #[test]
    fn fires() {
        let wrong = ["Medication a status"];
        let of = |status| [("status", status), (NAME, "x")];
        for (source, target) in [
            ("stopped", "active"),
            ("active", "completed"),
            ("on-hold", "active"),
        ] {
            assert_eq!(
                between(&MedicationStatusChanged, &of(source), &of(target)),
                wrong
            );
        }
        assert_eq!(
            between(&MedicationStatusChanged, &[(NAME, "x")], &of("active")),
            wrong
        );
        assert_eq!(
            between(&MedicationStatusChanged, &of("active"), &[(NAME, "x")]),
            wrong
        );
    }

    #[test]
    fn stays_silent() {
        let of = |status| [("status", status), (NAME, "x")];
        assert_eq!(
            between(&MedicationStatusChanged, &of("active"), &of("active")),
            NONE
        );
        assert_eq!(
            between(&MedicationStatusChanged, &[(NAME, "x")], &of("unknown")),
            NONE
        );
        assert_eq!(
            between(&MedicationStatusChanged, &[(NAME, "x")], &[(NAME, "x")]),
            NONE
        );
        assert_eq!(
            between(
                &MedicationStatusChanged,
                &of("entered-in-error"),
                &of("stopped")
            ),
            NONE
        );
    }
}
