use std::cmp::Ordering;

use ehr_model::kind::{LinkType, Observation, ObservationStatus, ObservationValue, Patient};

use crate::Context;
use crate::concept::{codes_in, text, words};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// One chart that holds two persons.
    ///
    /// ## What it does
    ///
    /// Looks inside a chart for what one person cannot have: two patient records, of which none
    /// replaced the other, with other dates of birth or another sex, and two blood groups of the
    /// ABO system that contradict each other. Results that were cancelled or entered in error do
    /// not count. The record that comes later is named.
    ///
    /// ## Why it matters
    ///
    /// Somebody was registered or scanned into the chart of somebody else. Allergies, results and
    /// consents of both stand together, and each of the two is treated for the other.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Stop this chart. Give it to whoever keeps the records; which entry belongs to whom is not
    /// for a program to say.
    ///
    /// ### Who uses the data
    ///
    /// Do not treat by this chart.
    ///
    /// ## Source
    ///
    /// AHIMA, Overlay and Overlap of patient records; LOINC 883-9, 882-1 and 10331-7 for blood
    /// groups.
    ChartOfTwoPersons {
        code: "chart-of-two-persons", category: Plausibility, severity: Fatal, since: "0.1.0",
        covers: ["DEM-013"],
    }
}

impl Rule for ChartOfTwoPersons {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let is_replaced = |patient: &Patient| {
            patient
                .link
                .iter()
                .any(|link| link.type_.value() == Some(&LinkType::ReplacedBy))
        };
        let mut first: Option<&Patient> = None;
        for (record, patient) in chart
            .of::<Patient>()
            .filter(|(_, patient)| !is_replaced(patient))
        {
            let mut subject = findings.applies_to(record);
            if let Some(first) = first {
                if differ(first, patient) {
                    subject.violated_at("birthDate");
                }
            } else {
                first = Some(patient);
            }
        }
        let mut known = None;
        for (record, observation) in chart.of::<Observation>() {
            let Some(group) = blood_group(observation) else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            if *known.get_or_insert(group) != group {
                subject.violated_at("value");
            }
        }
        Ok(())
    }
}

const LOINC: &str = "http://loinc.org";

/// ABO group, and ABO and Rh group.
const BLOOD_GROUPS: &[&str] = &["883-9", "882-1"];

fn differ(a: &Patient, b: &Patient) -> bool {
    let births = (a.birth_date.value(), b.birth_date.value());
    let other_birth = matches!(births, (Some(a), Some(b))
        if matches!(a.get().compare(b.get()), Some(Ordering::Less | Ordering::Greater)));
    let sexes = (a.gender.value(), b.gender.value());
    other_birth || matches!(sexes, (Some(a), Some(b)) if a != b)
}

fn blood_group(observation: &Observation) -> Option<&'static str> {
    let withdrawn = matches!(
        observation.status.value(),
        Some(ObservationStatus::Cancelled | ObservationStatus::EnteredInError)
    );
    let code = observation.code.value().filter(|_| !withdrawn)?;
    codes_in(code, LOINC).find(|code| BLOOD_GROUPS.contains(code))?;
    match observation.value.value()? {
        ObservationValue::CodeableConcept(concept) => words(concept.value()?).find_map(abo),
        ObservationValue::String(words) => text(words).and_then(abo),
        _ => None,
    }
}

/// The ABO group at the beginning of a text such as "AB Rh(D) positive", "Group O" or "A+".
fn abo(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let text = text
        .get(..6)
        .filter(|start| start.eq_ignore_ascii_case("group "))
        .map_or(text, |_| &text[6..]);
    let end = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    ["AB", "A", "B", "O"]
        .into_iter()
        .find(|group| text[..end].eq_ignore_ascii_case(group))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;
    use ehr_model::record::Record;

    const NONE: [&str; 0] = [];

    fn group(key: &str, value: &str, more: &[(&str, &str)]) -> Record {
        let fields = [
            ("code.coding[0].system", LOINC),
            ("code.coding[0].code", "883-9"),
            ("valueString", value),
        ];
        record(Kind::Observation, key, &[&fields, more].concat())
    }

    #[test]
    fn fires() {
        let chart = vec![
            group("a", "Group O", &[]),
            group("b", "o pos", &[]),
            group("c", "A+", &[]),
        ];
        assert_eq!(found(&ChartOfTwoPersons, chart), ["Observation c value"]);
        let patients = vec![
            record(Kind::Patient, "p", &[("birthDate", "1980-01-02")]),
            record(Kind::Patient, "q", &[("birthDate", "1990-01-02")]),
        ];
        assert_eq!(found(&ChartOfTwoPersons, patients), ["Patient q birthDate"]);
    }

    #[test]
    fn stays_silent() {
        let chart = vec![
            group("a", "AB Rh(D) positive", &[]),
            group("b", "ab", &[]),
            group("c", "O", &[("status", "entered-in-error")]),
            group("d", "pending", &[]),
        ];
        assert_eq!(found(&ChartOfTwoPersons, chart), NONE);
        let patients = vec![
            record(Kind::Patient, "p", &[("birthDate", "1980")]),
            record(Kind::Patient, "q", &[("birthDate", "1980-01-02")]),
            record(
                Kind::Patient,
                "r",
                &[("birthDate", "1990"), ("link[0].type", "replaced-by")],
            ),
        ];
        assert_eq!(found(&ChartOfTwoPersons, patients), NONE);
    }
}
