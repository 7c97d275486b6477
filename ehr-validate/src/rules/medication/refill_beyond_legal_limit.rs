use chrono::Months;
use ehr_model::chart::Chart;
use ehr_model::kind::Medication;
use ehr_model::value::PartialDate;

use super::entry::{NO_TABLE, has_drug_code, is_active, knows_drugs, schedule};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::Schedule;

rule! {
    /// Controlled substance with more refills, or for longer, than the law allows
    ///
    /// ## What it does
    ///
    /// Looks at active medications of schedule II, III and IV by a loaded table. Schedule II allows no
    /// refill; schedules III and IV allow five within six months of the day of the order, so that an
    /// active order that is older is named. Schedule V has no federal limit and is left out, though the
    /// list of requirements names it. Where no table is loaded that could tell, and an active medication
    /// has a code, the rule says that it cannot be checked.
    ///
    /// ## Why it matters
    ///
    /// Controlled substances are law: a wrong schedule, refill or order ends in an audit or in misuse.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether fills were counted as refills: C-CDA counts all fills, FHIR only those after the
    /// first. Close orders that are too old in the target by its own means.
    ///
    /// ### Who uses the data
    ///
    /// Write a new prescription.
    ///
    /// ## Source
    ///
    /// 21 CFR 1306.12 (schedule II) and 1306.22 (schedules III and IV).
    RefillBeyondLegalLimit {
        code: "refill-beyond-legal-limit", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["MED-016"],
    }
}

impl Rule for RefillBeyondLegalLimit {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let known = knows_drugs(context.terminology);
        for (record, medication) in chart
            .of::<Medication>()
            .filter(|(_, medication)| is_active(medication))
        {
            let Some(known) = known else {
                if has_drug_code(medication) {
                    return Err(NO_TABLE);
                }
                continue;
            };
            let Some(schedule @ (Schedule::II | Schedule::III | Schedule::IV)) =
                schedule(medication, known)
            else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            let request = medication.dispense_request.value();
            let refills = request.and_then(|request| request.number_of_repeats_allowed.value());
            let allowed = if schedule == Schedule::II {
                0
            } else {
                MOST_REFILLS
            };
            if refills.is_some_and(|refills| *refills > allowed) {
                subject.violated_at("dispenseRequest.numberOfRepeatsAllowed");
            }
            let is_too_old = |day: &PartialDate| {
                let end = day.latest().checked_add_months(Months::new(VALID_MONTHS));
                end.is_some_and(|end| end < context.as_of.get().earliest())
            };
            if schedule != Schedule::II && medication.authored_on.value().is_some_and(is_too_old) {
                subject.violated_at("authoredOn");
            }
        }
        Ok(())
    }
}

/// Refills of an order of schedule III or IV.
const MOST_REFILLS: i64 = 5;
/// Months for which it is valid.
const VALID_MONTHS: u32 = 6;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    const REFILLS: &str = "dispenseRequest.numberOfRepeatsAllowed";

    fn order(code: &str, refills: &str, day: &str) -> Vec<String> {
        in_one_known(
            &RefillBeyondLegalLimit,
            &[
                ACTIVE,
                (SYSTEM, RXNORM),
                (CODE, code),
                (REFILLS, refills),
                ("authoredOn", day),
            ],
        )
    }

    #[test]
    fn fires() {
        let refills = ["Medication a dispenseRequest.numberOfRepeatsAllowed"];
        assert_eq!(order("1049621", "1", "2031-04-01"), refills);
        assert_eq!(order("197591", "6", "2031-04-01"), refills);
        assert_eq!(
            order("197591", "2", "2030-10-31"),
            ["Medication a authoredOn"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(order("1049621", "0", "2029-04-01"), NONE);
        assert_eq!(order("197591", "5", "2030-11-01"), NONE);
        assert_eq!(order("197591", "5", "2030"), NONE);
        assert_eq!(order("861007", "11", "2030-01-01"), NONE);
        let stopped = [
            ("status", "stopped"),
            (SYSTEM, RXNORM),
            (CODE, "1049621"),
            (REFILLS, "3"),
        ];
        assert_eq!(in_one_known(&RefillBeyondLegalLimit, &stopped), NONE);
    }
}
