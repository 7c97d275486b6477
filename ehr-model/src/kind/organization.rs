//! Organizations: practices, payers, pharmacies, laboratories.

use crate::datatype::{Address, CodeableConcept, ContactPoint, HumanName, Identifier, Reference};
use crate::element::{FieldSpec, Missing, element};
use crate::value::{Field, Text};

element! {
    /// A practice, payer, pharmacy, laboratory or other organization.
    pub struct Organization as "Organization" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers").uscdi(&[33]);
        /// In use.
        active: Field<bool> =>
            FieldSpec::new("active", "In use").if_missing(Missing::Absent);
        /// Type.
        type_: Vec<CodeableConcept> =>
            FieldSpec::new("type", "Type");
        /// Name.
        name: Field<Text> =>
            FieldSpec::new("name", "Name").uscdi(&[80]).if_missing(Missing::Absent);
        /// Other names.
        alias: Vec<Text> =>
            FieldSpec::new("alias", "Other names");
        /// Telephone and e-mail.
        telecom: Vec<ContactPoint> =>
            FieldSpec::new("telecom", "Telephone and e-mail");
        /// Addresses.
        address: Vec<Address> =>
            FieldSpec::new("address", "Addresses");
        /// Part of.
        part_of: Field<Reference> =>
            FieldSpec::new("partOf", "Part of");
        /// Contacts.
        contact: Vec<OrganizationContact> =>
            FieldSpec::new("contact", "Contacts");
    }
}

element! {
    /// Whom to turn to.
    pub struct OrganizationContact as "BackboneElement" {
        /// For what.
        purpose: Field<CodeableConcept> =>
            FieldSpec::new("purpose", "For what");
        /// Name.
        name: Field<HumanName> =>
            FieldSpec::new("name", "Name");
        /// Telephone and e-mail.
        telecom: Vec<ContactPoint> =>
            FieldSpec::new("telecom", "Telephone and e-mail");
        /// Address.
        address: Field<Address> =>
            FieldSpec::new("address", "Address");
    }
}
