use ehr_model::kind::Medication;

use super::entry::{NO_TABLE, has_drug_code, knows_drugs, schedule};
use super::pair::each;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Controlled substance whose schedule is another one or unknown in the target
    ///
    /// ## What it does
    ///
    /// Looks up the schedule of the Controlled Substances Act for every medication of the source, by a
    /// loaded table of RxNorm or of the drug directory. The entry in the target must lead to the same
    /// schedule. Where no table is loaded that could tell, and a medication has a code, the rule says
    /// that it cannot be checked. That the entry is missing is for another rule.
    ///
    /// ## Why it matters
    ///
    /// Controlled substances are law: a wrong schedule, refill or order ends in an audit or in misuse. A
    /// target that does not know the schedule lets it be refilled like any other drug.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the code of the target. A generic code above the product has no schedule of its own.
    ///
    /// ### Who uses the data
    ///
    /// Choose the product anew before it is prescribed.
    ///
    /// ## Source
    ///
    /// 21 CFR 1308; RxNorm carries the schedule as its attribute DEA.
    ControlledSubstanceScheduleChanged {
        code: "controlled-substance-schedule-changed", category: Conformance, severity: Fatal, since: "0.1.0", scope: Comparison,
        covers: ["MED-015"],
    }
}

impl Rule for ControlledSubstanceScheduleChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let Some(known) = knows_drugs(context.terminology) else {
            let needed = pair
                .matched_of::<Medication>()
                .any(|((_, source), _)| has_drug_code(source));
            return if needed { Err(NO_TABLE) } else { Ok(()) };
        };
        each(pair, findings, |source, target, subject| {
            if let Some(before) = schedule(source, known) {
                subject.applies();
                if schedule(target, known) != Some(before) {
                    subject.violated_at("medication");
                }
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    fn of(code: &str) -> [(&str, &str); 3] {
        [(NAME, "oxycodone"), (SYSTEM, RXNORM), (CODE, code)]
    }

    #[test]
    fn fires() {
        let wrong = ["Medication a medication"];
        assert_eq!(
            between_known(
                &ControlledSubstanceScheduleChanged,
                &of("1049621"),
                &of("861007")
            ),
            wrong
        );
        assert_eq!(
            between_known(
                &ControlledSubstanceScheduleChanged,
                &of("1049621"),
                &of("856980")
            ),
            wrong
        );
        assert!(cannot_compare(
            &ControlledSubstanceScheduleChanged,
            &of("1049621"),
            &of("1049621")
        ));
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            between_known(
                &ControlledSubstanceScheduleChanged,
                &of("1049621"),
                &of("1049618")
            ),
            NONE
        );
        assert_eq!(
            between_known(
                &ControlledSubstanceScheduleChanged,
                &of("861007"),
                &of("1049621")
            ),
            NONE
        );
        assert!(!cannot_compare(
            &ControlledSubstanceScheduleChanged,
            &[(NAME, "x")],
            &[(NAME, "x")]
        ));
    }
}
