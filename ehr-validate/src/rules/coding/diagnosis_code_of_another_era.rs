use chrono::NaiveDate;
use ehr_model::chart::Chart;

use super::service::services;
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::system;

rule! {
    /// ICD-9-CM after 2015-09-30, or ICD-10-CM before.
    ///
    /// ## What it does
    ///
    /// Compares the version of the diagnoses of claims, and of the problems that are diagnoses of
    /// visits, with the date of service. A concept that has codes of both versions is right on
    /// every date.
    ///
    /// ## Why it matters
    ///
    /// The claim is refused. In a chart the code was put there later, by somebody who converted it,
    /// and the original is lost.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look for the original code in the source and map it beside. The equivalence maps propose;
    /// where they propose several, a person decides.
    ///
    /// ### Who uses the data
    ///
    /// Bill with the version of the date of service.
    ///
    /// ## Source
    ///
    /// 45 CFR 162.1002.
    DiagnosisCodeOfAnotherEra {
        code: "diagnosis-code-of-another-era", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-015"],
    }
}

impl Rule for DiagnosisCodeOfAnotherEra {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let end = NaiveDate::from_ymd_opt(2015, 10, 1).unwrap_or_default();
        for (system, other, is_nine) in [
            (system::ICD_9_CM, system::ICD_10_CM, true),
            (system::ICD_10_CM, system::ICD_9_CM, false),
        ] {
            services(chart, findings, system, |service| {
                let date = service.date?;
                let outside = match is_nine {
                    true => date.earliest() >= end,
                    false => date.latest() < end,
                };
                Some(outside && !service.has_coding_of(other))
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    #[test]
    fn fires() {
        for (system, code, date) in [
            ("http://hl7.org/fhir/sid/icd-9-cm", "250.00", "2015-10-01"),
            ("http://hl7.org/fhir/sid/icd-10-cm", "E11.9", "2015-09-30"),
        ] {
            let fields = [
                (
                    "diagnosis[0].diagnosisCodeableConcept.coding[0].system",
                    system,
                ),
                ("diagnosis[0].diagnosisCodeableConcept.coding[0].code", code),
                ("billablePeriod.start", date),
            ];
            let claim = vec![record(Kind::Claim, "a", &fields)];
            assert_eq!(
                found(&DiagnosisCodeOfAnotherEra, claim),
                ["Claim a diagnosis[0].diagnosisCodeableConcept.coding[0]"],
                "{date}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for (system, code, date) in [
            ("http://hl7.org/fhir/sid/icd-9-cm", "250.00", "2015-09-30"),
            ("http://hl7.org/fhir/sid/icd-10-cm", "E11.9", "2015-10-01"),
            ("http://hl7.org/fhir/sid/icd-9-cm", "250.00", "2015"),
        ] {
            let fields = [
                (
                    "diagnosis[0].diagnosisCodeableConcept.coding[0].system",
                    system,
                ),
                ("diagnosis[0].diagnosisCodeableConcept.coding[0].code", code),
                ("billablePeriod.start", date),
            ];
            let claim = vec![record(Kind::Claim, "a", &fields)];
            assert_eq!(found(&DiagnosisCodeOfAnotherEra, claim), none, "{date}");
        }
        let concept = "diagnosis[0].diagnosisCodeableConcept";
        let both = [
            (
                &*format!("{concept}.coding[0].system"),
                "http://hl7.org/fhir/sid/icd-9-cm",
            ),
            (&*format!("{concept}.coding[0].code"), "250.00"),
            (
                &*format!("{concept}.coding[1].system"),
                "http://hl7.org/fhir/sid/icd-10-cm",
            ),
            (&*format!("{concept}.coding[1].code"), "E11.9"),
            ("billablePeriod.start", "2020-01-01"),
        ];
        assert_eq!(
            found(
                &DiagnosisCodeOfAnotherEra,
                vec![record(Kind::Claim, "a", &both)]
            ),
            none
        );
    }
}
