use ehr_model::kind::Medication;

use super::entry::{is_named, names};
use super::pair::each;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Medication whose dose form or release is another one than it was
    ///
    /// ## What it does
    ///
    /// Reads form and release from the names of the product: tablet, capsule, solution, patch and so on;
    /// extended, delayed or immediate. Both must be the same where both sides state them, and a release
    /// that the source states must not be lost.
    ///
    /// ## Why it matters
    ///
    /// An extended-release dose given at once is an overdose, a tablet that became a solution is measured
    /// out wrongly.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the row of the code map; abbreviations such as ER, XR, SR, CR and DR are part of the drug.
    ///
    /// ### Who uses the data
    ///
    /// Check the product in the source before it is dispensed.
    ///
    /// ## Source
    ///
    /// RxNorm, dose forms of the term types SCD and SCDF; the words are an engineering default.
    DoseFormOrReleaseChanged {
        code: "dose-form-or-release-changed", category: Conformance, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["MED-022"],
    }
}

impl Rule for DoseFormOrReleaseChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each(pair, findings, |source, target, subject| {
            if source.medication == target.medication {
                if !source.medication.is_empty() {
                    subject.applies();
                }
                return;
            }
            let (before, after) = (word_of(FORMS, source), word_of(FORMS, target));
            let (slow, fast) = (word_of(RELEASES, source), word_of(RELEASES, target));
            if before.is_none() && slow.is_none() {
                return;
            }
            subject.applies();
            let other_form = before.is_some() && after.is_some() && before != after;
            let names_nothing = names(target).next().is_none();
            if other_form || slow != fast && !names_nothing {
                subject.violated_at("medication");
            }
        });
        Ok(())
    }
}

/// Forms with the words that mean them.
const FORMS: &[&[&str]] = &[
    &["tablet", "tablets", "tab", "tabs", "caplet"],
    &["capsule", "capsules", "cap", "caps"],
    &["solution", "syrup", "elixir", "suspension", "liquid"],
    &["cream", "ointment", "gel", "lotion"],
    &["patch", "transdermal system"],
    &["suppository", "suppositories"],
    &["inhaler", "inhalant", "actuat", "nebulizer solution"],
    &[
        "injection",
        "injectable",
        "prefilled syringe",
        "pen injector",
    ],
    &["drops", "ophthalmic solution", "otic solution"],
    &["nasal spray", "nasal inhaler"],
];

/// Releases with the words that mean them.
const RELEASES: &[&[&str]] = &[
    &[
        "extended release",
        "sustained release",
        "controlled release",
        "er",
        "xr",
        "sr",
        "xl",
        "cr",
        "la",
        "24hr",
        "12hr",
        "24 hr",
        "12 hr",
    ],
    &["delayed release", "enteric coated", "dr", "ec"],
];

/// The first group of which a name of the product has a word.
fn word_of(groups: &[&[&str]], medication: &Medication) -> Option<usize> {
    groups.iter().position(|words| is_named(medication, words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    fn of(source: &str, target: &str) -> Vec<String> {
        between(
            &DoseFormOrReleaseChanged,
            &[ACTIVE, (NAME, source)],
            &[ACTIVE, (NAME, target)],
        )
    }

    #[test]
    fn fires() {
        let wrong = ["Medication a medication"];
        assert_eq!(
            of(
                "metoprolol succinate 50 MG ER tablet",
                "metoprolol succinate 50 MG tablet"
            ),
            wrong
        );
        assert_eq!(
            of(
                "morphine 15 MG Oral Tablet",
                "morphine 15 MG Extended Release Oral Tablet"
            ),
            wrong
        );
        assert_eq!(
            of(
                "amoxicillin 250 MG Oral Capsule",
                "amoxicillin 50 MG/ML Oral Suspension"
            ),
            wrong
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            of(
                "metoprolol XL 50 MG tablet",
                "24 HR metoprolol 50 MG Extended Release Oral Tablet"
            ),
            NONE
        );
        assert_eq!(
            of("amoxicillin 250 mg tabs", "amoxicillin 250 MG Oral Tablet"),
            NONE
        );
        assert_eq!(of("amoxicillin", "amoxicillin 250 MG Oral Tablet"), NONE);
        assert_eq!(of("amoxicillin 250 MG Oral Tablet", "amoxicillin"), NONE);
    }
}
