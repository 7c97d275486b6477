//! Claims and what was paid for them.

use crate::datatype::{Address, CodeableConcept, Identifier, Money, Period, Quantity, Reference};
use crate::element::{FieldSpec, Missing, choice, element};
use crate::kind::FinancialStatus;
use crate::value::{Date, Decimal, Field, PartialDate, Text, code_set};

code_set! {
    /// What a claim asks for.
    pub enum ClaimUse in "http://hl7.org/fhir/claim-use" {
        /// `claim`
        Claim = "claim",
        /// `preauthorization`
        Preauthorization = "preauthorization",
        /// `predetermination`
        Predetermination = "predetermination",
    }
}

element! {
    /// A claim with its lines.
    pub struct Claim as "Claim" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Status.
        status: Field<FinancialStatus> =>
            FieldSpec::new("status", "Status").billing().if_missing(Missing::Absent);
        /// Type.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Type").billing().if_missing(Missing::Absent);
        /// Subtype.
        sub_type: Field<CodeableConcept> =>
            FieldSpec::new("subType", "Subtype");
        /// Use.
        use_: Field<ClaimUse> =>
            FieldSpec::new("use", "Use").billing().if_missing(Missing::Code("claim"));
        /// Patient.
        patient: Field<Reference> =>
            FieldSpec::new("patient", "Patient");
        /// Service dates.
        billable_period: Field<Period> =>
            FieldSpec::new("billablePeriod", "Service dates").billing();
        /// Created.
        created: Field<PartialDate> =>
            FieldSpec::new("created", "Created").billing().if_missing(Missing::Absent);
        /// Entered by.
        enterer: Field<Reference> =>
            FieldSpec::new("enterer", "Entered by");
        /// Insurer.
        insurer: Field<Reference> =>
            FieldSpec::new("insurer", "Insurer");
        /// Provider.
        provider: Field<Reference> =>
            FieldSpec::new("provider", "Provider").billing().if_missing(Missing::Absent);
        /// Priority.
        priority: Field<CodeableConcept> =>
            FieldSpec::new("priority", "Priority").if_missing(Missing::Absent);
        /// Related claims.
        related: Vec<RelatedClaim> =>
            FieldSpec::new("related", "Related claims");
        /// Prescription.
        prescription: Field<Reference> =>
            FieldSpec::new("prescription", "Prescription");
        /// Payee.
        payee: Field<Payee> =>
            FieldSpec::new("payee", "Payee");
        /// Referral.
        referral: Field<Reference> =>
            FieldSpec::new("referral", "Referral");
        /// Facility.
        facility: Field<Reference> =>
            FieldSpec::new("facility", "Facility");
        /// Care team.
        care_team: Vec<ClaimCareTeam> =>
            FieldSpec::new("careTeam", "Care team");
        /// Supporting information.
        supporting_info: Vec<SupportingInfo> =>
            FieldSpec::new("supportingInfo", "Supporting information");
        /// Diagnoses.
        diagnosis: Vec<ClaimDiagnosis> =>
            FieldSpec::new("diagnosis", "Diagnoses").billing();
        /// Procedures.
        procedure: Vec<ClaimProcedure> =>
            FieldSpec::new("procedure", "Procedures").billing();
        /// Insurance.
        insurance: Vec<ClaimInsurance> =>
            FieldSpec::new("insurance", "Insurance").billing().if_missing(Missing::Absent);
        /// Accident.
        accident: Field<Accident> =>
            FieldSpec::new("accident", "Accident");
        /// Lines.
        item: Vec<ClaimItem> =>
            FieldSpec::new("item", "Lines").billing();
        /// Total.
        total: Field<Money> =>
            FieldSpec::new("total", "Total").billing();
        /// Outstanding.
        outstanding: Vec<Outstanding> =>
            FieldSpec::new("outstanding", "Outstanding").extension("urn:ehr-model:claim-outstanding").billing();
        /// Billing state.
        billing: Vec<Billing> =>
            FieldSpec::new("billing", "Billing state").extension("urn:ehr-model:claim-billing").billing();
    }
}

element! {
    /// What a payer still owes.
    pub struct Outstanding as "" {
        /// Who owes.
        responsible: Field<Text> =>
            FieldSpec::new("responsible", "Who owes").extension("responsible").billing();
        /// Amount.
        amount: Field<Money> =>
            FieldSpec::new("amount", "Amount").extension("amount").billing();
    }
}

element! {
    /// Where the bill stands with a payer.
    pub struct Billing as "" {
        /// Who was billed.
        responsible: Field<Text> =>
            FieldSpec::new("responsible", "Who was billed").extension("responsible").billing();
        /// State.
        status: Field<Text> =>
            FieldSpec::new("status", "State").extension("status").billing();
        /// Last billed.
        last_billed: Field<PartialDate> =>
            FieldSpec::new("lastBilled", "Last billed").extension("last-billed").billing();
        /// Form of claim.
        kind: Field<Text> =>
            FieldSpec::new("kind", "Form of claim").extension("kind").billing();
    }
}

element! {
    /// A claim that this one replaces, voids or follows.
    pub struct RelatedClaim as "BackboneElement" {
        /// Claim.
        claim: Field<Reference> =>
            FieldSpec::new("claim", "Claim");
        /// Relation.
        relationship: Field<CodeableConcept> =>
            FieldSpec::new("relationship", "Relation");
        /// Number.
        reference: Field<Identifier> =>
            FieldSpec::new("reference", "Number");
    }
}

element! {
    /// Who is paid.
    pub struct Payee as "BackboneElement" {
        /// Type.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Type");
        /// Who.
        party: Field<Reference> =>
            FieldSpec::new("party", "Who");
    }
}

element! {
    /// Who took part.
    pub struct ClaimCareTeam as "BackboneElement" {
        /// Number.
        sequence: Field<i64> =>
            FieldSpec::new("sequence", "Number");
        /// Who.
        provider: Field<Reference> =>
            FieldSpec::new("provider", "Who").if_missing(Missing::Absent);
        /// Supervising.
        responsible: Field<bool> =>
            FieldSpec::new("responsible", "Supervising");
        /// Role.
        role: Field<CodeableConcept> =>
            FieldSpec::new("role", "Role");
        /// Specialty.
        qualification: Field<CodeableConcept> =>
            FieldSpec::new("qualification", "Specialty");
    }
}

element! {
    /// Further facts that the payer wants.
    pub struct SupportingInfo as "BackboneElement" {
        /// Number.
        sequence: Field<i64> =>
            FieldSpec::new("sequence", "Number");
        /// Category.
        category: Field<CodeableConcept> =>
            FieldSpec::new("category", "Category").if_missing(Missing::Absent);
        /// Code.
        code: Field<CodeableConcept> =>
            FieldSpec::new("code", "Code");
        /// Date.
        timing: Field<SupportingTiming> =>
            FieldSpec::new("timing[x]", "Date");
        /// Value.
        value: Field<SupportingValue> =>
            FieldSpec::new("value[x]", "Value");
        /// Reason.
        reason: Field<CodeableConcept> =>
            FieldSpec::new("reason", "Reason");
    }
}

choice! {
    /// When a fact applied.
    pub enum SupportingTiming {
        /// Date.
        Date(Date) => FieldSpec::new("Date", "Date");
        /// Period.
        Period(Period) => FieldSpec::new("Period", "Period");
    }
}

choice! {
    /// What a fact says.
    pub enum SupportingValue {
        /// Yes or no.
        Boolean(bool) => FieldSpec::new("Boolean", "Yes or no");
        /// Text.
        String(Text) => FieldSpec::new("String", "Text");
        /// Number.
        Quantity(Quantity) => FieldSpec::new("Quantity", "Number");
        /// Record.
        Reference(Reference) => FieldSpec::new("Reference", "Record");
    }
}

element! {
    /// A diagnosis of the claim, in order.
    pub struct ClaimDiagnosis as "BackboneElement" {
        /// Number.
        sequence: Field<i64> =>
            FieldSpec::new("sequence", "Number").billing();
        /// Diagnosis.
        diagnosis: Field<DiagnosisCode> =>
            FieldSpec::new("diagnosis[x]", "Diagnosis").billing();
        /// Type.
        type_: Vec<CodeableConcept> =>
            FieldSpec::new("type", "Type");
        /// Present on admission.
        on_admission: Field<CodeableConcept> =>
            FieldSpec::new("onAdmission", "Present on admission");
        /// Group.
        package_code: Field<CodeableConcept> =>
            FieldSpec::new("packageCode", "Group");
    }
}

choice! {
    /// A diagnosis by code or by reference.
    pub enum DiagnosisCode {
        /// Diagnosis.
        CodeableConcept(CodeableConcept) => FieldSpec::new("CodeableConcept", "Diagnosis").billing();
        /// Problem.
        Reference(Reference) => FieldSpec::new("Reference", "Problem").billing();
    }
}

element! {
    /// A procedure of the claim, in order.
    pub struct ClaimProcedure as "BackboneElement" {
        /// Number.
        sequence: Field<i64> =>
            FieldSpec::new("sequence", "Number").billing();
        /// Type.
        type_: Vec<CodeableConcept> =>
            FieldSpec::new("type", "Type");
        /// Date.
        date: Field<PartialDate> =>
            FieldSpec::new("date", "Date");
        /// Procedure.
        procedure: Field<DiagnosisCode> =>
            FieldSpec::new("procedure[x]", "Procedure").billing();
    }
}

element! {
    /// A policy that the claim goes to.
    pub struct ClaimInsurance as "BackboneElement" {
        /// Order.
        sequence: Field<i64> =>
            FieldSpec::new("sequence", "Order").billing().if_missing(Missing::Literal("1"));
        /// Billed here.
        focal: Field<bool> =>
            FieldSpec::new("focal", "Billed here").billing().if_missing(Missing::Literal("true"));
        /// Claim number of the payer.
        identifier: Field<Identifier> =>
            FieldSpec::new("identifier", "Claim number of the payer");
        /// Policy.
        coverage: Field<Reference> =>
            FieldSpec::new("coverage", "Policy").billing().if_missing(Missing::Absent);
        /// Contract.
        business_arrangement: Field<Text> =>
            FieldSpec::new("businessArrangement", "Contract");
        /// Prior authorization.
        pre_auth_ref: Vec<Text> =>
            FieldSpec::new("preAuthRef", "Prior authorization");
        /// Answer.
        claim_response: Field<Reference> =>
            FieldSpec::new("claimResponse", "Answer");
    }
}

element! {
    /// The accident behind the claim.
    pub struct Accident as "BackboneElement" {
        /// Date.
        date: Field<Date> =>
            FieldSpec::new("date", "Date");
        /// Type.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Type");
        /// Place.
        location_address: Field<Address> =>
            FieldSpec::new("locationAddress", "Place");
    }
}

element! {
    /// A line of the claim.
    pub struct ClaimItem as "BackboneElement" {
        /// Line.
        sequence: Field<i64> =>
            FieldSpec::new("sequence", "Line").billing();
        /// Care team.
        care_team_sequence: Vec<i64> =>
            FieldSpec::new("careTeamSequence", "Care team");
        /// Diagnosis pointers.
        diagnosis_sequence: Vec<i64> =>
            FieldSpec::new("diagnosisSequence", "Diagnosis pointers").billing();
        /// Procedure pointers.
        procedure_sequence: Vec<i64> =>
            FieldSpec::new("procedureSequence", "Procedure pointers");
        /// Information pointers.
        information_sequence: Vec<i64> =>
            FieldSpec::new("informationSequence", "Information pointers");
        /// Revenue code.
        revenue: Field<CodeableConcept> =>
            FieldSpec::new("revenue", "Revenue code").billing();
        /// Category.
        category: Field<CodeableConcept> =>
            FieldSpec::new("category", "Category");
        /// Service.
        product_or_service: Field<CodeableConcept> =>
            FieldSpec::new("productOrService", "Service").billing().if_missing(Missing::Absent);
        /// Modifiers.
        modifier: Vec<CodeableConcept> =>
            FieldSpec::new("modifier", "Modifiers").billing();
        /// Program.
        program_code: Vec<CodeableConcept> =>
            FieldSpec::new("programCode", "Program");
        /// Date of service.
        serviced: Field<Serviced> =>
            FieldSpec::new("serviced[x]", "Date of service").billing();
        /// Place of service.
        location: Field<ServiceLocation> =>
            FieldSpec::new("location[x]", "Place of service");
        /// Units.
        quantity: Field<Quantity> =>
            FieldSpec::new("quantity", "Units").billing();
        /// Price.
        unit_price: Field<Money> =>
            FieldSpec::new("unitPrice", "Price").billing();
        /// Factor.
        factor: Field<Decimal> =>
            FieldSpec::new("factor", "Factor");
        /// Charge.
        net: Field<Money> =>
            FieldSpec::new("net", "Charge").billing();
        /// Devices.
        udi: Vec<Reference> =>
            FieldSpec::new("udi", "Devices");
        /// Body site.
        body_site: Field<CodeableConcept> =>
            FieldSpec::new("bodySite", "Body site");
        /// Visits.
        encounter: Vec<Reference> =>
            FieldSpec::new("encounter", "Visits");
        /// Parts, such as the drug of an injection.
        detail: Vec<ClaimItemDetail> =>
            FieldSpec::new("detail", "Parts").billing();
        /// Line ids.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Line ids").extension("urn:ehr-model:claim-line-identifier");
        /// Line note.
        note: Field<Text> =>
            FieldSpec::new("note", "Line note").extension("urn:ehr-model:claim-line-note");
        /// Performers.
        performer: Vec<Reference> =>
            FieldSpec::new("performer", "Performers").extension("urn:ehr-model:claim-line-performer");
        /// Payer of the line.
        payer_responsibility: Field<Text> =>
            FieldSpec::new("payerResponsibility", "Payer of the line").extension("urn:ehr-model:claim-line-payer");
    }
}

element! {
    /// A part of a line.
    pub struct ClaimItemDetail as "BackboneElement" {
        /// Number.
        sequence: Field<i64> =>
            FieldSpec::new("sequence", "Number").billing();
        /// Product or service.
        product_or_service: Field<CodeableConcept> =>
            FieldSpec::new("productOrService", "Product or service").billing().if_missing(Missing::Absent);
        /// Amount of it.
        quantity: Field<Quantity> =>
            FieldSpec::new("quantity", "Amount of it").billing();
        /// Price.
        unit_price: Field<Money> =>
            FieldSpec::new("unitPrice", "Price").billing();
    }
}

choice! {
    /// When a service was given.
    pub enum Serviced {
        /// Date.
        Date(Date) => FieldSpec::new("Date", "Date").billing();
        /// Period.
        Period(Period) => FieldSpec::new("Period", "Period").billing();
    }
}

choice! {
    /// Where a service was given.
    pub enum ServiceLocation {
        /// Place of service.
        CodeableConcept(CodeableConcept) => FieldSpec::new("CodeableConcept", "Place of service");
        /// Address.
        Address(Address) => FieldSpec::new("Address", "Address");
        /// Place.
        Reference(Reference) => FieldSpec::new("Reference", "Place");
    }
}
