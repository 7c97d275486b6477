use ehr_model::kind::Document;

use crate::Context;
use crate::compare::ChartPair;
use crate::concept::{Likeness, likeness};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::rules::is_named;

rule! {
    /// Document whose type is gone or another one in the target.
    ///
    /// ## What it does
    ///
    /// Compares the type of every document with that of its entry in the target, by a shared code
    /// or in the same words. Codes of different systems only a terminology can compare; then the
    /// rule counts as not checked.
    ///
    /// ## Why it matters
    ///
    /// Consultation, discharge summary and operative note are looked for by their type. Without it
    /// they are one long list of "document".
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the document types of the source to the LOINC document ontology row by row, and keep the
    /// source's own code beside it.
    ///
    /// ### Who uses the data
    ///
    /// Search by date and author.
    ///
    /// ## Source
    ///
    /// LOINC Document Ontology; US Core 6.1.0, DocumentReference.type.
    DocumentTypeLost {
        code: "document-type-lost", category: Completeness, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["DOC-004"],
    }
}

impl Rule for DocumentTypeLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let mut outcome = Ok(());
        for ((record, source), (_, target)) in pair.matched_of::<Document>() {
            let Some(own) = source.type_.value().filter(|concept| is_named(concept)) else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            match target.type_.value().filter(|concept| is_named(concept)) {
                None => subject.violated_at("type"),
                Some(other) => match likeness(own, other) {
                    Likeness::Same => {}
                    Likeness::Unknown if !own.coding.is_empty() || !other.coding.is_empty() => {
                        outcome = Err(CannotCheck::without_table(
                            "a terminology that relates the document types of both charts",
                        ));
                    }
                    _ => subject.violated_at("type"),
                },
            }
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Document, "a", fields)];
        found_between(&DocumentTypeLost, of(source), of(target))
    }

    #[test]
    fn fires() {
        let words = |words| [("type.text", words)];
        assert_eq!(between(&words("Consult"), &[]), ["Document a type"]);
        assert_eq!(
            between(&words("Consult"), &words("Letter")),
            ["Document a type"]
        );
        let code = |code| {
            [
                ("type.coding[0].system", "http://loinc.org"),
                ("type.coding[0].code", code),
            ]
        };
        assert_eq!(
            between(&code("11488-4"), &code("11506-3")),
            ["Document a type"]
        );
    }

    #[test]
    fn stays_silent() {
        let code = [
            ("type.coding[0].system", "http://loinc.org"),
            ("type.coding[0].code", "11488-4"),
        ];
        assert_eq!(
            between(&code, &[code[0], code[1], ("type.text", "Consult")]),
            NONE
        );
        assert_eq!(
            between(&[("type.text", "Consult")], &[("type.text", "consult ")]),
            NONE
        );
        assert_eq!(
            between(&[("type.text", "Consult")], &code),
            NONE,
            "only a terminology knows"
        );
        assert_eq!(between(&[], &code), NONE);
    }
}
