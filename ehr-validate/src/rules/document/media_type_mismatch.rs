use super::attachments::each_attachment;
use super::media::{detect, promises_signature};
use crate::Context;
use crate::concept::text;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// Document whose bytes are of another kind than its media type says.
    ///
    /// ## What it does
    ///
    /// Looks at the first bytes of every attachment: PDF, JPEG, PNG, GIF, TIFF, DICOM, RTF, ZIP and
    /// what is made of it, old Office, XML and HTML. The media type must be one of those that name
    /// them. A media type that promises one of the binary kinds must not stand on anything else.
    /// Bytes without a signature under a text type are not judged.
    ///
    /// ## Why it matters
    ///
    /// The target opens a document by its media type. A PDF that is called an image opens as
    /// nothing.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Take the media type from the bytes and keep what the source said as the title.
    ///
    /// ### Who uses the data
    ///
    /// Save the document and open it by hand.
    ///
    /// ## Source
    ///
    /// RFC 2046; WHATWG MIME Sniffing; DICOM PS3.10, preamble and prefix.
    MediaTypeMismatch {
        code: "media-type-mismatch", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["DOC-004"],
    }
}

impl Rule for MediaTypeMismatch {
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
            let (Some(data), Some(declared)) =
                (attachment.data.value(), text(&attachment.content_type))
            else {
                return;
            };
            let declared = declared.split(';').next().unwrap_or_default().trim();
            let found = detect(data.expose());
            if data.expose().is_empty() || (found.is_none() && !promises_signature(declared)) {
                return;
            }
            subject.applies();
            if !found.is_some_and(|media| media.is_called(declared)) {
                subject.violated_at(path);
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

    fn of(media: &str, data: &str) -> Vec<String> {
        let fields = [
            ("content[0].attachment.contentType", media),
            ("content[0].attachment.data", data),
        ];
        found(
            &MediaTypeMismatch,
            vec![record(Kind::Document, "a", &fields)],
        )
    }

    #[test]
    fn fires() {
        let field = ["Document a content[0].attachment"];
        assert_eq!(of("image/jpeg", "%PDF-1.4"), field);
        assert_eq!(of("application/pdf", "plain words"), field);
        assert_eq!(of("text/plain", "{\\rtf1 x}"), field);
        assert_eq!(of("application/pdf", "<?xml version='1.0'?>"), field);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(of("application/pdf", "%PDF-1.4"), NONE);
        assert_eq!(of("text/plain; charset=utf-8", "plain words"), NONE);
        assert_eq!(of("application/hl7-sda+xml", "<?xml version='1.0'?>"), NONE);
        assert_eq!(of("application/rtf", "{\\rtf1 x}"), NONE);
        assert_eq!(
            of(
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "PK\u{3}\u{4}"
            ),
            NONE
        );
        assert_eq!(of("application/x-unheard-of", "plain words"), NONE);
        assert_eq!(of(" ", "%PDF-1.4"), NONE);
    }
}
