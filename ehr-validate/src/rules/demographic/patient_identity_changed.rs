use std::cmp::Ordering;

use ehr_model::datatype::HumanName;
use ehr_model::kind::Patient;

use crate::Context;
use crate::compare::ChartPair;
use crate::concept::text;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Patient who is somebody else in the target.
    ///
    /// ## What it does
    ///
    /// Compares the patient of both charts: date of birth and sex must be the same, a name of the
    /// source must be among those of the target, and an identifier too where both have some. A date
    /// that is less precise contradicts nothing. Each that disagrees is an issue of its own.
    ///
    /// ## Why it matters
    ///
    /// If the chart stands under another patient, everything in it is true of the wrong person.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Stop. Look at the key by which charts were joined, and at merges in the source that were not
    /// followed.
    ///
    /// ### Who uses the data
    ///
    /// Do not open the chart to the patient before the identity is proved.
    ///
    /// ## Source
    ///
    /// ONC SAFER Guides, Patient Identification; Joint Commission NPSG.01.01.01, two identifiers.
    PatientIdentityChanged {
        code: "patient-identity-changed", category: Conformance, severity: Fatal, since: "0.1.0",
        scope: Comparison, covers: ["DEM-001"],
    }
}

impl Rule for PatientIdentityChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Patient>() {
            let mut subject = findings.applies_to(record);
            if let Some(birth) = source.birth_date.value() {
                let agrees = target.birth_date.value().is_some_and(|other| {
                    !matches!(
                        birth.get().compare(other.get()),
                        Some(Ordering::Less | Ordering::Greater)
                    )
                });
                if !agrees {
                    subject.violated_at("birthDate");
                }
            }
            if source.gender.value().is_some() && source.gender.value() != target.gender.value() {
                subject.violated_at("gender");
            }
            let has_same = |name: &HumanName| target.name.iter().any(|other| is_same(name, other));
            if !source.name.is_empty() && !source.name.iter().any(has_same) {
                subject.violated_at("name");
            }
            let values = |patient: &Patient| -> Vec<String> {
                let values = patient
                    .identifier
                    .iter()
                    .filter_map(|identifier| text(&identifier.value));
                values.map(str::to_ascii_lowercase).collect()
            };
            let (own, others) = (values(source), values(target));
            if !own.is_empty()
                && !others.is_empty()
                && !own.iter().any(|value| others.contains(value))
            {
                subject.violated_at("identifier");
            }
        }
        Ok(())
    }
}

fn is_same(a: &HumanName, b: &HumanName) -> bool {
    let first = |name: &HumanName| {
        name.given
            .first()
            .map(|given| given.expose().trim().to_lowercase())
    };
    let family = |name: &HumanName| text(&name.family).map(str::to_lowercase);
    let whole = |name: &HumanName| text(&name.text).map(str::to_lowercase);
    if family(a).is_none() && family(b).is_none() {
        return whole(a) == whole(b);
    }
    family(a) == family(b) && first(a) == first(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;
    use ehr_model::record::Record;

    const NONE: [&str; 0] = [];

    fn patient(birth: &str, sex: &str, family: &str, number: &str) -> Vec<Record> {
        let fields = [
            ("birthDate", birth),
            ("gender", sex),
            ("name[0].family", family),
            ("name[0].given[0]", "Ann"),
            ("identifier[0].value", number),
        ];
        vec![record(Kind::Patient, "p", &fields)]
    }

    fn between(target: Vec<Record>) -> Vec<String> {
        found_between(
            &PatientIdentityChanged,
            patient("1984-03-17", "female", "Okafor", "7"),
            target,
        )
    }

    #[test]
    fn fires() {
        assert_eq!(
            between(patient("1984-03-18", "female", "Okafor", "7")),
            ["Patient p birthDate"]
        );
        assert_eq!(
            between(patient("1984-03-17", "male", "Okafor", "7")),
            ["Patient p gender"]
        );
        assert_eq!(
            between(patient("1984-03-17", "female", "Smith", "7")),
            ["Patient p name"]
        );
        assert_eq!(
            between(patient("1984-03-17", "female", "Okafor", "8")),
            ["Patient p identifier"]
        );
        assert_eq!(between(vec![record(Kind::Patient, "p", &[])]).len(), 3);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            between(patient("1984-03-17", "female", "OKAFOR ", "7")),
            NONE
        );
        assert_eq!(between(patient("1984", "female", "Okafor", "7")), NONE);
        let nobody = vec![record(Kind::Patient, "p", &[])];
        assert_eq!(
            found_between(
                &PatientIdentityChanged,
                nobody,
                patient("1984", "male", "X", "1")
            ),
            NONE
        );
    }
}
