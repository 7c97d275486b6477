use std::sync::LazyLock;

use ehr_model::chart::Chart;
use ehr_model::kind::Observation;
use rust_decimal::Decimal;

use super::result::{is_void, results, unit};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Result outside of what is possible for its test
    ///
    /// ## What it does
    ///
    /// Compares results with the bounds of their LOINC code and unit, from the table beside this rule
    /// (`rules/laboratory/bounds.tsv`). Other units, values with a comparator and tests that the table
    /// lacks are left out.
    ///
    /// ## Why it matters
    ///
    /// Nobody lives with a potassium of 40: the value is of another test, in another unit, or lost its
    /// point.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the unit and at the code of the test. If the source says so, the value goes across with
    /// the finding.
    ///
    /// ### Who uses the data
    ///
    /// Do not act on the value before it is confirmed.
    ///
    /// ## Source
    ///
    /// Engineering defaults, a site may tune them.
    ResultOutsidePossibleBounds {
        code: "result-outside-possible-bounds", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["LAB-006"],
    }
}

impl Rule for ResultOutsidePossibleBounds {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, observation) in chart
            .of::<Observation>()
            .filter(|(_, observation)| !is_void(observation))
        {
            let mut subject = findings.about(record);
            for result in results(observation) {
                let Some(quantity) = result
                    .quantity()
                    .filter(|quantity| quantity.comparator.is_empty())
                else {
                    continue;
                };
                let (Some(value), Some(unit)) = (result.number(), unit(quantity)) else {
                    continue;
                };
                let Some((low, high)) = result.loinc().find_map(|loinc| bounds(loinc, unit)) else {
                    continue;
                };
                subject.applies();
                if value < low || value > high {
                    subject.violated_at(result.field("valueQuantity"));
                }
            }
        }
        Ok(())
    }
}

type Row = (&'static str, &'static str, Decimal, Decimal);

/// What is possible for a test in a unit.
fn bounds(loinc: &str, unit: &str) -> Option<(Decimal, Decimal)> {
    static ROWS: LazyLock<Vec<Row>> =
        LazyLock::new(|| include_str!("bounds.tsv").lines().filter_map(row).collect());
    let mut rows = ROWS.iter();
    let (.., low, high) = rows.find(|(test, of, ..)| *test == loinc && *of == unit)?;
    Some((*low, *high))
}

fn row(line: &'static str) -> Option<Row> {
    let mut cells = line.split('\t');
    let (test, unit) = (cells.next()?, cells.next()?);
    Some((
        test,
        unit,
        cells.next()?.parse().ok()?,
        cells.next()?.parse().ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::laboratory::fixture::*;
    use crate::rules::testing::found;

    #[test]
    fn fires() {
        let records = vec![
            of_test("a", "2823-3", "42", "mmol/L"),
            of_test("b", "718-7", "140", "g/dL"),
        ];
        assert_eq!(
            found(&ResultOutsidePossibleBounds, records),
            ["Observation a valueQuantity", "Observation b valueQuantity"]
        );
    }

    #[test]
    fn stays_silent() {
        let records = vec![
            of_test("a", "2823-3", "4.2", "mmol/L"),
            of_test("b", "718-7", "140", "g/L"),
            of_test("c", "2345-7", "3000", "mg/dL"),
            of_test("d", "99999-9", "9e9", "mmol/L"),
        ];
        assert_eq!(found(&ResultOutsidePossibleBounds, records), NONE);
    }
}
