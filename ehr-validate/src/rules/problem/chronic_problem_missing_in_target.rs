use std::sync::LazyLock;

use ehr_model::kind::Problem;

use super::code_table::{lines_of, read};
use super::status::{is_denied, is_over};
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Chronic condition of the source that the target lacks.
    ///
    /// ## What it does
    ///
    /// Looks for every problem of the source that is active, or whose status nobody stated, is
    /// neither refuted nor entered in error, and whose ICD-10-CM or SNOMED CT code is in the table
    /// of chronic conditions. The chart of the same patient in the target must hold its entry.
    /// Whether its status is the same is the business of another rule. Problems in words only are
    /// counted by kind elsewhere.
    ///
    /// ## Why it matters
    ///
    /// A chronic condition steers medications, recalls, risk scores and payment. Once gone from the
    /// list, it is found again by accident.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Find the source record at its address, then the step that lost it: a filter on recent
    /// visits, a code without a translation, a list that was cut off.
    ///
    /// ### Who uses the data
    ///
    /// Look at the problem list in the archive before the first visit is planned.
    ///
    /// ## Source
    ///
    /// CMS Chronic Conditions Data Warehouse, condition categories; the table of code families is
    /// an engineering default after it, a site may tune it.
    ChronicProblemMissingInTarget {
        code: "chronic-problem-missing-in-target", category: Completeness, severity: Fatal, since: "0.1.0",
        scope: Comparison, covers: ["PRB-001"],
    }
}

impl Rule for ChronicProblemMissingInTarget {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, problem) in pair.source().of::<Problem>() {
            let is_chronic = problem
                .code
                .value()
                .is_some_and(|code| lines_of(&CHRONIC, code).is_some());
            if is_chronic && !is_over(problem) && !is_denied(problem) {
                let mut subject = findings.applies_to(record);
                if pair.lacks(record.id) {
                    subject.violated_at("code");
                }
            }
        }
        Ok(())
    }
}

static CHRONIC: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| read(include_str!("chronic.tsv")));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;
    use ehr_model::record::Record;

    const NONE: [&str; 0] = [];

    fn problem(key: &str, system: &str, code: &str, more: &[(&str, &str)]) -> Record {
        let fields = [
            ("code.coding[0].system", system),
            ("code.coding[0].code", code),
        ];
        record(Kind::Problem, key, &[&fields, more].concat())
    }

    const ICD10: &str = "http://hl7.org/fhir/sid/icd-10-cm";
    const SNOMED: &str = "http://snomed.info/sct";

    #[test]
    fn fires() {
        let source = vec![
            problem("a", ICD10, "E11.65", &[]),
            problem("b", SNOMED, "195967001", &[("clinicalStatus", "active")]),
        ];
        assert_eq!(
            found_between(&ChronicProblemMissingInTarget, source, vec![]),
            ["Problem a code", "Problem b code"]
        );
    }

    #[test]
    fn stays_silent() {
        let source = vec![
            problem("a", ICD10, "J06.9", &[]),
            problem("b", ICD10, "E11.9", &[("clinicalStatus", "resolved")]),
            problem(
                "c",
                ICD10,
                "E11.9",
                &[("verificationStatus", "entered-in-error")],
            ),
            problem("d", ICD10, "I10", &[]),
        ];
        let target = vec![problem(
            "x",
            ICD10,
            "I10",
            &[("clinicalStatus", "resolved")],
        )];
        assert_eq!(
            found_between(&ChronicProblemMissingInTarget, source, target),
            NONE
        );
    }
}
