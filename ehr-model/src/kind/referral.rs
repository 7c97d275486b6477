//! Referrals and other orders.

use crate::datatype::{
    Annotation, CodeableConcept, Identifier, Period, Quantity, Range, Ratio, Reference, Timing,
};
use crate::element::{FieldSpec, Missing, choice, element};
use crate::kind::RequestPriority;
use crate::value::{Field, PartialDate, Text, code_set};

code_set! {
    /// The state of an order.
    pub enum RequestStatus in "http://hl7.org/fhir/request-status" {
        /// `draft`
        Draft = "draft",
        /// `active`
        Active = "active",
        /// `on-hold`
        OnHold = "on-hold",
        /// `revoked`
        Revoked = "revoked",
        /// `completed`
        Completed = "completed",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
        /// `unknown`
        Unknown = "unknown",
    }
}

code_set! {
    /// Whether it is a plan, an order or a proposal.
    pub enum ServiceIntent in "http://hl7.org/fhir/request-intent" {
        /// `proposal`
        Proposal = "proposal",
        /// `plan`
        Plan = "plan",
        /// `directive`
        Directive = "directive",
        /// `order`
        Order = "order",
        /// `original-order`
        OriginalOrder = "original-order",
        /// `reflex-order`
        ReflexOrder = "reflex-order",
        /// `filler-order`
        FillerOrder = "filler-order",
        /// `instance-order`
        InstanceOrder = "instance-order",
        /// `option`
        Option = "option",
    }
}

element! {
    /// A referral or an order for a service; planned, not performed.
    pub struct Referral as "ServiceRequest" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Based on.
        based_on: Vec<Reference> =>
            FieldSpec::new("basedOn", "Based on");
        /// Replaces.
        replaces: Vec<Reference> =>
            FieldSpec::new("replaces", "Replaces");
        /// Order number.
        requisition: Field<Identifier> =>
            FieldSpec::new("requisition", "Order number");
        /// Status.
        status: Field<RequestStatus> =>
            FieldSpec::new("status", "Status").if_missing(Missing::Code("unknown"));
        /// Intent.
        intent: Field<ServiceIntent> =>
            FieldSpec::new("intent", "Intent").if_missing(Missing::Code("order"));
        /// Category.
        category: Vec<CodeableConcept> =>
            FieldSpec::new("category", "Category");
        /// Priority.
        priority: Field<RequestPriority> =>
            FieldSpec::new("priority", "Priority");
        /// Not to be done.
        do_not_perform: Field<bool> =>
            FieldSpec::new("doNotPerform", "Not to be done").critical();
        /// Service.
        code: Field<CodeableConcept> =>
            FieldSpec::new("code", "Service").uscdi(&[78, 79]).if_missing(Missing::Absent);
        /// Detail.
        order_detail: Vec<CodeableConcept> =>
            FieldSpec::new("orderDetail", "Detail");
        /// Amount.
        quantity: Field<ServiceQuantity> =>
            FieldSpec::new("quantity[x]", "Amount");
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// Visit.
        encounter: Field<Reference> =>
            FieldSpec::new("encounter", "Visit");
        /// When.
        occurrence: Field<ServiceOccurrence> =>
            FieldSpec::new("occurrence[x]", "When");
        /// Ordered.
        authored_on: Field<PartialDate> =>
            FieldSpec::new("authoredOn", "Ordered");
        /// Ordered by.
        requester: Field<Reference> =>
            FieldSpec::new("requester", "Ordered by");
        /// Specialty.
        performer_type: Field<CodeableConcept> =>
            FieldSpec::new("performerType", "Specialty");
        /// Referred to.
        performer: Vec<Reference> =>
            FieldSpec::new("performer", "Referred to");
        /// Reason.
        reason_code: Vec<CodeableConcept> =>
            FieldSpec::new("reasonCode", "Reason").uscdi(&[79]);
        /// Reason (problem).
        reason_reference: Vec<Reference> =>
            FieldSpec::new("reasonReference", "Reason (problem)").uscdi(&[79]);
        /// Insurance.
        insurance: Vec<Reference> =>
            FieldSpec::new("insurance", "Insurance");
        /// Further records.
        supporting_info: Vec<Reference> =>
            FieldSpec::new("supportingInfo", "Further records");
        /// Specimens.
        specimen: Vec<Reference> =>
            FieldSpec::new("specimen", "Specimens");
        /// Body site.
        body_site: Vec<CodeableConcept> =>
            FieldSpec::new("bodySite", "Body site");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
        /// Instruction for the patient.
        patient_instruction: Field<Text> =>
            FieldSpec::new("patientInstruction", "Instruction for the patient");
    }
}

choice! {
    /// How much of a service.
    pub enum ServiceQuantity {
        /// Amount.
        Quantity(Quantity) => FieldSpec::new("Quantity", "Amount");
        /// Ratio.
        Ratio(Ratio) => FieldSpec::new("Ratio", "Ratio");
        /// Range.
        Range(Range) => FieldSpec::new("Range", "Range");
    }
}

choice! {
    /// When a service is to be given.
    pub enum ServiceOccurrence {
        /// Date.
        DateTime(PartialDate) => FieldSpec::new("DateTime", "Date");
        /// Period.
        Period(Period) => FieldSpec::new("Period", "Period");
        /// Timing.
        Timing(Timing) => FieldSpec::new("Timing", "Timing");
    }
}
