use super::texts::each_text;
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::text_quality::{has_control_character, is_garbled};
use ehr_model::chart::Chart;

rule! {
    /// Text that was read in the wrong encoding, or holds control characters.
    ///
    /// ## What it does
    ///
    /// Looks at text documents, notes, descriptions and conclusions for the traces of UTF-8 that
    /// was read as Windows-1252, for characters that were replaced, and for control characters
    /// other than tabulators and ends of lines. Text documents must be UTF-8 where they name no
    /// other character set.
    ///
    /// ## Why it matters
    ///
    /// Micrograms lose their first letter, degrees become letters, and the name of the patient is
    /// not the one that was typed.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Find out the encoding of the column or file and name it to the reader; a text that was
    /// broken in the source stays as it is and is listed.
    ///
    /// ### Who uses the data
    ///
    /// Read doses in these texts twice.
    ///
    /// ## Source
    ///
    /// WHATWG Encoding Standard; Unicode 15, U+FFFD.
    GarbledText {
        code: "garbled-text", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["DOC-005"],
    }
}

impl Rule for GarbledText {
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
            if text.is_none_or(|text| is_garbled(text) || has_control_character(text)) {
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

    fn of(text: &str) -> Vec<String> {
        let fields = [
            ("content[0].attachment.contentType", "text/plain"),
            ("content[0].attachment.data", text),
        ];
        let note = record(Kind::Problem, "b", &[("note[0].text", text)]);
        found(
            &GarbledText,
            vec![record(Kind::Document, "a", &fields), note],
        )
    }

    #[test]
    fn fires() {
        let both = ["Problem b note[0].text", "Document a content[0].attachment"];
        assert_eq!(of("37.2 Â°C"), both);
        assert_eq!(of("patientâ€™s"), both);
        assert_eq!(of("5 \u{fffd}g"), both);
        assert_eq!(of("page\u{0}break"), both);
    }

    #[test]
    fn stays_silent() {
        for text in ["37.2 °C, patient’s\tnote\r\nend\u{c}", "SÃO PAULO", ""] {
            assert_eq!(of(text), NONE, "{text}");
        }
        let image = [
            ("content[0].attachment.contentType", "image/png"),
            ("content[0].attachment.data", "\u{0}\u{1}"),
        ];
        assert_eq!(
            found(&GarbledText, vec![record(Kind::Document, "a", &image)]),
            NONE
        );
    }
}
