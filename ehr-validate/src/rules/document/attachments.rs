//! The attachments of a chart.

use ehr_model::chart::Chart;
use ehr_model::datatype::Attachment;
use ehr_model::element::Element as _;
use ehr_model::kind::{CompositionStatus, Document, DocumentStatus};
use ehr_model::record::{Record, Resource};

use crate::rule::{Findings, Subject};

/// Records that carry documents and were not entered in error.
pub(super) fn attachments(chart: &Chart) -> impl Iterator<Item = &Record> {
    chart
        .records
        .iter()
        .filter(|record| match &record.resource {
            Resource::Document(document) => !is_in_error(document),
            Resource::DiagnosticReport(_) => true,
            _ => false,
        })
}

/// The attachments of a record that say anything, with their paths.
pub(super) fn of_record(record: &Record) -> impl Iterator<Item = (String, &Attachment)> {
    let (documents, reports) = match &record.resource {
        Resource::Document(document) => (&document.content[..], &[][..]),
        Resource::DiagnosticReport(report) => (&[][..], &report.presented_form[..]),
        _ => (&[][..], &[][..]),
    };
    let in_documents = documents
        .iter()
        .enumerate()
        .filter_map(|(number, content)| {
            Some((
                format!("content[{number}].attachment"),
                content.attachment.value()?,
            ))
        });
    let in_reports = reports.iter().enumerate();
    in_documents
        .chain(in_reports.map(|(number, form)| (format!("presentedForm[{number}]"), form)))
        .filter(|(_, attachment)| !attachment.is_empty())
}

/// Visits every attachment of a chart, with its record as the subject.
pub(super) fn each_attachment(
    chart: &Chart,
    findings: &mut Findings,
    mut visit: impl FnMut(String, &Attachment, &mut Subject<'_>),
) {
    for record in attachments(chart) {
        let mut subject = findings.about(record);
        for (path, attachment) in of_record(record) {
            visit(path, attachment, &mut subject);
        }
    }
}

fn is_in_error(document: &Document) -> bool {
    document.status.value() == Some(&DocumentStatus::EnteredInError)
        || document.doc_status.value() == Some(&CompositionStatus::EnteredInError)
}
