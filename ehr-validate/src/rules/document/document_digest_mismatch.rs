use ehr_crypto::Digest;

use super::attachments::each_attachment;
use crate::Context;
use crate::concept::text;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// Document whose bytes are not those that its digest promises.
    ///
    /// ## What it does
    ///
    /// Computes the SHA-256 of the bytes of every attachment that states one, and compares the two.
    ///
    /// ## Why it matters
    ///
    /// The file was changed, cut off or exchanged after the digest was made.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Read the file again from the export. If it still differs, the export is damaged: ask for it
    /// again.
    ///
    /// ### Who uses the data
    ///
    /// Do not rely on the document.
    ///
    /// ## Source
    ///
    /// FIPS 180-4, SHA-256; OAIS, fixity.
    DocumentDigestMismatch {
        code: "document-digest-mismatch", category: Conformance, severity: Fatal, since: "0.1.0",
        covers: ["DOC-001"],
    }
}

impl Rule for DocumentDigestMismatch {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each_attachment(chart, findings, |path, attachment, subject| {
            if let (Some(data), Some(stated)) = (attachment.data.value(), text(&attachment.sha_256))
            {
                subject.applies();
                let digest = Digest::sha256(data.expose());
                let hex = digest
                    .as_bytes()
                    .iter()
                    .flat_map(|byte| [byte >> 4, byte & 15]);
                let digits = stated
                    .bytes()
                    .map(|digit| char::from(digit).to_digit(16).map_or(99, |d| d as u8));
                if !hex.eq(digits) {
                    subject.violated_at(path);
                }
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn of(digest: &str) -> Vec<String> {
        let fields = [
            ("content[0].attachment.data", "abc"),
            ("content[0].attachment.sha256", digest),
        ];
        found(
            &DocumentDigestMismatch,
            vec![record(Kind::Document, "a", &fields)],
        )
    }

    /// The test vector of FIPS 180-4.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn fires() {
        for digest in [&ABC[..62], "ba7816bf", "no digest"] {
            assert_eq!(of(digest), ["Document a content[0].attachment"]);
        }
        assert_eq!(
            of(&ABC.replace('b', "c")),
            ["Document a content[0].attachment"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(of(ABC), NONE);
        assert_eq!(of(&ABC.to_uppercase()), NONE);
        assert_eq!(of(" "), NONE);
        let without = [("content[0].attachment.sha256", ABC)];
        assert_eq!(
            found(
                &DocumentDigestMismatch,
                vec![record(Kind::Document, "a", &without)]
            ),
            NONE
        );
    }
}
