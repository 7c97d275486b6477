//! Goals.

use crate::datatype::{Annotation, CodeableConcept, Identifier, Quantity, Range, Ratio, Reference};
use crate::element::{FieldSpec, Missing, choice, element};
use crate::value::{Date, Field, Text, code_set};

code_set! {
    /// The state of a goal.
    pub enum GoalLifecycleStatus in "http://hl7.org/fhir/goal-status" {
        /// `proposed`
        Proposed = "proposed",
        /// `planned`
        Planned = "planned",
        /// `accepted`
        Accepted = "accepted",
        /// `active`
        Active = "active",
        /// `on-hold`
        OnHold = "on-hold",
        /// `completed`
        Completed = "completed",
        /// `cancelled`
        Cancelled = "cancelled",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
        /// `rejected`
        Rejected = "rejected",
    }
}

element! {
    /// What the patient and the care team want to reach.
    pub struct Goal as "Goal" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Status.
        lifecycle_status: Field<GoalLifecycleStatus> =>
            FieldSpec::new("lifecycleStatus", "Status").if_missing(Missing::Absent);
        /// Achievement.
        achievement_status: Field<CodeableConcept> =>
            FieldSpec::new("achievementStatus", "Achievement");
        /// Category.
        category: Vec<CodeableConcept> =>
            FieldSpec::new("category", "Category");
        /// Priority.
        priority: Field<CodeableConcept> =>
            FieldSpec::new("priority", "Priority");
        /// Goal.
        description: Field<CodeableConcept> =>
            FieldSpec::new("description", "Goal").uscdi(&[25, 26]).required().if_missing(Missing::Absent);
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// Start.
        start: Field<GoalStart> =>
            FieldSpec::new("start[x]", "Start");
        /// Targets.
        target: Vec<GoalTarget> =>
            FieldSpec::new("target", "Targets");
        /// Status since.
        status_date: Field<Date> =>
            FieldSpec::new("statusDate", "Status since");
        /// Reason of the status.
        status_reason: Field<Text> =>
            FieldSpec::new("statusReason", "Reason of the status");
        /// Set by.
        expressed_by: Field<Reference> =>
            FieldSpec::new("expressedBy", "Set by");
        /// Problems.
        addresses: Vec<Reference> =>
            FieldSpec::new("addresses", "Problems");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
        /// Outcome.
        outcome_code: Vec<CodeableConcept> =>
            FieldSpec::new("outcomeCode", "Outcome");
        /// Outcome (record).
        outcome_reference: Vec<Reference> =>
            FieldSpec::new("outcomeReference", "Outcome (record)");
    }
}

choice! {
    /// When work on a goal began.
    pub enum GoalStart {
        /// Date.
        Date(Date) => FieldSpec::new("Date", "Date");
        /// Event.
        CodeableConcept(CodeableConcept) => FieldSpec::new("CodeableConcept", "Event");
    }
}

element! {
    /// What is to be measured.
    pub struct GoalTarget as "BackboneElement" {
        /// Measure.
        measure: Field<CodeableConcept> =>
            FieldSpec::new("measure", "Measure");
        /// Value.
        detail: Field<GoalDetail> =>
            FieldSpec::new("detail[x]", "Value");
        /// Due.
        due: Field<GoalDue> =>
            FieldSpec::new("due[x]", "Due");
    }
}

choice! {
    /// The value to reach.
    pub enum GoalDetail {
        /// Number.
        Quantity(Quantity) => FieldSpec::new("Quantity", "Number");
        /// Range.
        Range(Range) => FieldSpec::new("Range", "Range");
        /// Code.
        CodeableConcept(CodeableConcept) => FieldSpec::new("CodeableConcept", "Code");
        /// Text.
        String(Text) => FieldSpec::new("String", "Text");
        /// Yes or no.
        Boolean(bool) => FieldSpec::new("Boolean", "Yes or no");
        /// Whole number.
        Integer(i64) => FieldSpec::new("Integer", "Whole number");
        /// Ratio.
        Ratio(Ratio) => FieldSpec::new("Ratio", "Ratio");
    }
}

choice! {
    /// By when.
    pub enum GoalDue {
        /// Date.
        Date(Date) => FieldSpec::new("Date", "Date");
        /// Length of time.
        Duration(Quantity) => FieldSpec::new("Duration", "Length of time");
    }
}
