//! Supplies handed to the patient.

use crate::datatype::{CodeableConcept, Identifier, Period, Quantity, Reference, Timing};
use crate::element::{FieldSpec, choice, element};
use crate::value::{Field, PartialDate, code_set};

code_set! {
    /// The state of a delivery.
    pub enum SupplyStatus in "http://hl7.org/fhir/supplydelivery-status" {
        /// `in-progress`
        InProgress = "in-progress",
        /// `completed`
        Completed = "completed",
        /// `abandoned`
        Abandoned = "abandoned",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
    }
}

element! {
    /// A delivery of supplies.
    pub struct Supply as "SupplyDelivery" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Ordered by.
        based_on: Vec<Reference> =>
            FieldSpec::new("basedOn", "Ordered by");
        /// Status.
        status: Field<SupplyStatus> =>
            FieldSpec::new("status", "Status");
        /// Patient.
        patient: Field<Reference> =>
            FieldSpec::new("patient", "Patient");
        /// Kind.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Kind");
        /// Item.
        supplied_item: Field<SuppliedItem> =>
            FieldSpec::new("suppliedItem", "Item");
        /// When.
        occurrence: Field<SupplyOccurrence> =>
            FieldSpec::new("occurrence[x]", "When");
        /// Supplier.
        supplier: Field<Reference> =>
            FieldSpec::new("supplier", "Supplier");
        /// Where to.
        destination: Field<Reference> =>
            FieldSpec::new("destination", "Where to");
        /// Visit.
        encounter: Field<Reference> =>
            FieldSpec::new("encounter", "Visit").extension("urn:ehr-model:supply-encounter");
    }
}

element! {
    /// What was delivered and how much.
    pub struct SuppliedItem as "BackboneElement" {
        /// Quantity.
        quantity: Field<Quantity> =>
            FieldSpec::new("quantity", "Quantity");
        /// Item.
        item: Field<SupplyItem> =>
            FieldSpec::new("item[x]", "Item");
    }
}

choice! {
    /// What was delivered.
    pub enum SupplyItem {
        /// Item.
        CodeableConcept(CodeableConcept) => FieldSpec::new("CodeableConcept", "Item");
        /// Item record.
        Reference(Reference) => FieldSpec::new("Reference", "Item record");
    }
}

choice! {
    /// When it was delivered.
    pub enum SupplyOccurrence {
        /// Date.
        DateTime(PartialDate) => FieldSpec::new("DateTime", "Date");
        /// Period.
        Period(Period) => FieldSpec::new("Period", "Period");
        /// Timing.
        Timing(Timing) => FieldSpec::new("Timing", "Timing");
    }
}
