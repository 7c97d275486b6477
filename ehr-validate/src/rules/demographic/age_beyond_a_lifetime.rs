use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;
use ehr_model::kind::{Deceased, Patient};

rule! {
    /// Patient who would be older than anybody.
    ///
    /// ## What it does
    ///
    /// Computes the age at death, or on the day of the run for who is not known to have died. It
    /// must not be above one hundred and twenty years, whatever the precision of the dates leaves
    /// open.
    ///
    /// ## Why it matters
    ///
    /// The date of birth is a placeholder or a century off, and age decides doses, ranges and
    /// recalls.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether many patients share the date; then it is a placeholder to be named in the
    /// mapping document.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient, or look whether the patient has died.
    ///
    /// ## Source
    ///
    /// OHDSI Data Quality Dashboard, plausible year of birth; the limit is an engineering default,
    /// a site may tune it.
    AgeBeyondALifetime {
        code: "age-beyond-a-lifetime", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["DEM-002"],
    }
}

impl Rule for AgeBeyondALifetime {
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
            let end = match patient.deceased.value() {
                Some(Deceased::DateTime(date)) => date.value().map(|date| date.earliest()),
                Some(Deceased::Boolean(died)) if died.value() == Some(&true) => None,
                _ => Some(context.as_of.get().earliest()),
            };
            if let Some(end) = end {
                let mut subject = findings.applies_to(record);
                if end
                    .years_since(birth.get().latest())
                    .is_some_and(|years| years > OLDEST)
                {
                    subject.violated_at("birthDate");
                }
            }
        }
        Ok(())
    }
}

/// In years; few people have been older, and none is in a practice.
const OLDEST: u32 = 120;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn of(fields: &[(&str, &str)]) -> Vec<String> {
        found(
            &AgeBeyondALifetime,
            vec![record(Kind::Patient, "p", fields)],
        )
    }

    #[test]
    fn fires() {
        assert_eq!(of(&[("birthDate", "1900-01-01")]), ["Patient p birthDate"]);
        assert_eq!(
            of(&[("birthDate", "1850"), ("deceasedDateTime", "1999")]),
            ["Patient p birthDate"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(of(&[("birthDate", "1911")]), NONE);
        assert_eq!(
            of(&[("birthDate", "1850"), ("deceasedDateTime", "1930")]),
            NONE
        );
        assert_eq!(
            of(&[("birthDate", "1850"), ("deceasedBoolean", "true")]),
            NONE,
            "when, nobody knows"
        );
        assert_eq!(of(&[]), NONE);
    }
}
