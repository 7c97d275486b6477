//! Imaging studies.

use crate::datatype::{Annotation, CodeableConcept, Coding, Identifier, Reference};
use crate::element::{FieldSpec, Missing, element};
use crate::value::{Field, PartialDate, Text, code_set};

code_set! {
    /// The state of a study.
    pub enum ImagingStatus in "http://hl7.org/fhir/imagingstudy-status" {
        /// `registered`
        Registered = "registered",
        /// `available`
        Available = "available",
        /// `cancelled`
        Cancelled = "cancelled",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
        /// `unknown`
        Unknown = "unknown",
    }
}

element! {
    /// An imaging study: which images exist and where.
    pub struct ImagingStudy as "ImagingStudy" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Status.
        status: Field<ImagingStatus> =>
            FieldSpec::new("status", "Status").if_missing(Missing::Code("unknown"));
        /// Modalities.
        modality: Vec<Coding> =>
            FieldSpec::new("modality", "Modalities");
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// Visit.
        encounter: Field<Reference> =>
            FieldSpec::new("encounter", "Visit");
        /// Started.
        started: Field<PartialDate> =>
            FieldSpec::new("started", "Started");
        /// Ordered by.
        based_on: Vec<Reference> =>
            FieldSpec::new("basedOn", "Ordered by");
        /// Referrer.
        referrer: Field<Reference> =>
            FieldSpec::new("referrer", "Referrer");
        /// Interpreters.
        interpreter: Vec<Reference> =>
            FieldSpec::new("interpreter", "Interpreters");
        /// Number of series.
        number_of_series: Field<i64> =>
            FieldSpec::new("numberOfSeries", "Number of series");
        /// Number of images.
        number_of_instances: Field<i64> =>
            FieldSpec::new("numberOfInstances", "Number of images");
        /// Procedure.
        procedure_reference: Field<Reference> =>
            FieldSpec::new("procedureReference", "Procedure");
        /// Procedure (code).
        procedure_code: Vec<CodeableConcept> =>
            FieldSpec::new("procedureCode", "Procedure (code)").uscdi(&[18]);
        /// Place.
        location: Field<Reference> =>
            FieldSpec::new("location", "Place");
        /// Reason.
        reason_code: Vec<CodeableConcept> =>
            FieldSpec::new("reasonCode", "Reason");
        /// Reason (problem).
        reason_reference: Vec<Reference> =>
            FieldSpec::new("reasonReference", "Reason (problem)");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
        /// Description.
        description: Field<Text> =>
            FieldSpec::new("description", "Description");
        /// Series.
        series: Vec<Series> =>
            FieldSpec::new("series", "Series");
    }
}

element! {
    /// A series of images.
    pub struct Series as "BackboneElement" {
        /// DICOM series UID.
        uid: Field<Text> =>
            FieldSpec::new("uid", "DICOM series UID").if_missing(Missing::Absent);
        /// Number.
        number: Field<i64> =>
            FieldSpec::new("number", "Number");
        /// Modality.
        modality: Field<Coding> =>
            FieldSpec::new("modality", "Modality").if_missing(Missing::Absent);
        /// Description.
        description: Field<Text> =>
            FieldSpec::new("description", "Description");
        /// Number of images.
        number_of_instances: Field<i64> =>
            FieldSpec::new("numberOfInstances", "Number of images");
        /// Body site.
        body_site: Field<Coding> =>
            FieldSpec::new("bodySite", "Body site");
        /// Laterality.
        laterality: Field<Coding> =>
            FieldSpec::new("laterality", "Laterality");
        /// Started.
        started: Field<PartialDate> =>
            FieldSpec::new("started", "Started");
        /// Images.
        instance: Vec<Instance> =>
            FieldSpec::new("instance", "Images");
    }
}

element! {
    /// An image.
    pub struct Instance as "BackboneElement" {
        /// DICOM SOP instance UID.
        uid: Field<Text> =>
            FieldSpec::new("uid", "DICOM SOP instance UID").if_missing(Missing::Absent);
        /// DICOM class.
        sop_class: Field<Coding> =>
            FieldSpec::new("sopClass", "DICOM class").if_missing(Missing::Absent);
        /// Number.
        number: Field<i64> =>
            FieldSpec::new("number", "Number");
        /// Title.
        title: Field<Text> =>
            FieldSpec::new("title", "Title");
    }
}
