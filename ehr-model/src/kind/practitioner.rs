//! Practitioners and the roles they have.

use crate::datatype::{
    Address, CodeableConcept, ContactPoint, HumanName, Identifier, Period, Reference,
};
use crate::element::{FieldSpec, Missing, element};
use crate::kind::AdministrativeGender;
use crate::value::{Date, Field};

element! {
    /// Somebody who treats, prescribes or writes.
    pub struct Practitioner as "Practitioner" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers").uscdi(&[7]).if_missing(Missing::Absent);
        /// In use.
        active: Field<bool> =>
            FieldSpec::new("active", "In use");
        /// Names.
        name: Vec<HumanName> =>
            FieldSpec::new("name", "Names").uscdi(&[6]).if_missing(Missing::Absent);
        /// Telephone and e-mail.
        telecom: Vec<ContactPoint> =>
            FieldSpec::new("telecom", "Telephone and e-mail").uscdi(&[10]);
        /// Addresses.
        address: Vec<Address> =>
            FieldSpec::new("address", "Addresses").uscdi(&[9]);
        /// Administrative sex.
        gender: Field<AdministrativeGender> =>
            FieldSpec::new("gender", "Administrative sex");
        /// Date of birth.
        birth_date: Field<Date> =>
            FieldSpec::new("birthDate", "Date of birth");
        /// Qualifications.
        qualification: Vec<Qualification> =>
            FieldSpec::new("qualification", "Qualifications");
        /// Languages.
        communication: Vec<CodeableConcept> =>
            FieldSpec::new("communication", "Languages");
    }
}

element! {
    /// A licence or degree.
    pub struct Qualification as "BackboneElement" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Qualification.
        code: Field<CodeableConcept> =>
            FieldSpec::new("code", "Qualification").if_missing(Missing::Absent);
        /// Valid.
        period: Field<Period> =>
            FieldSpec::new("period", "Valid");
        /// Issuer.
        issuer: Field<Reference> =>
            FieldSpec::new("issuer", "Issuer");
    }
}

element! {
    /// What somebody does, where, and for whom.
    pub struct PractitionerRole as "PractitionerRole" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// In use.
        active: Field<bool> =>
            FieldSpec::new("active", "In use");
        /// Valid.
        period: Field<Period> =>
            FieldSpec::new("period", "Valid");
        /// Who.
        practitioner: Field<Reference> =>
            FieldSpec::new("practitioner", "Who");
        /// Organization.
        organization: Field<Reference> =>
            FieldSpec::new("organization", "Organization");
        /// Role.
        code: Vec<CodeableConcept> =>
            FieldSpec::new("code", "Role").uscdi(&[8]);
        /// Specialty.
        specialty: Vec<CodeableConcept> =>
            FieldSpec::new("specialty", "Specialty");
        /// Places.
        location: Vec<Reference> =>
            FieldSpec::new("location", "Places").uscdi(&[9]);
        /// Telephone and e-mail.
        telecom: Vec<ContactPoint> =>
            FieldSpec::new("telecom", "Telephone and e-mail").uscdi(&[10]);
    }
}
