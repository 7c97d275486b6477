use super::texts::each_text;
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::text_quality::is_cut_off;
use ehr_model::chart::Chart;

rule! {
    /// Text exactly as long as a column can hold.
    ///
    /// ## What it does
    ///
    /// Looks at text documents, notes, descriptions and conclusions of exactly 4,000, 32,767 or
    /// 65,535 bytes or characters, the lengths of text columns and of spreadsheet cells.
    ///
    /// ## Why it matters
    ///
    /// The end of the note is missing, and with it plan and signature.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look for the rest in a continuation row or in a second column, and export again from the
    /// table.
    ///
    /// ### Who uses the data
    ///
    /// Open the note in the archive or the old system.
    ///
    /// ## Source
    ///
    /// Oracle VARCHAR2(4000), Excel's 32,767 characters a cell, MySQL TEXT of 65,535 bytes.
    TextCutOff {
        code: "text-cut-off", category: Completeness, severity: Error, since: "0.1.0",
        covers: ["DOC-005"],
    }
}

impl Rule for TextCutOff {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each_text(chart, findings, |path, text, subject| {
            subject.applies();
            if text.is_some_and(is_cut_off) {
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

    fn of(length: usize) -> Vec<String> {
        let text = "x".repeat(length);
        let fields = [
            ("content[0].attachment.contentType", "text/plain"),
            ("content[0].attachment.data", text.as_str()),
        ];
        found(&TextCutOff, vec![record(Kind::Document, "a", &fields)])
    }

    #[test]
    fn fires() {
        for length in [4000, 32_767, 65_535] {
            assert_eq!(of(length), ["Document a content[0].attachment"]);
        }
    }

    #[test]
    fn stays_silent() {
        for length in [0, 3999, 4001, 65_536] {
            assert_eq!(of(length), NONE);
        }
    }
}
