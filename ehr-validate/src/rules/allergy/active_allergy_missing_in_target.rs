use ehr_model::kind::Allergy;

use super::status::is_positive;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Active allergy of the source that the target lacks.
    ///
    /// ## What it does
    ///
    /// Looks for every allergy of the source that is active, or whose status nobody stated, and
    /// that is neither refuted, entered in error nor a denial such as "no known allergies". The
    /// chart of the same patient in the target must hold its entry. Entries that can be matched in
    /// several ways count where the target has fewer of them.
    ///
    /// ## Why it matters
    ///
    /// An allergy that is gone warns nobody, and the next prescription is written as if it had
    /// never been known. It is the one loss that a migration must not have.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Find the source record at its address, then the step that lost it: a code map without a
    /// translation, a list that took the first entry only, a patient that was merged. Mend it and
    /// run again; no share of lost allergies is tolerable.
    ///
    /// ### Who uses the data
    ///
    /// Do not prescribe from the new chart before the allergy is back; the archive holds it.
    ///
    /// ## Source
    ///
    /// USCDI v3, Allergies and Intolerances; ONC SAFER Guides, which ask that allergies are checked
    /// after a change of systems; complete comparison of safety-critical lists is an engineering
    /// default.
    ActiveAllergyMissingInTarget {
        code: "active-allergy-missing-in-target", category: Completeness, severity: Fatal, since: "0.1.0",
        scope: Comparison, covers: ["ALG-001"],
    }
}

impl Rule for ActiveAllergyMissingInTarget {
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
            if is_positive(allergy) {
                let mut subject = findings.applies_to(record);
                if pair.lacks(record.id) {
                    subject.violated_at("code");
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
    use ehr_model::record::Record;

    const NONE: [&str; 0] = [];

    fn allergy(key: &str, substance: &str, more: &[(&str, &str)]) -> Record {
        let fields = [&[("code.text", substance)], more].concat();
        record(Kind::Allergy, key, &fields)
    }

    #[test]
    fn fires() {
        let source = vec![allergy("a", "penicillin", &[]), allergy("b", "latex", &[])];
        let target = vec![allergy("b", "latex", &[])];
        assert_eq!(
            found_between(&ActiveAllergyMissingInTarget, source.clone(), vec![]).len(),
            2
        );
        assert_eq!(
            found_between(&ActiveAllergyMissingInTarget, source, target),
            ["Allergy a code"]
        );
        // Two that differ in their reactions, and one of the target that may be either.
        let twice = vec![
            allergy("a", "penicillin", &[("reaction[0].description", "rash")]),
            allergy("b", "penicillin", &[("reaction[0].description", "hives")]),
        ];
        let one = vec![allergy("x", "penicillin", &[])];
        assert_eq!(
            found_between(&ActiveAllergyMissingInTarget, twice, one).len(),
            2
        );
    }

    #[test]
    fn stays_silent() {
        let source = vec![
            allergy("a", "Penicillin", &[("clinicalStatus", "active")]),
            allergy("b", "latex", &[("clinicalStatus", "resolved")]),
            allergy("c", "aspirin", &[("verificationStatus", "refuted")]),
            allergy("d", "NKDA", &[]),
        ];
        let target = vec![allergy("x", "penicillin ", &[])];
        assert_eq!(
            found_between(&ActiveAllergyMissingInTarget, source, target),
            NONE
        );
    }
}
