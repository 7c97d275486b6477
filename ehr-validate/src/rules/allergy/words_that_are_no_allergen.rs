use ehr_model::kind::Allergy;

use super::status::{denial, may_be_active};
use crate::Context;
use crate::concept::words;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::rules::is_coded;
use ehr_model::chart::Chart;

rule! {
    /// Entry of the allergy list whose words name no allergen.
    ///
    /// ## What it does
    ///
    /// Looks at active allergies without a code whose whole text is "none", "see chart", "n/a",
    /// "unknown", a question mark, a denial such as "NKDA" that stands as text only, a device, or a
    /// preference such as "vegetarian".
    ///
    /// ## Why it matters
    ///
    /// The entry makes the list look reconciled, or stands in the way of "no known allergies". What
    /// it points at, the new system does not have.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Turn denials into coded ones with an approved row of the code map. Follow "see chart" to
    /// where it leads, and map that. Leave the rest as it is, for a person.
    ///
    /// ### Who uses the data
    ///
    /// Replace the entry by what it means when the patient is seen.
    ///
    /// ## Source
    ///
    /// Engineering default; a site may tune it.
    WordsThatAreNoAllergen {
        code: "words-that-are-no-allergen", category: Conformance, severity: Warning, since: "0.1.0",
        covers: ["ALG-015"],
    }
}

impl Rule for WordsThatAreNoAllergen {
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
            let Some(code) = allergy.code.value().filter(|_| may_be_active(allergy)) else {
                continue;
            };
            if is_coded(code) || words(code).next().is_none() {
                continue;
            }
            let mut subject = findings.applies_to(record);
            let names_nothing = |words: &str| {
                let words = words.trim_end_matches(['.', '!']);
                NO_ALLERGEN
                    .iter()
                    .any(|phrase| words.eq_ignore_ascii_case(phrase))
                    || !words
                        .bytes()
                        .any(|byte| byte.is_ascii_alphanumeric() || byte >= 128)
            };
            if denial(code).is_some() || words(code).all(names_nothing) {
                subject.violated_at("code");
            }
        }
        Ok(())
    }
}

/// Texts that name no allergen.
const NO_ALLERGEN: &[&str] = &[
    "allergies",
    "cpap",
    "denies",
    "gluten free diet",
    "hearing aid",
    "kosher",
    "n/a",
    "na",
    "negative",
    "nil",
    "no",
    "none",
    "none known",
    "none reported",
    "not applicable",
    "not on file",
    "not specified",
    "other",
    "pacemaker",
    "see chart",
    "see list",
    "see note",
    "see notes",
    "see paper chart",
    "tbd",
    "unable to obtain",
    "unknown",
    "unspecified",
    "vegan",
    "vegetarian",
    "walker",
    "wheelchair",
    "yes",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    #[test]
    fn fires() {
        for text in [
            "None",
            "see chart.",
            "N/A",
            "?",
            "NKDA",
            "Vegetarian",
            "unable to obtain",
        ] {
            let chart = vec![record(Kind::Allergy, "a", &[("code.text", text)])];
            assert_eq!(
                found(&WordsThatAreNoAllergen, chart),
                ["Allergy a code"],
                "{text}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let nkda = [
            ("code.text", "NKDA"),
            ("code.coding[0].system", "http://snomed.info/sct"),
            ("code.coding[0].code", "409137002"),
        ];
        let allergies = vec![
            record(Kind::Allergy, "a", &[("code.text", "latex")]),
            record(Kind::Allergy, "b", &nkda),
            record(
                Kind::Allergy,
                "c",
                &[("code.text", "none"), ("clinicalStatus", "inactive")],
            ),
            record(Kind::Allergy, "d", &[("code.text", "蕎麦")]),
            record(Kind::Allergy, "e", &[]),
        ];
        assert_eq!(found(&WordsThatAreNoAllergen, allergies), NONE);
    }
}
