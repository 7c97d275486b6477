use ehr_model::kind::Immunization;

use super::vaccine::{given_on, was_given};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::time::is_before;
use ehr_model::chart::Chart;

rule! {
    /// Vaccine given after its expiry.
    ///
    /// ## What it does
    ///
    /// Compares the expiration date of every vaccine that was given with the day on which it was. A
    /// month or a year counts to its last day.
    ///
    /// ## Why it matters
    ///
    /// Either the dose must be repeated, or one of two dates is wrong.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether the columns are swapped or two-digit years were read into the wrong century.
    ///
    /// ### Who uses the data
    ///
    /// Decide whether the dose counts, and repeat it if it does not.
    ///
    /// ## Source
    ///
    /// CDC, Vaccine Storage and Handling Toolkit: an expired dose is not valid and is repeated.
    VaccineGivenAfterExpiry {
        code: "vaccine-given-after-expiry", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["IMM-003"],
    }
}

impl Rule for VaccineGivenAfterExpiry {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, immunization) in chart.of::<Immunization>().filter(|(_, i)| was_given(i)) {
            if let (Some(expiry), Some(given)) =
                (immunization.expiration_date.value(), given_on(immunization))
            {
                let mut subject = findings.applies_to(record);
                if is_before(expiry.get(), given, 0) {
                    subject.violated_at("expirationDate");
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

    fn of(expiry: &str, given: &str, status: &str) -> Vec<String> {
        let fields = [
            ("expirationDate", expiry),
            ("occurrenceDateTime", given),
            ("status", status),
        ];
        found(
            &VaccineGivenAfterExpiry,
            vec![record(Kind::Immunization, "a", &fields)],
        )
    }

    #[test]
    fn fires() {
        assert_eq!(
            of("2020-01-31", "2020-02-01", "completed"),
            ["Immunization a expirationDate"]
        );
        assert_eq!(
            of("2020-01", "2020-02-01", "completed"),
            ["Immunization a expirationDate"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(of("2020-01", "2020-01-31", "completed"), NONE);
        assert_eq!(of("2020-01-31", "2020", "completed"), NONE);
        assert_eq!(of("2020-01-31", "2021-01-01", "not-done"), NONE);
        let no_expiry = record(Kind::Immunization, "a", &[("occurrenceDateTime", "2020")]);
        assert_eq!(found(&VaccineGivenAfterExpiry, vec![no_expiry]), NONE);
    }
}
