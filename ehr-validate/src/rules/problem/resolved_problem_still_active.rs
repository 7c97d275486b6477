use ehr_model::datatype::Concept;
use ehr_model::kind::{ConditionClinicalStatus, Problem};

use super::status::{date, is_denied};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::time::is_before;
use ehr_model::chart::Chart;

rule! {
    /// Active problem with a date of resolution in the past.
    ///
    /// ## What it does
    ///
    /// Looks at active problems with a date of resolution. If that date lies before the day of the
    /// run, status and date contradict each other. Problems that recur or relapsed may have been
    /// over before and are left out.
    ///
    /// ## Why it matters
    ///
    /// The problem list shows the problem, the timeline says that it is over. Whoever reads one of
    /// them acts wrongly.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Keep both; a contradiction is not solved by mapping. See whether the date comes from a
    /// column that is filled by machine, such as the end of the visit.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient and correct one of the two.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Condition, invariant con-4: if condition is abated, then clinicalStatus must be
    /// either inactive, resolved, or remission.
    ResolvedProblemStillActive {
        code: "resolved-problem-still-active", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["PRB-004"],
    }
}

impl Rule for ResolvedProblemStillActive {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, problem) in chart.of::<Problem>() {
            let active = Some(&Concept(ConditionClinicalStatus::Active));
            if problem.clinical_status.value() != active || is_denied(problem) {
                continue;
            }
            let mut subject = findings.applies_to(record);
            if date(&problem.abatement).is_some_and(|end| is_before(end, context.as_of.get(), 0)) {
                subject.violated_at("clinicalStatus");
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

    fn of(status: &str, end: &str) -> Vec<String> {
        let fields = [("clinicalStatus", status), ("abatementDateTime", end)];
        found(
            &ResolvedProblemStillActive,
            vec![record(Kind::Problem, "a", &fields)],
        )
    }

    #[test]
    fn fires() {
        assert_eq!(of("active", "2020"), ["Problem a clinicalStatus"]);
        assert_eq!(of("active", "2031-04-29"), ["Problem a clinicalStatus"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(of("resolved", "2020"), NONE);
        assert_eq!(of("recurrence", "2020"), NONE);
        assert_eq!(of("active", "2031-06-01"), NONE);
        assert_eq!(of("active", "2031"), NONE);
        let no_end = record(Kind::Problem, "a", &[("clinicalStatus", "active")]);
        assert_eq!(found(&ResolvedProblemStillActive, vec![no_end]), NONE);
    }
}
