use ehr_model::kind::Patient;

use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::walk;

rule! {
    /// Race, ethnicity or language of a patient that was lost or changed.
    ///
    /// ## What it does
    ///
    /// Compares race and ethnicity categories, detailed codes, and languages of the patient by
    /// their codes. Every one of the source must be there; several races must stay several.
    ///
    /// ## Why it matters
    ///
    /// Many systems hold one race. Which of two it kept says nothing about the patient, and reports
    /// on equity are made of it.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map every repetition. Where the target holds one only, keep the others as text and say so to
    /// the practice.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient again.
    ///
    /// ## Source
    ///
    /// USCDI v3, Race, Ethnicity and Preferred Language; US Core 6.1.0, race is a list.
    RaceOrLanguageLost {
        code: "race-or-language-lost", category: Completeness, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["DEM-009"],
    }
}

impl Rule for RaceOrLanguageLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Patient>() {
            let mut subject = findings.about(record);
            for field in ["race", "ethnicity", "communication"] {
                let (own, others) = (codes(source, field), codes(target, field));
                if !own.is_empty() {
                    subject.applies();
                    if !own.iter().all(|code| others.contains(code)) {
                        subject.violated_at(field);
                    }
                }
            }
        }
        Ok(())
    }
}

fn codes(patient: &Patient, field: &str) -> Vec<String> {
    let mut codes = Vec::new();
    walk::field(patient, field, &mut |_, _| {}, &mut |_, element| {
        if element.spec().name == "Coding" {
            codes.extend(walk::text(element, "code").map(|code| code.to_ascii_lowercase()));
        }
    });
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Patient, "p", fields)];
        found_between(&RaceOrLanguageLost, of(source), of(target))
    }

    const WHITE: (&str, &str) = ("race.ombCategory[0].code", "2106-3");
    const ASIAN: (&str, &str) = ("race.ombCategory[1].code", "2028-9");

    #[test]
    fn fires() {
        assert_eq!(between(&[WHITE, ASIAN], &[WHITE]), ["Patient p race"]);
        let language = ("communication[0].language.coding[0].code", "sv");
        assert_eq!(between(&[language], &[]), ["Patient p communication"]);
    }

    #[test]
    fn stays_silent() {
        let swapped = [
            ("race.ombCategory[0].code", "2028-9"),
            ("race.ombCategory[1].code", "2106-3"),
        ];
        assert_eq!(between(&[WHITE, ASIAN], &swapped), NONE);
        assert_eq!(between(&[("race.text", "White")], &[]), NONE);
    }
}
