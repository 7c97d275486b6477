use ehr_model::kind::Allergy;

use super::status::standing_denial;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// "No known allergies" in the target where the source denies nothing.
    ///
    /// ## What it does
    ///
    /// Looks at every standing denial in the target. The source must hold a denial of the same. An
    /// empty list, an entry without a substance, "not asked" and "unable to obtain" deny nothing.
    ///
    /// ## Why it matters
    ///
    /// "No known allergies" says that somebody asked. Made up by a conversion, it stops the
    /// question that would have found the allergy.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Remove whatever fills in a denial: a default of the target's import, a flag that is set for
    /// empty lists. Carry the absence with its reason instead.
    ///
    /// ### Who uses the data
    ///
    /// Treat the allergies of these patients as not asked.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, List.emptyReason and AllergyIntolerance; HL7 C-CDA R2.1, nullFlavor.
    AbsenceBecameDenial {
        code: "absence-became-denial", category: Conformance, severity: Fatal, since: "0.1.0",
        scope: Comparison, covers: ["ALG-005"],
    }
}

impl Rule for AbsenceBecameDenial {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, allergy) in pair.target().of::<Allergy>() {
            let denied = standing_denial(allergy);
            if denied.is_none() {
                continue;
            }
            let mut subject = findings.applies_to(record);
            let mut of_source = pair.source().of::<Allergy>().map(|(_, other)| other);
            if !of_source.any(|other| standing_denial(other) == denied) {
                subject.violated_at("code");
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
    use ehr_model::record::Record;

    const NONE: [&str; 0] = [];

    fn allergy(key: &str, substance: &str) -> Vec<Record> {
        vec![record(Kind::Allergy, key, &[("code.text", substance)])]
    }

    #[test]
    fn fires() {
        let between = |source, target| found_between(&AbsenceBecameDenial, source, target);
        assert_eq!(between(vec![], allergy("x", "NKA")), ["Allergy x code"]);
        assert_eq!(
            between(allergy("a", "unable to obtain"), allergy("a", "NKA")),
            ["Allergy a code"]
        );
        assert_eq!(
            between(allergy("a", "NKDA"), allergy("a", "NKA")),
            ["Allergy a code"]
        );
    }

    #[test]
    fn stays_silent() {
        let between = |source, target| found_between(&AbsenceBecameDenial, source, target);
        assert_eq!(
            between(allergy("a", "NKA"), allergy("x", "no known allergies")),
            NONE
        );
        assert_eq!(between(allergy("a", "NKA"), vec![]), NONE);
        assert_eq!(between(vec![], allergy("x", "peanut")), NONE);
    }
}
