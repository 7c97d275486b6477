use ehr_model::kind::Problem;

use crate::Context;
use crate::compare::ChartPair;
use crate::concept::says_any;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::rules::is_named;

rule! {
    /// Side or severity of a problem that was lost or changed.
    ///
    /// ## What it does
    ///
    /// Compares every problem with its entry in the target: left, right and bilateral, in the words
    /// of the problem or of its body sites, must be the same, and so must severity, stated as such
    /// or as mild, moderate or severe in the words. A target that states more than the source is
    /// left alone.
    ///
    /// ## Why it matters
    ///
    /// The wrong side is operated. A severe asthma that became asthma is followed like a mild one.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Carry body site and severity with the problem, and keep the words of the source beside a
    /// code that knows no side.
    ///
    /// ### Who uses the data
    ///
    /// Look the side up in the archive before any procedure.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Condition.bodySite and severity; ICD-10-CM codes the side of most injuries and
    /// eye diseases.
    LateralityOrSeverityLost {
        code: "laterality-or-severity-lost", category: Completeness, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["PRB-006"],
    }
}

impl Rule for LateralityOrSeverityLost {
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
            let mut subject = findings.about(record);
            for (field, words) in [("bodySite", SIDES), ("severity", GRADES)] {
                if words.iter().any(|word| says(source, word)) {
                    subject.applies();
                    let lost = |word: &&str| says(source, word) && !says(target, word);
                    let other = |word: &&str| says(target, word) && !says(source, word);
                    if words.iter().any(lost) || words.iter().any(other) {
                        subject.violated_at(field);
                    }
                } else if field == "severity" && source.severity.value().is_some_and(is_named) {
                    subject.applies();
                    if target.severity.value() != source.severity.value() {
                        subject.violated_at(field);
                    }
                }
            }
        }
        Ok(())
    }
}

const SIDES: &[&str] = &["left", "right", "bilateral"];
const GRADES: &[&str] = &["mild", "moderate", "severe"];

fn says(problem: &Problem, word: &str) -> bool {
    let own = [problem.code.value(), problem.severity.value()]
        .into_iter()
        .flatten();
    own.chain(&problem.body_site)
        .any(|concept| says_any(concept, &[word]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Problem, "a", fields)];
        found_between(&LateralityOrSeverityLost, of(source), of(target))
    }

    #[test]
    fn fires() {
        let words = |words| [("code.text", words)];
        assert_eq!(
            between(&words("Pain, left knee"), &words("Pain in knee")),
            ["Problem a bodySite"]
        );
        assert_eq!(
            between(&words("left knee pain"), &words("right knee pain")),
            ["Problem a bodySite"]
        );
        assert_eq!(
            between(&words("severe asthma"), &words("asthma")),
            ["Problem a severity"]
        );
        let coded = [("severity.coding[0].code", "24484000")];
        assert_eq!(between(&coded, &[]), ["Problem a severity"]);
        assert_eq!(
            between(&[("bodySite[0].text", "Left")], &[]),
            ["Problem a bodySite"]
        );
    }

    #[test]
    fn stays_silent() {
        let source = [("code.text", "Pain, left knee")];
        let target = [
            ("code.text", "Knee pain"),
            ("bodySite[0].text", "left knee"),
        ];
        assert_eq!(between(&source, &target), NONE);
        assert_eq!(between(&[("code.text", "knee pain")], &target), NONE);
        assert_eq!(
            between(
                &[("severity.text", "Severe")],
                &[("code.text", "severe asthma")]
            ),
            NONE
        );
        assert_eq!(
            between(&[("code.text", "copyright")], &[("code.text", "x")]),
            NONE
        );
    }
}
