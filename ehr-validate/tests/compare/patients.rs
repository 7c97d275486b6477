//! Which patient is which, and who is nobody's counterpart.

use ehr_model::chart::Chart;
use ehr_model::datatype::{HumanName, Identifier};
use ehr_model::kind::Patient;
use ehr_model::record::{Kind, Namespace, Record};
use ehr_model::value::Date;
use ehr_validate::compare::{PatientBasis, PatientMatch, PatientMatching};

struct Person {
    key: &'static str,
    family: &'static str,
    given: &'static str,
    born: &'static str,
    number: &'static str,
}

const fn person(
    key: &'static str,
    family: &'static str,
    given: &'static str,
    born: &'static str,
    number: &'static str,
) -> Person {
    Person {
        key,
        family,
        given,
        born,
        number,
    }
}

fn chart(person: &Person) -> Chart {
    let mut patient = Patient::default();
    let mut name = HumanName::default();
    name.family.set(person.family.into());
    name.given = vec![person.given.into()];
    patient.name.push(name);
    patient.birth_date.set(Date::parse(person.born).unwrap());
    if !person.number.is_empty() {
        let mut identifier = Identifier::default();
        identifier.system.set("urn:test:mrn".into());
        identifier.value.set(person.number.into());
        patient.identifier.push(identifier);
    }
    let record = Record {
        id: Namespace::of_system("urn:test").id(Kind::Patient, person.key),
        provenance: Vec::new(),
        resource: patient.into(),
    };
    Chart::new(vec![record], Vec::new())
}

fn matched(source: &[Person], target: &[Person]) -> Vec<PatientMatch> {
    let mut matching = PatientMatching::default();
    source.iter().for_each(|one| matching.source(&chart(one)));
    target.iter().for_each(|one| matching.target(&chart(one)));
    matching.finish()
}

fn bases(source: &[Person], target: &[Person]) -> Vec<Option<PatientBasis>> {
    matched(source, target)
        .iter()
        .map(|one| one.basis)
        .collect()
}

const ADA: Person = person("1", "Quillfeather", "Ada", "1980-01-17", "M1");
const BEN: Person = person("2", "Ostrander", "Benedict", "1951-06-02", "M2");

#[test]
fn by_identifier_where_ids_are_new() {
    let target = [
        person("90", "Ostrander", "Benedict", "1951-06-02", "M2"),
        person("91", "Quillfeather", "Ada", "1980-01-17", "M1"),
    ];
    assert_eq!(
        bases(&[ADA, BEN], &target),
        [Some(PatientBasis::Identifier); 2]
    );
}

#[test]
fn an_identifier_of_somebody_else_is_no_match() {
    let target = [person("90", "Ostrander", "Benedict", "1951-06-02", "M1")];
    let found = matched(&[ADA], &target);
    assert!(found.iter().all(|one| one.basis.is_none()));
    assert_eq!(found.len(), 2, "one on each side only");
}

#[test]
fn an_identifier_that_two_patients_share_is_no_match_by_itself() {
    let twins = [
        person("90", "Quillfeather", "Ada", "1980-01-17", "M1"),
        person("91", "Quillfeather", "Ida", "1980-01-17", "M1"),
    ];
    let found = matched(&[ADA], &twins);
    assert!(
        found
            .iter()
            .all(|one| one.basis != Some(PatientBasis::Identifier))
    );
}

#[test]
fn numbers_that_were_counted_anew_are_not_ids() {
    let target = [
        person("2", "Quillfeather", "Ada", "1980-01-17", "M1"),
        person("1", "Ostrander", "Benedict", "1951-06-02", "M2"),
    ];
    let found = matched(&[ADA, BEN], &target);
    assert_eq!(found.len(), 2);
    for one in found {
        assert_eq!(one.basis, Some(PatientBasis::Identifier));
        assert_ne!(one.source, one.target);
    }
}

#[test]
fn one_fault_in_a_patient_is_no_other_person() {
    let target = [person("1", "Quillfeather", "Ada", "1980-01-18", "M1"), BEN];
    assert_eq!(bases(&[ADA, BEN], &target), [Some(PatientBasis::Id); 2]);
}

#[test]
fn two_contradictions_under_one_id_are_two_people() {
    let other = person("1", "Quillfeather", "Cornelius", "1951-11-30", "M9");
    let found = matched(&[ADA], &[other]);
    assert_eq!(found.len(), 2, "one on each side only");
}
