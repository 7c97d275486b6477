//! Allergies and intolerances, and that there are none.

use crate::datatype::{Annotation, CodeableConcept, Concept, Identifier, Reference};
use crate::element::{FieldSpec, Missing, element};
use crate::kind::Onset;
use crate::value::{Field, PartialDate, Text, code_set};

code_set! {
    /// Whether the allergy is there now.
    pub enum AllergyClinicalStatus in "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical" {
        /// `active`
        Active = "active",
        /// `inactive`
        Inactive = "inactive",
        /// `resolved`
        Resolved = "resolved",
    }
}

code_set! {
    /// How sure it is; `refuted` is a negation.
    pub enum AllergyVerificationStatus in "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification" {
        /// `unconfirmed`
        Unconfirmed = "unconfirmed",
        /// `confirmed`
        Confirmed = "confirmed",
        /// `refuted`
        Refuted = "refuted",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
    }
}

code_set! {
    /// Allergy or intolerance.
    pub enum AllergyType in "http://hl7.org/fhir/allergy-intolerance-type" {
        /// `allergy`
        Allergy = "allergy",
        /// `intolerance`
        Intolerance = "intolerance",
    }
}

code_set! {
    /// What the substance is.
    pub enum AllergyCategory in "http://hl7.org/fhir/allergy-intolerance-category" {
        /// `food`
        Food = "food",
        /// `medication`
        Medication = "medication",
        /// `environment`
        Environment = "environment",
        /// `biologic`
        Biologic = "biologic",
    }
}

code_set! {
    /// What the next exposure may do; not the severity of a past reaction.
    pub enum AllergyCriticality in "http://hl7.org/fhir/allergy-intolerance-criticality" {
        /// `low`
        Low = "low",
        /// `high`
        High = "high",
        /// `unable-to-assess`
        UnableToAssess = "unable-to-assess",
    }
}

code_set! {
    /// How bad a reaction was.
    pub enum ReactionSeverity in "http://hl7.org/fhir/reaction-event-severity" {
        /// `mild`
        Mild = "mild",
        /// `moderate`
        Moderate = "moderate",
        /// `severe`
        Severe = "severe",
    }
}

element! {
    /// An allergy or intolerance; "no known allergies" is one too, with its own code.
    pub struct Allergy as "AllergyIntolerance" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Clinical status.
        clinical_status: Field<Concept<AllergyClinicalStatus>> =>
            FieldSpec::new("clinicalStatus", "Clinical status").critical();
        /// Verification.
        verification_status: Field<Concept<AllergyVerificationStatus>> =>
            FieldSpec::new("verificationStatus", "Verification").critical();
        /// Type.
        type_: Field<AllergyType> =>
            FieldSpec::new("type", "Type").critical();
        /// Category.
        category: Vec<AllergyCategory> =>
            FieldSpec::new("category", "Category").critical();
        /// Criticality.
        criticality: Field<AllergyCriticality> =>
            FieldSpec::new("criticality", "Criticality").critical();
        /// Substance.
        code: Field<CodeableConcept> =>
            FieldSpec::new("code", "Substance").critical().uscdi(&[1, 2]).required().if_missing(Missing::Absent);
        /// Patient.
        patient: Field<Reference> =>
            FieldSpec::new("patient", "Patient");
        /// Visit.
        encounter: Field<Reference> =>
            FieldSpec::new("encounter", "Visit");
        /// Onset.
        onset: Field<Onset> =>
            FieldSpec::new("onset[x]", "Onset").critical();
        /// Recorded.
        recorded_date: Field<PartialDate> =>
            FieldSpec::new("recordedDate", "Recorded");
        /// Recorder.
        recorder: Field<Reference> =>
            FieldSpec::new("recorder", "Recorder");
        /// Asserter.
        asserter: Field<Reference> =>
            FieldSpec::new("asserter", "Asserter");
        /// Last occurrence.
        last_occurrence: Field<PartialDate> =>
            FieldSpec::new("lastOccurrence", "Last occurrence");
        /// Resolved.
        abatement: Field<PartialDate> =>
            FieldSpec::new("abatement", "Resolved").extension("http://hl7.org/fhir/StructureDefinition/allergyintolerance-abatement").critical();
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
        /// Reactions.
        reaction: Vec<Reaction> =>
            FieldSpec::new("reaction", "Reactions").critical().uscdi(&[3]);
    }
}

element! {
    /// A reaction to the substance.
    pub struct Reaction as "BackboneElement" {
        /// Specific substance.
        substance: Field<CodeableConcept> =>
            FieldSpec::new("substance", "Specific substance").critical();
        /// Manifestation.
        manifestation: Vec<CodeableConcept> =>
            FieldSpec::new("manifestation", "Manifestation").critical().uscdi(&[3]).if_missing(Missing::Absent);
        /// Description.
        description: Field<Text> =>
            FieldSpec::new("description", "Description");
        /// Time of the reaction.
        onset: Field<PartialDate> =>
            FieldSpec::new("onset", "Time of the reaction");
        /// Severity.
        severity: Field<ReactionSeverity> =>
            FieldSpec::new("severity", "Severity").critical();
        /// Route of exposure.
        exposure_route: Field<CodeableConcept> =>
            FieldSpec::new("exposureRoute", "Route of exposure");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
    }
}
