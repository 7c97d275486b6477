use ehr_model::chart::Chart;
use ehr_model::kind::Medication;

use super::entry::is_active;
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Active medication whose period ended before today
    ///
    /// ## What it does
    ///
    /// Looks at medications whose status is active and that state when they end. The end must not lie
    /// before today, with a day left to time zones. The day of an expiry of the prescription is no end of
    /// the medication and is left out.
    ///
    /// ## Why it matters
    ///
    /// Either the patient takes it still, and the end is wrong; or it is over, and the list says that it
    /// goes on.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether the source closes a medication by its end alone, so that the status has to follow from
    /// it, and whether the end is the end of a supply.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient whether the drug is still taken.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, MedicationRequest.status and the extension effectivePeriod; an engineering default.
    ActiveMedicationThatEnded {
        code: "active-medication-that-ended", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["MED-019"],
    }
}

impl Rule for ActiveMedicationThatEnded {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let Some(yesterday) = context.as_of.get().earliest().pred_opt() else {
            return Ok(());
        };
        for (record, medication) in chart
            .of::<Medication>()
            .filter(|(_, medication)| is_active(medication))
        {
            let period = medication.effective_period.value();
            let Some(end) = period.and_then(|period| period.end.value()) else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            if end.latest() < yesterday {
                subject.violated_at("effectivePeriod.end");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    const END: &str = "effectivePeriod.end";

    #[test]
    fn fires() {
        let wrong = ["Medication a effectivePeriod.end"];
        for end in ["2031-04-29", "2031-03", "2030"] {
            assert_eq!(
                in_one(&ActiveMedicationThatEnded, &[ACTIVE, (END, end)]),
                wrong
            );
        }
    }

    #[test]
    fn stays_silent() {
        for end in ["2031-04-30", "2031-05", "2031", "2032-01-01"] {
            assert_eq!(
                in_one(&ActiveMedicationThatEnded, &[ACTIVE, (END, end)]),
                NONE
            );
        }
        assert_eq!(in_one(&ActiveMedicationThatEnded, &[ACTIVE]), NONE);
        assert_eq!(
            in_one(
                &ActiveMedicationThatEnded,
                &[("status", "completed"), (END, "2020")]
            ),
            NONE
        );
        let expired = ("dispenseRequest.validityPeriod.end", "2020-01-01");
        assert_eq!(in_one(&ActiveMedicationThatEnded, &[ACTIVE, expired]), NONE);
    }
}
