//! Specimens.

use crate::datatype::{Annotation, CodeableConcept, Identifier, Period, Quantity, Reference};
use crate::element::{FieldSpec, Missing, choice, element};
use crate::value::{Field, PartialDate, code_set};

code_set! {
    /// The state of a specimen.
    pub enum SpecimenStatus in "http://hl7.org/fhir/specimen-status" {
        /// `available`
        Available = "available",
        /// `unavailable`
        Unavailable = "unavailable",
        /// `unsatisfactory`
        Unsatisfactory = "unsatisfactory",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
    }
}

element! {
    /// What was taken from the patient.
    pub struct Specimen as "Specimen" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Accession number.
        accession_identifier: Field<Identifier> =>
            FieldSpec::new("accessionIdentifier", "Accession number");
        /// Status.
        status: Field<SpecimenStatus> =>
            FieldSpec::new("status", "Status");
        /// Type.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Type").uscdi(&[43]).if_missing(Missing::Absent);
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// Received.
        received_time: Field<PartialDate> =>
            FieldSpec::new("receivedTime", "Received");
        /// Taken from.
        parent: Vec<Reference> =>
            FieldSpec::new("parent", "Taken from");
        /// Ordered by.
        request: Vec<Reference> =>
            FieldSpec::new("request", "Ordered by");
        /// Collection.
        collection: Field<SpecimenCollection> =>
            FieldSpec::new("collection", "Collection");
        /// Condition.
        condition: Vec<CodeableConcept> =>
            FieldSpec::new("condition", "Condition");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
    }
}

element! {
    /// How it was taken.
    pub struct SpecimenCollection as "BackboneElement" {
        /// Who.
        collector: Field<Reference> =>
            FieldSpec::new("collector", "Who");
        /// When.
        collected: Field<Collected> =>
            FieldSpec::new("collected[x]", "When");
        /// How long.
        duration: Field<Quantity> =>
            FieldSpec::new("duration", "How long");
        /// How much.
        quantity: Field<Quantity> =>
            FieldSpec::new("quantity", "How much");
        /// Method.
        method: Field<CodeableConcept> =>
            FieldSpec::new("method", "Method");
        /// Body site.
        body_site: Field<CodeableConcept> =>
            FieldSpec::new("bodySite", "Body site");
    }
}

choice! {
    /// When it was taken.
    pub enum Collected {
        /// Date.
        DateTime(PartialDate) => FieldSpec::new("DateTime", "Date");
        /// Period.
        Period(Period) => FieldSpec::new("Period", "Period");
    }
}
