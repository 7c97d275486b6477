//! Places.

use crate::datatype::{Address, CodeableConcept, ContactPoint, Identifier, Reference};
use crate::element::{FieldSpec, Missing, element};
use crate::value::{Decimal, Field, Text, code_set};

code_set! {
    /// Whether a place is in use.
    pub enum LocationStatus in "http://hl7.org/fhir/location-status" {
        /// `active`
        Active = "active",
        /// `suspended`
        Suspended = "suspended",
        /// `inactive`
        Inactive = "inactive",
    }
}

element! {
    /// A place where care is given.
    pub struct Location as "Location" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Status.
        status: Field<LocationStatus> =>
            FieldSpec::new("status", "Status");
        /// Name.
        name: Field<Text> =>
            FieldSpec::new("name", "Name").uscdi(&[23]).if_missing(Missing::Absent);
        /// Other names.
        alias: Vec<Text> =>
            FieldSpec::new("alias", "Other names");
        /// Description.
        description: Field<Text> =>
            FieldSpec::new("description", "Description");
        /// Type.
        type_: Vec<CodeableConcept> =>
            FieldSpec::new("type", "Type");
        /// Telephone and e-mail.
        telecom: Vec<ContactPoint> =>
            FieldSpec::new("telecom", "Telephone and e-mail");
        /// Address.
        address: Field<Address> =>
            FieldSpec::new("address", "Address");
        /// Physical type.
        physical_type: Field<CodeableConcept> =>
            FieldSpec::new("physicalType", "Physical type");
        /// Geographic position.
        position: Field<Position> =>
            FieldSpec::new("position", "Geographic position");
        /// Organization.
        managing_organization: Field<Reference> =>
            FieldSpec::new("managingOrganization", "Organization");
        /// Part of.
        part_of: Field<Reference> =>
            FieldSpec::new("partOf", "Part of");
    }
}

element! {
    /// A position on the globe (WGS84).
    pub struct Position as "BackboneElement" {
        /// Degrees east.
        longitude: Field<Decimal> =>
            FieldSpec::new("longitude", "Degrees east");
        /// Degrees north.
        latitude: Field<Decimal> =>
            FieldSpec::new("latitude", "Degrees north");
        /// Metres above sea level.
        altitude: Field<Decimal> =>
            FieldSpec::new("altitude", "Metres above sea level");
    }
}
