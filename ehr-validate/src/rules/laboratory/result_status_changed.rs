use ehr_model::kind::{Observation, ObservationStatus};

use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Result whose status is another one in the target, or whose correction lost what it corrects
    ///
    /// ## What it does
    ///
    /// Compares the status of every observation with its entry in the target. What the source states must
    /// stand there; preliminary, cancelled and corrected must not become final, and a status that the
    /// source does not state must not be made up. A result that a corrected or amended one is derived
    /// from must stay linked.
    ///
    /// ## Why it matters
    ///
    /// A preliminary result is read as the last word, and a cancelled one as a result.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare the code map of HL7 table 0085 and of the C-CDA statuses.
    ///
    /// ### Who uses the data
    ///
    /// Look at the source before the result is used.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Observation.status; USCDI v3, Result Status.
    ResultStatusChanged {
        code: "result-status-changed", category: Conformance, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["LAB-008"],
    }
}

impl Rule for ResultStatusChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Observation>() {
            let mut subject = findings.applies_to(record);
            let (before, after) = (source.status.value(), target.status.value());
            let made_up =
                before.is_none() && !matches!(after, None | Some(ObservationStatus::Unknown));
            if before.is_some() && before != after || made_up {
                subject.violated_at("status");
            }
            let is_correction = matches!(
                before,
                Some(ObservationStatus::Corrected | ObservationStatus::Amended)
            );
            if is_correction && target.derived_from.len() < source.derived_from.len() {
                subject.violated_at("derivedFrom");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::laboratory::fixture::*;

    #[test]
    fn fires() {
        let of = |status| [(VALUE, "5"), ("status", status)];
        for status in ["preliminary", "cancelled", "corrected", "entered-in-error"] {
            assert_eq!(
                between(&ResultStatusChanged, &of(status), &of("final")),
                ["Observation a status"]
            );
        }
        assert_eq!(
            between(&ResultStatusChanged, &[(VALUE, "5")], &of("final")),
            ["Observation a status"]
        );
        let linked = [
            (VALUE, "5"),
            ("status", "corrected"),
            ("derivedFrom[0].reference", "Observation/b"),
        ];
        assert_eq!(
            between(&ResultStatusChanged, &linked, &linked[..2]),
            ["Observation a derivedFrom"]
        );
    }

    #[test]
    fn stays_silent() {
        let of = |status| [(VALUE, "5"), ("status", status)];
        assert_eq!(
            between(&ResultStatusChanged, &of("final"), &of("final")),
            NONE
        );
        assert_eq!(
            between(&ResultStatusChanged, &[(VALUE, "5")], &of("unknown")),
            NONE
        );
    }
}
