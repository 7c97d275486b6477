use ehr_model::datatype::{CodeableConcept, Quantity};
use ehr_model::kind::ReferenceRange;
use ehr_model::value::Field;

use super::pair::each;
use super::result::number;
use crate::Context;
use crate::compare::ChartPair;
use crate::concept::{self, Likeness, likeness};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Reference range or flag of a result that the target does not have
    ///
    /// ## What it does
    ///
    /// Compares reference ranges and interpretations. The target must have as many ranges of a result as
    /// the source, with the same ends and words, and each flag.
    ///
    /// ## Why it matters
    ///
    /// Without range and flag nobody sees that a value is abnormal.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map range and flag with every value, also where they are text.
    ///
    /// ### Who uses the data
    ///
    /// Look the range up in the source.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Observation.referenceRange and interpretation; C-CDA Result Observation.
    ReferenceRangeLost {
        code: "reference-range-lost", category: Completeness, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["LAB-005"],
    }
}

impl Rule for ReferenceRangeLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each(pair, findings, |before, after, subject| {
            if !before.ranges.is_empty() {
                subject.applies();
                let is_there =
                    |range: &ReferenceRange| after.ranges.iter().any(|other| is_same(range, other));
                if !before.ranges.iter().all(is_there) {
                    subject.violated_at(before.field("referenceRange"));
                }
            }
            if !before.interpretation.is_empty() {
                subject.applies();
                let is_there = |flag: &CodeableConcept| {
                    after
                        .interpretation
                        .iter()
                        .any(|other| flag == other || likeness(flag, other) == Likeness::Same)
                };
                if !before.interpretation.iter().all(is_there) {
                    subject.violated_at(before.field("interpretation"));
                }
            }
        });
        Ok(())
    }
}

fn is_same(one: &ReferenceRange, other: &ReferenceRange) -> bool {
    let end = |end: &Field<Quantity>| end.value().and_then(number);
    let same_words = match (concept::text(&one.text), concept::text(&other.text)) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        (Some(_), None) => end(&one.low).is_some() || end(&one.high).is_some(),
        (None, _) => true,
    };
    end(&one.low) == end(&other.low) && end(&one.high) == end(&other.high) && same_words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::laboratory::fixture::*;

    #[test]
    fn fires() {
        let range = [(VALUE, "5"), ("referenceRange[0].high.value", "100")];
        assert_eq!(
            between(&ReferenceRangeLost, &range, &range[..1]),
            ["Observation a referenceRange"]
        );
        let other = [(VALUE, "5"), ("referenceRange[0].high.value", "110")];
        assert_eq!(
            between(&ReferenceRangeLost, &range, &other),
            ["Observation a referenceRange"]
        );
        let flag = [(VALUE, "5"), ("interpretation[0].text", "High")];
        assert_eq!(
            between(&ReferenceRangeLost, &flag, &flag[..1]),
            ["Observation a interpretation"]
        );
    }

    #[test]
    fn stays_silent() {
        let range = [
            (VALUE, "5"),
            ("referenceRange[0].high.value", "100"),
            ("interpretation[0].text", "High"),
        ];
        let same = [
            (VALUE, "5"),
            ("referenceRange[0].high.value", "100.0"),
            ("interpretation[0].text", "high"),
        ];
        assert_eq!(between(&ReferenceRangeLost, &range, &same), NONE);
        assert_eq!(between(&ReferenceRangeLost, &range[..1], &same), NONE);
    }
}
