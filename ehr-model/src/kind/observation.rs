//! Results, vital signs, social history, assessments and status.

use crate::datatype::{
    Annotation, CodeableConcept, Identifier, Period, Quantity, Range, Ratio, Reference,
};
use crate::element::{FieldSpec, Missing, choice, element};
use crate::value::{Field, Instant, PartialDate, Text, code_set};

code_set! {
    /// How final a result is.
    pub enum ObservationStatus in "http://hl7.org/fhir/observation-status" {
        /// `registered`
        Registered = "registered",
        /// `preliminary`
        Preliminary = "preliminary",
        /// `final`
        Final = "final",
        /// `amended`
        Amended = "amended",
        /// `corrected`
        Corrected = "corrected",
        /// `cancelled`
        Cancelled = "cancelled",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
        /// `unknown`
        Unknown = "unknown",
    }
}

element! {
    /// A measurement or statement: laboratory, vital sign, social history, assessment, status.
    pub struct Observation as "Observation" {
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
        status: Field<ObservationStatus> =>
            FieldSpec::new("status", "Status").critical().uscdi(&[44]).if_missing(Missing::Code("unknown"));
        /// Category.
        category: Vec<CodeableConcept> =>
            FieldSpec::new("category", "Category");
        /// Test.
        code: Field<CodeableConcept> =>
            FieldSpec::new("code", "Test").critical().uscdi(&[5, 16, 18, 35, 36, 37, 38, 39, 41, 61, 71]).required().if_missing(Missing::Absent);
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// About.
        focus: Vec<Reference> =>
            FieldSpec::new("focus", "About");
        /// Visit.
        encounter: Field<Reference> =>
            FieldSpec::new("encounter", "Visit");
        /// Taken.
        effective: Field<Effective> =>
            FieldSpec::new("effective[x]", "Taken").critical();
        /// Released.
        issued: Field<Instant> =>
            FieldSpec::new("issued", "Released");
        /// Analysed.
        analysis_date_time: Field<PartialDate> =>
            FieldSpec::new("analysisDateTime", "Analysed").extension("http://hl7.org/fhir/StructureDefinition/observation-analysis-date-time");
        /// Performers.
        performer: Vec<Reference> =>
            FieldSpec::new("performer", "Performers");
        /// Result.
        value: Field<ObservationValue> =>
            FieldSpec::new("value[x]", "Result").critical().uscdi(&[17, 19, 42, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94]);
        /// Why there is no result.
        data_absent_reason: Field<CodeableConcept> =>
            FieldSpec::new("dataAbsentReason", "Why there is no result").critical();
        /// Interpretation.
        interpretation: Vec<CodeableConcept> =>
            FieldSpec::new("interpretation", "Interpretation").critical();
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
        /// Body site.
        body_site: Field<CodeableConcept> =>
            FieldSpec::new("bodySite", "Body site");
        /// Method.
        method: Field<CodeableConcept> =>
            FieldSpec::new("method", "Method");
        /// Specimen.
        specimen: Field<Reference> =>
            FieldSpec::new("specimen", "Specimen").uscdi(&[43]);
        /// Device.
        device: Field<Reference> =>
            FieldSpec::new("device", "Device");
        /// Reference ranges.
        reference_range: Vec<ReferenceRange> =>
            FieldSpec::new("referenceRange", "Reference ranges");
        /// Members of the panel.
        has_member: Vec<Reference> =>
            FieldSpec::new("hasMember", "Members of the panel");
        /// Derived from.
        derived_from: Vec<Reference> =>
            FieldSpec::new("derivedFrom", "Derived from");
        /// Components.
        component: Vec<ObservationComponent> =>
            FieldSpec::new("component", "Components").critical().uscdi(&[72, 83, 84, 91]);
    }
}

choice! {
    /// When something was observed.
    pub enum Effective {
        /// Date.
        DateTime(PartialDate) => FieldSpec::new("DateTime", "Date").critical();
        /// Period.
        Period(Period) => FieldSpec::new("Period", "Period").critical();
    }
}

choice! {
    /// A result.
    pub enum ObservationValue {
        /// Number with unit.
        Quantity(Quantity) => FieldSpec::new("Quantity", "Number with unit").critical();
        /// Code.
        CodeableConcept(CodeableConcept) => FieldSpec::new("CodeableConcept", "Code").critical();
        /// Text.
        String(Text) => FieldSpec::new("String", "Text").critical();
        /// Yes or no.
        Boolean(bool) => FieldSpec::new("Boolean", "Yes or no").critical();
        /// Whole number.
        Integer(i64) => FieldSpec::new("Integer", "Whole number").critical();
        /// Range.
        Range(Range) => FieldSpec::new("Range", "Range").critical();
        /// Ratio.
        Ratio(Ratio) => FieldSpec::new("Ratio", "Ratio").critical();
        /// Time of day.
        Time(Text) => FieldSpec::new("Time", "Time of day").critical();
        /// Date.
        DateTime(PartialDate) => FieldSpec::new("DateTime", "Date").critical();
        /// Period.
        Period(Period) => FieldSpec::new("Period", "Period").critical();
    }
}

element! {
    /// One of several results of an observation.
    pub struct ObservationComponent as "BackboneElement" {
        /// Test.
        code: Field<CodeableConcept> =>
            FieldSpec::new("code", "Test").critical().if_missing(Missing::Absent);
        /// Result.
        value: Field<ObservationValue> =>
            FieldSpec::new("value[x]", "Result").critical();
        /// Why there is no result.
        data_absent_reason: Field<CodeableConcept> =>
            FieldSpec::new("dataAbsentReason", "Why there is no result").critical();
        /// Interpretation.
        interpretation: Vec<CodeableConcept> =>
            FieldSpec::new("interpretation", "Interpretation").critical();
        /// Reference ranges.
        reference_range: Vec<ReferenceRange> =>
            FieldSpec::new("referenceRange", "Reference ranges");
    }
}

element! {
    /// What is usual.
    pub struct ReferenceRange as "BackboneElement" {
        /// Low.
        low: Field<Quantity> =>
            FieldSpec::new("low", "Low");
        /// High.
        high: Field<Quantity> =>
            FieldSpec::new("high", "High");
        /// Type.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Type");
        /// Population.
        applies_to: Vec<CodeableConcept> =>
            FieldSpec::new("appliesTo", "Population");
        /// Age.
        age: Field<Range> =>
            FieldSpec::new("age", "Age");
        /// In words.
        text: Field<Text> =>
            FieldSpec::new("text", "In words");
    }
}
