use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::kind::Document;

rule! {
    /// Signature, author or addendum of a document that was lost.
    ///
    /// ## What it does
    ///
    /// Compares every document with its entry in the target: the signature status that the source
    /// states must stand there; whoever signed must be there, the authors must not be fewer, and
    /// what it amends, replaces or signs must be kept with the same relation, in the same order.
    ///
    /// ## Why it matters
    ///
    /// An unsigned note is no record. An addendum that lost its note corrects nothing, and the note
    /// stands uncorrected.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map author, co-signer and status each to its own field, and addenda by their reference to
    /// the note.
    ///
    /// ### Who uses the data
    ///
    /// Look at the signatures in the archive before the note is used as evidence.
    ///
    /// ## Source
    ///
    /// AHIMA, electronic signature, attestation and authorship; HL7 FHIR R4,
    /// DocumentReference.docStatus, authenticator and relatesTo.
    DocumentSignatureLost {
        code: "document-signature-lost", category: Completeness, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["DOC-006"],
    }
}

impl Rule for DocumentSignatureLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Document>() {
            let mut subject = findings.about(record);
            let relations = |document: &Document| -> Vec<_> {
                document
                    .relates_to
                    .iter()
                    .filter_map(|relation| relation.code.value().copied())
                    .collect()
            };
            let status = source.doc_status.value();
            for (field, is_stated, is_lost) in [
                (
                    "docStatus",
                    status.is_some(),
                    target.doc_status.value() != status,
                ),
                (
                    "authenticator",
                    source.authenticator.value().is_some(),
                    target.authenticator.value().is_none(),
                ),
                (
                    "author",
                    !source.author.is_empty(),
                    target.author.len() < source.author.len(),
                ),
                (
                    "relatesTo",
                    !source.relates_to.is_empty(),
                    relations(source) != relations(target),
                ),
            ] {
                if is_stated {
                    subject.applies();
                    if is_lost {
                        subject.violated_at(field);
                    }
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

    const NONE: [&str; 0] = [];

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Document, "a", fields)];
        found_between(&DocumentSignatureLost, of(source), of(target))
    }

    const SIGNED: [(&str, &str); 4] = [
        ("docStatus", "final"),
        ("authenticator.display", "Dr. Wu"),
        ("author[0].display", "Dr. Wu"),
        ("relatesTo[0].code", "appends"),
    ];

    #[test]
    fn fires() {
        assert_eq!(
            between(&SIGNED, &[]),
            [
                "Document a docStatus",
                "Document a authenticator",
                "Document a author",
                "Document a relatesTo"
            ]
        );
        let replaces = [
            SIGNED[0],
            SIGNED[1],
            SIGNED[2],
            ("relatesTo[0].code", "replaces"),
        ];
        assert_eq!(between(&SIGNED, &replaces), ["Document a relatesTo"]);
        assert_eq!(
            between(&SIGNED[..1], &[("docStatus", "preliminary")]),
            ["Document a docStatus"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between(&SIGNED, &SIGNED), NONE);
        assert_eq!(
            between(
                &SIGNED[2..3],
                &[("author[0].display", "Wu"), ("author[1].display", "Lee")]
            ),
            NONE
        );
        assert_eq!(between(&[], &SIGNED), NONE);
    }
}
