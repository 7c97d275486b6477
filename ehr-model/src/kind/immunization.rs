//! Vaccinations, given or refused.

use crate::datatype::{Annotation, CodeableConcept, Identifier, Quantity, Reference};
use crate::element::{FieldSpec, Missing, choice, element};
use crate::value::{Date, Field, PartialDate, Text, code_set};

code_set! {
    /// Whether the vaccine was given; `not-done` is a negation.
    pub enum ImmunizationStatus in "http://hl7.org/fhir/event-status" {
        /// `completed`
        Completed = "completed",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
        /// `not-done`
        NotDone = "not-done",
    }
}

element! {
    /// A vaccination that was given, or that was not and why.
    pub struct Immunization as "Immunization" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Status.
        status: Field<ImmunizationStatus> =>
            FieldSpec::new("status", "Status").critical().if_missing(Missing::Absent);
        /// Why not given.
        status_reason: Field<CodeableConcept> =>
            FieldSpec::new("statusReason", "Why not given").critical();
        /// Vaccine.
        vaccine_code: Field<CodeableConcept> =>
            FieldSpec::new("vaccineCode", "Vaccine").critical().uscdi(&[40]).required().if_missing(Missing::Absent);
        /// Patient.
        patient: Field<Reference> =>
            FieldSpec::new("patient", "Patient");
        /// Visit.
        encounter: Field<Reference> =>
            FieldSpec::new("encounter", "Visit");
        /// Date given.
        occurrence: Field<ImmunizationOccurrence> =>
            FieldSpec::new("occurrence[x]", "Date given").critical().uscdi(&[40]);
        /// Recorded.
        recorded: Field<PartialDate> =>
            FieldSpec::new("recorded", "Recorded");
        /// From the primary source.
        primary_source: Field<bool> =>
            FieldSpec::new("primarySource", "From the primary source");
        /// Where it was reported from.
        report_origin: Field<CodeableConcept> =>
            FieldSpec::new("reportOrigin", "Where it was reported from");
        /// Place.
        location: Field<Reference> =>
            FieldSpec::new("location", "Place");
        /// Manufacturer.
        manufacturer: Field<Reference> =>
            FieldSpec::new("manufacturer", "Manufacturer");
        /// Lot number.
        lot_number: Field<Text> =>
            FieldSpec::new("lotNumber", "Lot number");
        /// Expires.
        expiration_date: Field<Date> =>
            FieldSpec::new("expirationDate", "Expires");
        /// Site.
        site: Field<CodeableConcept> =>
            FieldSpec::new("site", "Site");
        /// Route.
        route: Field<CodeableConcept> =>
            FieldSpec::new("route", "Route");
        /// Dose.
        dose_quantity: Field<Quantity> =>
            FieldSpec::new("doseQuantity", "Dose").critical();
        /// Performers.
        performer: Vec<ImmunizationPerformer> =>
            FieldSpec::new("performer", "Performers");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
        /// Reason.
        reason_code: Vec<CodeableConcept> =>
            FieldSpec::new("reasonCode", "Reason");
        /// Subpotent.
        is_subpotent: Field<bool> =>
            FieldSpec::new("isSubpotent", "Subpotent");
        /// Education.
        education: Vec<ImmunizationEducation> =>
            FieldSpec::new("education", "Education");
        /// Program eligibility.
        program_eligibility: Vec<CodeableConcept> =>
            FieldSpec::new("programEligibility", "Program eligibility");
        /// Funding.
        funding_source: Field<CodeableConcept> =>
            FieldSpec::new("fundingSource", "Funding");
        /// Reactions.
        reaction: Vec<ImmunizationReaction> =>
            FieldSpec::new("reaction", "Reactions");
        /// Protocol.
        protocol_applied: Vec<ImmunizationProtocol> =>
            FieldSpec::new("protocolApplied", "Protocol");
    }
}

choice! {
    /// When a vaccine was given.
    pub enum ImmunizationOccurrence {
        /// Date.
        DateTime(PartialDate) => FieldSpec::new("DateTime", "Date").critical();
        /// In words.
        String(Text) => FieldSpec::new("String", "In words").critical();
    }
}

element! {
    /// Who gave it.
    pub struct ImmunizationPerformer as "BackboneElement" {
        /// Role.
        function: Field<CodeableConcept> =>
            FieldSpec::new("function", "Role");
        /// Who.
        actor: Field<Reference> =>
            FieldSpec::new("actor", "Who");
    }
}

element! {
    /// Material that was handed out.
    pub struct ImmunizationEducation as "BackboneElement" {
        /// Document.
        document_type: Field<Text> =>
            FieldSpec::new("documentType", "Document");
        /// Where it is.
        reference: Field<Text> =>
            FieldSpec::new("reference", "Where it is");
        /// Published.
        publication_date: Field<PartialDate> =>
            FieldSpec::new("publicationDate", "Published");
        /// Handed out.
        presentation_date: Field<PartialDate> =>
            FieldSpec::new("presentationDate", "Handed out");
    }
}

element! {
    /// A reaction to the vaccine.
    pub struct ImmunizationReaction as "BackboneElement" {
        /// Date.
        date: Field<PartialDate> =>
            FieldSpec::new("date", "Date");
        /// Observation.
        detail: Field<Reference> =>
            FieldSpec::new("detail", "Observation");
        /// Reported by the patient.
        reported: Field<bool> =>
            FieldSpec::new("reported", "Reported by the patient");
    }
}

element! {
    /// The series that the dose belongs to.
    pub struct ImmunizationProtocol as "BackboneElement" {
        /// Series.
        series: Field<Text> =>
            FieldSpec::new("series", "Series");
        /// Authority.
        authority: Field<Reference> =>
            FieldSpec::new("authority", "Authority");
        /// Disease.
        target_disease: Vec<CodeableConcept> =>
            FieldSpec::new("targetDisease", "Disease");
        /// Dose number.
        dose_number: Field<DoseNumber> =>
            FieldSpec::new("doseNumber[x]", "Dose number");
        /// Doses in the series.
        series_doses: Field<DoseNumber> =>
            FieldSpec::new("seriesDoses[x]", "Doses in the series");
    }
}

choice! {
    /// A number in a series.
    pub enum DoseNumber {
        /// Number.
        PositiveInt(i64) => FieldSpec::new("PositiveInt", "Number");
        /// In words.
        String(Text) => FieldSpec::new("String", "In words");
    }
}
