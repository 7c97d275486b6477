use ehr_model::chart::Chart;
use ehr_model::datatype::{Dosage, Period, TimingBounds};
use ehr_model::kind::Medication;

use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::time::is_before;

rule! {
    /// Medication that ends before it starts
    ///
    /// ## What it does
    ///
    /// Compares start and end of the period in which a medication is taken, and of the courses of its
    /// dosages. The end must not lie before the start. Where precision or an unknown time zone leaves the
    /// order open, the rule stays silent.
    ///
    /// ## Why it matters
    ///
    /// Nobody knows when the drug was taken, and whether it still is.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether the two columns are swapped, or whether the end is a placeholder such as 1900-01-01.
    ///
    /// ### Who uses the data
    ///
    /// Take the dates from the source before anything is concluded from them.
    ///
    /// ## Source
    ///
    /// OHDSI Data Quality Dashboard, check plausibleStartBeforeEnd.
    MedicationEndBeforeStart {
        code: "medication-end-before-start", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["MED-019"],
    }
}

impl Rule for MedicationEndBeforeStart {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, medication) in chart.of::<Medication>() {
            let mut subject = findings.about(record);
            let courses = medication.dosage_instruction.iter().map(course);
            let periods = std::iter::once(medication.effective_period.value()).chain(courses);
            for (number, period) in periods.enumerate() {
                let Some((start, end)) =
                    period.and_then(|one| Some((one.start.value()?, one.end.value()?)))
                else {
                    continue;
                };
                subject.applies();
                if is_before(end, start, 0) {
                    match number.checked_sub(1) {
                        None => subject.violated_at("effectivePeriod.end"),
                        Some(dosage) => {
                            subject.violated_at(format!("dosageInstruction[{dosage}].timing"))
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// The course of a dosage, from a day to a day.
fn course(dosage: &Dosage) -> Option<&Period> {
    match dosage.timing.value()?.repeat.value()?.bounds.value()? {
        TimingBounds::Period(period) => period.value(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    #[test]
    fn fires() {
        let fields = |start, end| {
            [
                ("effectivePeriod.start", start),
                ("effectivePeriod.end", end),
            ]
        };
        let wrong = ["Medication a effectivePeriod.end"];
        assert_eq!(
            in_one(
                &MedicationEndBeforeStart,
                &fields("2020-05-02", "2020-05-01")
            ),
            wrong
        );
        assert_eq!(
            in_one(&MedicationEndBeforeStart, &fields("2020-05", "2019")),
            wrong
        );
        let course = "dosageInstruction[0].timing.repeat.boundsPeriod";
        let (start, end) = (format!("{course}.start"), format!("{course}.end"));
        assert_eq!(
            in_one(
                &MedicationEndBeforeStart,
                &[(&start, "2020-05-02"), (&end, "1900-01-01")]
            ),
            ["Medication a dosageInstruction[0].timing"]
        );
    }

    #[test]
    fn stays_silent() {
        let fields = |start, end| {
            [
                ("effectivePeriod.start", start),
                ("effectivePeriod.end", end),
            ]
        };
        assert_eq!(
            in_one(
                &MedicationEndBeforeStart,
                &fields("2020-05-02", "2020-05-02")
            ),
            NONE
        );
        assert_eq!(
            in_one(&MedicationEndBeforeStart, &fields("2020-05-02", "2020")),
            NONE
        );
        assert_eq!(
            in_one(&MedicationEndBeforeStart, &fields("2020-05-02", "2020-05")),
            NONE
        );
        assert_eq!(
            in_one(
                &MedicationEndBeforeStart,
                &[("effectivePeriod.end", "2020-05-02")]
            ),
            NONE
        );
    }
}
