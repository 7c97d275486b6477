//! Faults in who the patient is.

use ehr_model::kind::{Observation, Patient, RelatedPerson};
use ehr_model::record::Kind;
use ehr_model::value::Field;

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("birth-date-in-future", "birth-date-in-future", |m| {
        m.overwrite(Kind::Patient, "birthDate", "2084-03-17")
    }),
    Fault::new("patient-swapped", "patient-identity-changed", |m| {
        let has_value = |p: &Patient| p.identifier.iter().any(|i| i.value.value().is_some());
        let identifiers = &mut m.change("identifier", has_value)?.identifier;
        identifiers
            .iter_mut()
            .for_each(|identifier| identifier.value = Field::Value("T-99999".into()));
        Some(())
    }),
    Fault::new("patient-renamed", "patient-identity-changed", |m| {
        m.change("name", |p: &Patient| !p.name.is_empty())?
            .name
            .iter_mut()
            .for_each(|name| name.family = Field::Value("Quist".into()));
        Some(())
    }),
    Fault::new("age-beyond-a-lifetime", "age-beyond-a-lifetime", |m| {
        m.overwrite(Kind::Patient, "birthDate", "1884-03-17")
    }),
    Fault::new("death-before-birth", "death-before-birth", |m| {
        m.fill(Kind::Patient, "deceasedDateTime", "1901-01-01")
    }),
    Fault::new("death-made-up", "death-lost", |m| {
        m.fill(Kind::Patient, "deceasedBoolean", "true")
    }),
    Fault::new("previous-name-lost", "previous-name-lost", |m| {
        let patient = m.change("name", |p: &Patient| p.name.len() > 1)?;
        patient.name.pop();
        Some(())
    }),
    Fault::new("name-that-is-none", "name-that-is-none", |m| {
        m.overwrite(Kind::Patient, "name[0].given[0]", "BABYGIRL")
    }),
    Fault::new(
        "demographic-code-outside-value-set",
        "demographic-code-outside-value-set",
        |m| m.overwrite(Kind::Patient, "ethnicity.ombCategory.code", "N"),
    ),
    Fault::new("second-race-lost", "race-or-language-lost", |m| {
        let several = |p: &Patient| {
            p.race.value().is_some_and(|race| {
                race.omb_category.first() != race.omb_category.last() && race.detailed.is_empty()
            })
        };
        m.change("race", several)?
            .race
            .value_mut()?
            .omb_category
            .pop();
        Some(())
    }),
    Fault::new("confidentiality-lost", "confidentiality-lost", |m| {
        m.clear(Kind::Document, "securityLabel")
    }),
    Fault::new("chart-of-two-persons", "chart-of-two-persons", |m| {
        let is_group = |o: &Observation| {
            o.code
                .value()
                .is_some_and(|code| code.has("http://loinc.org", "883-9"))
        };
        let group = m.copy("value", is_group)?;
        let ehr_model::kind::ObservationValue::CodeableConcept(value) = group.value.value_mut()?
        else {
            return None;
        };
        value.value_mut()?.text = Field::Value("O".into());
        Some(())
    }),
    Fault::new("guardian-lost", "related-person-lost", |m| {
        m.remove(|_: &RelatedPerson| true)
    }),
    Fault::new("contact-lost", "related-person-lost", |m| {
        m.clear(Kind::Patient, "contact")
    }),
    Fault::new("child-without-guardian", "child-without-guardian", |m| {
        m.remove(|_: &RelatedPerson| true)?;
        m.clear(Kind::Patient, "contact")?;
        m.overwrite(Kind::Patient, "birthDate", "2022-03-17")
    }),
];
