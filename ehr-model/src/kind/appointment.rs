//! Appointments.

use crate::datatype::{CodeableConcept, Identifier, Period, Reference};
use crate::element::{FieldSpec, Missing, element};
use crate::value::{Field, Instant, PartialDate, Text, code_set};

code_set! {
    /// The state of an appointment.
    pub enum AppointmentStatus in "http://hl7.org/fhir/appointmentstatus" {
        /// `proposed`
        Proposed = "proposed",
        /// `pending`
        Pending = "pending",
        /// `booked`
        Booked = "booked",
        /// `arrived`
        Arrived = "arrived",
        /// `fulfilled`
        Fulfilled = "fulfilled",
        /// `cancelled`
        Cancelled = "cancelled",
        /// `noshow`
        Noshow = "noshow",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
        /// `checked-in`
        CheckedIn = "checked-in",
        /// `waitlist`
        Waitlist = "waitlist",
    }
}

code_set! {
    /// Whether somebody will come.
    pub enum ParticipationStatus in "http://hl7.org/fhir/participationstatus" {
        /// `accepted`
        Accepted = "accepted",
        /// `declined`
        Declined = "declined",
        /// `tentative`
        Tentative = "tentative",
        /// `needs-action`
        NeedsAction = "needs-action",
    }
}

element! {
    /// An appointment.
    pub struct Appointment as "Appointment" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Status.
        status: Field<AppointmentStatus> =>
            FieldSpec::new("status", "Status").if_missing(Missing::Absent);
        /// Why cancelled.
        cancelation_reason: Field<CodeableConcept> =>
            FieldSpec::new("cancelationReason", "Why cancelled");
        /// Service category.
        service_category: Vec<CodeableConcept> =>
            FieldSpec::new("serviceCategory", "Service category");
        /// Service.
        service_type: Vec<CodeableConcept> =>
            FieldSpec::new("serviceType", "Service");
        /// Specialty.
        specialty: Vec<CodeableConcept> =>
            FieldSpec::new("specialty", "Specialty");
        /// Type.
        appointment_type: Field<CodeableConcept> =>
            FieldSpec::new("appointmentType", "Type");
        /// Reason.
        reason_code: Vec<CodeableConcept> =>
            FieldSpec::new("reasonCode", "Reason");
        /// Reason (problem).
        reason_reference: Vec<Reference> =>
            FieldSpec::new("reasonReference", "Reason (problem)");
        /// Priority.
        priority: Field<i64> =>
            FieldSpec::new("priority", "Priority");
        /// Description.
        description: Field<Text> =>
            FieldSpec::new("description", "Description");
        /// Start.
        start: Field<Instant> =>
            FieldSpec::new("start", "Start");
        /// End.
        end: Field<Instant> =>
            FieldSpec::new("end", "End");
        /// Minutes.
        minutes_duration: Field<i64> =>
            FieldSpec::new("minutesDuration", "Minutes");
        /// Made.
        created: Field<PartialDate> =>
            FieldSpec::new("created", "Made");
        /// Comment.
        comment: Field<Text> =>
            FieldSpec::new("comment", "Comment");
        /// Instruction for the patient.
        patient_instruction: Field<Text> =>
            FieldSpec::new("patientInstruction", "Instruction for the patient");
        /// Ordered by.
        based_on: Vec<Reference> =>
            FieldSpec::new("basedOn", "Ordered by");
        /// Participants.
        participant: Vec<AppointmentParticipant> =>
            FieldSpec::new("participant", "Participants").if_missing(Missing::Absent);
    }
}

element! {
    /// Who is to come.
    pub struct AppointmentParticipant as "BackboneElement" {
        /// Role.
        type_: Vec<CodeableConcept> =>
            FieldSpec::new("type", "Role");
        /// Who.
        actor: Field<Reference> =>
            FieldSpec::new("actor", "Who");
        /// Required.
        required: Field<Text> =>
            FieldSpec::new("required", "Required");
        /// Will come.
        status: Field<ParticipationStatus> =>
            FieldSpec::new("status", "Will come").if_missing(Missing::Code("needs-action"));
        /// When.
        period: Field<Period> =>
            FieldSpec::new("period", "When");
    }
}
