//! Procedures, performed or not.

use crate::datatype::{
    Annotation, CodeableConcept, Identifier, Period, Quantity, Range, Reference,
};
use crate::element::{FieldSpec, Missing, choice, element};
use crate::value::{Field, PartialDate, Text, code_set};

code_set! {
    /// The state of a procedure; `not-done` is a negation.
    pub enum ProcedureStatus in "http://hl7.org/fhir/event-status" {
        /// `preparation`
        Preparation = "preparation",
        /// `in-progress`
        InProgress = "in-progress",
        /// `not-done`
        NotDone = "not-done",
        /// `on-hold`
        OnHold = "on-hold",
        /// `stopped`
        Stopped = "stopped",
        /// `completed`
        Completed = "completed",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
        /// `unknown`
        Unknown = "unknown",
    }
}

element! {
    /// A procedure that was performed, or that was not and why.
    pub struct Procedure as "Procedure" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Ordered by.
        based_on: Vec<Reference> =>
            FieldSpec::new("basedOn", "Ordered by");
        /// Part of.
        part_of: Vec<Reference> =>
            FieldSpec::new("partOf", "Part of");
        /// Status.
        status: Field<ProcedureStatus> =>
            FieldSpec::new("status", "Status").critical().if_missing(Missing::Code("unknown"));
        /// Reason of the status.
        status_reason: Field<CodeableConcept> =>
            FieldSpec::new("statusReason", "Reason of the status").critical();
        /// Category.
        category: Field<CodeableConcept> =>
            FieldSpec::new("category", "Category");
        /// Procedure.
        code: Field<CodeableConcept> =>
            FieldSpec::new("code", "Procedure").critical().uscdi(&[77, 78]).required().if_missing(Missing::Absent);
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// Visit.
        encounter: Field<Reference> =>
            FieldSpec::new("encounter", "Visit");
        /// Performed.
        performed: Field<Performed> =>
            FieldSpec::new("performed[x]", "Performed").critical().uscdi(&[77]).if_missing(Missing::Absent);
        /// Recorder.
        recorder: Field<Reference> =>
            FieldSpec::new("recorder", "Recorder");
        /// Asserter.
        asserter: Field<Reference> =>
            FieldSpec::new("asserter", "Asserter");
        /// Performers.
        performer: Vec<ProcedurePerformer> =>
            FieldSpec::new("performer", "Performers");
        /// Place.
        location: Field<Reference> =>
            FieldSpec::new("location", "Place");
        /// Reason.
        reason_code: Vec<CodeableConcept> =>
            FieldSpec::new("reasonCode", "Reason");
        /// Reason (problem).
        reason_reference: Vec<Reference> =>
            FieldSpec::new("reasonReference", "Reason (problem)");
        /// Body site.
        body_site: Vec<CodeableConcept> =>
            FieldSpec::new("bodySite", "Body site").critical();
        /// Outcome.
        outcome: Field<CodeableConcept> =>
            FieldSpec::new("outcome", "Outcome");
        /// Reports.
        report: Vec<Reference> =>
            FieldSpec::new("report", "Reports");
        /// Complications.
        complication: Vec<CodeableConcept> =>
            FieldSpec::new("complication", "Complications");
        /// Follow-up.
        follow_up: Vec<CodeableConcept> =>
            FieldSpec::new("followUp", "Follow-up");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
        /// Devices.
        focal_device: Vec<FocalDevice> =>
            FieldSpec::new("focalDevice", "Devices");
        /// Used.
        used_reference: Vec<Reference> =>
            FieldSpec::new("usedReference", "Used");
        /// Used (code).
        used_code: Vec<CodeableConcept> =>
            FieldSpec::new("usedCode", "Used (code)");
    }
}

choice! {
    /// When a procedure was performed.
    pub enum Performed {
        /// Date.
        DateTime(PartialDate) => FieldSpec::new("DateTime", "Date").critical();
        /// Period.
        Period(Period) => FieldSpec::new("Period", "Period").critical();
        /// In words.
        String(Text) => FieldSpec::new("String", "In words").critical();
        /// Age.
        Age(Quantity) => FieldSpec::new("Age", "Age").critical();
        /// Age range.
        Range(Range) => FieldSpec::new("Range", "Age range").critical();
    }
}

element! {
    /// Who performed it.
    pub struct ProcedurePerformer as "BackboneElement" {
        /// Role.
        function: Field<CodeableConcept> =>
            FieldSpec::new("function", "Role");
        /// Who.
        actor: Field<Reference> =>
            FieldSpec::new("actor", "Who");
        /// For.
        on_behalf_of: Field<Reference> =>
            FieldSpec::new("onBehalfOf", "For");
    }
}

element! {
    /// A device that was implanted, removed or used.
    pub struct FocalDevice as "BackboneElement" {
        /// What was done.
        action: Field<CodeableConcept> =>
            FieldSpec::new("action", "What was done");
        /// Device.
        manipulated: Field<Reference> =>
            FieldSpec::new("manipulated", "Device");
    }
}
