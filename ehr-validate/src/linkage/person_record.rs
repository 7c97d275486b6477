//! What linkage reads of a person.

use std::fmt;

use ehr_model::datatype::{ContactPointSystem, HumanName, NameUse};
use ehr_model::kind::{AdministrativeGender, Patient};
use ehr_model::value::{Field, Text};

/// The system of US Social Security numbers, as FHIR and as an OID.
const SSN_SYSTEMS: [&str; 2] = [
    "http://hl7.org/fhir/sid/us-ssn",
    "urn:oid:2.16.840.1.113883.4.1",
];

/// What a record says of a person, as it is written; empty where it says nothing.
///
/// Nothing needs to be cleaned before: linkage folds letters, reads dates and numbers in their
/// usual shapes, and takes placeholders and junk names for missing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonRecord {
    /// First name.
    pub first: Text,
    /// Middle name or initial.
    pub middle: Text,
    /// Last name.
    pub last: Text,
    /// Generation suffix; one inside the last name is found as well.
    pub suffix: Text,
    /// Date of birth: ISO 8601, US, European, compact or with the month in letters.
    pub dob: Text,
    /// Administrative sex, as a letter or a word.
    pub sex: Text,
    /// Street line.
    pub street: Text,
    /// City.
    pub city: Text,
    /// State.
    pub state: Text,
    /// ZIP or other postal code.
    pub zip: Text,
    /// Telephone.
    pub phone: Text,
    /// Social Security number, or its last four digits.
    pub ssn: Text,
    /// E-mail address.
    pub email: Text,
    /// Medical record number, where several systems share one authority.
    pub mrn: Text,
}

impl PersonRecord {
    /// What a chart says of its patient, from the current name, address and telecom.
    pub fn from_patient(patient: &Patient) -> Self {
        let mut record = Self::default();
        if let Some(name) = current(&patient.name) {
            let mut given = name.given.iter();
            record.first = given.next().cloned().unwrap_or_default();
            let middle: Vec<_> = given.map(Text::expose).collect();
            record.middle = middle.join(" ").into();
            record.last = text(&name.family);
            record.suffix = name.suffix.first().cloned().unwrap_or_default();
        }
        if let Some(date) = patient.birth_date.value() {
            record.dob = date.get().to_iso().into();
        }
        record.sex = match patient.gender.value() {
            Some(AdministrativeGender::Male) => "m".into(),
            Some(AdministrativeGender::Female) => "f".into(),
            _ => Text::default(),
        };
        if let Some(address) = patient.address.first() {
            let lines: Vec<_> = address.line.iter().map(Text::expose).collect();
            record.street = lines.join(" ").into();
            record.city = text(&address.city);
            record.state = text(&address.state);
            record.zip = text(&address.postal_code);
        }
        for contact in &patient.telecom {
            match contact.system.value() {
                Some(ContactPointSystem::Phone | ContactPointSystem::Sms)
                    if record.phone.is_empty() =>
                {
                    record.phone = text(&contact.value);
                }
                Some(ContactPointSystem::Email) if record.email.is_empty() => {
                    record.email = text(&contact.value)
                }
                _ => {}
            }
        }
        for identifier in &patient.identifier {
            let system = identifier.system.value().map_or("", Text::expose);
            if SSN_SYSTEMS.contains(&system) {
                record.ssn = text(&identifier.value);
            }
        }
        record
    }
}

impl fmt::Debug for PersonRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonRecord(..)")
    }
}

/// The name in use: the first that is neither former nor a nickname.
fn current(names: &[HumanName]) -> Option<&HumanName> {
    let in_use = |name: &&HumanName| {
        !matches!(
            name.use_.value(),
            Some(NameUse::Old | NameUse::Maiden | NameUse::Nickname | NameUse::Anonymous)
        )
    };
    names.iter().find(in_use).or_else(|| names.first())
}

fn text(field: &Field<Text>) -> Text {
    field.value().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use ehr_model::datatype::{Address, ContactPoint, Identifier};
    use ehr_model::value::Date;

    use super::*;

    #[test]
    fn a_patient_is_read_from_what_is_in_use() {
        let mut patient = Patient::default();
        let mut maiden = HumanName::default();
        maiden.use_.set(NameUse::Maiden);
        maiden.family.set("Before".into());
        let mut name = HumanName::default();
        name.family.set("Quill".into());
        name.given = vec!["Ada".into(), "B".into()];
        patient.name = vec![maiden, name];
        patient.birth_date.set(Date::parse("1980-01-17").unwrap());
        let mut address = Address::default();
        address.line = vec!["1 Elm St".into(), "Apt 2".into()];
        patient.address.push(address);
        let mut mail = ContactPoint::default();
        mail.system.set(ContactPointSystem::Email);
        mail.value.set("ada@example.org".into());
        patient.telecom.push(mail);
        let mut ssn = Identifier::default();
        ssn.system.set(SSN_SYSTEMS[0].into());
        ssn.value.set("219-46-0871".into());
        patient.identifier.push(ssn);

        let record = PersonRecord::from_patient(&patient);
        assert_eq!(record.first.expose(), "Ada");
        assert_eq!(record.middle.expose(), "B");
        assert_eq!(record.last.expose(), "Quill");
        assert_eq!(record.dob.expose(), "1980-01-17");
        assert_eq!(record.street.expose(), "1 Elm St Apt 2");
        assert_eq!(record.email.expose(), "ada@example.org");
        assert_eq!(record.ssn.expose(), "219-46-0871");
        assert_eq!(format!("{record:?}"), "PersonRecord(..)");
    }
}
