use ehr_model::chart::Chart;
use ehr_model::kind::Allergy;

use super::status::{may_be_active, substances};

use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::rules::is_named;

rule! {
    /// Active allergy that names no substance.
    ///
    /// ## What it does
    ///
    /// Looks at allergies that are active, or whose status nobody stated, and that were neither
    /// refuted nor entered in error. Each must name its substance by a code, a display or a text, in
    /// the allergy itself or in one of its reactions. "No known allergies" is a code and passes.
    ///
    /// ## Why it matters
    ///
    /// An allergy without a substance warns of nothing, yet it stands in the list and makes the
    /// chart look as if somebody had asked. The substance is often there in the source, in a comment
    /// or in a column that nobody mapped.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Open the source record at its address and look for the substance in comments and in
    /// unaccounted columns. Map it as text if it has no code. Never fill in a substance, and never
    /// turn the entry into "no known allergies".
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient what the entry means before anything is prescribed, and complete it or
    /// remove it.
    ///
    /// ## Source
    ///
    /// US Core 6.1.0, AllergyIntolerance.code is mandatory; USCDI v3, Allergies and Intolerances.
    ActiveAllergyWithoutSubstance {
        code: "active-allergy-without-substance", category: Completeness, severity: Error, since: "0.1.0",
        covers: ["ALG-010"],
    }
}

impl Rule for ActiveAllergyWithoutSubstance {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, allergy) in chart.of::<Allergy>().filter(|(_, a)| may_be_active(a)) {
            let mut subject = findings.applies_to(record);
            if !substances(allergy).any(is_named) {
                subject.violated_at("code");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind::Allergy as Kind;

    #[test]
    fn fires() {
        let allergies = vec![
            record(Kind, "a", &[("clinicalStatus", "active")]),
            record(Kind, "b", &[("code.text", "  ")]),
            record(Kind, "c", &[("code.coding[0].system", "urn:local")]),
        ];
        assert_eq!(
            found(&ActiveAllergyWithoutSubstance, allergies),
            ["Allergy a code", "Allergy b code", "Allergy c code"]
        );
    }

    #[test]
    fn stays_silent() {
        let allergies = vec![
            record(Kind, "a", &[("code.text", "peanut")]),
            record(Kind, "b", &[("code.coding[0].code", "716186003")]),
            record(Kind, "c", &[("reaction[0].substance.text", "latex")]),
            record(Kind, "d", &[("clinicalStatus", "resolved")]),
            record(Kind, "e", &[("verificationStatus", "refuted")]),
        ];
        let none: [&str; 0] = [];
        assert_eq!(found(&ActiveAllergyWithoutSubstance, allergies), none);
    }
}
