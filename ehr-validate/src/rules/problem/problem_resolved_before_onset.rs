use ehr_model::kind::Problem;

use super::status::date;
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::time::is_before;
use ehr_model::chart::Chart;

rule! {
    /// Problem that was over before it began.
    ///
    /// ## What it does
    ///
    /// Compares onset and resolution of every problem that states a date for both. Where precision
    /// or an unknown time zone leaves the order open, the rule stays silent.
    ///
    /// ## Why it matters
    ///
    /// One of the two dates is wrong, and durations, recalls and risk scores are computed from
    /// both.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether the columns are swapped or one holds the date of entry.
    ///
    /// ### Who uses the data
    ///
    /// Correct the date that is wrong when the patient is seen.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Condition.onset and abatement; OHDSI Data Quality Dashboard, check
    /// `plausibleStartBeforeEnd`.
    ProblemResolvedBeforeOnset {
        code: "problem-resolved-before-onset", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["PRB-004"],
    }
}

impl Rule for ProblemResolvedBeforeOnset {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, problem) in chart.of::<Problem>() {
            if let (Some(onset), Some(end)) = (date(&problem.onset), date(&problem.abatement)) {
                let mut subject = findings.applies_to(record);
                if is_before(end, onset, 0) {
                    subject.violated_at("abatement");
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn of(onset: &str, end: &str) -> Vec<String> {
        let fields = [("onsetDateTime", onset), ("abatementDateTime", end)];
        found(
            &ProblemResolvedBeforeOnset,
            vec![record(Kind::Problem, "a", &fields)],
        )
    }

    #[test]
    fn fires() {
        assert_eq!(of("2020-05-02", "2020-05-01"), ["Problem a abatement"]);
        assert_eq!(of("2020", "2019-12"), ["Problem a abatement"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(of("2020-05-01", "2020-05-01"), NONE);
        assert_eq!(of("2020-05-01", "2020"), NONE);
        assert_eq!(of("2020-05-01T10:00:00-05:00", "2020-05-01"), NONE);
        let only_end = record(Kind::Problem, "a", &[("abatementDateTime", "2020")]);
        assert_eq!(found(&ProblemResolvedBeforeOnset, vec![only_end]), NONE);
    }
}
