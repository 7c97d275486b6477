use ehr_model::datatype::Coding;
use ehr_model::kind::Patient;

use crate::Context;
use crate::concept::text;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// Race, ethnicity or language outside its value set.
    ///
    /// ## What it does
    ///
    /// Looks at race and ethnicity categories, which must be among the codes of the OMB and the
    /// null flavors that US Core allows, and at languages, which must have the form of BCP 47, a
    /// code of two or three letters with its subtags. Codes of detailed race are not judged, there
    /// are nine hundred.
    ///
    /// ## Why it matters
    ///
    /// A code outside the set is refused by the target, or kept and never counted. The interpreter
    /// is not called.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map local tables row by row; "Hispanic" is an ethnicity and no race. What has no code keeps
    /// its text.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient again.
    ///
    /// ## Source
    ///
    /// US Core 6.1.0, OMB Race Category and OMB Ethnicity Category value sets; IETF BCP 47.
    DemographicCodeOutsideValueSet {
        code: "demographic-code-outside-value-set", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["DEM-009"],
    }
}

impl Rule for DemographicCodeOutsideValueSet {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, patient) in chart.of::<Patient>() {
            let mut subject = findings.about(record);
            if let Some(race) = patient.race.value() {
                for (number, category) in race.omb_category.iter().enumerate() {
                    subject.applies();
                    if !is_in(category, RACES) {
                        subject.violated_at(format!("race.ombCategory[{number}]"));
                    }
                }
            }
            let ethnicity = patient.ethnicity.value();
            if let Some(category) = ethnicity.and_then(|ethnicity| ethnicity.omb_category.value()) {
                subject.applies();
                if !is_in(category, ETHNICITIES) {
                    subject.violated_at("ethnicity.ombCategory");
                }
            }
            for (number, language) in patient.communication.iter().enumerate() {
                let codings = language
                    .language
                    .value()
                    .map_or(&[][..], |language| &language.coding);
                for coding in codings
                    .iter()
                    .filter(|coding| text(&coding.system) == Some(BCP47))
                {
                    subject.applies();
                    if !text(&coding.code).is_some_and(is_language) {
                        subject.violated_at(format!("communication[{number}].language"));
                    }
                }
            }
        }
        Ok(())
    }
}

const BCP47: &str = "urn:ietf:bcp:47";

const RACES: &[&str] = &[
    "1002-5", "2028-9", "2054-5", "2076-8", "2106-3", "2131-1", "ASKU", "OTH", "UNK",
];

const ETHNICITIES: &[&str] = &["2135-2", "2186-5", "ASKU", "OTH", "UNK"];

fn is_in(coding: &Coding, codes: &[&str]) -> bool {
    text(&coding.code).is_some_and(|code| codes.contains(&code))
}

/// A language of two or three letters, with subtags of up to eight letters and digits.
fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let language = parts.next().unwrap_or_default();
    matches!(language.len(), 2 | 3)
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn of(fields: &[(&str, &str)]) -> Vec<String> {
        found(
            &DemographicCodeOutsideValueSet,
            vec![record(Kind::Patient, "p", fields)],
        )
    }

    const SYSTEM: (&str, &str) = ("communication[0].language.coding[0].system", BCP47);
    const LANGUAGE: &str = "communication[0].language.coding[0].code";

    #[test]
    fn fires() {
        assert_eq!(
            of(&[("race.ombCategory[0].code", "2135-2")]),
            ["Patient p race.ombCategory[0]"]
        );
        assert_eq!(
            of(&[("ethnicity.ombCategory.code", "H")]),
            ["Patient p ethnicity.ombCategory"]
        );
        for code in ["english", "e", "en_US", "en-"] {
            assert_eq!(
                of(&[SYSTEM, (LANGUAGE, code)]),
                ["Patient p communication[0].language"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            of(&[
                ("race.ombCategory[0].code", "2106-3"),
                ("race.ombCategory[1].code", "UNK")
            ]),
            NONE
        );
        assert_eq!(of(&[("race.detailed[0].code", "1586-7")]), NONE);
        for code in ["en", "eng", "en-US", "zh-Hant-TW"] {
            assert_eq!(of(&[SYSTEM, (LANGUAGE, code)]), NONE, "{code}");
        }
        assert_eq!(of(&[(LANGUAGE, "local 7")]), NONE);
        assert_eq!(of(&[]), NONE);
    }
}
