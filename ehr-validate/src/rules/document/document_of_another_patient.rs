use std::cmp::Ordering;

use ehr_model::kind::Patient;

use super::attachments::each_attachment;
use super::header::header;
use crate::Context;
use crate::concept::text;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// Document whose header names another patient.
    ///
    /// ## What it does
    ///
    /// Reads the patient in the header of C-CDA documents (id and birth time of recordTarget) and
    /// of DICOM files (patient id and birth date). If one of its ids is an identifier of the
    /// patient, all is well; foreign ids are normal in documents of other practices, and then the
    /// date of birth decides. Where the header has no id that is known and no date of birth to
    /// compare, the rule fires.
    ///
    /// ## Why it matters
    ///
    /// The index puts a document into a chart, the header says whose it is. If they disagree, one
    /// patient is read by the results of another.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Stop these documents. Look at the key of the index; a shift by one row shows in many
    /// documents at once.
    ///
    /// ### Who uses the data
    ///
    /// Do not act on the document before somebody has looked at the name in it.
    ///
    /// ## Source
    ///
    /// HL7 CDA R2, recordTarget; DICOM PS3.3, Patient ID (0010,0020) and Birth Date (0010,0030).
    DocumentOfAnotherPatient {
        code: "document-of-another-patient", category: Conformance, severity: Fatal, since: "0.1.0",
        covers: ["DOC-003"],
    }
}

impl Rule for DocumentOfAnotherPatient {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let Some((_, patient)) = chart.of::<Patient>().next() else {
            return Ok(());
        };
        each_attachment(chart, findings, |path, attachment, subject| {
            let Some(header) = attachment
                .data
                .value()
                .and_then(|data| header(data.expose()))
            else {
                return;
            };
            let mut own = patient
                .identifier
                .iter()
                .filter_map(|identifier| text(&identifier.value));
            let birth = patient.birth_date.value().map(|birth| birth.get());
            let order = header
                .birth
                .zip(birth)
                .map(|(one, other)| one.compare(other));
            if header.ids.is_empty() && order.is_none() {
                return;
            }
            subject.applies();
            let is_known =
                own.any(|value| header.ids.iter().any(|id| id.eq_ignore_ascii_case(value)));
            let is_another = match order {
                Some(order) => matches!(order, Some(Ordering::Less | Ordering::Greater)),
                None => true,
            };
            if !is_known && is_another {
                subject.violated_at(path);
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn of(document: &str) -> Vec<String> {
        let patient = [("identifier[0].value", "4711"), ("birthDate", "1984-03-17")];
        let fields = [("content[0].attachment.data", document)];
        let chart = vec![
            record(Kind::Patient, "p", &patient),
            record(Kind::Document, "a", &fields),
        ];
        found(&DocumentOfAnotherPatient, chart)
    }

    fn ccda(id: &str, birth: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><ClinicalDocument><id root=\"9\" extension=\"4711\"/><recordTarget>\
             <patientRole><id root=\"1.2\" extension=\"{id}\"/><patient>{birth}</patient></patientRole>\
             </recordTarget></ClinicalDocument>"
        )
    }

    #[test]
    fn fires() {
        let field = ["Document a content[0].attachment"];
        assert_eq!(of(&ccda("4712", "")), field);
        assert_eq!(of(&ccda("4712", "<birthTime value='19840318'/>")), field);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(of(&ccda("4711", "")), NONE);
        assert_eq!(
            of(&ccda("foreign", "<birthTime value=\"19840317\"/>")),
            NONE
        );
        assert_eq!(of(&ccda("foreign", "<birthTime value=\"1984\"/>")), NONE);
        assert_eq!(of("Seen today."), NONE);
        assert_eq!(of("<?xml version=\"1.0\"?><note/>"), NONE);
    }
}
