//! Reports of laboratory, imaging and other diagnostics.

use crate::datatype::{Attachment, CodeableConcept, Identifier, Reference};
use crate::element::{FieldSpec, Missing, element};
use crate::kind::Effective;
use crate::value::{Field, Instant, Text, code_set};

code_set! {
    /// How final a report is.
    pub enum ReportStatus in "http://hl7.org/fhir/diagnostic-report-status" {
        /// `registered`
        Registered = "registered",
        /// `partial`
        Partial = "partial",
        /// `preliminary`
        Preliminary = "preliminary",
        /// `final`
        Final = "final",
        /// `amended`
        Amended = "amended",
        /// `corrected`
        Corrected = "corrected",
        /// `appended`
        Appended = "appended",
        /// `cancelled`
        Cancelled = "cancelled",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
        /// `unknown`
        Unknown = "unknown",
    }
}

element! {
    /// A report, with its results and its document.
    pub struct DiagnosticReport as "DiagnosticReport" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Ordered by.
        based_on: Vec<Reference> =>
            FieldSpec::new("basedOn", "Ordered by");
        /// Status.
        status: Field<ReportStatus> =>
            FieldSpec::new("status", "Status").critical().uscdi(&[44]).if_missing(Missing::Code("unknown"));
        /// Category.
        category: Vec<CodeableConcept> =>
            FieldSpec::new("category", "Category").if_missing(Missing::Absent);
        /// Report.
        code: Field<CodeableConcept> =>
            FieldSpec::new("code", "Report").uscdi(&[16, 18, 41]).required().if_missing(Missing::Absent);
        /// Patient.
        subject: Field<Reference> =>
            FieldSpec::new("subject", "Patient");
        /// Visit.
        encounter: Field<Reference> =>
            FieldSpec::new("encounter", "Visit");
        /// Taken.
        effective: Field<Effective> =>
            FieldSpec::new("effective[x]", "Taken").if_missing(Missing::Absent);
        /// Released.
        issued: Field<Instant> =>
            FieldSpec::new("issued", "Released").if_missing(Missing::Absent);
        /// Performers.
        performer: Vec<Reference> =>
            FieldSpec::new("performer", "Performers");
        /// Interpreters.
        results_interpreter: Vec<Reference> =>
            FieldSpec::new("resultsInterpreter", "Interpreters");
        /// Specimens.
        specimen: Vec<Reference> =>
            FieldSpec::new("specimen", "Specimens");
        /// Results.
        result: Vec<Reference> =>
            FieldSpec::new("result", "Results").critical().uscdi(&[17, 42]);
        /// Imaging studies.
        imaging_study: Vec<Reference> =>
            FieldSpec::new("imagingStudy", "Imaging studies");
        /// Conclusion.
        conclusion: Field<Text> =>
            FieldSpec::new("conclusion", "Conclusion").critical().uscdi(&[17, 19]);
        /// Conclusion (code).
        conclusion_code: Vec<CodeableConcept> =>
            FieldSpec::new("conclusionCode", "Conclusion (code)").critical();
        /// Report document.
        presented_form: Vec<Attachment> =>
            FieldSpec::new("presentedForm", "Report document").uscdi(&[14, 17, 19]);
    }
}
