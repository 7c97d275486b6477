use ehr_model::chart::Chart;
use ehr_model::kind::Claim;

use crate::Context;
use crate::concept;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Line of a claim that points at a diagnosis the claim does not have
    ///
    /// ## What it does
    ///
    /// Looks at the pointers of the lines of a claim: each must be the number of a diagnosis of the
    /// claim. A claim must not have more than twelve diagnoses, an institutional one not more than
    /// twenty-five.
    ///
    /// ## Why it matters
    ///
    /// The payer rejects the line or pays it without its reason.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether diagnoses were dropped or renumbered; the order is part of the claim.
    ///
    /// ### Who uses the data
    ///
    /// Look at the claim in the source before it is sent.
    ///
    /// ## Source
    ///
    /// ASC X12 837, SV107 and HI: twelve diagnoses (professional), twenty-five (institutional).
    DiagnosisPointerUnresolved {
        code: "diagnosis-pointer-unresolved", category: Conformance, severity: Warning, since: "0.1.0",
        covers: ["BIL-010"],
    }
}

impl Rule for DiagnosisPointerUnresolved {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, claim) in chart.of::<Claim>() {
            if claim.diagnosis.is_empty()
                && claim
                    .item
                    .iter()
                    .all(|item| item.diagnosis_sequence.is_empty())
            {
                continue;
            }
            let mut subject = findings.applies_to(record);
            let has = |pointer: &i64| {
                claim
                    .diagnosis
                    .iter()
                    .any(|diagnosis| diagnosis.sequence.value() == Some(pointer))
            };
            for (number, item) in claim.item.iter().enumerate() {
                if !item.diagnosis_sequence.iter().all(has) {
                    subject.violated_at(format!("item[{number}].diagnosisSequence"));
                }
            }
            let is_institutional = claim.type_.value().is_some_and(|type_| {
                concept::codes_in(type_, CLAIM_TYPE).any(|code| code == "institutional")
            });
            let most = if is_institutional {
                MOST_INSTITUTIONAL
            } else {
                MOST_PROFESSIONAL
            };
            if claim.diagnosis.len() > most {
                subject.violated_at("diagnosis");
            }
        }
        Ok(())
    }
}

const CLAIM_TYPE: &str = "http://terminology.hl7.org/CodeSystem/claim-type";
/// Diagnoses of an 837P.
const MOST_PROFESSIONAL: usize = 12;
/// Diagnoses of an 837I.
const MOST_INSTITUTIONAL: usize = 25;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::billing::fixture::*;
    use crate::rules::testing::found;

    fn with_diagnoses(count: usize, more: &[(&str, &str)]) -> Vec<String> {
        let numbers: Vec<_> = (0..count)
            .map(|n| (format!("diagnosis[{n}].sequence"), (n + 1).to_string()))
            .collect();
        let mut fields: Vec<_> = numbers
            .iter()
            .map(|(path, value)| (path.as_str(), value.as_str()))
            .collect();
        fields.extend(more);
        found(
            &DiagnosisPointerUnresolved,
            vec![claim("a", "1", &["1"], &fields)],
        )
    }

    #[test]
    fn fires() {
        let pointer = ("item[0].diagnosisSequence[0]", "3");
        assert_eq!(
            with_diagnoses(2, &[pointer]),
            ["Claim a item[0].diagnosisSequence"]
        );
        assert_eq!(with_diagnoses(13, &[]), ["Claim a diagnosis"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            with_diagnoses(2, &[("item[0].diagnosisSequence[0]", "2")]),
            NONE
        );
        assert_eq!(with_diagnoses(12, &[]), NONE);
        let institutional = [
            ("type.coding[0].system", CLAIM_TYPE),
            ("type.coding[0].code", "institutional"),
        ];
        assert_eq!(with_diagnoses(25, &institutional), NONE);
        assert_eq!(with_diagnoses(0, &[]), NONE);
    }
}
