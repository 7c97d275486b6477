//! People around the patient.

use crate::datatype::{
    Address, CodeableConcept, ContactPoint, HumanName, Identifier, Period, Reference,
};
use crate::element::{FieldSpec, Missing, element};
use crate::kind::{AdministrativeGender, Communication};
use crate::value::{Date, Field};

element! {
    /// Somebody related to the patient: guardian, guarantor, proxy, next of kin.
    pub struct RelatedPerson as "RelatedPerson" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// In use.
        active: Field<bool> =>
            FieldSpec::new("active", "In use").if_missing(Missing::Absent);
        /// Patient.
        patient: Field<Reference> =>
            FieldSpec::new("patient", "Patient");
        /// Relationship.
        relationship: Vec<CodeableConcept> =>
            FieldSpec::new("relationship", "Relationship").uscdi(&[70]);
        /// Names.
        name: Vec<HumanName> =>
            FieldSpec::new("name", "Names").uscdi(&[69]);
        /// Telephone and e-mail.
        telecom: Vec<ContactPoint> =>
            FieldSpec::new("telecom", "Telephone and e-mail");
        /// Administrative sex.
        gender: Field<AdministrativeGender> =>
            FieldSpec::new("gender", "Administrative sex");
        /// Date of birth.
        birth_date: Field<Date> =>
            FieldSpec::new("birthDate", "Date of birth");
        /// Addresses.
        address: Vec<Address> =>
            FieldSpec::new("address", "Addresses");
        /// Valid.
        period: Field<Period> =>
            FieldSpec::new("period", "Valid");
        /// Languages.
        communication: Vec<Communication> =>
            FieldSpec::new("communication", "Languages");
    }
}
