//! Care plans.

use crate::datatype::{Annotation, CodeableConcept, Identifier, Period, Reference, Timing};
use crate::element::{FieldSpec, Missing, choice, element};
use crate::kind::RequestStatus;
use crate::value::{Field, PartialDate, Text, code_set};

code_set! {
    /// Whether it is a proposal, a plan or an order.
    pub enum CarePlanIntent in "http://hl7.org/fhir/request-intent" {
        /// `proposal`
        Proposal = "proposal",
        /// `plan`
        Plan = "plan",
        /// `order`
        Order = "order",
        /// `option`
        Option = "option",
    }
}

code_set! {
    /// The state of an activity.
    pub enum ActivityStatus in "http://hl7.org/fhir/care-plan-activity-status" {
        /// `not-started`
        NotStarted = "not-started",
        /// `scheduled`
        Scheduled = "scheduled",
        /// `in-progress`
        InProgress = "in-progress",
        /// `on-hold`
        OnHold = "on-hold",
        /// `completed`
        Completed = "completed",
        /// `cancelled`
        Cancelled = "cancelled",
        /// `stopped`
        Stopped = "stopped",
        /// `unknown`
        Unknown = "unknown",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
    }
}

element! {
    /// Assessment and plan of treatment.
    pub struct CarePlan as "CarePlan" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Based on.
        based_on: Vec<Reference> =>
            FieldSpec::new("basedOn", "Based on");
        /// Replaces.
        replaces: Vec<Reference> =>
            FieldSpec::new("replaces", "Replaces");
        /// Part of.
        part_of: Vec<Reference> =>
            FieldSpec::new("partOf", "Part of");
        /// Status.
        status: Field<RequestStatus> =>
            FieldSpec::new("status", "Status").if_missing(Missing::Code("unknown"));
        /// Intent.
        intent: Field<CarePlanIntent> =>
            FieldSpec::new("intent", "Intent").if_missing(Missing::Code("plan"));
        /// Category.
        category: Vec<CodeableConcept> =>
            FieldSpec::new("category", "Category").uscdi(&[4]);
        /// Title.
        title: Field<Text> =>
            FieldSpec::new("title", "Title");
        /// Plan.
        description: Field<Text> =>
            FieldSpec::new("description", "Plan").uscdi(&[4]);
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// Visit.
        encounter: Field<Reference> =>
            FieldSpec::new("encounter", "Visit");
        /// Valid.
        period: Field<Period> =>
            FieldSpec::new("period", "Valid");
        /// Created.
        created: Field<PartialDate> =>
            FieldSpec::new("created", "Created");
        /// Author.
        author: Field<Reference> =>
            FieldSpec::new("author", "Author");
        /// Care teams.
        care_team: Vec<Reference> =>
            FieldSpec::new("careTeam", "Care teams");
        /// Problems.
        addresses: Vec<Reference> =>
            FieldSpec::new("addresses", "Problems");
        /// Goals.
        goal: Vec<Reference> =>
            FieldSpec::new("goal", "Goals");
        /// Activities.
        activity: Vec<Activity> =>
            FieldSpec::new("activity", "Activities");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
    }
}

element! {
    /// Something that is planned.
    pub struct Activity as "BackboneElement" {
        /// Outcome.
        outcome_codeable_concept: Vec<CodeableConcept> =>
            FieldSpec::new("outcomeCodeableConcept", "Outcome");
        /// Outcome (record).
        outcome_reference: Vec<Reference> =>
            FieldSpec::new("outcomeReference", "Outcome (record)");
        /// Progress.
        progress: Vec<Annotation> =>
            FieldSpec::new("progress", "Progress");
        /// Record.
        reference: Field<Reference> =>
            FieldSpec::new("reference", "Record");
        /// Detail.
        detail: Field<ActivityDetail> =>
            FieldSpec::new("detail", "Detail");
    }
}

element! {
    /// What is planned.
    pub struct ActivityDetail as "BackboneElement" {
        /// What.
        code: Field<CodeableConcept> =>
            FieldSpec::new("code", "What");
        /// Reason.
        reason_code: Vec<CodeableConcept> =>
            FieldSpec::new("reasonCode", "Reason");
        /// Reason (problem).
        reason_reference: Vec<Reference> =>
            FieldSpec::new("reasonReference", "Reason (problem)");
        /// Goals.
        goal: Vec<Reference> =>
            FieldSpec::new("goal", "Goals");
        /// Status.
        status: Field<ActivityStatus> =>
            FieldSpec::new("status", "Status").if_missing(Missing::Code("unknown"));
        /// Reason of the status.
        status_reason: Field<CodeableConcept> =>
            FieldSpec::new("statusReason", "Reason of the status");
        /// Not to be done.
        do_not_perform: Field<bool> =>
            FieldSpec::new("doNotPerform", "Not to be done");
        /// When.
        scheduled: Field<Scheduled> =>
            FieldSpec::new("scheduled[x]", "When");
        /// Place.
        location: Field<Reference> =>
            FieldSpec::new("location", "Place");
        /// Who.
        performer: Vec<Reference> =>
            FieldSpec::new("performer", "Who");
        /// In words.
        description: Field<Text> =>
            FieldSpec::new("description", "In words");
    }
}

choice! {
    /// When an activity is planned.
    pub enum Scheduled {
        /// Timing.
        Timing(Timing) => FieldSpec::new("Timing", "Timing");
        /// Period.
        Period(Period) => FieldSpec::new("Period", "Period");
        /// In words.
        String(Text) => FieldSpec::new("String", "In words");
    }
}
