//! Payments, adjustments and transfers.

use crate::datatype::{CodeableConcept, Identifier, Money, Period, Quantity, Reference};
use crate::element::{FieldSpec, Missing, element};
use crate::kind::FinancialStatus;
use crate::value::{Date, Field, PartialDate, Text, code_set};

code_set! {
    /// How far a remittance was worked.
    pub enum RemittanceOutcome in "http://hl7.org/fhir/remittance-outcome" {
        /// `queued`
        Queued = "queued",
        /// `complete`
        Complete = "complete",
        /// `error`
        Error = "error",
        /// `partial`
        Partial = "partial",
    }
}

element! {
    /// A payment, adjustment or transfer, of a payer or of the patient.
    pub struct Payment as "PaymentReconciliation" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Status.
        status: Field<FinancialStatus> =>
            FieldSpec::new("status", "Status").billing().if_missing(Missing::Absent);
        /// Period.
        period: Field<Period> =>
            FieldSpec::new("period", "Period");
        /// Created.
        created: Field<PartialDate> =>
            FieldSpec::new("created", "Created").billing().if_missing(Missing::Absent);
        /// Payer.
        payment_issuer: Field<Reference> =>
            FieldSpec::new("paymentIssuer", "Payer");
        /// Request.
        request: Field<Reference> =>
            FieldSpec::new("request", "Request");
        /// Requestor.
        requestor: Field<Reference> =>
            FieldSpec::new("requestor", "Requestor");
        /// Outcome.
        outcome: Field<RemittanceOutcome> =>
            FieldSpec::new("outcome", "Outcome");
        /// Disposition.
        disposition: Field<Text> =>
            FieldSpec::new("disposition", "Disposition");
        /// Payment date.
        payment_date: Field<Date> =>
            FieldSpec::new("paymentDate", "Payment date").billing().if_missing(Missing::Absent);
        /// Amount.
        payment_amount: Field<Money> =>
            FieldSpec::new("paymentAmount", "Amount").billing().if_missing(Missing::Absent);
        /// Check or trace number.
        payment_identifier: Field<Identifier> =>
            FieldSpec::new("paymentIdentifier", "Check or trace number");
        /// Details.
        detail: Vec<PaymentDetail> =>
            FieldSpec::new("detail", "Details").billing();
        /// Form.
        form_code: Field<CodeableConcept> =>
            FieldSpec::new("formCode", "Form");
        /// Patient.
        patient: Field<Reference> =>
            FieldSpec::new("patient", "Patient").extension("urn:ehr-model:payment-patient");
        /// Method.
        method: Field<CodeableConcept> =>
            FieldSpec::new("method", "Method").extension("urn:ehr-model:payment-method").billing();
        /// Balance after it.
        balance: Field<Money> =>
            FieldSpec::new("balance", "Balance after it").extension("urn:ehr-model:payment-balance").billing();
        /// Further facts of the remittance.
        information: Vec<PaymentInformation> =>
            FieldSpec::new("information", "Further facts").extension("urn:ehr-model:payment-information").billing();
    }
}

element! {
    /// What the payment settles.
    pub struct PaymentDetail as "BackboneElement" {
        /// Number.
        identifier: Field<Identifier> =>
            FieldSpec::new("identifier", "Number");
        /// Earlier number.
        predecessor: Field<Identifier> =>
            FieldSpec::new("predecessor", "Earlier number");
        /// Type.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Type").billing().if_missing(Missing::Absent);
        /// Claim.
        request: Field<Reference> =>
            FieldSpec::new("request", "Claim").billing();
        /// Submitter.
        submitter: Field<Reference> =>
            FieldSpec::new("submitter", "Submitter");
        /// Answer.
        response: Field<Reference> =>
            FieldSpec::new("response", "Answer");
        /// Date.
        date: Field<Date> =>
            FieldSpec::new("date", "Date");
        /// Contact.
        responsible: Field<Reference> =>
            FieldSpec::new("responsible", "Contact");
        /// Payee.
        payee: Field<Reference> =>
            FieldSpec::new("payee", "Payee");
        /// Amount.
        amount: Field<Money> =>
            FieldSpec::new("amount", "Amount").billing();
        /// Service.
        service: Field<CodeableConcept> =>
            FieldSpec::new("service", "Service").extension("urn:ehr-model:payment-service").billing();
        /// Note.
        note: Field<Text> =>
            FieldSpec::new("note", "Note").extension("urn:ehr-model:payment-note");
        /// Line of the claim.
        line: Field<Identifier> =>
            FieldSpec::new("line", "Line of the claim").extension("urn:ehr-model:payment-line");
        /// Modifiers of the service.
        modifier: Vec<CodeableConcept> =>
            FieldSpec::new("modifier", "Modifiers").extension("urn:ehr-model:payment-modifier").billing();
        /// Revenue code of the service.
        revenue: Field<CodeableConcept> =>
            FieldSpec::new("revenue", "Revenue code").extension("urn:ehr-model:payment-revenue").billing();
        /// Date of the service.
        serviced: Field<Period> =>
            FieldSpec::new("serviced", "Date of service").extension("urn:ehr-model:payment-serviced").billing();
        /// Units, days, visits.
        quantity: Field<Quantity> =>
            FieldSpec::new("quantity", "Units").extension("urn:ehr-model:payment-quantity").billing();
    }
}

element! {
    /// A fact of the remittance that is no amount.
    pub struct PaymentInformation as "" {
        /// Category.
        category: Field<CodeableConcept> =>
            FieldSpec::new("category", "Category").extension("category");
        /// Code.
        code: Field<CodeableConcept> =>
            FieldSpec::new("code", "Code").extension("code");
        /// Date.
        date: Field<PartialDate> =>
            FieldSpec::new("date", "Date").extension("date");
        /// Number.
        quantity: Field<Quantity> =>
            FieldSpec::new("quantity", "Number").extension("quantity");
        /// Text.
        text: Field<Text> =>
            FieldSpec::new("text", "Text").extension("text");
        /// Line of the claim that it is about.
        line: Field<Identifier> =>
            FieldSpec::new("line", "Line of the claim").extension("line");
        /// Who it is about.
        who: Field<Reference> =>
            FieldSpec::new("who", "Who").extension("who");
    }
}
