use ehr_model::chart::Chart;
use ehr_model::element::Element;
use ehr_model::record::Kind;

use crate::Context;
use crate::codes::{Judgement, Wanted, judge_at};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::walk::{self, Path};

rule! {
    /// Result or dose with a number and no unit.
    ///
    /// ## What it does
    ///
    /// Looks at the numbers of results, of the components of results, and of doses and rates. Each must
    /// have a unit, as text or as a code. What has no dimension says so with the UCUM unit `1`, a count
    /// with a unit such as `{score}` or `tablet`. Both ends of a range are looked at. The two sides of
    /// a ratio are left out of results, since a titre of 1 to 80 has no unit, but not out of rates.
    ///
    /// ## Why it matters
    ///
    /// A glucose of 7 is normal in mmol/L and deadly in mg/dL. A dose of 5 is five milligrams or five
    /// tablets. A target that demands a unit refuses the value, or fills in its own.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look for the unit in another column, in the name of the test, or in the dictionary of the
    /// laboratory. Where a test or a drug has one unit only and the practice signs it, set it in the
    /// mapping document for that code. Never set one unit for all.
    ///
    /// ### Who uses the data
    ///
    /// Do not compare, trend or dose by the number before its unit is known.
    ///
    /// ## Source
    ///
    /// FHIR R4, Quantity; UCUM; USCDI v3, Result Unit of Measure and Dose Unit of Measure.
    QuantityWithoutUnit {
        code: "quantity-without-unit", category: Completeness, severity: Error, since: "0.1.0",
        covers: ["LAB-001"],
    }
}

impl Rule for QuantityWithoutUnit {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let quantities = Wanted::Datatype("Quantity");
        judge_at(chart, context, findings, quantities, |quantity, at| {
            let kind = quantity.record.kind();
            let quantity = quantity.element;
            if !has_number(quantity) || !at.path(|path| is_judged(kind, path)) {
                return Judgement::LeftOut;
            }
            Judgement::violated_if(!says(quantity, "unit") && !says(quantity, "code"))
        });
        Ok(())
    }
}

/// Whether the number at a path is a result or a dose.
fn is_judged(kind: Kind, path: &Path<'_>) -> bool {
    match kind {
        Kind::Observation => path.passes("value[x]") && !path.passes("Ratio"),
        Kind::Medication | Kind::MedicationDispense => {
            path.passes("doseAndRate") || path.passes("maxDosePerAdministration")
        }
        Kind::Immunization => path.top() == "doseQuantity",
        _ => false,
    }
}

fn has_number(quantity: &dyn Element) -> bool {
    let number = quantity.spec().number("value");
    number.is_some_and(|number| quantity.slot(number).count() > 0)
}

fn says(quantity: &dyn Element, field: &str) -> bool {
    walk::text(quantity, field).is_some_and(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};

    const DOSE: &str = "dosageInstruction[0].doseAndRate[0].doseQuantity.value";

    #[test]
    fn fires() {
        let records = vec![
            record(Kind::Observation, "a", &[("valueQuantity.value", "7.1")]),
            record(
                Kind::Observation,
                "b",
                &[
                    ("component[1].valueRange.low.value", "5"),
                    ("component[1].valueRange.high.value", "9"),
                    ("component[1].valueRange.high.unit", "mg/dL"),
                ],
            ),
            record(Kind::Medication, "c", &[(DOSE, "5")]),
            record(Kind::Immunization, "d", &[("doseQuantity.value", "0.5")]),
        ];
        assert_eq!(
            found(&QuantityWithoutUnit, records),
            [
                "Medication c dosageInstruction[0].doseAndRate[0].doseQuantity",
                "Immunization d doseQuantity",
                "Observation a valueQuantity",
                "Observation b component[1].valueRange.low",
            ]
        );
    }

    #[test]
    fn stays_silent() {
        let records = vec![
            record(
                Kind::Observation,
                "a",
                &[("valueQuantity.value", "7.1"), ("valueQuantity.unit", "%")],
            ),
            record(
                Kind::Observation,
                "b",
                &[("valueQuantity.value", "1.1"), ("valueQuantity.code", "1")],
            ),
            record(
                Kind::Observation,
                "c",
                &[
                    ("valueRatio.numerator.value", "1"),
                    ("valueRatio.denominator.value", "80"),
                    ("referenceRange[0].high.value", "40"),
                ],
            ),
            record(
                Kind::Medication,
                "d",
                &[("dispenseRequest.quantity.value", "30")],
            ),
        ];
        let none: [&str; 0] = [];
        assert_eq!(found(&QuantityWithoutUnit, records), none);
    }
}
