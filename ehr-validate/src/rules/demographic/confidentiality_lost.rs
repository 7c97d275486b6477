use ehr_model::record::Record;

use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::walk;

rule! {
    /// Confidentiality label that the target lacks.
    ///
    /// ## What it does
    ///
    /// Compares the confidentiality labels of every entry with those of its entry in the target, by
    /// code or in words. Every label of the source must be there. Entries labelled in the source
    /// that the target lacks are left to other rules.
    ///
    /// ## Why it matters
    ///
    /// Notes under 42 CFR Part 2, of psychotherapy, of minors who consented themselves, and of
    /// staff who are patients are open to everybody on the first day, and printed into the first
    /// portal.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Carry the label with the record that it stands on. Where the target has no label, keep the
    /// record in the archive until the practice decides.
    ///
    /// ### Who uses the data
    ///
    /// Close these records by hand before anybody else gets access.
    ///
    /// ## Source
    ///
    /// 42 CFR Part 2; HL7 FHIR R4, DocumentReference.securityLabel and Security Labels.
    ConfidentialityLost {
        code: "confidentiality-lost", category: Completeness, severity: Fatal, since: "0.1.0",
        scope: Comparison, covers: ["DEM-011"],
    }
}

impl Rule for ConfidentialityLost {
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
            if source.resource.element().spec().number(LABEL).is_none() {
                continue;
            }
            let own = labels(source);
            if own.is_empty() {
                continue;
            }
            let others = labels(target);
            let mut subject = findings.applies_to(source);
            // A concept of the source is kept where one of its words or codes is.
            if own.iter().any(|label| {
                !label
                    .iter()
                    .any(|word| others.iter().flatten().any(|other| other == word))
            }) {
                subject.violated_at(LABEL);
            }
        }
        Ok(())
    }
}

const LABEL: &str = "securityLabel";

/// Codes and words of each label.
fn labels(record: &Record) -> Vec<Vec<String>> {
    let mut labels: Vec<Vec<String>> = Vec::new();
    walk::elements(
        record.resource.element(),
        "CodeableConcept",
        &mut |path, concept| {
            if path.top() == LABEL && path.last() == LABEL {
                let mut words = Vec::new();
                walk::leaves(concept, &mut |path, leaf| {
                    if let (ehr_model::element::Leaf::Text(text), "code" | "display" | "text") =
                        (leaf, path.last())
                    {
                        words.push(text.trim().to_lowercase());
                    }
                });
                labels.push(words);
            }
        },
    );
    labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Document, "a", fields)];
        found_between(&ConfidentialityLost, of(source), of(target))
    }

    const RESTRICTED: (&str, &str) = ("securityLabel[0].coding[0].code", "R");

    #[test]
    fn fires() {
        assert_eq!(between(&[RESTRICTED], &[]), ["Document a securityLabel"]);
        assert_eq!(
            between(&[RESTRICTED], &[("securityLabel[0].coding[0].code", "N")]),
            ["Document a securityLabel"]
        );
        assert_eq!(
            between(&[("securityLabel[0].text", "42CFRPart2")], &[RESTRICTED]).len(),
            1
        );
    }

    #[test]
    fn stays_silent() {
        let more = [RESTRICTED, ("securityLabel[1].coding[0].code", "PSY")];
        assert_eq!(between(&[RESTRICTED], &more), NONE);
        assert_eq!(between(&[], &more), NONE);
    }
}
