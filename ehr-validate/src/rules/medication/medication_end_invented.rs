use ehr_model::kind::Medication;

use super::pair::each;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::time::is_before;

rule! {
    /// End of a medication that the source does not state
    ///
    /// ## What it does
    ///
    /// Compares the period in which a medication is taken. Where the source states no end, the target
    /// must state none; where it states one, the target must not state another day. Less precision is for
    /// another rule.
    ///
    /// ## Why it matters
    ///
    /// An end that is the day of the migration closes every medication of the list at once.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look for a default that fills in the day of the export or of the load.
    ///
    /// ### Who uses the data
    ///
    /// Do not conclude from the end that the drug was stopped; ask the patient.
    ///
    /// ## Source
    ///
    /// An engineering default: absent values stay absent.
    MedicationEndInvented {
        code: "medication-end-invented", category: Conformance, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["MED-019"],
    }
}

impl Rule for MedicationEndInvented {
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
            subject.applies();
            let end = |medication: &Medication| {
                medication
                    .effective_period
                    .value()
                    .and_then(|period| period.end.value().copied())
            };
            let is_wrong = match (end(source), end(target)) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(before), Some(after)) => {
                    is_before(&before, &after, 0) || is_before(&after, &before, 0)
                }
            };
            if is_wrong {
                subject.violated_at("effectivePeriod.end");
            }
        });
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
        assert_eq!(
            between(
                &MedicationEndInvented,
                &[(NAME, "x")],
                &[(NAME, "x"), (END, "2031-05-01")]
            ),
            wrong
        );
        let of = |end| [(NAME, "x"), (END, end)];
        assert_eq!(
            between(&MedicationEndInvented, &of("2030-01-02"), &of("2031-05-01")),
            wrong
        );
    }

    #[test]
    fn stays_silent() {
        let of = |end| [(NAME, "x"), (END, end)];
        assert_eq!(
            between(&MedicationEndInvented, &of("2030-01-02"), &of("2030-01-02")),
            NONE
        );
        assert_eq!(
            between(&MedicationEndInvented, &of("2030-01-02"), &of("2030-01")),
            NONE
        );
        assert_eq!(
            between(&MedicationEndInvented, &of("2030-01-02"), &[(NAME, "x")]),
            NONE
        );
        assert_eq!(
            between(&MedicationEndInvented, &[(NAME, "x")], &[(NAME, "x")]),
            NONE
        );
    }
}
