use ehr_model::kind::Allergy;

use super::status::{Denial, is_positive, standing_denial, substances};
use crate::Context;
use crate::concept::says_any;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// Denial of a category of allergies beside an active allergy of it.
    ///
    /// ## What it does
    ///
    /// Looks for standing denials of drug, food or environmental allergies, or of an allergy to
    /// latex, insects or animals, in charts that also hold an active allergy of that category or to
    /// that substance. An allergy whose category nobody stated contradicts nothing.
    ///
    /// ## Why it matters
    ///
    /// "No known drug allergies" above a drug allergy is read as the summary, and the allergy below
    /// it is not.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See which entry is newer. Often one column holds "NKDA" for everybody until somebody deletes
    /// it. Keep both until the practice decides.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient and remove the entry that is wrong.
    ///
    /// ## Source
    ///
    /// SNOMED CT 409137002, 429625007, 428607008 and 716184000, situations with explicit context.
    DeniedCategoryBesideItsAllergy {
        code: "denied-category-beside-its-allergy", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["ALG-003"],
    }
}

impl Rule for DeniedCategoryBesideItsAllergy {
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
            let Some(denied) = standing_denial(allergy).filter(|denied| *denied != Denial::All)
            else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            let mut allergies = chart.of::<Allergy>().map(|(_, other)| other);
            if allergies.any(|other| is_positive(other) && contradicts(other, denied)) {
                subject.violated_at("code");
            }
        }
        Ok(())
    }
}

fn contradicts(allergy: &Allergy, denied: Denial) -> bool {
    match denied {
        Denial::All => true,
        Denial::Category(category) => allergy.category.contains(&category),
        Denial::Substance(word) => {
            substances(allergy).any(|substance| says_any(substance, &[word]))
        }
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
            record(Kind::Allergy, "a", &[("code.text", "NKDA")]),
            record(
                Kind::Allergy,
                "b",
                &[("code.text", "No known latex allergy")],
            ),
            record(
                Kind::Allergy,
                "c",
                &[("code.text", "sulfa"), ("category[0]", "medication")],
            ),
            record(Kind::Allergy, "d", &[("code.text", "Latex gloves")]),
        ];
        assert_eq!(
            found(&DeniedCategoryBesideItsAllergy, allergies),
            ["Allergy a code", "Allergy b code"]
        );
    }

    #[test]
    fn stays_silent() {
        let allergies = vec![
            record(Kind::Allergy, "a", &[("code.text", "NKDA")]),
            record(
                Kind::Allergy,
                "b",
                &[("code.text", "peanut"), ("category[0]", "food")],
            ),
            record(Kind::Allergy, "c", &[("code.text", "nickel")]),
            record(
                Kind::Allergy,
                "d",
                &[
                    ("code.text", "sulfa"),
                    ("category[0]", "medication"),
                    ("clinicalStatus", "resolved"),
                ],
            ),
            record(Kind::Allergy, "e", &[("code.text", "No known allergies")]),
        ];
        assert_eq!(found(&DeniedCategoryBesideItsAllergy, allergies), NONE);
    }
}
