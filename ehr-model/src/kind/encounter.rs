//! Visits.

use crate::datatype::{CodeableConcept, Coding, Identifier, Period, Quantity, Reference};
use crate::element::{FieldSpec, Missing, element};
use crate::value::{Field, code_set};

code_set! {
    /// The state of a visit.
    pub enum EncounterStatus in "http://hl7.org/fhir/encounter-status" {
        /// `planned`
        Planned = "planned",
        /// `arrived`
        Arrived = "arrived",
        /// `triaged`
        Triaged = "triaged",
        /// `in-progress`
        InProgress = "in-progress",
        /// `onleave`
        Onleave = "onleave",
        /// `finished`
        Finished = "finished",
        /// `cancelled`
        Cancelled = "cancelled",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
        /// `unknown`
        Unknown = "unknown",
    }
}

element! {
    /// A visit or stay.
    pub struct Encounter as "Encounter" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Status.
        status: Field<EncounterStatus> =>
            FieldSpec::new("status", "Status").if_missing(Missing::Code("unknown"));
        /// Class.
        class_: Field<Coding> =>
            FieldSpec::new("class", "Class").if_missing(Missing::Absent);
        /// Type.
        type_: Vec<CodeableConcept> =>
            FieldSpec::new("type", "Type").uscdi(&[20]).if_missing(Missing::Absent);
        /// Service.
        service_type: Field<CodeableConcept> =>
            FieldSpec::new("serviceType", "Service");
        /// Priority.
        priority: Field<CodeableConcept> =>
            FieldSpec::new("priority", "Priority");
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// Ordered by.
        based_on: Vec<Reference> =>
            FieldSpec::new("basedOn", "Ordered by");
        /// Participants.
        participant: Vec<EncounterParticipant> =>
            FieldSpec::new("participant", "Participants");
        /// Appointments.
        appointment: Vec<Reference> =>
            FieldSpec::new("appointment", "Appointments");
        /// Time.
        period: Field<Period> =>
            FieldSpec::new("period", "Time").uscdi(&[22]);
        /// Length.
        length: Field<Quantity> =>
            FieldSpec::new("length", "Length");
        /// Reason.
        reason_code: Vec<CodeableConcept> =>
            FieldSpec::new("reasonCode", "Reason").uscdi(&[21]);
        /// Reason (problem).
        reason_reference: Vec<Reference> =>
            FieldSpec::new("reasonReference", "Reason (problem)").uscdi(&[21]);
        /// Diagnoses.
        diagnosis: Vec<EncounterDiagnosis> =>
            FieldSpec::new("diagnosis", "Diagnoses").uscdi(&[21]);
        /// Accounts.
        account: Vec<Reference> =>
            FieldSpec::new("account", "Accounts");
        /// Hospitalization.
        hospitalization: Field<Hospitalization> =>
            FieldSpec::new("hospitalization", "Hospitalization").uscdi(&[24]);
        /// Places.
        location: Vec<EncounterLocation> =>
            FieldSpec::new("location", "Places").uscdi(&[23]);
        /// Organization.
        service_provider: Field<Reference> =>
            FieldSpec::new("serviceProvider", "Organization");
        /// Part of.
        part_of: Field<Reference> =>
            FieldSpec::new("partOf", "Part of");
    }
}

element! {
    /// Who took part.
    pub struct EncounterParticipant as "BackboneElement" {
        /// Role.
        type_: Vec<CodeableConcept> =>
            FieldSpec::new("type", "Role");
        /// When.
        period: Field<Period> =>
            FieldSpec::new("period", "When");
        /// Who.
        individual: Field<Reference> =>
            FieldSpec::new("individual", "Who");
    }
}

element! {
    /// A diagnosis of the visit.
    pub struct EncounterDiagnosis as "BackboneElement" {
        /// Problem.
        condition: Field<Reference> =>
            FieldSpec::new("condition", "Problem");
        /// Role.
        use_: Field<CodeableConcept> =>
            FieldSpec::new("use", "Role");
        /// Rank.
        rank: Field<i64> =>
            FieldSpec::new("rank", "Rank");
    }
}

element! {
    /// Admission and discharge.
    pub struct Hospitalization as "BackboneElement" {
        /// Pre-admission number.
        pre_admission_identifier: Field<Identifier> =>
            FieldSpec::new("preAdmissionIdentifier", "Pre-admission number");
        /// From.
        origin: Field<Reference> =>
            FieldSpec::new("origin", "From");
        /// Admission source.
        admit_source: Field<CodeableConcept> =>
            FieldSpec::new("admitSource", "Admission source");
        /// Readmission.
        re_admission: Field<CodeableConcept> =>
            FieldSpec::new("reAdmission", "Readmission");
        /// Diet.
        diet_preference: Vec<CodeableConcept> =>
            FieldSpec::new("dietPreference", "Diet");
        /// Courtesies.
        special_courtesy: Vec<CodeableConcept> =>
            FieldSpec::new("specialCourtesy", "Courtesies");
        /// Arrangements.
        special_arrangement: Vec<CodeableConcept> =>
            FieldSpec::new("specialArrangement", "Arrangements");
        /// To.
        destination: Field<Reference> =>
            FieldSpec::new("destination", "To");
        /// Discharge disposition.
        discharge_disposition: Field<CodeableConcept> =>
            FieldSpec::new("dischargeDisposition", "Discharge disposition").uscdi(&[24]);
    }
}

element! {
    /// Where the visit was.
    pub struct EncounterLocation as "BackboneElement" {
        /// Place.
        location: Field<Reference> =>
            FieldSpec::new("location", "Place").uscdi(&[23]);
        /// Status.
        status: Field<EncounterLocationStatus> =>
            FieldSpec::new("status", "Status");
        /// When.
        period: Field<Period> =>
            FieldSpec::new("period", "When");
    }
}

code_set! {
    /// Whether the patient is at the place.
    pub enum EncounterLocationStatus in "http://hl7.org/fhir/encounter-location-status" {
        /// `planned`
        Planned = "planned",
        /// `active`
        Active = "active",
        /// `reserved`
        Reserved = "reserved",
        /// `completed`
        Completed = "completed",
    }
}
