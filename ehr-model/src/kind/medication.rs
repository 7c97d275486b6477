//! Medications: ordered, reported, dispensed.

use crate::datatype::{
    Annotation, CodeableConcept, Dosage, Identifier, Period, Quantity, Reference,
};
use crate::element::{FieldSpec, Missing, choice, element};
use crate::value::{Field, PartialDate, code_set};

code_set! {
    /// The state of an order or a reported medication.
    pub enum MedicationStatus in "http://hl7.org/fhir/CodeSystem/medicationrequest-status" {
        /// `active`
        Active = "active",
        /// `on-hold`
        OnHold = "on-hold",
        /// `cancelled`
        Cancelled = "cancelled",
        /// `completed`
        Completed = "completed",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
        /// `stopped`
        Stopped = "stopped",
        /// `draft`
        Draft = "draft",
        /// `unknown`
        Unknown = "unknown",
    }
}

code_set! {
    /// Whether it is a plan, an order or a proposal.
    pub enum RequestIntent in "http://hl7.org/fhir/CodeSystem/medicationrequest-intent" {
        /// `proposal`
        Proposal = "proposal",
        /// `plan`
        Plan = "plan",
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

code_set! {
    /// How urgent it is.
    pub enum RequestPriority in "http://hl7.org/fhir/request-priority" {
        /// `routine`
        Routine = "routine",
        /// `urgent`
        Urgent = "urgent",
        /// `asap`
        Asap = "asap",
        /// `stat`
        Stat = "stat",
    }
}

element! {
    /// A medication that was ordered or that the patient reports to take.
    pub struct Medication as "MedicationRequest" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Status.
        status: Field<MedicationStatus> =>
            FieldSpec::new("status", "Status").critical().if_missing(Missing::Code("unknown"));
        /// Reason of the status.
        status_reason: Field<CodeableConcept> =>
            FieldSpec::new("statusReason", "Reason of the status");
        /// Intent.
        intent: Field<RequestIntent> =>
            FieldSpec::new("intent", "Intent").critical().if_missing(Missing::Code("order"));
        /// Category.
        category: Vec<CodeableConcept> =>
            FieldSpec::new("category", "Category");
        /// Priority.
        priority: Field<RequestPriority> =>
            FieldSpec::new("priority", "Priority");
        /// Not to be given.
        do_not_perform: Field<bool> =>
            FieldSpec::new("doNotPerform", "Not to be given").critical();
        /// Reported.
        reported: Field<Reported> =>
            FieldSpec::new("reported[x]", "Reported");
        /// Medication.
        medication: Field<MedicationCode> =>
            FieldSpec::new("medication[x]", "Medication").critical().uscdi(&[45]).required();
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// Visit.
        encounter: Field<Reference> =>
            FieldSpec::new("encounter", "Visit");
        /// Ordered.
        authored_on: Field<PartialDate> =>
            FieldSpec::new("authoredOn", "Ordered").critical();
        /// Prescriber.
        requester: Field<Reference> =>
            FieldSpec::new("requester", "Prescriber").if_missing(Missing::Absent);
        /// Performer.
        performer: Field<Reference> =>
            FieldSpec::new("performer", "Performer");
        /// Recorder.
        recorder: Field<Reference> =>
            FieldSpec::new("recorder", "Recorder");
        /// Indication.
        reason_code: Vec<CodeableConcept> =>
            FieldSpec::new("reasonCode", "Indication").uscdi(&[48]);
        /// Indication (problem).
        reason_reference: Vec<Reference> =>
            FieldSpec::new("reasonReference", "Indication (problem)").uscdi(&[48]);
        /// Course of therapy.
        course_of_therapy_type: Field<CodeableConcept> =>
            FieldSpec::new("courseOfTherapyType", "Course of therapy");
        /// Taken.
        effective_period: Field<Period> =>
            FieldSpec::new("effectivePeriod", "Taken").critical().extension("http://hl7.org/fhir/StructureDefinition/medicationrequest-effectivePeriod");
        /// Insurance.
        insurance: Vec<Reference> =>
            FieldSpec::new("insurance", "Insurance");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
        /// Dosage.
        dosage_instruction: Vec<Dosage> =>
            FieldSpec::new("dosageInstruction", "Dosage").critical().uscdi(&[46, 47]);
        /// Supply.
        dispense_request: Field<DispenseRequest> =>
            FieldSpec::new("dispenseRequest", "Supply");
        /// Substitution.
        substitution: Field<Substitution> =>
            FieldSpec::new("substitution", "Substitution");
        /// Earlier prescription.
        prior_prescription: Field<Reference> =>
            FieldSpec::new("priorPrescription", "Earlier prescription");
    }
}

choice! {
    /// Whether it is reported rather than ordered, or by whom.
    pub enum Reported {
        /// Reported.
        Boolean(bool) => FieldSpec::new("Boolean", "Reported");
        /// Reported by.
        Reference(Reference) => FieldSpec::new("Reference", "Reported by");
    }
}

choice! {
    /// The medication, by code or by reference.
    pub enum MedicationCode {
        /// Medication.
        CodeableConcept(CodeableConcept) => FieldSpec::new("CodeableConcept", "Medication").critical().uscdi(&[45]);
        /// Medication record.
        Reference(Reference) => FieldSpec::new("Reference", "Medication record").critical();
    }
}

element! {
    /// How much is to be supplied.
    pub struct DispenseRequest as "BackboneElement" {
        /// First fill.
        initial_fill: Field<InitialFill> =>
            FieldSpec::new("initialFill", "First fill");
        /// Interval between fills.
        dispense_interval: Field<Quantity> =>
            FieldSpec::new("dispenseInterval", "Interval between fills");
        /// Prescription valid.
        validity_period: Field<Period> =>
            FieldSpec::new("validityPeriod", "Prescription valid");
        /// Refills.
        number_of_repeats_allowed: Field<i64> =>
            FieldSpec::new("numberOfRepeatsAllowed", "Refills").critical();
        /// Quantity to dispense.
        quantity: Field<Quantity> =>
            FieldSpec::new("quantity", "Quantity to dispense").critical();
        /// Days of supply.
        expected_supply_duration: Field<Quantity> =>
            FieldSpec::new("expectedSupplyDuration", "Days of supply");
        /// Pharmacy.
        performer: Field<Reference> =>
            FieldSpec::new("performer", "Pharmacy");
    }
}

element! {
    /// The first fill of a prescription.
    pub struct InitialFill as "BackboneElement" {
        /// Quantity.
        quantity: Field<Quantity> =>
            FieldSpec::new("quantity", "Quantity");
        /// Days of supply.
        duration: Field<Quantity> =>
            FieldSpec::new("duration", "Days of supply");
    }
}

element! {
    /// Whether another product may be given.
    pub struct Substitution as "BackboneElement" {
        /// Allowed.
        allowed: Field<SubstitutionAllowed> =>
            FieldSpec::new("allowed[x]", "Allowed");
        /// Reason.
        reason: Field<CodeableConcept> =>
            FieldSpec::new("reason", "Reason");
    }
}

choice! {
    /// Whether or which substitution is allowed.
    pub enum SubstitutionAllowed {
        /// Allowed.
        Boolean(bool) => FieldSpec::new("Boolean", "Allowed");
        /// Allowed substitution.
        CodeableConcept(CodeableConcept) => FieldSpec::new("CodeableConcept", "Allowed substitution");
    }
}

code_set! {
    /// The state of a fill.
    pub enum DispenseStatus in "http://terminology.hl7.org/CodeSystem/medicationdispense-status" {
        /// `preparation`
        Preparation = "preparation",
        /// `in-progress`
        InProgress = "in-progress",
        /// `cancelled`
        Cancelled = "cancelled",
        /// `on-hold`
        OnHold = "on-hold",
        /// `completed`
        Completed = "completed",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
        /// `stopped`
        Stopped = "stopped",
        /// `declined`
        Declined = "declined",
        /// `unknown`
        Unknown = "unknown",
    }
}

element! {
    /// A fill of a prescription.
    pub struct MedicationDispense as "MedicationDispense" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Fill status.
        status: Field<DispenseStatus> =>
            FieldSpec::new("status", "Fill status").uscdi(&[49]).if_missing(Missing::Code("unknown"));
        /// Category.
        category: Field<CodeableConcept> =>
            FieldSpec::new("category", "Category");
        /// Medication.
        medication: Field<MedicationCode> =>
            FieldSpec::new("medication[x]", "Medication").critical().required().if_missing(Missing::Absent);
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// Visit.
        context: Field<Reference> =>
            FieldSpec::new("context", "Visit");
        /// Performers.
        performer: Vec<DispensePerformer> =>
            FieldSpec::new("performer", "Performers");
        /// Place.
        location: Field<Reference> =>
            FieldSpec::new("location", "Place");
        /// Prescription.
        authorizing_prescription: Vec<Reference> =>
            FieldSpec::new("authorizingPrescription", "Prescription");
        /// Kind of fill.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Kind of fill");
        /// Quantity.
        quantity: Field<Quantity> =>
            FieldSpec::new("quantity", "Quantity").critical();
        /// Days of supply.
        days_supply: Field<Quantity> =>
            FieldSpec::new("daysSupply", "Days of supply");
        /// Prepared.
        when_prepared: Field<PartialDate> =>
            FieldSpec::new("whenPrepared", "Prepared");
        /// Handed over.
        when_handed_over: Field<PartialDate> =>
            FieldSpec::new("whenHandedOver", "Handed over");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
        /// Dosage.
        dosage_instruction: Vec<Dosage> =>
            FieldSpec::new("dosageInstruction", "Dosage").critical();
    }
}

element! {
    /// Who filled it.
    pub struct DispensePerformer as "BackboneElement" {
        /// Role.
        function: Field<CodeableConcept> =>
            FieldSpec::new("function", "Role");
        /// Who.
        actor: Field<Reference> =>
            FieldSpec::new("actor", "Who");
    }
}
