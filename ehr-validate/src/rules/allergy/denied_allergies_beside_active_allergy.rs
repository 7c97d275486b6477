use ehr_model::kind::Allergy;

use super::status::{Denial, is_positive, standing_denial};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// "No known allergies" beside an active allergy.
    ///
    /// ## What it does
    ///
    /// Looks for a standing denial of all allergies, by its SNOMED CT code or in words, in charts
    /// that also hold an active allergy. The denial is named. Allergies that are inactive,
    /// resolved, refuted or entered in error contradict nothing.
    ///
    /// ## Why it matters
    ///
    /// One of the two is wrong, and a system that reads the denial first shows a patient without
    /// allergies.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See which entry is newer and whether the denial comes from a checkbox that the old system
    /// never cleared. Leave the decision to the practice; keep both until it is made.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient and remove the entry that is wrong.
    ///
    /// ## Source
    ///
    /// SNOMED CT 716186003 |No known allergy|; HL7 FHIR R4, AllergyIntolerance, "Negated allergies
    /// and intolerances".
    DeniedAllergiesBesideActiveAllergy {
        code: "denied-allergies-beside-active-allergy", category: Plausibility, severity: Fatal, since: "0.1.0",
        covers: ["ALG-002"],
    }
}

impl Rule for DeniedAllergiesBesideActiveAllergy {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let has_allergy = chart
            .of::<Allergy>()
            .any(|(_, allergy)| is_positive(allergy));
        for (record, allergy) in chart.of::<Allergy>() {
            if standing_denial(allergy) == Some(Denial::All) {
                let mut subject = findings.applies_to(record);
                if has_allergy {
                    subject.violated_at("code");
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    const SYSTEM: (&str, &str) = ("code.coding[0].system", "http://snomed.info/sct");
    const NONE_KNOWN: (&str, &str) = ("code.coding[0].code", "716186003");

    #[test]
    fn fires() {
        let allergies = vec![
            record(Kind::Allergy, "a", &[SYSTEM, NONE_KNOWN]),
            record(Kind::Allergy, "b", &[("code.text", "No Known Allergies")]),
            record(Kind::Allergy, "c", &[("code.text", "peanut")]),
        ];
        assert_eq!(
            found(&DeniedAllergiesBesideActiveAllergy, allergies),
            ["Allergy a code", "Allergy b code"]
        );
    }

    #[test]
    fn stays_silent() {
        let denial = record(Kind::Allergy, "a", &[SYSTEM, NONE_KNOWN]);
        let resolved = [("code.text", "peanut"), ("clinicalStatus", "resolved")];
        let refuted = [("code.text", "latex"), ("verificationStatus", "refuted")];
        let over = [SYSTEM, NONE_KNOWN, ("clinicalStatus", "inactive")];
        let charts = [
            vec![denial.clone()],
            vec![denial.clone(), record(Kind::Allergy, "b", &resolved)],
            vec![denial, record(Kind::Allergy, "b", &refuted)],
            vec![
                record(Kind::Allergy, "a", &over),
                record(Kind::Allergy, "b", &[("code.text", "peanut")]),
            ],
        ];
        for chart in charts {
            assert_eq!(found(&DeniedAllergiesBesideActiveAllergy, chart), NONE);
        }
    }
}
