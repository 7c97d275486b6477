//! Who wrote an entry, for whom and when (FHIR Provenance, as data of the source).

use crate::datatype::{CodeableConcept, Reference};
use crate::element::{FieldSpec, Missing, element};
use crate::kind::Effective;
use crate::value::{Field, Instant};

element! {
    /// Who wrote which entries, for which organization, and when.
    pub struct Authorship as "Provenance" {
        /// Entries.
        target: Vec<Reference> =>
            FieldSpec::new("target", "Entries").if_missing(Missing::Absent);
        /// When it happened.
        occurred: Field<Effective> =>
            FieldSpec::new("occurred[x]", "When it happened");
        /// Recorded.
        recorded: Field<Instant> =>
            FieldSpec::new("recorded", "Recorded").uscdi(&[81]).if_missing(Missing::Absent);
        /// Reason.
        reason: Vec<CodeableConcept> =>
            FieldSpec::new("reason", "Reason");
        /// Activity.
        activity: Field<CodeableConcept> =>
            FieldSpec::new("activity", "Activity");
        /// Agents.
        agent: Vec<Agent> =>
            FieldSpec::new("agent", "Agents").uscdi(&[80]).if_missing(Missing::Absent);
    }
}

element! {
    /// Who took part.
    pub struct Agent as "BackboneElement" {
        /// Part.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Part");
        /// Role.
        role: Vec<CodeableConcept> =>
            FieldSpec::new("role", "Role");
        /// Who.
        who: Field<Reference> =>
            FieldSpec::new("who", "Who").if_missing(Missing::Absent);
        /// For which organization.
        on_behalf_of: Field<Reference> =>
            FieldSpec::new("onBehalfOf", "For which organization").uscdi(&[80]);
    }
}
