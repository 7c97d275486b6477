//! Care teams.

use crate::datatype::{Annotation, CodeableConcept, ContactPoint, Identifier, Period, Reference};
use crate::element::{FieldSpec, Missing, element};
use crate::value::{Field, Text, code_set};

code_set! {
    /// The state of a care team.
    pub enum CareTeamStatus in "http://hl7.org/fhir/care-team-status" {
        /// `proposed`
        Proposed = "proposed",
        /// `active`
        Active = "active",
        /// `suspended`
        Suspended = "suspended",
        /// `inactive`
        Inactive = "inactive",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
    }
}

element! {
    /// Who cares for the patient.
    pub struct CareTeam as "CareTeam" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Status.
        status: Field<CareTeamStatus> =>
            FieldSpec::new("status", "Status");
        /// Category.
        category: Vec<CodeableConcept> =>
            FieldSpec::new("category", "Category");
        /// Name.
        name: Field<Text> =>
            FieldSpec::new("name", "Name");
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// Visit.
        encounter: Field<Reference> =>
            FieldSpec::new("encounter", "Visit");
        /// Active.
        period: Field<Period> =>
            FieldSpec::new("period", "Active");
        /// Members.
        participant: Vec<CareTeamParticipant> =>
            FieldSpec::new("participant", "Members").uscdi(&[6, 7, 8, 9, 10]).if_missing(Missing::Absent);
        /// Reason.
        reason_code: Vec<CodeableConcept> =>
            FieldSpec::new("reasonCode", "Reason");
        /// Reason (problem).
        reason_reference: Vec<Reference> =>
            FieldSpec::new("reasonReference", "Reason (problem)");
        /// Organization.
        managing_organization: Vec<Reference> =>
            FieldSpec::new("managingOrganization", "Organization");
        /// Telephone and e-mail.
        telecom: Vec<ContactPoint> =>
            FieldSpec::new("telecom", "Telephone and e-mail").uscdi(&[10]);
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
    }
}

element! {
    /// A member of a care team.
    pub struct CareTeamParticipant as "BackboneElement" {
        /// Role.
        role: Vec<CodeableConcept> =>
            FieldSpec::new("role", "Role").uscdi(&[8]).if_missing(Missing::Absent);
        /// Who.
        member: Field<Reference> =>
            FieldSpec::new("member", "Who").uscdi(&[6]).if_missing(Missing::Absent);
        /// For.
        on_behalf_of: Field<Reference> =>
            FieldSpec::new("onBehalfOf", "For");
        /// Active.
        period: Field<Period> =>
            FieldSpec::new("period", "Active");
    }
}
