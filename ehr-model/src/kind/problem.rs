//! Problems, diagnoses and health concerns.

use crate::datatype::{
    Annotation, CodeableConcept, Concept, Identifier, Period, Quantity, Range, Reference,
};
use crate::element::{FieldSpec, Missing, choice, element};
use crate::value::{Field, PartialDate, Text, code_set};

code_set! {
    /// Whether a problem is there now.
    pub enum ConditionClinicalStatus in "http://terminology.hl7.org/CodeSystem/condition-clinical" {
        /// `active`
        Active = "active",
        /// `recurrence`
        Recurrence = "recurrence",
        /// `relapse`
        Relapse = "relapse",
        /// `inactive`
        Inactive = "inactive",
        /// `remission`
        Remission = "remission",
        /// `resolved`
        Resolved = "resolved",
    }
}

code_set! {
    /// How sure it is; `refuted` is a negation.
    pub enum ConditionVerificationStatus in "http://terminology.hl7.org/CodeSystem/condition-ver-status" {
        /// `unconfirmed`
        Unconfirmed = "unconfirmed",
        /// `provisional`
        Provisional = "provisional",
        /// `differential`
        Differential = "differential",
        /// `confirmed`
        Confirmed = "confirmed",
        /// `refuted`
        Refuted = "refuted",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
    }
}

element! {
    /// A problem, diagnosis or health concern. Negated where `verificationStatus` is `refuted`.
    pub struct Problem as "Condition" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Clinical status.
        clinical_status: Field<Concept<ConditionClinicalStatus>> =>
            FieldSpec::new("clinicalStatus", "Clinical status").critical();
        /// Verification.
        verification_status: Field<Concept<ConditionVerificationStatus>> =>
            FieldSpec::new("verificationStatus", "Verification").critical();
        /// Category.
        category: Vec<CodeableConcept> =>
            FieldSpec::new("category", "Category").uscdi(&[21, 34, 73, 74]);
        /// Severity.
        severity: Field<CodeableConcept> =>
            FieldSpec::new("severity", "Severity").critical();
        /// Problem.
        code: Field<CodeableConcept> =>
            FieldSpec::new("code", "Problem").critical().uscdi(&[73, 21, 34, 74]).required().if_missing(Missing::Absent);
        /// Body site.
        body_site: Vec<CodeableConcept> =>
            FieldSpec::new("bodySite", "Body site").critical();
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// Visit.
        encounter: Field<Reference> =>
            FieldSpec::new("encounter", "Visit").uscdi(&[21]);
        /// Onset.
        onset: Field<Onset> =>
            FieldSpec::new("onset[x]", "Onset").critical().uscdi(&[75]);
        /// Resolution.
        abatement: Field<Onset> =>
            FieldSpec::new("abatement[x]", "Resolution").critical().uscdi(&[76]);
        /// Recorded.
        recorded_date: Field<PartialDate> =>
            FieldSpec::new("recordedDate", "Recorded");
        /// Date of diagnosis.
        asserted_date: Field<PartialDate> =>
            FieldSpec::new("assertedDate", "Date of diagnosis").extension("http://hl7.org/fhir/StructureDefinition/condition-assertedDate").uscdi(&[75]);
        /// Recorder.
        recorder: Field<Reference> =>
            FieldSpec::new("recorder", "Recorder");
        /// Asserter.
        asserter: Field<Reference> =>
            FieldSpec::new("asserter", "Asserter");
        /// What it rests on.
        evidence: Vec<Evidence> =>
            FieldSpec::new("evidence", "What it rests on");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
    }
}

element! {
    /// What a problem or a concern rests on.
    pub struct Evidence as "BackboneElement" {
        /// Manifestation.
        code: Vec<CodeableConcept> =>
            FieldSpec::new("code", "Manifestation");
        /// Other entries of the chart.
        detail: Vec<Reference> =>
            FieldSpec::new("detail", "Other entries of the chart");
    }
}

choice! {
    /// When something began or ended.
    pub enum Onset {
        /// Date.
        DateTime(PartialDate) => FieldSpec::new("DateTime", "Date").critical();
        /// Age.
        Age(Quantity) => FieldSpec::new("Age", "Age").critical();
        /// Period.
        Period(Period) => FieldSpec::new("Period", "Period").critical();
        /// Age range.
        Range(Range) => FieldSpec::new("Range", "Age range").critical();
        /// In words.
        String(Text) => FieldSpec::new("String", "In words").critical();
    }
}
