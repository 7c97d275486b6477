//! Family history.

use crate::datatype::{
    Annotation, CodeableConcept, Identifier, Period, Quantity, Range, Reference,
};
use crate::element::{FieldSpec, Missing, choice, element};
use crate::value::{Date, Field, PartialDate, Text, code_set};

code_set! {
    /// How complete a history is.
    pub enum FamilyHistoryStatus in "http://hl7.org/fhir/history-status" {
        /// `partial`
        Partial = "partial",
        /// `completed`
        Completed = "completed",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
        /// `health-unknown`
        HealthUnknown = "health-unknown",
    }
}

element! {
    /// What a relative had, or had not.
    pub struct FamilyHistory as "FamilyMemberHistory" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Status.
        status: Field<FamilyHistoryStatus> =>
            FieldSpec::new("status", "Status").if_missing(Missing::Absent);
        /// Why there is none.
        data_absent_reason: Field<CodeableConcept> =>
            FieldSpec::new("dataAbsentReason", "Why there is none");
        /// Patient.
        patient: Field<Reference> =>
            FieldSpec::new("patient", "Patient");
        /// Recorded.
        date: Field<PartialDate> =>
            FieldSpec::new("date", "Recorded");
        /// Name.
        name: Field<Text> =>
            FieldSpec::new("name", "Name");
        /// Relationship.
        relationship: Field<CodeableConcept> =>
            FieldSpec::new("relationship", "Relationship").if_missing(Missing::Absent);
        /// Sex.
        sex: Field<CodeableConcept> =>
            FieldSpec::new("sex", "Sex");
        /// Born.
        born: Field<Born> =>
            FieldSpec::new("born[x]", "Born");
        /// Age.
        age: Field<Age> =>
            FieldSpec::new("age[x]", "Age");
        /// Age is estimated.
        estimated_age: Field<bool> =>
            FieldSpec::new("estimatedAge", "Age is estimated");
        /// Death.
        deceased: Field<RelativeDeceased> =>
            FieldSpec::new("deceased[x]", "Death");
        /// Reason.
        reason_code: Vec<CodeableConcept> =>
            FieldSpec::new("reasonCode", "Reason");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
        /// Conditions.
        condition: Vec<FamilyCondition> =>
            FieldSpec::new("condition", "Conditions");
    }
}

choice! {
    /// When a relative was born.
    pub enum Born {
        /// Period.
        Period(Period) => FieldSpec::new("Period", "Period");
        /// Date.
        Date(Date) => FieldSpec::new("Date", "Date");
        /// In words.
        String(Text) => FieldSpec::new("String", "In words");
    }
}

choice! {
    /// How old somebody is.
    pub enum Age {
        /// Age.
        Age(Quantity) => FieldSpec::new("Age", "Age");
        /// Age range.
        Range(Range) => FieldSpec::new("Range", "Age range");
        /// In words.
        String(Text) => FieldSpec::new("String", "In words");
    }
}

choice! {
    /// Whether or when a relative died.
    pub enum RelativeDeceased {
        /// Died.
        Boolean(bool) => FieldSpec::new("Boolean", "Died");
        /// Age at death.
        Age(Quantity) => FieldSpec::new("Age", "Age at death");
        /// Age range at death.
        Range(Range) => FieldSpec::new("Range", "Age range at death");
        /// Date of death.
        Date(Date) => FieldSpec::new("Date", "Date of death");
        /// In words.
        String(Text) => FieldSpec::new("String", "In words");
    }
}

element! {
    /// What the relative had.
    pub struct FamilyCondition as "BackboneElement" {
        /// Condition.
        code: Field<CodeableConcept> =>
            FieldSpec::new("code", "Condition").if_missing(Missing::Absent);
        /// Outcome.
        outcome: Field<CodeableConcept> =>
            FieldSpec::new("outcome", "Outcome");
        /// Contributed to death.
        contributed_to_death: Field<bool> =>
            FieldSpec::new("contributedToDeath", "Contributed to death");
        /// Onset.
        onset: Field<FamilyOnset> =>
            FieldSpec::new("onset[x]", "Onset");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
    }
}

choice! {
    /// When it began.
    pub enum FamilyOnset {
        /// Age.
        Age(Quantity) => FieldSpec::new("Age", "Age");
        /// Age range.
        Range(Range) => FieldSpec::new("Range", "Age range");
        /// Period.
        Period(Period) => FieldSpec::new("Period", "Period");
        /// In words.
        String(Text) => FieldSpec::new("String", "In words");
    }
}
