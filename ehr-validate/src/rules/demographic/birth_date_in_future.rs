use std::cmp::Ordering;

use ehr_model::chart::Chart;
use ehr_model::kind::Patient;

use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Date of birth in the future.
    ///
    /// ## What it does
    ///
    /// Compares the date of birth of the patient with the day of the run. A date that is only
    /// known to the month or the year is judged by the last day that it may mean.
    ///
    /// ## Why it matters
    ///
    /// Age decides doses, reference ranges, vaccine schedules and consent. A date of birth in the
    /// future is most often a century that was guessed from two digits, a day swapped with a
    /// month, or a placeholder.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look up how the source writes years. Where it writes two digits, say in the mapping
    /// document from which year on they belong to the last century; where it writes a placeholder,
    /// name it there. Never shift the date by hand.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient and correct the date in the chart before anything is dosed by age.
    ///
    /// ## Source
    ///
    /// OHDSI Data Quality Dashboard, check `plausibleValueHigh` of the year of birth; FHIR R4, Patient.birthDate.
    BirthDateInFuture {
        code: "birth-date-in-future", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["DEM-002"],
    }
}

impl Rule for BirthDateInFuture {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, patient) in chart.of::<Patient>() {
            let Some(birth) = patient.birth_date.value() else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            if birth.get().compare(context.as_of.get()) == Some(Ordering::Greater) {
                subject.violated_at("birthDate");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{AS_OF, found, record};
    use ehr_model::record::Kind::Patient as Kind;

    #[test]
    fn fires() {
        for date in ["2031-05-02", "2032", "2031-06"] {
            let patient = vec![record(Kind, "p", &[("birthDate", date)])];
            assert_eq!(
                found(&BirthDateInFuture, patient),
                ["Patient p birthDate"],
                "{date}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for date in [AS_OF, "2031-05", "2031", "1931-05-02"] {
            let patient = vec![record(Kind, "p", &[("birthDate", date)])];
            assert_eq!(found(&BirthDateInFuture, patient), none, "{date}");
        }
        assert_eq!(
            found(&BirthDateInFuture, vec![record(Kind, "p", &[])]),
            none
        );
    }
}
