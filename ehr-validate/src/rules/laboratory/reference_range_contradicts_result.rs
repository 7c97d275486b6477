use ehr_model::chart::Chart;
use ehr_model::kind::Observation;

use super::result::{TestResult, is_void, number as amount, results, same_unit};
use crate::Context;
use crate::concept;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Reference range that is upside down, in another unit, or against the flag of its result
    ///
    /// ## What it does
    ///
    /// Looks at reference ranges with numbers. The low end must not be above the high end, both must be
    /// in the unit of the result, and the flag must fit: high (H, HH) needs a value that is not below the
    /// low end and not inside the range, low (L, LL) one that is not above the high end, normal (N) none
    /// outside. Ranges for other populations, several ranges and values with a comparator are compared by
    /// their ends and units only.
    ///
    /// ## Why it matters
    ///
    /// A value is read by its range. A wrong one makes the ill healthy.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether low and high are swapped, and whether the range was left in its unit when the value
    /// was converted.
    ///
    /// ### Who uses the data
    ///
    /// Read the value by the range of the laboratory.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Observation.referenceRange and interpretation; HL7 table ObservationInterpretation.
    ReferenceRangeContradictsResult {
        code: "reference-range-contradicts-result", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["LAB-005"],
    }
}

impl Rule for ReferenceRangeContradictsResult {
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
                for (number, range) in result.ranges.iter().enumerate() {
                    let (low, high) = (range.low.value(), range.high.value());
                    if low.and_then(amount).is_none() && high.and_then(amount).is_none() {
                        continue;
                    }
                    subject.applies();
                    let upside_down = low
                        .and_then(amount)
                        .zip(high.and_then(amount))
                        .is_some_and(|(low, high)| low > high);
                    let other_unit = result.quantity().is_some_and(|value| {
                        let ends = [low, high].into_iter().flatten();
                        ends.into_iter()
                            .any(|end| same_unit(value, end) == Some(false))
                    });
                    if upside_down || other_unit {
                        subject.violated_at(result.field(&format!("referenceRange[{number}]")));
                    }
                }
                if contradicts(&result) {
                    subject.violated_at(result.field("interpretation"));
                }
            }
        }
        Ok(())
    }
}

/// Whether the flag says something else than value and range do. A value at an end is on both sides.
fn contradicts(result: &TestResult<'_>) -> bool {
    let [range] = result.ranges else { return false };
    let is_plain = result
        .quantity()
        .is_some_and(|quantity| quantity.comparator.is_empty());
    let Some(value) = result
        .number()
        .filter(|_| is_plain && range.applies_to.is_empty())
    else {
        return false;
    };
    let low = range.low.value().and_then(amount);
    let high = range.high.value().and_then(amount);
    let codings = result.interpretation.iter().flat_map(|flag| &flag.coding);
    codings
        .filter_map(|coding| concept::text(&coding.code))
        .any(|flag| match flag {
            "H" | "HH" | "HU" => high.is_some_and(|high| value < high),
            "L" | "LL" | "LU" => low.is_some_and(|low| value > low),
            "N" => low.is_some_and(|low| value < low) || high.is_some_and(|high| value > high),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::laboratory::fixture::*;

    const LOW: &str = "referenceRange[0].low.value";
    const HIGH: &str = "referenceRange[0].high.value";
    const FLAG: &str = "interpretation[0].coding[0].code";

    #[test]
    fn fires() {
        let range = ["Observation a referenceRange[0]"];
        let rule = &ReferenceRangeContradictsResult;
        assert_eq!(in_one(rule, &[(LOW, "145"), (HIGH, "136")]), range);
        let unit = [
            (VALUE, "5"),
            (UNIT, "mmol/L"),
            (HIGH, "100"),
            ("referenceRange[0].high.unit", "mg/dL"),
        ];
        assert_eq!(in_one(rule, &unit), range);
        let flag = ["Observation a interpretation"];
        assert_eq!(
            in_one(
                rule,
                &[(VALUE, "140"), (LOW, "136"), (HIGH, "145"), (FLAG, "H")]
            ),
            flag
        );
        assert_eq!(
            in_one(
                rule,
                &[(VALUE, "150"), (LOW, "136"), (HIGH, "145"), (FLAG, "N")]
            ),
            flag
        );
        assert_eq!(
            in_one(
                rule,
                &[(VALUE, "150"), (LOW, "136"), (HIGH, "145"), (FLAG, "LL")]
            ),
            flag
        );
    }

    #[test]
    fn stays_silent() {
        let rule = &ReferenceRangeContradictsResult;
        assert_eq!(
            in_one(
                rule,
                &[(VALUE, "150"), (LOW, "136"), (HIGH, "145"), (FLAG, "H")]
            ),
            NONE
        );
        assert_eq!(
            in_one(
                rule,
                &[(VALUE, "145"), (LOW, "136"), (HIGH, "145"), (FLAG, "H")]
            ),
            NONE
        );
        assert_eq!(
            in_one(
                rule,
                &[(VALUE, "140"), (LOW, "136"), (HIGH, "145"), (FLAG, "A")]
            ),
            NONE
        );
        assert_eq!(
            in_one(
                rule,
                &[(VALUE, "140"), (UNIT, "mmol/L"), (HIGH, "145"), (FLAG, "N")]
            ),
            NONE
        );
        assert_eq!(
            in_one(
                rule,
                &[
                    ("valueQuantity.comparator", "<"),
                    (VALUE, "140"),
                    (HIGH, "1"),
                    (FLAG, "N")
                ]
            ),
            NONE
        );
        assert_eq!(in_one(rule, &[("referenceRange[0].text", "9-1")]), NONE);
    }
}
