//! Notes, letters, scans and images.

use crate::datatype::{Attachment, CodeableConcept, Coding, Identifier, Period, Reference};
use crate::element::{FieldSpec, Missing, element};
use crate::value::{Field, Instant, Text, code_set};

code_set! {
    /// Whether the reference is current.
    pub enum DocumentStatus in "http://hl7.org/fhir/document-reference-status" {
        /// `current`
        Current = "current",
        /// `superseded`
        Superseded = "superseded",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
    }
}

code_set! {
    /// Whether the document is final.
    pub enum CompositionStatus in "http://hl7.org/fhir/composition-status" {
        /// `preliminary`
        Preliminary = "preliminary",
        /// `final`
        Final = "final",
        /// `amended`
        Amended = "amended",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
    }
}

element! {
    /// A note, letter, scan or image, with its bytes.
    pub struct Document as "DocumentReference" {
        /// Document id.
        master_identifier: Field<Identifier> =>
            FieldSpec::new("masterIdentifier", "Document id");
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Status.
        status: Field<DocumentStatus> =>
            FieldSpec::new("status", "Status").if_missing(Missing::Absent);
        /// Signature status.
        doc_status: Field<CompositionStatus> =>
            FieldSpec::new("docStatus", "Signature status");
        /// Type.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Type").uscdi(&[11, 12, 13, 14, 15]).if_missing(Missing::Absent);
        /// Category.
        category: Vec<CodeableConcept> =>
            FieldSpec::new("category", "Category").if_missing(Missing::Absent);
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// Date.
        date: Field<Instant> =>
            FieldSpec::new("date", "Date");
        /// Authors.
        author: Vec<Reference> =>
            FieldSpec::new("author", "Authors");
        /// Signed by.
        authenticator: Field<Reference> =>
            FieldSpec::new("authenticator", "Signed by");
        /// Custodian.
        custodian: Field<Reference> =>
            FieldSpec::new("custodian", "Custodian");
        /// Related documents.
        relates_to: Vec<DocumentRelation> =>
            FieldSpec::new("relatesTo", "Related documents");
        /// Version of the document.
        version: Field<Text> =>
            FieldSpec::new("version", "Version").extension("http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.version");
        /// Description.
        description: Field<Text> =>
            FieldSpec::new("description", "Description");
        /// Confidentiality.
        security_label: Vec<CodeableConcept> =>
            FieldSpec::new("securityLabel", "Confidentiality");
        /// Content.
        content: Vec<DocumentContent> =>
            FieldSpec::new("content", "Content").critical().uscdi(&[11, 12, 13, 14, 15]).if_missing(Missing::Absent);
        /// Context.
        context: Field<DocumentContext> =>
            FieldSpec::new("context", "Context");
    }
}

element! {
    /// How the document stands to another.
    pub struct DocumentRelation as "BackboneElement" {
        /// Relation.
        code: Field<DocumentRelationType> =>
            FieldSpec::new("code", "Relation");
        /// Document.
        target: Field<Reference> =>
            FieldSpec::new("target", "Document");
    }
}

code_set! {
    /// How one document stands to another.
    pub enum DocumentRelationType in "http://hl7.org/fhir/document-relationship-type" {
        /// `replaces`
        Replaces = "replaces",
        /// `transforms`
        Transforms = "transforms",
        /// `signs`
        Signs = "signs",
        /// `appends`
        Appends = "appends",
    }
}

element! {
    /// The bytes of a document.
    pub struct DocumentContent as "BackboneElement" {
        /// Attachment.
        attachment: Field<Attachment> =>
            FieldSpec::new("attachment", "Attachment").critical().if_missing(Missing::Absent);
        /// Format.
        format: Field<Coding> =>
            FieldSpec::new("format", "Format");
    }
}

element! {
    /// What the document is about.
    pub struct DocumentContext as "BackboneElement" {
        /// Visits.
        encounter: Vec<Reference> =>
            FieldSpec::new("encounter", "Visits");
        /// Acts.
        event: Vec<CodeableConcept> =>
            FieldSpec::new("event", "Acts");
        /// Time.
        period: Field<Period> =>
            FieldSpec::new("period", "Time");
        /// Facility.
        facility_type: Field<CodeableConcept> =>
            FieldSpec::new("facilityType", "Facility");
        /// Setting.
        practice_setting: Field<CodeableConcept> =>
            FieldSpec::new("practiceSetting", "Setting");
        /// Related records.
        related: Vec<Reference> =>
            FieldSpec::new("related", "Related records");
    }
}
