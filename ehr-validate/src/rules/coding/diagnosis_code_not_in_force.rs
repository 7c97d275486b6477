use chrono::NaiveDate;
use ehr_model::chart::Chart;

use super::service::{Service, services};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::system;

rule! {
    /// ICD-10-CM code that was not valid on the date of service.
    ///
    /// ## What it does
    ///
    /// Looks the diagnoses of claims, and the problems that are diagnoses of visits, up in the
    /// table of ICD-10-CM: each must be there and valid on the date of service. Codes change on
    /// October 1, and some on April 1. Services before 2015-10-01 are for another rule. Needs the
    /// table of ICD-10-CM, with the release in force on that date.
    ///
    /// ## Why it matters
    ///
    /// The claim is refused. A code that no release has is a typo and may stand for any disease.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Build the table from the order files of all years that the claims span. What is then still
    /// not valid goes to the practice.
    ///
    /// ### Who uses the data
    ///
    /// Choose a valid code before you bill.
    ///
    /// ## Source
    ///
    /// CMS, ICD-10-CM order files of each fiscal year and their April updates.
    DiagnosisCodeNotInForce {
        code: "diagnosis-code-not-in-force", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-014"],
    }
}

impl Rule for DiagnosisCodeNotInForce {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let missing = "the table of ICD-10-CM in force on the date of service";
        let table = context
            .terminology
            .and_then(|all| all.table(system::ICD_10_CM));
        let begin = NaiveDate::from_ymd_opt(2015, 10, 1).unwrap_or_default();
        let mut undecided = false;
        services(
            chart,
            findings,
            system::ICD_10_CM,
            |Service { code, date, .. }| {
                let date = (*date)?;
                if date.latest() < begin {
                    return None;
                }
                let valid = table.and_then(|table| match table.get(code) {
                    Some(concept) => concept.is_valid_on(date),
                    None if table
                        .covers_from()
                        .is_none_or(|from| from <= date.earliest()) =>
                    {
                        Some(false)
                    }
                    None => None,
                });
                undecided |= valid.is_none();
                valid.map(|valid| !valid)
            },
        );
        match undecided {
            true => Err(CannotCheck::without_table(missing)),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::Verdict;
    use crate::rules::testing::{found_with_tables, record, verdict_without_table};
    use ehr_model::record::Kind;

    #[test]
    fn fires() {
        for code in ["E99.9", "Z99.99"] {
            let fields = [
                (
                    "diagnosis[0].diagnosisCodeableConcept.coding[0].system",
                    "http://hl7.org/fhir/sid/icd-10-cm",
                ),
                ("diagnosis[0].diagnosisCodeableConcept.coding[0].code", code),
                ("billablePeriod.start", "2030-06-03"),
            ];
            let records = vec![record(Kind::Claim, "a", &fields)];
            assert_eq!(
                found_with_tables(&DiagnosisCodeNotInForce, records),
                ["Claim a diagnosis[0].diagnosisCodeableConcept.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["E11.9", "I10", "E11"] {
            let fields = [
                (
                    "diagnosis[0].diagnosisCodeableConcept.coding[0].system",
                    "http://hl7.org/fhir/sid/icd-10-cm",
                ),
                ("diagnosis[0].diagnosisCodeableConcept.coding[0].code", code),
                ("billablePeriod.start", "2030-06-03"),
            ];
            let records = vec![record(Kind::Claim, "a", &fields)];
            assert_eq!(
                found_with_tables(&DiagnosisCodeNotInForce, records),
                none,
                "{code}"
            );
        }
        let fields = [
            (
                "diagnosis[0].diagnosisCodeableConcept.coding[0].system",
                "http://hl7.org/fhir/sid/icd-10-cm",
            ),
            (
                "diagnosis[0].diagnosisCodeableConcept.coding[0].code",
                "E11.9",
            ),
            ("billablePeriod.start", "2030-06-03"),
        ];
        let record = record(Kind::Claim, "a", &fields);
        assert_eq!(
            verdict_without_table(&DiagnosisCodeNotInForce, record),
            Verdict::WithoutTable
        );
    }
}
