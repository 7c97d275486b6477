use ehr_model::chart::Chart;
use ehr_model::kind::Observation;

use super::measure::measures;
use super::table::bounds;
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Vital sign outside of what is possible
    ///
    /// ## What it does
    ///
    /// Compares temperature, oxygen saturation, heart rate, respiratory rate, blood pressure, weight,
    /// height and head circumference, by LOINC and in whatever unit they were written, with the bounds
    /// beside this rule (`rules/vital/bounds.tsv`). What has a comparator, another unit or no number is
    /// left out.
    ///
    /// ## Why it matters
    ///
    /// Nobody lives with such a value. It was typed wrongly, stands in the wrong unit or in the wrong
    /// column.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the unit and the column. If the value stands in the source like this, it goes across as it
    /// is, with the finding.
    ///
    /// ### Who uses the data
    ///
    /// Do not trend or dose by the value.
    ///
    /// ## Source
    ///
    /// Engineering defaults, a site may tune them; the source of each is in the table.
    ImpossibleVitalSign {
        code: "impossible-vital-sign", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["VIT-001"],
    }
}

impl Rule for ImpossibleVitalSign {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, observation) in chart.of::<Observation>() {
            let mut subject = findings.about(record);
            for measure in measures(record, observation) {
                let Some(bounds) = bounds(measure.sign) else {
                    continue;
                };
                subject.applies();
                if measure.amount < bounds.low || measure.amount > bounds.high {
                    subject.violated_at(measure.field);
                }
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
            sign("a", "8310-5", "986", "[degF]", "2030-01-01"),
            sign("b", "59408-5", "101", "%", "2030-01-01"),
            sign("c", HEIGHT, "5.9", "cm", "2030-01-01"),
            sign("d", WEIGHT, "1800", "[lb_av]", "2030-01-01"),
        ];
        assert_eq!(
            found(&ImpossibleVitalSign, records),
            [
                "Observation a valueQuantity",
                "Observation b valueQuantity",
                "Observation c valueQuantity",
                "Observation d valueQuantity",
            ]
        );
    }

    #[test]
    fn stays_silent() {
        let records = vec![
            sign("a", "8310-5", "98.6", "[degF]", "2030-01-01"),
            sign("b", "59408-5", "100", "%", "2030-01-01"),
            sign("c", HEIGHT, "275", "cm", "2030-01-01"),
            sign("d", WEIGHT, "1800", "stone", "2030-01-01"),
            sign("e", "2951-2", "9999", "mmol/L", "2030-01-01"),
        ];
        assert_eq!(found(&ImpossibleVitalSign, records), NONE);
    }
}
