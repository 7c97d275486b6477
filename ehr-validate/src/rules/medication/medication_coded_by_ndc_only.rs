use ehr_model::chart::Chart;
use ehr_model::datatype::Coding;
use ehr_model::kind::Medication;

use super::entry::{may_be_taken, product};
use crate::Context;
use crate::concept;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::rules::{is_coded, says};
use crate::terminology::system;

rule! {
    /// Medication whose only code is a National Drug Code
    ///
    /// ## What it does
    ///
    /// Looks at medications that the patient may take and that have a code. A code of RxNorm, SNOMED CT
    /// or another system of drugs must stand there; an NDC alone is named. A medication without any code
    /// is for the rule `medication-without-dose-or-code`.
    ///
    /// ## Why it matters
    ///
    /// An NDC is a package. It goes out of use, is given anew, and no check for allergies and
    /// interactions works by packages.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Translate by the map from NDC to RxNorm of a loaded release, keep the NDC beside it, and give what
    /// has no translation to a person.
    ///
    /// ### Who uses the data
    ///
    /// Choose the drug anew when it is renewed.
    ///
    /// ## Source
    ///
    /// US Core 6.1.0, MedicationRequest.medication: RxNorm by its value set; the ONC C-CDA scorecard asks
    /// the same.
    MedicationCodedByNdcOnly {
        code: "medication-coded-by-ndc-only", category: Conformance, severity: Warning, since: "0.1.0",
        covers: ["MED-024"],
    }
}

impl Rule for MedicationCodedByNdcOnly {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, medication) in chart
            .of::<Medication>()
            .filter(|(_, medication)| may_be_taken(medication))
        {
            let Some(product) = product(medication).filter(|product| is_coded(product)) else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            let is_ndc = |coding: &Coding| concept::text(&coding.system) == Some(system::NDC);
            let has_code = |coding: &&Coding| says(&coding.system) && says(&coding.code);
            if product.coding.iter().filter(has_code).all(is_ndc) {
                subject.violated_at("medicationCodeableConcept.coding");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    const NDC: &str = "http://hl7.org/fhir/sid/ndc";

    #[test]
    fn fires() {
        let wrong = ["Medication a medicationCodeableConcept.coding"];
        assert_eq!(
            in_one(
                &MedicationCodedByNdcOnly,
                &[(SYSTEM, NDC), (CODE, "00093-1048-01")]
            ),
            wrong
        );
        assert_eq!(
            in_one(
                &MedicationCodedByNdcOnly,
                &[ACTIVE, (NAME, "x"), (SYSTEM, NDC), (CODE, "1")]
            ),
            wrong
        );
    }

    #[test]
    fn stays_silent() {
        let both = [
            (SYSTEM, NDC),
            (CODE, "00093-1048-01"),
            ("medicationCodeableConcept.coding[1].system", RXNORM),
            ("medicationCodeableConcept.coding[1].code", "861007"),
        ];
        assert_eq!(in_one(&MedicationCodedByNdcOnly, &both), NONE);
        assert_eq!(
            in_one(
                &MedicationCodedByNdcOnly,
                &[(SYSTEM, RXNORM), (CODE, "861007")]
            ),
            NONE
        );
        assert_eq!(
            in_one(&MedicationCodedByNdcOnly, &[(NAME, "aspirin")]),
            NONE
        );
        assert_eq!(
            in_one(
                &MedicationCodedByNdcOnly,
                &[("status", "stopped"), (SYSTEM, NDC), (CODE, "1")]
            ),
            NONE
        );
    }
}
