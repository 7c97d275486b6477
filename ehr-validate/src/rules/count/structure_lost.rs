use ehr_model::kind::{Observation, ObservationValue};
use ehr_model::record::ResourceType as _;

use crate::Context;
use crate::compare::ChartPair;
use crate::compare::has_coded_meaning;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Coded or measured entry that is only words in the target.
    ///
    /// ## What it does
    ///
    /// Compares every entry with its entry in the target. What the source says in a code of a code
    /// system the target must say in a code; a result that is a number with a unit must stay a
    /// number.
    ///
    /// ## Why it matters
    ///
    /// Words are shown, but nothing is computed from them: no warning, no trend, no registry. A
    /// migration that turns data into text has lost them for every machine.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the field that the target reads; a text beside the code is often what it took.
    ///
    /// ### Who uses the data
    ///
    /// Expect that decision support is blind for these entries.
    ///
    /// ## Source
    ///
    /// 45 CFR part 171, information blocking; FHIR R4 keeps code and text side by side.
    StructureLost {
        code: "structure-lost", category: Conformance, severity: Warning, since: "0.1.0",
        scope: Comparison, covers: ["CNT-005"],
    }
}

impl Rule for StructureLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (source, target) in pair.matched() {
            let mut subject = findings.about(source);
            if has_coded_meaning(source) {
                subject.applies();
                if !has_coded_meaning(target) {
                    subject.violated_at("code");
                }
            }
            let value =
                |record| Observation::of(record).and_then(|observation| observation.value.value());
            if let Some(ObservationValue::Quantity(_)) = value(&source.resource) {
                subject.applies();
                if let Some(ObservationValue::String(_)) = value(&target.resource) {
                    subject.violated_at("value");
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
        let of = |fields: &[_]| vec![record(Kind::Observation, "a", fields)];
        found_between(&StructureLost, of(source), of(target))
    }

    const SYSTEM: (&str, &str) = ("code.coding[0].system", "http://loinc.org");
    const CODE: (&str, &str) = ("code.coding[0].code", "2951-2");

    #[test]
    fn fires() {
        assert_eq!(
            between(&[SYSTEM, CODE], &[("code.text", "Sodium")]),
            ["Observation a code"]
        );
        let number = [SYSTEM, CODE, ("valueQuantity.value", "140")];
        let words = [SYSTEM, CODE, ("valueString", "140 mmol/L")];
        assert_eq!(between(&number, &words), ["Observation a value"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            between(&[SYSTEM, CODE], &[SYSTEM, CODE, ("code.text", "Sodium")]),
            NONE
        );
        assert_eq!(between(&[("code.text", "Sodium")], &[SYSTEM, CODE]), NONE);
        assert_eq!(
            between(&[("valueString", "neg")], &[("valueString", "neg")]),
            NONE
        );
    }
}
