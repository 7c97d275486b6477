use ehr_model::chart::Chart;
use ehr_model::kind::{Observation, ObservationValue};
use ehr_model::value::Decimal;

use super::result::{is_void, results};
use crate::Context;
use crate::concept;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Result that is a number and stands there as text
    ///
    /// ## What it does
    ///
    /// Looks at results that are text. A number alone (`7.2`), with a comparator (`<0.01`), a titre
    /// (`1:80`) or a range (`5-10`) has a form of its own: quantity with comparator, ratio, range. Graded
    /// and worded results (`3+`, `negative`) are text or codes by right and are left alone, as are texts
    /// of tests that are no measurement, such as phone numbers.
    ///
    /// ## Why it matters
    ///
    /// A number that is text is not trended, not compared with its range and not flagged.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the value by its type (HL7 v2 OBX-2, the type in C-CDA); where the source holds texts only,
    /// read numbers with their comparators and keep the text.
    ///
    /// ### Who uses the data
    ///
    /// Look at the text; trends of the test are incomplete.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Quantity.comparator, Ratio, Range; HL7 v2 data types NM and SN.
    NumberStoredAsText {
        code: "number-stored-as-text", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["LAB-003"],
    }
}

impl Rule for NumberStoredAsText {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, observation) in chart
            .of::<Observation>()
            .filter(|(_, one)| !is_void(one) && is_laboratory(one))
        {
            let mut subject = findings.about(record);
            for result in results(observation) {
                let text = match result.value.value() {
                    Some(ObservationValue::String(text)) => text.value(),
                    Some(ObservationValue::Quantity(_)) => {
                        subject.applies();
                        None
                    }
                    _ => None,
                };
                let Some(text) = text else { continue };
                subject.applies();
                if is_number(text.expose()) {
                    subject.violated_at(result.field("valueString"));
                }
            }
        }
        Ok(())
    }
}

fn is_laboratory(observation: &Observation) -> bool {
    let mut codings = observation
        .category
        .iter()
        .flat_map(|category| &category.coding);
    codings.any(|coding| concept::text(&coding.code) == Some("laboratory"))
}

/// Whether a text is a number, one with a comparator, a titre or a range.
fn is_number(text: &str) -> bool {
    let text = text.trim();
    let is_decimal = |text: &str| Decimal::parse(text.trim()).is_ok();
    let compared = text.trim_start_matches(['<', '>', '=', '\u{2264}', '\u{2265}']);
    let both = |(one, other): (&str, &str)| is_decimal(one) && is_decimal(other);
    is_decimal(compared)
        || text.split_once(':').is_some_and(both)
        || text.split_once('-').is_some_and(both)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::laboratory::fixture::*;

    const CATEGORY: (&str, &str) = ("category[0].coding[0].code", "laboratory");

    #[test]
    fn fires() {
        for text in ["7.2", "<0.01", ">= 60", "1:80", "5-10", " 12 "] {
            let found = in_one(&NumberStoredAsText, &[CATEGORY, ("valueString", text)]);
            assert_eq!(found, ["Observation a valueString"], "{text}");
        }
    }

    #[test]
    fn stays_silent() {
        for text in [
            "3+",
            "neg",
            "Positive",
            "2030-01-01",
            "5-10-15",
            "see note 4",
            "<",
            "",
        ] {
            assert_eq!(
                in_one(&NumberStoredAsText, &[CATEGORY, ("valueString", text)]),
                NONE,
                "{text}"
            );
        }
        assert_eq!(in_one(&NumberStoredAsText, &[("valueString", "7.2")]), NONE);
        assert_eq!(
            in_one(&NumberStoredAsText, &[CATEGORY, (VALUE, "7.2")]),
            NONE
        );
    }
}
