use super::attachments::each_attachment;
use crate::Context;
use crate::concept::text;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// Document without its bytes.
    ///
    /// ## What it does
    ///
    /// Looks at documents that were not entered in error, and at the report documents of
    /// diagnostics. Each attachment that promises bytes, by a media type, a size, a digest or a
    /// place, must have them, more than none, or say where they lie. Where bytes are there and a
    /// size is stated, they must agree. A title alone promises nothing.
    ///
    /// ## Why it matters
    ///
    /// The entry stands in the list, and whoever opens it sees nothing. Mostly the index was
    /// exported and the files were not.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look for the file in the export by its name in the index; names differ in case, in path and
    /// in the characters that were replaced.
    ///
    /// ### Who uses the data
    ///
    /// Open the document in the archive, or ask whoever wrote it.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, DocumentReference.content.attachment; OAIS, fixity of what was ingested.
    DocumentWithoutContent {
        code: "document-without-content", category: Completeness, severity: Fatal, since: "0.1.0",
        covers: ["DOC-001", "REF-004"],
    }
}

impl Rule for DocumentWithoutContent {
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
            // A title alone promises no bytes: so stands a document whose entries are the chart.
            let promises = text(&attachment.content_type).is_some()
                || text(&attachment.sha_256).is_some()
                || text(&attachment.url).is_some()
                || attachment.size.value().is_some()
                || attachment.data.value().is_some();
            if !promises {
                return;
            }
            subject.applies();
            let bytes = attachment.data.value().map(|data| data.expose().len());
            let stated = attachment
                .size
                .value()
                .and_then(|size| usize::try_from(*size).ok());
            let is_missing = match bytes {
                Some(length) => length == 0 || stated.is_some_and(|stated| stated != length),
                None => text(&attachment.url).is_none() || stated == Some(0),
            };
            if is_missing {
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

    fn of(fields: &[(&str, &str)]) -> Vec<String> {
        found(
            &DocumentWithoutContent,
            vec![record(Kind::Document, "a", fields)],
        )
    }

    const TYPE: (&str, &str) = ("content[0].attachment.contentType", "text/plain");
    const DATA: &str = "content[0].attachment.data";

    #[test]
    fn fires() {
        let field = ["Document a content[0].attachment"];
        assert_eq!(of(&[TYPE]), field);
        assert_eq!(of(&[TYPE, (DATA, "")]), field);
        assert_eq!(
            of(&[TYPE, (DATA, "seen"), ("content[0].attachment.size", "5")]),
            field
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            of(&[TYPE, (DATA, "seen"), ("content[0].attachment.size", "4")]),
            NONE
        );
        assert_eq!(
            of(&[TYPE, ("content[0].attachment.url", "scans/17.tif")]),
            NONE
        );
        assert_eq!(of(&[TYPE, ("status", "entered-in-error")]), NONE);
        assert_eq!(
            of(&[("content[0].attachment.title", "Visit summary")]),
            NONE,
            "no bytes are promised"
        );
        assert_eq!(of(&[]), NONE);
    }
}
