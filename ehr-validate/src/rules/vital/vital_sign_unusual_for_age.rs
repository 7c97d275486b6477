use ehr_model::chart::Chart;

use super::measure::{Sign, all, birth, day, months};
use super::table::centiles;
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Heart or respiratory rate of a child outside of the centiles of its age
    ///
    /// ## What it does
    ///
    /// Compares heart and respiratory rates of children under eighteen with the first and 99th centile of
    /// their age in months, from the table beside this rule. Rates taken on an unknown day or of patients
    /// without a day of birth are left out. Limits of resuscitation courses are not used: they call most
    /// healthy children ill.
    ///
    /// ## Why it matters
    ///
    /// Two of a hundred healthy children lie outside, so a single finding says little; many say that ages
    /// or columns are wrong.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare the share of findings with two percent. If it is much higher, look at birth dates and at
    /// whether the two rates are swapped.
    ///
    /// ### Who uses the data
    ///
    /// Look at the child before the number.
    ///
    /// ## Source
    ///
    /// Fleming S et al., Normal ranges of heart rate and respiratory rate in children from birth to 18
    /// years, Lancet 2011;377:1011-1018.
    VitalSignUnusualForAge {
        code: "vital-sign-unusual-for-age", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["VIT-003"],
    }
}

impl Rule for VitalSignUnusualForAge {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let Some(birth) = birth(chart) else {
            return Ok(());
        };
        for measure in
            all(chart).filter(|one| matches!(one.sign, Sign::HeartRate | Sign::RespiratoryRate))
        {
            let age = measure
                .taken
                .and_then(day)
                .and_then(|day| months(birth, day));
            let Some(centiles) = age.and_then(|age| centiles(measure.sign, age)) else {
                continue;
            };
            let mut subject = findings.applies_to(measure.record);
            if measure.amount < centiles.low || measure.amount > centiles.high {
                subject.violated_at(measure.field);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::found;
    use crate::rules::vital::fixture::*;

    #[test]
    fn fires() {
        let records = vec![
            patient("2028-01-15", "male"),
            sign("a", "8867-4", "60", "/min", "2029-01-15"),
            sign("b", "9279-1", "60", "/min", "2030-01-15"),
        ];
        assert_eq!(
            found(&VitalSignUnusualForAge, records),
            ["Observation a valueQuantity", "Observation b valueQuantity"]
        );
    }

    #[test]
    fn stays_silent() {
        let records = vec![
            patient("2028-01-15", "male"),
            sign("a", "8867-4", "156", "/min", "2029-01-15"),
            sign("b", "9279-1", "25", "/min", "2030-01-15"),
            sign("c", "8867-4", "40", "/min", "2030"),
        ];
        assert_eq!(found(&VitalSignUnusualForAge, records), NONE);
        let adult = vec![
            patient("1984-01-15", "male"),
            sign("a", "8867-4", "40", "/min", "2029-01-15"),
        ];
        assert_eq!(found(&VitalSignUnusualForAge, adult), NONE);
        assert_eq!(
            found(
                &VitalSignUnusualForAge,
                vec![sign("a", "8867-4", "40", "/min", "2029-01-15")]
            ),
            NONE
        );
    }
}
