use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::kind::Allergy;

rule! {
    /// Allergy that became an intolerance, or the other way round.
    ///
    /// ## What it does
    ///
    /// Compares the type and the categories of every allergy with its entry in the target. What the
    /// source states must stand there; a target may state more.
    ///
    /// ## Why it matters
    ///
    /// An intolerance such as nausea is weighed, an allergy is avoided. The category decides which
    /// orders are checked.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare the code map of the type with the words of the source. "Side effect" and "adverse
    /// reaction" are neither; ask the practice what they are to become.
    ///
    /// ### Who uses the data
    ///
    /// Read the reaction, not the type, until it is mended.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, AllergyIntolerance.type and category.
    AllergyTypeChanged {
        code: "allergy-type-changed", category: Conformance, severity: Warning, since: "0.1.0",
        scope: Comparison, covers: ["ALG-013"],
    }
}

impl Rule for AllergyTypeChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Allergy>() {
            let mut subject = findings.about(record);
            if let Some(stated) = source.type_.value() {
                subject.applies();
                if target.type_.value() != Some(stated) {
                    subject.violated_at("type");
                }
            }
            if !source.category.is_empty() {
                subject.applies();
                if !source
                    .category
                    .iter()
                    .all(|category| target.category.contains(category))
                {
                    subject.violated_at("category");
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Allergy, "a", fields)];
        found_between(&AllergyTypeChanged, of(source), of(target))
    }

    #[test]
    fn fires() {
        let allergy = ("type", "allergy");
        assert_eq!(
            between(&[allergy], &[("type", "intolerance")]),
            ["Allergy a type"]
        );
        assert_eq!(between(&[allergy], &[]), ["Allergy a type"]);
        let food = ("category[0]", "food");
        assert_eq!(
            between(&[food], &[("category[0]", "medication")]),
            ["Allergy a category"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            between(&[("type", "allergy")], &[("type", "allergy")]),
            NONE
        );
        assert_eq!(between(&[], &[("type", "intolerance")]), NONE);
        let more = [("category[0]", "food"), ("category[1]", "environment")];
        assert_eq!(between(&[("category[0]", "environment")], &more), NONE);
    }
}
