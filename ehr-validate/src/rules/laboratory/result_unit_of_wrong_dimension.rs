use std::collections::HashMap;
use std::sync::LazyLock;

use ehr_model::chart::Chart;
use ehr_model::kind::Observation;

use super::result::{is_void, results};
use crate::Context;
use crate::concept;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Result whose unit measures something else than its test does
    ///
    /// ## What it does
    ///
    /// Compares the unit of a result with the property that LOINC gives its test: mass or amount of
    /// substance or number in a volume, temperature, pressure, time, a fraction. The unit must have that
    /// dimension by UCUM. The tests are those of the table beside this rule
    /// (`rules/laboratory/properties.tsv`), since no release of LOINC that is read keeps the property. A
    /// unit that is no UCUM, and a test that is not in the table, are left out.
    ///
    /// ## Why it matters
    ///
    /// A glucose in mmol/L under the code for mg/dL is read eighteen times too low.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether the code map gives one code to tests that the laboratory reports in two units. Each
    /// has its own code.
    ///
    /// ### Who uses the data
    ///
    /// Do not compare or trend the value before the unit is known.
    ///
    /// ## Source
    ///
    /// LOINC User's Guide, Property (MCnc, SCnc, NCnc, LenFr and others); UCUM, dimensions.
    ResultUnitOfWrongDimension {
        code: "result-unit-of-wrong-dimension", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["LAB-001"],
    }
}

impl Rule for ResultUnitOfWrongDimension {
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
                let Some(expected) = result.loinc().find_map(usual_unit) else {
                    continue;
                };
                let Some(unit) = result
                    .quantity()
                    .and_then(|quantity| concept::text(&quantity.code))
                else {
                    continue;
                };
                if octofhir_ucum::validate(unit).is_err() {
                    continue;
                }
                subject.applies();
                if !octofhir_ucum::is_comparable(unit, expected).unwrap_or(true) {
                    subject.violated_at(result.field("valueQuantity"));
                }
            }
        }
        Ok(())
    }
}

/// LOINC, property and a unit of its dimension, one a line.
const TABLE: &str = include_str!("properties.tsv");

/// A unit of the dimension that the test has.
fn usual_unit(loinc: &str) -> Option<&'static str> {
    static TESTS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| {
                let mut cells = line.split('\t');
                Some((cells.next()?, cells.nth(1)?))
            })
            .collect()
    });
    TESTS.get(loinc).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::laboratory::fixture::*;

    fn coded(loinc: &str, unit: &str) -> Vec<String> {
        in_one(
            &ResultUnitOfWrongDimension,
            &[
                ("code.coding[0].system", "http://loinc.org"),
                ("code.coding[0].code", loinc),
                (VALUE, "5"),
                ("valueQuantity.code", unit),
            ],
        )
    }

    #[test]
    fn fires() {
        let wrong = ["Observation a valueQuantity"];
        assert_eq!(coded("2345-7", "mmol/L"), wrong);
        assert_eq!(coded("2951-2", "mg/dL"), wrong);
        assert_eq!(coded("8310-5", "mm[Hg]"), wrong);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(coded("2345-7", "g/L"), NONE);
        assert_eq!(coded("2951-2", "mmol/L"), NONE);
        assert_eq!(coded("8310-5", "[degF]"), NONE);
        assert_eq!(coded("2345-7", "bananas"), NONE);
        assert_eq!(coded("99999-9", "mmol/L"), NONE);
        assert_eq!(
            in_one(
                &ResultUnitOfWrongDimension,
                &[(VALUE, "5"), (UNIT, "mmol/L")]
            ),
            NONE
        );
    }
}
