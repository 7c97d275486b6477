use ehr_model::kind::Allergy;
use ehr_model::record::ResourceType as _;

use super::status::{denial, is_denied, standing_denial};
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Negated allergy that lost its negation on the way.
    ///
    /// ## What it does
    ///
    /// Looks at entries of the source that deny, such as "no known allergies", and at allergies
    /// that were refuted or entered in error. In the target the denial must still be one, and the
    /// refuted allergy must still be refuted or entered in error. A denial that is gone counts too,
    /// unless the target denies the same in another entry.
    ///
    /// ## Why it matters
    ///
    /// A refuted allergy that became a positive one keeps the patient from the drug of first
    /// choice. A denial that became an empty list makes it look as if nobody had asked.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at how negation is mapped: negationInd, a status column, a "no known" code. It is a
    /// value of its own and never a filter.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient before the list is trusted.
    ///
    /// ## Source
    ///
    /// HL7 C-CDA R2.1, Allergy Intolerance Observation, negationInd; HL7 FHIR R4,
    /// AllergyIntolerance.verificationStatus.
    AllergyNegationLost {
        code: "allergy-negation-lost", category: Conformance, severity: Fatal, since: "0.1.0",
        scope: Comparison, covers: ["ALG-004"],
    }
}

impl Rule for AllergyNegationLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, allergy) in pair.source().of::<Allergy>() {
            let denied = standing_denial(allergy);
            if denied.is_none() && !is_denied(allergy) {
                continue;
            }
            let mut subject = findings.applies_to(record);
            let counterpart = pair
                .counterpart(record.id)
                .and_then(|id| pair.target().record(id));
            let target = counterpart.and_then(|target| Allergy::of(&target.resource));
            let mut others = pair.target().of::<Allergy>().map(|(_, other)| other);
            let lost = match target {
                Some(target) if denied.is_some() => {
                    (target.code.value().and_then(denial) != denied).then_some("code")
                }
                Some(target) => (!is_denied(target)).then_some("verificationStatus"),
                None if denied.is_some() => {
                    let is_kept = others.any(|other| standing_denial(other) == denied);
                    (!is_kept).then_some("code")
                }
                // Nothing denies a refuted allergy that is gone, and nothing asserts it.
                None => None,
            };
            if let Some(field) = lost {
                subject.violated_at(field);
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

    fn allergy(key: &str, fields: &[(&str, &str)]) -> Vec<Record> {
        vec![record(Kind::Allergy, key, fields)]
    }

    #[test]
    fn fires() {
        let refuted = [("code.text", "aspirin"), ("verificationStatus", "refuted")];
        let between = |source, target| found_between(&AllergyNegationLost, source, target);
        assert_eq!(
            between(allergy("a", &refuted), allergy("a", &refuted[..1])),
            ["Allergy a verificationStatus"]
        );
        let denial = allergy("a", &[("code.text", "NKA")]);
        assert_eq!(between(denial.clone(), vec![]), ["Allergy a code"]);
        assert_eq!(
            between(denial, allergy("a", &[("code.text", "allergies")])),
            ["Allergy a code"]
        );
        let narrower = allergy("x", &[("code.text", "nkda")]);
        assert_eq!(
            between(allergy("a", &[("code.text", "NKA")]), narrower),
            ["Allergy a code"]
        );
    }

    #[test]
    fn stays_silent() {
        let between = |source, target| found_between(&AllergyNegationLost, source, target);
        let refuted = [("code.text", "aspirin"), ("verificationStatus", "refuted")];
        let in_error = [
            ("code.text", "aspirin"),
            ("verificationStatus", "entered-in-error"),
        ];
        assert_eq!(
            between(allergy("a", &refuted), allergy("a", &in_error)),
            NONE
        );
        assert_eq!(between(allergy("a", &refuted), vec![]), NONE);
        let denial = |key| allergy(key, &[("code.text", "no known allergies")]);
        assert_eq!(between(denial("a"), denial("x")), NONE);
        let coded = [
            ("code.coding[0].system", "http://snomed.info/sct"),
            ("code.coding[0].code", "716186003"),
        ];
        assert_eq!(between(denial("a"), allergy("x", &coded)), NONE);
        let positive = allergy("a", &[("code.text", "latex")]);
        assert_eq!(between(positive, vec![]), NONE);
    }
}
