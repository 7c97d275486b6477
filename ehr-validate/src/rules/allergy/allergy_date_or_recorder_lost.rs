use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::element::Element as _;
use ehr_model::kind::Allergy;

rule! {
    /// Allergy that lost its date or its recorder.
    ///
    /// ## What it does
    ///
    /// Compares onset, date of recording, last occurrence, recorder and asserter of every allergy
    /// with its entry in the target: where the source states one, the target must state one.
    /// Whether a date is still the same is the business of other rules.
    ///
    /// ## Why it matters
    ///
    /// Without a date nobody knows which of two entries is newer; without a recorder nobody can be
    /// asked.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the columns of date and author of the allergy itself, not those of the document that it
    /// stands in.
    ///
    /// ### Who uses the data
    ///
    /// Look the date up in the archive where two entries contradict each other.
    ///
    /// ## Source
    ///
    /// SITE C-CDA Scorecard asks for dates of allergies; HL7 FHIR R4,
    /// AllergyIntolerance.recordedDate and recorder.
    AllergyDateOrRecorderLost {
        code: "allergy-date-or-recorder-lost", category: Completeness, severity: Warning, since: "0.1.0",
        scope: Comparison, covers: ["ALG-016"],
    }
}

impl Rule for AllergyDateOrRecorderLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Allergy>() {
            let mut subject = findings.about(record);
            for name in [
                "onset[x]",
                "recordedDate",
                "lastOccurrence",
                "recorder",
                "asserter",
            ] {
                let Some(number) = source.spec().number(name) else {
                    continue;
                };
                if source.slot(number).count() > 0 {
                    subject.applies();
                    if target.slot(number).count() == 0 {
                        subject.violated_at(name.trim_end_matches("[x]"));
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
        let of = |fields: &[_]| vec![record(Kind::Allergy, "a", fields)];
        found_between(&AllergyDateOrRecorderLost, of(source), of(target))
    }

    #[test]
    fn fires() {
        let source = [("onsetDateTime", "1999"), ("recorder.display", "Dr. Wu")];
        assert_eq!(
            between(&source, &[]),
            ["Allergy a onset", "Allergy a recorder"]
        );
    }

    #[test]
    fn stays_silent() {
        let source = [("onsetDateTime", "1999"), ("recordedDate", "2001-02-03")];
        let target = [("onsetString", "as a child"), ("recordedDate", "2001")];
        assert_eq!(between(&source, &target), NONE);
        assert_eq!(between(&[], &target), NONE);
    }
}
