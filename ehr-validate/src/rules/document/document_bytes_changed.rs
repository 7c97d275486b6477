use ehr_crypto::Digest;
use ehr_model::datatype::Attachment;

use super::attachments::{attachments, of_record};
use crate::Context;
use crate::compare::ChartPair;
use crate::concept::text;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Document whose bytes are other ones in the target, or gone.
    ///
    /// ## What it does
    ///
    /// Compares the bytes of every attachment of the source with those of its entry in the target:
    /// one attachment there must have the same bytes, or state their SHA-256. A document that the
    /// target lacks fires as well. Attachments without bytes in the source are left to another
    /// rule.
    ///
    /// ## Why it matters
    ///
    /// A scan that was compressed again, a letter that lost its second page and a note in another
    /// encoding look the same in a list.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Carry documents as bytes and never through an editor, a printer or a text column.
    ///
    /// ### Who uses the data
    ///
    /// Open the document in the archive.
    ///
    /// ## Source
    ///
    /// FIPS 180-4, SHA-256; complete comparison of documents is an engineering default.
    DocumentBytesChanged {
        code: "document-bytes-changed", category: Conformance, severity: Fatal, since: "0.1.0",
        scope: Comparison, covers: ["DOC-001"],
    }
}

impl Rule for DocumentBytesChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for record in attachments(pair.source()) {
            let own: Vec<_> = of_record(record).collect();
            let target = pair
                .counterpart(record.id)
                .and_then(|id| pair.target().record(id));
            let mut subject = findings.about(record);
            for (path, attachment) in own {
                if attachment
                    .data
                    .value()
                    .is_none_or(|data| data.expose().is_empty())
                {
                    continue;
                }
                subject.applies();
                let mut others = target.into_iter().flat_map(of_record);
                let kept = others.any(|(_, other)| has_same_bytes(attachment, other));
                // An entry that can be matched in several ways is there, though nobody knows which it is.
                if !kept && (target.is_some() || pair.lacks(record.id)) {
                    subject.violated_at(path);
                }
            }
        }
        Ok(())
    }
}

fn has_same_bytes(a: &Attachment, b: &Attachment) -> bool {
    match (a.data.value(), b.data.value()) {
        (Some(a), Some(b)) => a.expose() == b.expose(),
        (Some(a), None) => text(&b.sha_256).is_some_and(|stated| {
            let digest = Digest::sha256(a.expose());
            let hex: String = digest
                .as_bytes()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            stated.eq_ignore_ascii_case(&hex)
        }),
        _ => false,
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
        found_between(&DocumentBytesChanged, of(source), of(target))
    }

    const ABC: (&str, &str) = ("content[0].attachment.data", "abc");

    #[test]
    fn fires() {
        let field = ["Document a content[0].attachment"];
        assert_eq!(
            between(&[ABC], &[("content[0].attachment.data", "ab")]),
            field
        );
        assert_eq!(between(&[ABC], &[]), field);
        let lost = vec![record(Kind::Document, "a", &[ABC])];
        assert_eq!(found_between(&DocumentBytesChanged, lost, vec![]), field);
        let other = [("content[0].attachment.sha256", "00")];
        assert_eq!(between(&[ABC], &other), field);
    }

    #[test]
    fn stays_silent() {
        let second = [
            ("content[0].attachment.data", "x"),
            ("content[1].attachment.data", "abc"),
        ];
        assert_eq!(between(&[ABC], &second), NONE);
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(
            between(&[ABC], &[("content[0].attachment.sha256", digest)]),
            NONE
        );
        assert_eq!(between(&[("content[0].attachment.url", "x")], &[]), NONE);
    }
}
