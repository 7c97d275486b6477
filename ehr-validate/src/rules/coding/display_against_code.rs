use std::collections::HashSet;

use ehr_model::chart::Chart;

use crate::Context;
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::{Concept, system};

rule! {
    /// Display that shares no word with what its code means.
    ///
    /// ## What it does
    ///
    /// Compares the words of a display with all names that the table has for the code. Words of
    /// four letters or more count, without dose forms and words such as disorder; the beginning of
    /// a word is enough. It fires where not one word is shared. Abbreviations and short displays
    /// are left out, and codes that the table does not know. Needs tables with names, of SNOMED CT,
    /// LOINC, RxNorm, CVX and ICD-10-CM as far as the chart has displays of them.
    ///
    /// ## Why it matters
    ///
    /// Either code or text is wrong, and nobody can tell which: RxCUI 1116634 is ticagrelor, and
    /// was shown as tiotropium.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare the columns of code and name in the source. If they come from different rows, the
    /// join is wrong.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient or look at the bottle; trust neither code nor text.
    ///
    /// ## Source
    ///
    /// SITE C-CDA scorecard, display names; an engineering default for the words that count.
    DisplayAgainstCode {
        code: "display-against-code", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["COD-026"],
    }
}

impl Rule for DisplayAgainstCode {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let mut without_table = false;
        for system in SYSTEMS {
            let table = context.terminology.and_then(|all| all.table(system));
            judge(
                chart,
                context,
                findings,
                Wanted::Systems(&[system]),
                |code| {
                    let Some(display) = code.display() else {
                        return Judgement::LeftOut;
                    };
                    let shown = words(&display);
                    if shown.is_empty() {
                        return Judgement::LeftOut;
                    }
                    let Some(table) = table else {
                        without_table = true;
                        return Judgement::LeftOut;
                    };
                    let Some(concept) = table.get(&code.code) else {
                        return Judgement::LeftOut;
                    };
                    let meant = names(&concept);
                    if meant.is_empty() {
                        without_table = true;
                        return Judgement::LeftOut;
                    }
                    Judgement::violated_if(
                        !shown
                            .iter()
                            .any(|word| meant.iter().any(|name| is_alike(word, name))),
                    )
                },
            );
        }
        match without_table {
            true => Err(CannotCheck::without_table(
                "tables with the names of the codes",
            )),
            false => Ok(()),
        }
    }
}

/// The systems whose tables have names.
const SYSTEMS: [&str; 5] = [
    system::SNOMED_CT,
    system::LOINC,
    system::RXNORM,
    system::CVX,
    system::ICD_10_CM,
];

/// Words that say nothing about which drug, disease or test it is.
const STOP_WORDS: [&str; 40] = [
    "oral",
    "tablet",
    "tablets",
    "capsule",
    "capsules",
    "solution",
    "suspension",
    "injection",
    "injectable",
    "product",
    "extended",
    "release",
    "delayed",
    "film",
    "coated",
    "cream",
    "ointment",
    "topical",
    "inhaler",
    "actuat",
    "pack",
    "dose",
    "prefilled",
    "syringe",
    "disorder",
    "finding",
    "procedure",
    "situation",
    "disease",
    "unspecified",
    "other",
    "with",
    "without",
    "type",
    "blood",
    "serum",
    "plasma",
    "vaccine",
    "virus",
    "mass",
];

/// The words that count.
fn words(text: &str) -> HashSet<String> {
    text.split(|character: char| !character.is_alphabetic())
        .filter(|word| word.chars().count() >= 4)
        // A word of capitals alone may be an abbreviation, which no name spells out.
        .filter(|word| word.len() > 5 || word.chars().any(char::is_lowercase))
        .map(str::to_lowercase)
        .filter(|word| !STOP_WORDS.contains(&word.as_str()))
        .collect()
}

/// The words of all names of a concept.
fn names(concept: &Concept<'_>) -> HashSet<String> {
    let names = concept.display().into_iter().chain(concept.synonyms());
    names.flat_map(|name| words(&name.to_lowercase())).collect()
}

/// Whether two words begin alike, with the four letters that tell most words apart.
fn is_alike(a: &str, b: &str) -> bool {
    a.chars().take(4).eq(b.chars().take(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::Verdict;
    use crate::rules::testing::{found_with_tables, record, verdict_without_table};
    use ehr_model::record::Kind;

    #[test]
    fn fires() {
        let fields = [
            (
                "code.coding[0].system",
                "http://www.nlm.nih.gov/research/umls/rxnorm",
            ),
            ("code.coding[0].code", "1191"),
            ("code.coding[0].display", "tiotropium"),
        ];
        assert_eq!(
            found_with_tables(
                &DisplayAgainstCode,
                vec![record(Kind::Allergy, "a", &fields)]
            ),
            ["Allergy a code.coding[0]"]
        );
        let fields = [
            ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
            ("code.coding[0].code", "I10"),
            ("code.coding[0].display", "Low back pain"),
        ];
        assert_eq!(
            found_with_tables(
                &DisplayAgainstCode,
                vec![record(Kind::Problem, "a", &fields)]
            ),
            ["Problem a code.coding[0]"]
        );
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for display in [
            "aspirin",
            "Aspirin 81 MG Oral Tablet",
            "ASA",
            "Oral tablet",
            "acetylsalicylic acid",
        ] {
            let fields = [
                (
                    "code.coding[0].system",
                    "http://www.nlm.nih.gov/research/umls/rxnorm",
                ),
                ("code.coding[0].code", "1191"),
                ("code.coding[0].display", display),
            ];
            assert_eq!(
                found_with_tables(
                    &DisplayAgainstCode,
                    vec![record(Kind::Allergy, "a", &fields)]
                ),
                none,
                "{display}"
            );
        }
        let fields = [
            (
                "code.coding[0].system",
                "http://www.nlm.nih.gov/research/umls/rxnorm",
            ),
            ("code.coding[0].code", "1191"),
            ("code.coding[0].display", "aspirin"),
        ];
        assert_eq!(
            verdict_without_table(&DisplayAgainstCode, record(Kind::Allergy, "a", &fields)),
            Verdict::WithoutTable
        );
    }
}
