use ehr_model::kind::Medication;

use super::entry::may_be_taken;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Active medication that the target does not have
    ///
    /// ## What it does
    ///
    /// Looks at medications of the source that are active or whose status nobody stated, and that were
    /// not entered in error. Each must have an entry of its own in the target. Where entries can be
    /// matched in several ways and the target has fewer of them, every one of them is named. Statements
    /// that nothing is taken count as well.
    ///
    /// ## Why it matters
    ///
    /// A drug that is missing from the list is stopped by accident, or prescribed a second time, and no
    /// check for interactions sees it.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether the record was set aside, rejected or left out by the scope, and why. A filter by date
    /// or status is the usual cause.
    ///
    /// ### Who uses the data
    ///
    /// Reconcile the list with the patient and the pharmacy before anything is prescribed.
    ///
    /// ## Source
    ///
    /// Practice guides on migration demand that active medications arrive complete; USCDI v3,
    /// Medications.
    ActiveMedicationMissingInTarget {
        code: "active-medication-missing-in-target", category: Completeness, severity: Fatal, since: "0.1.0", scope: Comparison,
        covers: ["MED-001"],
    }
}

impl Rule for ActiveMedicationMissingInTarget {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, _) in pair
            .source()
            .of::<Medication>()
            .filter(|(_, medication)| may_be_taken(medication))
        {
            let mut subject = findings.applies_to(record);
            if pair.lacks(record.id) {
                subject.violated_at("medication");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;
    use crate::rules::testing::found_between;

    #[test]
    fn fires() {
        let source = || {
            vec![
                medication("a", &[ACTIVE, (NAME, "warfarin")]),
                medication("b", &[(NAME, "digoxin")]),
                medication("c", &[("status", "on-hold"), (NAME, "lithium")]),
            ]
        };
        assert_eq!(
            found_between(&ActiveMedicationMissingInTarget, source(), vec![]),
            [
                "Medication a medication",
                "Medication b medication",
                "Medication c medication"
            ]
        );
        let target = vec![medication("x", &[ACTIVE, (NAME, "Warfarin")])];
        assert_eq!(
            found_between(&ActiveMedicationMissingInTarget, source(), target),
            ["Medication b medication", "Medication c medication"]
        );
    }

    #[test]
    fn stays_silent() {
        let over = |status| vec![medication("a", &[("status", status), (NAME, "warfarin")])];
        for status in ["stopped", "completed", "cancelled", "entered-in-error"] {
            assert_eq!(
                found_between(&ActiveMedicationMissingInTarget, over(status), vec![]),
                NONE
            );
        }
        let denied = vec![medication(
            "a",
            &[("doNotPerform", "true"), (NAME, "warfarin")],
        )];
        assert_eq!(
            found_between(&ActiveMedicationMissingInTarget, denied, vec![]),
            NONE
        );
        let other_id = vec![medication("x", &[ACTIVE, (NAME, "warfarin ")])];
        assert_eq!(
            found_between(&ActiveMedicationMissingInTarget, over("active"), other_id),
            NONE
        );
    }
}
