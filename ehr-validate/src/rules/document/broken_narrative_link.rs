use std::collections::HashSet;

use super::attachments::each_attachment;
use super::header::{attributes, is_ccda};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// C-CDA document whose entries point at text that is not there, or at two.
    ///
    /// ## What it does
    ///
    /// Reads the C-CDA documents of a chart: every id of the narrative must be there once, and
    /// every reference from an entry must lead to one.
    ///
    /// ## Why it matters
    ///
    /// Entries of a C-CDA take their words from the narrative. A link that leads nowhere leaves the
    /// entry without its text; one that leads to two takes either.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Report the document to its sender, and keep its bytes. Nothing is mended inside a signed
    /// document.
    ///
    /// ### Who uses the data
    ///
    /// Read the narrative, not the list of entries.
    ///
    /// ## Source
    ///
    /// HL7 C-CDA R2.1, narrative block and `reference`; SITE C-CDA Scorecard, rules on narrative
    /// links and unique ids.
    BrokenNarrativeLink {
        code: "broken-narrative-link", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["DOC-007"],
    }
}

impl Rule for BrokenNarrativeLink {
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
            let Some(xml) = std::str::from_utf8(data).ok().filter(|xml| is_ccda(xml)) else {
                return;
            };
            subject.applies();
            let mut ids = HashSet::new();
            let mut is_whole = attributes(xml, "ID")
                .chain(attributes(xml, "xml:id"))
                .all(|id| ids.insert(id));
            let links = attributes(xml, "value").filter_map(|value| value.strip_prefix('#'));
            is_whole &= links.into_iter().all(|link| ids.contains(link));
            if !is_whole {
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

    fn of(narrative: &str, entry: &str) -> Vec<String> {
        let document = format!(
            "<?xml version=\"1.0\"?><ClinicalDocument><text>{narrative}</text>{entry}</ClinicalDocument>"
        );
        let fields = [("content[0].attachment.data", document.as_str())];
        found(
            &BrokenNarrativeLink,
            vec![record(Kind::Document, "a", &fields)],
        )
    }

    #[test]
    fn fires() {
        let field = ["Document a content[0].attachment"];
        assert_eq!(of("<td ID=\"a1\"/>", "<reference value=\"#a2\"/>"), field);
        assert_eq!(of("<td ID=\"a1\"/><td ID='a1'/>", ""), field);
        assert_eq!(of("", "<reference value='#a1'/>"), field);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            of(
                "<td ID = \"a1\"/><td xml:id='a2'/>",
                "<reference value=\"#a1\"/><x value='7'/>"
            ),
            NONE
        );
        assert_eq!(of("", ""), NONE);
        let other = [(
            "content[0].attachment.data",
            "<?xml version=\"1.0\"?><svg><use value=\"#a\"/></svg>",
        )];
        assert_eq!(
            found(
                &BrokenNarrativeLink,
                vec![record(Kind::Document, "a", &other)]
            ),
            NONE
        );
    }
}
