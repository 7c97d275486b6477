use ehr_model::kind::Immunization;

use super::vaccine::{cvx, was_given};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::rules::is_named;
use ehr_model::chart::Chart;

rule! {
    /// Vaccination without a CVX code.
    ///
    /// ## What it does
    ///
    /// Looks at vaccinations that were given and that name their vaccine. The vaccine must have a
    /// CVX code; it may be one that is retired, which is right for history.
    ///
    /// ## Why it matters
    ///
    /// Registries, schools and forecasts of the next dose read CVX. A vaccine in words counts as
    /// not given.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the local vaccine table to CVX with an approved row for each, NDC codes by the CDC
    /// crosswalk. An unknown vaccine keeps its words.
    ///
    /// ### Who uses the data
    ///
    /// Look at the words before a dose is repeated.
    ///
    /// ## Source
    ///
    /// US Core 6.1.0, Immunization.vaccineCode; CDC, CVX code set.
    ImmunizationWithoutVaccineCode {
        code: "immunization-without-vaccine-code", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["IMM-001"],
    }
}

impl Rule for ImmunizationWithoutVaccineCode {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, immunization) in chart.of::<Immunization>() {
            let Some(vaccine) = immunization
                .vaccine_code
                .value()
                .filter(|code| is_named(code))
            else {
                continue;
            };
            if was_given(immunization) {
                let mut subject = findings.applies_to(record);
                if cvx(vaccine).is_none() {
                    subject.violated_at("vaccineCode");
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

    #[test]
    fn fires() {
        let chart = vec![
            record(Kind::Immunization, "a", &[("vaccineCode.text", "MMR")]),
            record(
                Kind::Immunization,
                "b",
                &[
                    (
                        "vaccineCode.coding[0].system",
                        "http://hl7.org/fhir/sid/ndc",
                    ),
                    ("vaccineCode.coding[0].code", "00006-4681-00"),
                ],
            ),
        ];
        assert_eq!(
            found(&ImmunizationWithoutVaccineCode, chart),
            ["Immunization a vaccineCode", "Immunization b vaccineCode"]
        );
    }

    #[test]
    fn stays_silent() {
        let chart = vec![
            record(
                Kind::Immunization,
                "a",
                &[
                    (
                        "vaccineCode.coding[0].system",
                        "http://hl7.org/fhir/sid/cvx",
                    ),
                    ("vaccineCode.coding[0].code", "15"),
                ],
            ),
            record(
                Kind::Immunization,
                "b",
                &[("vaccineCode.text", "MMR"), ("status", "not-done")],
            ),
            record(Kind::Immunization, "c", &[("status", "completed")]),
        ];
        assert_eq!(found(&ImmunizationWithoutVaccineCode, chart), NONE);
    }
}
