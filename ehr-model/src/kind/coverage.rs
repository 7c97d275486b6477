//! Insurance.

use crate::datatype::{CodeableConcept, Identifier, Money, Period, Quantity, Reference};
use crate::element::{FieldSpec, Missing, choice, element};
use crate::value::{Field, Text, code_set};

code_set! {
    /// The state of a financial record.
    pub enum FinancialStatus in "http://hl7.org/fhir/fm-status" {
        /// `active`
        Active = "active",
        /// `cancelled`
        Cancelled = "cancelled",
        /// `draft`
        Draft = "draft",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
    }
}

element! {
    /// An insurance policy of the patient.
    pub struct Coverage as "Coverage" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers").uscdi(&[30]);
        /// Status.
        status: Field<FinancialStatus> =>
            FieldSpec::new("status", "Status").uscdi(&[27]).if_missing(Missing::Absent);
        /// Type.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Type").uscdi(&[28]);
        /// Policy holder.
        policy_holder: Field<Reference> =>
            FieldSpec::new("policyHolder", "Policy holder");
        /// Subscriber.
        subscriber: Field<Reference> =>
            FieldSpec::new("subscriber", "Subscriber");
        /// Subscriber id.
        subscriber_id: Field<Text> =>
            FieldSpec::new("subscriberId", "Subscriber id").uscdi(&[31]);
        /// Patient.
        beneficiary: Field<Reference> =>
            FieldSpec::new("beneficiary", "Patient");
        /// Dependent number.
        dependent: Field<Text> =>
            FieldSpec::new("dependent", "Dependent number");
        /// Relationship to subscriber.
        relationship: Field<CodeableConcept> =>
            FieldSpec::new("relationship", "Relationship to subscriber").uscdi(&[29]).if_missing(Missing::Absent);
        /// Valid.
        period: Field<Period> =>
            FieldSpec::new("period", "Valid").uscdi(&[27]);
        /// Payer.
        payor: Vec<Reference> =>
            FieldSpec::new("payor", "Payer").uscdi(&[33]).if_missing(Missing::Absent);
        /// Group and plan.
        class_: Vec<CoverageClass> =>
            FieldSpec::new("class", "Group and plan").uscdi(&[32]);
        /// Order.
        order: Field<i64> =>
            FieldSpec::new("order", "Order");
        /// Network.
        network: Field<Text> =>
            FieldSpec::new("network", "Network");
        /// Copay.
        cost_to_beneficiary: Vec<CostToBeneficiary> =>
            FieldSpec::new("costToBeneficiary", "Copay");
        /// Subrogation.
        subrogation: Field<bool> =>
            FieldSpec::new("subrogation", "Subrogation");
        /// Why it pays before or after another policy.
        insurance_type: Field<CodeableConcept> =>
            FieldSpec::new("insuranceType", "Kind of insurance").extension("urn:ehr-model:coverage-insurance-type");
    }
}

element! {
    /// Group, plan and the like.
    pub struct CoverageClass as "BackboneElement" {
        /// Type.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Type");
        /// Number.
        value: Field<Text> =>
            FieldSpec::new("value", "Number").uscdi(&[32]).if_missing(Missing::Absent);
        /// Name.
        name: Field<Text> =>
            FieldSpec::new("name", "Name");
    }
}

element! {
    /// What the patient pays.
    pub struct CostToBeneficiary as "BackboneElement" {
        /// Type.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Type");
        /// Amount.
        value: Field<CostValue> =>
            FieldSpec::new("value[x]", "Amount");
    }
}

choice! {
    /// An amount or a share.
    pub enum CostValue {
        /// Share.
        Quantity(Quantity) => FieldSpec::new("Quantity", "Share");
        /// Amount.
        Money(Money) => FieldSpec::new("Money", "Amount");
    }
}
