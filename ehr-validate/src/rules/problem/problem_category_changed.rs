use ehr_model::kind::Problem;

use crate::Context;
use crate::compare::ChartPair;
use crate::concept::text;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Problem that is on another list in the target.
    ///
    /// ## What it does
    ///
    /// Compares the categories of every problem with its entry in the target: problem list item,
    /// encounter diagnosis and health concern of the source must be there, and the target must not
    /// add another of the three.
    ///
    /// ## Why it matters
    ///
    /// Encounter diagnoses on the problem list bury it under coughs and sprains. A problem that
    /// became a diagnosis of one visit is not carried forward.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map each list of the source to its own category; never put them together because the table
    /// is the same.
    ///
    /// ### Who uses the data
    ///
    /// Use the lists of the archive until they are told apart again.
    ///
    /// ## Source
    ///
    /// US Core 6.1.0, Condition Problems and Health Concerns, and Condition Encounter Diagnosis.
    ProblemCategoryChanged {
        code: "problem-category-changed", category: Conformance, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["PRB-003"],
    }
}

impl Rule for ProblemCategoryChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Problem>() {
            if CATEGORIES.iter().any(|category| has(source, category)) {
                let mut subject = findings.applies_to(record);
                if CATEGORIES
                    .iter()
                    .any(|category| has(source, category) != has(target, category))
                {
                    subject.violated_at("category");
                }
            }
        }
        Ok(())
    }
}

const CATEGORIES: &[&str] = &["encounter-diagnosis", "health-concern", "problem-list-item"];

fn has(problem: &Problem, category: &str) -> bool {
    let mut codings = problem.category.iter().flat_map(|concept| &concept.coding);
    codings.any(|coding| text(&coding.code) == Some(category))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    const CODE: &str = "category[0].coding[0].code";

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Problem, "a", fields)];
        found_between(&ProblemCategoryChanged, of(source), of(target))
    }

    #[test]
    fn fires() {
        let diagnosis = [(CODE, "encounter-diagnosis")];
        assert_eq!(
            between(&diagnosis, &[(CODE, "problem-list-item")]),
            ["Problem a category"]
        );
        assert_eq!(between(&diagnosis, &[]), ["Problem a category"]);
        let both = [
            diagnosis[0],
            ("category[1].coding[0].code", "problem-list-item"),
        ];
        assert_eq!(between(&diagnosis, &both), ["Problem a category"]);
    }

    #[test]
    fn stays_silent() {
        let more = [
            (CODE, "health-concern"),
            ("category[1].coding[0].code", "sdoh"),
        ];
        assert_eq!(between(&[(CODE, "health-concern")], &more), NONE);
        assert_eq!(between(&[], &[(CODE, "problem-list-item")]), NONE);
        assert_eq!(between(&[(CODE, "55607006")], &[]), NONE);
    }
}
