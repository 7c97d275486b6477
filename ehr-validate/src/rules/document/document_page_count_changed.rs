use super::attachments::of_record;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Document with more or fewer pages in the target.
    ///
    /// ## What it does
    ///
    /// Compares the number of pages or frames of every attachment with that of its entry in the
    /// target, where both state it, place by place.
    ///
    /// ## Why it matters
    ///
    /// A scan of twelve pages that became a scan of one is a chart that lost eleven.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the conversion: the first page of a TIFF is all that many readers take.
    ///
    /// ### Who uses the data
    ///
    /// Open the document in the archive.
    ///
    /// ## Source
    ///
    /// TIFF 6.0, several images in one file; engineering default.
    DocumentPageCountChanged {
        code: "document-page-count-changed", category: Completeness, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["DOC-002"],
    }
}

impl Rule for DocumentPageCountChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (source, target) in pair.matched() {
            let mut subject = findings.about(source);
            for ((path, own), (_, other)) in of_record(source).zip(of_record(target)) {
                if let (Some(pages), Some(others)) = (own.pages.value(), other.pages.value()) {
                    subject.applies();
                    if pages != others {
                        subject.violated_at(path);
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
        found_between(&DocumentPageCountChanged, of(source), of(target))
    }

    const PAGES: &str = "content[0].attachment.pages";

    #[test]
    fn fires() {
        assert_eq!(
            between(&[(PAGES, "12")], &[(PAGES, "1")]),
            ["Document a content[0].attachment"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between(&[(PAGES, "12")], &[(PAGES, "12")]), NONE);
        assert_eq!(
            between(&[(PAGES, "12")], &[("content[0].attachment.title", "x")]),
            NONE
        );
        assert_eq!(between(&[], &[(PAGES, "12")]), NONE);
    }
}
