use ehr_model::datatype::AsNeeded;
use ehr_model::kind::Medication;

use super::pair::{each, same_dosage, steps};
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Medication that is no longer taken as needed, or that lost its ceiling
    ///
    /// ## What it does
    ///
    /// Looks at medications that are taken as needed, and at those with a maximum in a time, at once or
    /// in a life, in structure or sig. The target must say so as well. The other way, a medication that
    /// is taken regularly must not become one that is taken as needed.
    ///
    /// ## Why it matters
    ///
    /// A pain killer that is taken regularly because `as needed` was lost is an overdose; a maximum that
    /// is lost lets a patient take it all day.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the flag and its reason, and the maximum; where the target has no field for the maximum, it
    /// stays in the text.
    ///
    /// ### Who uses the data
    ///
    /// Read the instruction of the source before the drug is given.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Dosage.asNeeded and Dosage.maxDosePerPeriod.
    AsNeededOrCeilingLost {
        code: "as-needed-or-ceiling-lost", category: Completeness, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["MED-014"],
    }
}

impl Rule for AsNeededOrCeilingLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each(pair, findings, |source, target, subject| {
            let same = same_dosage(source, target);
            let (before, after) = (
                Limits::of(source),
                if same { None } else { Some(Limits::of(target)) },
            );
            if before.as_needed != Need::Unstated || before.has_ceiling {
                subject.applies();
            }
            let Some(after) = after else { return };
            match (before.as_needed, after.as_needed) {
                (Need::AsNeeded, Need::Regular | Need::Unstated)
                | (Need::Regular, Need::AsNeeded) => {
                    subject.violated_at("dosageInstruction[0].asNeeded");
                }
                _ => {}
            }
            if before.has_ceiling && !after.has_ceiling {
                subject.violated_at("dosageInstruction[0].maxDosePerPeriod");
            }
        });
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Unstated,
    AsNeeded,
    Regular,
}

struct Limits {
    as_needed: Need,
    has_ceiling: bool,
}

impl Limits {
    fn of(medication: &Medication) -> Self {
        let dosages = &medication.dosage_instruction;
        let is_flagged = |dosage: &ehr_model::datatype::Dosage| match dosage.as_needed.value() {
            Some(AsNeeded::Boolean(flag)) => flag.value() == Some(&true),
            Some(_) => true,
            None => false,
        };
        let (structured, said) = steps(medication);
        let as_needed = if dosages.iter().any(is_flagged) || said.iter().any(|step| step.as_needed)
        {
            Need::AsNeeded
        } else if structured
            .iter()
            .chain(&said)
            .any(|step| step.times_per_day.is_known())
        {
            Need::Regular
        } else {
            Need::Unstated
        };
        let has_maximum = |dosage: &ehr_model::datatype::Dosage| {
            dosage.max_dose_per_period.value().is_some()
                || dosage.max_dose_per_administration.value().is_some()
                || dosage.max_dose_per_lifetime.value().is_some()
        };
        Self {
            as_needed,
            has_ceiling: dosages.iter().any(has_maximum)
                || said.iter().any(|step| step.ceiling.is_some()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    #[test]
    fn fires() {
        let prn = ["Medication a dosageInstruction[0].asNeeded"];
        assert_eq!(
            between_sigs(&AsNeededOrCeilingLost, "1 tab q6h prn", "1 tab q6h"),
            prn
        );
        assert_eq!(
            between_sigs(&AsNeededOrCeilingLost, "1 tab q6h", "1 tab q6h prn"),
            prn
        );
        let flag = [
            (NAME, "warfarin"),
            ("dosageInstruction[0].asNeededBoolean", "true"),
        ];
        assert_eq!(
            between(&AsNeededOrCeilingLost, &flag, &[(NAME, "warfarin")]),
            prn
        );
        assert_eq!(
            between_sigs(
                &AsNeededOrCeilingLost,
                "1 tab q6h prn, max 4 tablets per day",
                "1 tab q6h prn"
            ),
            ["Medication a dosageInstruction[0].maxDosePerPeriod"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            between_sigs(
                &AsNeededOrCeilingLost,
                "1 tab q6h prn",
                "1 tab every 6 hours as needed"
            ),
            NONE
        );
        assert_eq!(
            between_sigs(&AsNeededOrCeilingLost, "1 tab q6h", "1 tab qid"),
            NONE
        );
        assert_eq!(
            between_sigs(&AsNeededOrCeilingLost, "use as directed", "1 tab q6h prn"),
            NONE
        );
        let flag = [
            (NAME, "warfarin"),
            ("dosageInstruction[0].asNeededCodeableConcept.text", "pain"),
        ];
        assert_eq!(
            between(
                &AsNeededOrCeilingLost,
                &flag,
                &[(NAME, "warfarin"), (SIG, "1 tab q6h prn pain")]
            ),
            NONE
        );
    }
}
