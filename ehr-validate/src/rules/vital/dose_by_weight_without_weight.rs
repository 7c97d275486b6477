use ehr_model::chart::Chart;
use ehr_model::datatype::{Dosage, Dose, Quantity};
use ehr_model::kind::{Medication, MedicationStatus};

use super::measure::{Sign, birth, months, series};
use crate::Context;
use crate::concept;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Child with a dose by weight and no recent weight
    ///
    /// ## What it does
    ///
    /// Looks at medications that the patient may take and whose dose is per kilogram, in structure or
    /// sig. The chart must hold a weight of the ninety days before today for a patient younger than
    /// eighteen. Patients without a day of birth count as adults and are left out.
    ///
    /// ## Why it matters
    ///
    /// The dose cannot be computed, or is computed by a weight that the child has outgrown.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether weights were left out or are mapped to another code.
    ///
    /// ### Who uses the data
    ///
    /// Weigh the child before the drug is given.
    ///
    /// ## Source
    ///
    /// An engineering default; pediatric guides ask for a weight at every visit.
    DoseByWeightWithoutWeight {
        code: "dose-by-weight-without-weight", category: Completeness, severity: Error, since: "0.1.0",
        covers: ["VIT-007"],
    }
}

impl Rule for DoseByWeightWithoutWeight {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let as_of = context.as_of.get().latest();
        let is_child = birth(chart)
            .and_then(|birth| months(birth, as_of))
            .is_some_and(|age| age < 216);
        if !is_child {
            return Ok(());
        }
        let weights = series(chart, Sign::Weight);
        let is_recent = weights
            .last()
            .is_some_and(|(day, _)| (as_of - *day).num_days() <= RECENT_DAYS);
        for (record, medication) in chart.of::<Medication>().filter(|(_, medication)| {
            !matches!(
                medication.status.value(),
                Some(
                    MedicationStatus::Stopped
                        | MedicationStatus::Completed
                        | MedicationStatus::Cancelled
                        | MedicationStatus::EnteredInError
                )
            )
        }) {
            if medication.dosage_instruction.iter().any(is_by_weight) {
                let mut subject = findings.applies_to(record);
                if !is_recent {
                    subject.violated_at("dosageInstruction");
                }
            }
        }
        Ok(())
    }
}

/// How old a weight may be.
const RECENT_DAYS: i64 = 90;

fn is_by_weight(dosage: &Dosage) -> bool {
    let per_kilogram = |quantity: &Quantity| {
        let units = [&quantity.unit, &quantity.code].into_iter();
        units
            .filter_map(concept::text)
            .any(|unit| unit.to_lowercase().contains("/kg"))
    };
    let structured = dosage
        .dose_and_rate
        .iter()
        .any(|step| match step.dose.value() {
            Some(Dose::Quantity(quantity)) => quantity.value().is_some_and(per_kilogram),
            Some(Dose::Range(range)) => {
                let ends = range
                    .value()
                    .map(|range| [range.low.value(), range.high.value()]);
                ends.into_iter().flatten().flatten().any(per_kilogram)
            }
            _ => false,
        });
    structured
        || concept::text(&dosage.text).is_some_and(|text| text.to_lowercase().contains("/kg"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use crate::rules::vital::fixture::*;
    use ehr_model::record::{Kind, Record};

    fn dosed(birth: &str, unit: &str) -> Vec<Record> {
        let fields = [
            ("status", "active"),
            (
                "dosageInstruction[0].doseAndRate[0].doseQuantity.value",
                "10",
            ),
            (
                "dosageInstruction[0].doseAndRate[0].doseQuantity.unit",
                unit,
            ),
        ];
        vec![
            patient(birth, "male"),
            record(Kind::Medication, "a", &fields),
        ]
    }

    #[test]
    fn fires() {
        let wrong = ["Medication a dosageInstruction"];
        assert_eq!(
            found(&DoseByWeightWithoutWeight, dosed("2025-01-15", "mg/kg")),
            wrong
        );
        let mut old = dosed("2025-01-15", "mg/kg/d");
        old.push(sign("w", WEIGHT, "20", "kg", "2030-12-01"));
        assert_eq!(found(&DoseByWeightWithoutWeight, old), wrong);
        let sig = record(
            Kind::Medication,
            "a",
            &[("dosageInstruction[0].text", "10 mg/kg every 6 hours")],
        );
        assert_eq!(
            found(
                &DoseByWeightWithoutWeight,
                vec![patient("2025-01-15", "male"), sig]
            ),
            wrong
        );
    }

    #[test]
    fn stays_silent() {
        let mut weighed = dosed("2025-01-15", "mg/kg");
        weighed.push(sign("w", WEIGHT, "20", "kg", "2031-03-01"));
        assert_eq!(found(&DoseByWeightWithoutWeight, weighed), NONE);
        assert_eq!(
            found(&DoseByWeightWithoutWeight, dosed("2025-01-15", "mg")),
            NONE
        );
        assert_eq!(
            found(&DoseByWeightWithoutWeight, dosed("1984-01-15", "mg/kg")),
            NONE
        );
    }
}
