use ehr_model::kind::Allergy;

use super::status::{is_positive, substances};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::rules::{is_coded, is_named};
use ehr_model::chart::Chart;

rule! {
    /// Active allergy whose substance is only words.
    ///
    /// ## What it does
    ///
    /// Looks at allergies that may be active, name a substance and deny nothing. The substance must
    /// have a code of a code system, in the allergy or in one of its reactions. How often it fires,
    /// and where, is the list for whoever maps.
    ///
    /// ## Why it matters
    ///
    /// Systems check orders against codes. An allergy in words is shown to people and warns nobody.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Count the texts, map the frequent ones with an approved row each, and leave the rest as
    /// text. A code is never guessed from a text.
    ///
    /// ### Who uses the data
    ///
    /// Code the allergy when the patient is seen, and look at it by eye until then.
    ///
    /// ## Source
    ///
    /// USCDI v3, Substance (Medication) and Substance (Drug Class); US Core 6.1.0,
    /// AllergyIntolerance.code.
    AllergyWithoutCode {
        code: "allergy-without-code", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["ALG-010"],
    }
}

impl Rule for AllergyWithoutCode {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, allergy) in chart.of::<Allergy>() {
            if is_positive(allergy) && substances(allergy).any(is_named) {
                let mut subject = findings.applies_to(record);
                if !substances(allergy).any(is_coded) {
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
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    #[test]
    fn fires() {
        let allergies = vec![
            record(Kind::Allergy, "a", &[("code.text", "peanut")]),
            record(Kind::Allergy, "b", &[("code.coding[0].code", "PCN")]),
        ];
        assert_eq!(
            found(&AllergyWithoutCode, allergies),
            ["Allergy a code", "Allergy b code"]
        );
    }

    #[test]
    fn stays_silent() {
        let allergies = vec![
            record(
                Kind::Allergy,
                "a",
                &[
                    ("code.coding[0].system", "urn:s"),
                    ("code.coding[0].code", "1"),
                ],
            ),
            record(Kind::Allergy, "b", &[("code.text", "NKDA")]),
            record(Kind::Allergy, "c", &[]),
            record(
                Kind::Allergy,
                "d",
                &[("code.text", "peanut"), ("clinicalStatus", "inactive")],
            ),
        ];
        assert_eq!(found(&AllergyWithoutCode, allergies), NONE);
    }
}
