use ehr_model::kind::{Deceased, Patient};

use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::time::is_before;
use ehr_model::chart::Chart;

rule! {
    /// Patient who died before birth.
    ///
    /// ## What it does
    ///
    /// Compares date of death and date of birth of the patient. Where precision leaves the order
    /// open, the rule stays silent.
    ///
    /// ## Why it matters
    ///
    /// One of the two is wrong, and both decide whether the chart is open and how old the patient
    /// is.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether the columns are swapped, or the death belongs to a relative.
    ///
    /// ### Who uses the data
    ///
    /// Find out which date is wrong before anybody writes to the family.
    ///
    /// ## Source
    ///
    /// OHDSI Data Quality Dashboard, check `plausibleStartBeforeEnd`.
    DeathBeforeBirth {
        code: "death-before-birth", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["DEM-002"],
    }
}

impl Rule for DeathBeforeBirth {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, patient) in chart.of::<Patient>() {
            if let (Some(birth), Some(Deceased::DateTime(death))) =
                (patient.birth_date.value(), patient.deceased.value())
                && let Some(death) = death.value()
            {
                let mut subject = findings.applies_to(record);
                if is_before(death, birth.get(), 0) {
                    subject.violated_at("deceasedDateTime");
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

    fn of(birth: &str, death: &str) -> Vec<String> {
        let fields = [("birthDate", birth), ("deceasedDateTime", death)];
        found(&DeathBeforeBirth, vec![record(Kind::Patient, "p", &fields)])
    }

    #[test]
    fn fires() {
        assert_eq!(
            of("1980-05-02", "1980-05-01"),
            ["Patient p deceasedDateTime"]
        );
        assert_eq!(
            of("1980", "1979-12-31T10:00:00"),
            ["Patient p deceasedDateTime"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(of("1980-05-01", "1980-05-01"), NONE);
        assert_eq!(of("1980-05-01", "1980"), NONE);
        assert_eq!(
            of("1980-05-02", "1980-05-01T23:30:00-11:00"),
            NONE,
            "the day may be the same"
        );
    }
}
