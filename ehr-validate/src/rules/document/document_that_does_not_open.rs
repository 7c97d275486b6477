use super::attachments::each_attachment;
use super::media::{Media, contains, detect};
use crate::Context;
use crate::concept::text;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// PDF that is encrypted or does not end.
    ///
    /// ## What it does
    ///
    /// Looks at attachments that are PDF by their first bytes or by their media type. The header
    /// must be within the first kilobyte, the end-of-file mark within the last two, and no
    /// encryption dictionary near the beginning or the end.
    ///
    /// ## Why it matters
    ///
    /// An encrypted PDF asks for a password that left with the old system. One that was cut off
    /// opens on nobody's screen.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Read the file again from the export. Ask the old vendor for an unencrypted copy while there
    /// is one.
    ///
    /// ### Who uses the data
    ///
    /// Ask whoever wrote the document for a copy.
    ///
    /// ## Source
    ///
    /// ISO 32000-1, sections 7.5.2, 7.5.5 and 7.6; Adobe readers look for the mark in the last
    /// kilobyte.
    DocumentThatDoesNotOpen {
        code: "document-that-does-not-open", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["DOC-002"],
    }
}

impl Rule for DocumentThatDoesNotOpen {
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
            let Some(data) = attachment.data.value().map(|data| data.expose()) else {
                return;
            };
            let declared = text(&attachment.content_type)
                .is_some_and(|media| media.starts_with("application/pdf"));
            if data.is_empty() || !(declared || detect(data) == Some(Media::Pdf)) {
                return;
            }
            subject.applies();
            let head = &data[..data.len().min(HEAD)];
            let tail = &data[data.len().saturating_sub(TAIL)..];
            let opens = contains(&data[..data.len().min(1024)], b"%PDF-")
                && contains(&tail[tail.len().saturating_sub(2048)..], b"%%EOF");
            if !opens || contains(head, b"/Encrypt") || contains(tail, b"/Encrypt") {
                subject.violated_at(path);
            }
        });
        Ok(())
    }
}

/// Where the trailer of a linearized file stands.
const HEAD: usize = 4096;

/// Where the last trailer stands.
const TAIL: usize = 4096;

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
            &DocumentThatDoesNotOpen,
            vec![record(Kind::Document, "a", &fields)],
        )
    }

    #[test]
    fn fires() {
        let field = ["Document a content[0].attachment"];
        assert_eq!(of("application/pdf", "%PDF-1.7 1 0 obj"), field);
        assert_eq!(of("application/pdf", "<html>"), field);
        assert_eq!(
            of("text/plain", "%PDF-1.7 trailer <</Encrypt 5 0 R>> %%EOF"),
            field
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            of(
                "application/pdf",
                "%PDF-1.7 trailer <</Root 1 0 R>> %%EOF\n"
            ),
            NONE
        );
        assert_eq!(of("text/plain", "about /Encrypt"), NONE);
        assert_eq!(of("application/pdf", ""), NONE, "another rule says so");
    }
}
