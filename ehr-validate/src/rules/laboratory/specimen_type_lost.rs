use ehr_model::kind::{Observation, Specimen};

use crate::Context;
use crate::compare::ChartPair;
use crate::concept::{Likeness, likeness};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::rules::is_named;

rule! {
    /// Specimen of a result, or its type, that the target does not have
    ///
    /// ## What it does
    ///
    /// Compares the specimen of every observation and the type of every specimen. A result that names its
    /// specimen must name one in the target, and a type by code or words must stay.
    ///
    /// ## Why it matters
    ///
    /// A sodium of urine read as one of serum is an emergency that is none.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the specimen and its type; where the target has no field for it, the code of the test must say
    /// the material.
    ///
    /// ### Who uses the data
    ///
    /// Look at the material in the source.
    ///
    /// ## Source
    ///
    /// USCDI v3, Laboratory: Specimen Type.
    SpecimenTypeLost {
        code: "specimen-type-lost", category: Completeness, severity: Warning, since: "0.1.0", scope: Comparison,
        covers: ["LAB-011"],
    }
}

impl Rule for SpecimenTypeLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Observation>() {
            if source.specimen.value().is_some() {
                let mut subject = findings.applies_to(record);
                if target.specimen.value().is_none() {
                    subject.violated_at("specimen");
                }
            }
        }
        for ((record, source), (_, target)) in pair.matched_of::<Specimen>() {
            if let Some(before) = source.type_.value().filter(|concept| is_named(concept)) {
                let mut subject = findings.applies_to(record);
                let after = target.type_.value();
                if after.is_none_or(|after| {
                    !is_named(after) || likeness(before, after) == Likeness::Different
                }) {
                    subject.violated_at("type");
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::laboratory::fixture::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::{Kind, Record};

    fn specimen(fields: &[(&str, &str)]) -> Vec<Record> {
        vec![record(Kind::Specimen, "s", fields)]
    }

    #[test]
    fn fires() {
        let named = [(VALUE, "5"), ("specimen.display", "urine")];
        assert_eq!(
            between(&SpecimenTypeLost, &named, &named[..1]),
            ["Observation a specimen"]
        );
        let lost = found_between(
            &SpecimenTypeLost,
            specimen(&[("type.text", "urine")]),
            specimen(&[]),
        );
        assert_eq!(lost, ["Specimen s type"]);
    }

    #[test]
    fn stays_silent() {
        let named = [(VALUE, "5"), ("specimen.display", "urine")];
        assert_eq!(between(&SpecimenTypeLost, &named, &named), NONE);
        assert_eq!(between(&SpecimenTypeLost, &named[..1], &named), NONE);
        let same = || specimen(&[("type.text", "urine")]);
        assert_eq!(found_between(&SpecimenTypeLost, same(), same()), NONE);
    }
}
