use ehr_model::datatype::CodeableConcept;
use ehr_model::kind::{FamilyHistory, Problem};

use super::status::is_denied;
use crate::Context;
use crate::compare::ChartPair;
use crate::concept::{Likeness, codes_in, likeness, says_any};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// History, suspicion or family history that became a present problem.
    ///
    /// ## What it does
    ///
    /// Looks at problems of the source whose words say "history of", "family history", "rule out",
    /// "possible", "suspected" or "status post", or whose ICD-10-CM code is in Z80 to Z87. The
    /// entry in the target must say it too. Problems that only the target has must not be those of
    /// a relative in the family history of the source.
    ///
    /// ## Why it matters
    ///
    /// "Family history of breast cancer" without its first three words is breast cancer. It is
    /// treated, coded and told to insurers.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at what cuts or translates the text, and at code maps from Z codes to diseases. The
    /// context of a code is part of its meaning.
    ///
    /// ### Who uses the data
    ///
    /// Strike the problem from the list and say so to whoever received it.
    ///
    /// ## Source
    ///
    /// SNOMED CT, situations with explicit context; ICD-10-CM chapter 21, Z80 to Z87.
    HistoryBecamePresentProblem {
        code: "history-became-present-problem", category: Conformance, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["PRB-005"],
    }
}

impl Rule for HistoryBecamePresentProblem {
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
            if source.code.value().is_some_and(has_context) && !is_denied(target) {
                let mut subject = findings.applies_to(record);
                if !target.code.value().is_some_and(has_context) {
                    subject.violated_at("code");
                }
            }
        }
        for (record, problem) in pair.extra_of::<Problem>() {
            let Some(code) = problem.code.value() else {
                continue;
            };
            let relatives = pair.source().of::<FamilyHistory>();
            let mut conditions = relatives.flat_map(|(_, relative)| &relative.condition);
            let mut subject = findings.applies_to(record);
            if conditions.any(|condition| {
                condition
                    .code
                    .value()
                    .is_some_and(|other| likeness(code, other) == Likeness::Same)
            }) {
                subject.violated_at("code");
            }
        }
        Ok(())
    }
}

const ICD10: &str = "http://hl7.org/fhir/sid/icd-10-cm";

/// Words that say that the patient does not have it, or not for sure, or not now.
const CONTEXT: &[&str] = &[
    "family history",
    "fh of",
    "fhx",
    "h/o",
    "history of",
    "hx of",
    "possible",
    "probable",
    "r/o",
    "rule out",
    "status post",
    "suspected",
];

fn has_context(concept: &CodeableConcept) -> bool {
    let history = |code: &str| ("Z80".."Z88").contains(&code);
    says_any(concept, CONTEXT) || codes_in(concept, ICD10).any(history)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;
    use ehr_model::record::Record;

    const NONE: [&str; 0] = [];

    fn problem(key: &str, words: &str) -> Record {
        record(Kind::Problem, key, &[("code.text", words)])
    }

    fn between(source: Record, target: Record) -> Vec<String> {
        found_between(&HistoryBecamePresentProblem, vec![source], vec![target])
    }

    #[test]
    fn fires() {
        for words in [
            "Family history of gout",
            "r/o gout",
            "Gout, suspected",
            "H/O: gout",
        ] {
            assert_eq!(
                between(problem("a", words), problem("a", "gout")),
                ["Problem a code"],
                "{words}"
            );
        }
        let relative = record(
            Kind::FamilyHistory,
            "f",
            &[("condition[0].code.text", "Gout")],
        );
        assert_eq!(between(relative, problem("x", "gout")), ["Problem x code"]);
        let coded = [
            ("code.coding[0].system", ICD10),
            ("code.coding[0].code", "Z87.442"),
        ];
        assert_eq!(
            between(
                record(Kind::Problem, "a", &coded),
                problem("a", "kidney stone")
            ),
            ["Problem a code"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            between(
                problem("a", "history of gout"),
                problem("a", "History of gout")
            ),
            NONE
        );
        let refuted = [("code.text", "gout"), ("verificationStatus", "refuted")];
        assert_eq!(
            between(
                problem("a", "r/o gout"),
                record(Kind::Problem, "a", &refuted)
            ),
            NONE
        );
        assert_eq!(
            between(problem("a", "Impossible gout"), problem("a", "gout")),
            NONE
        );
        let relative = record(
            Kind::FamilyHistory,
            "f",
            &[("condition[0].code.text", "Gout")],
        );
        assert_eq!(between(relative, problem("x", "asthma")), NONE);
    }
}
