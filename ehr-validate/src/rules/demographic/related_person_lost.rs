use ehr_model::kind::{Coverage, Patient, PatientContact, RelatedPerson};

use crate::Context;
use crate::compare::ChartPair;
use crate::concept::text;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Guarantor, guardian or contact that the target lacks.
    ///
    /// ## What it does
    ///
    /// Looks for every related person of the source in the target, and compares the contacts of the
    /// patient by their names. Policy holder and subscriber of a coverage must be there where the
    /// source has them.
    ///
    /// ## Why it matters
    ///
    /// Nobody can be called, nobody may consent for the child, and bills go to the wrong person.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the table of relations with its kinds; one person may be guarantor, guardian and
    /// contact.
    ///
    /// ### Who uses the data
    ///
    /// Ask who may decide for the patient at the next visit.
    ///
    /// ## Source
    ///
    /// USCDI v3, Related Person's Name and Related Person's Relationship; HL7 FHIR R4,
    /// Patient.contact and Coverage.policyHolder.
    RelatedPersonLost {
        code: "related-person-lost", category: Completeness, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["DEM-014"],
    }
}

impl Rule for RelatedPersonLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, _) in pair.source().of::<RelatedPerson>() {
            let mut subject = findings.applies_to(record);
            if pair.lacks(record.id) {
                subject.violated_at("name");
            }
        }
        for ((record, source), (_, target)) in pair.matched_of::<Patient>() {
            let mut subject = findings.about(record);
            for (number, contact) in source.contact.iter().enumerate() {
                if let Some(name) = name(contact) {
                    subject.applies();
                    if !target
                        .contact
                        .iter()
                        .any(|other| self::name(other).as_ref() == Some(&name))
                    {
                        subject.violated_at(format!("contact[{number}]"));
                    }
                }
            }
        }
        for ((record, source), (_, target)) in pair.matched_of::<Coverage>() {
            let mut subject = findings.about(record);
            for (field, own, other) in [
                ("policyHolder", &source.policy_holder, &target.policy_holder),
                ("subscriber", &source.subscriber, &target.subscriber),
            ] {
                if own.value().is_some() {
                    subject.applies();
                    if other.value().is_none() {
                        subject.violated_at(field);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Family name and given names, or the whole name, in lower case.
fn name(contact: &PatientContact) -> Option<String> {
    let name = contact.name.value()?;
    let mut out = text(&name.family).unwrap_or_default().to_lowercase();
    for given in &name.given {
        out.push(' ');
        out.push_str(&given.expose().trim().to_lowercase());
    }
    if out.is_empty() {
        out = text(&name.text)?.to_lowercase();
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    #[test]
    fn fires() {
        let guardian = vec![record(
            Kind::RelatedPerson,
            "r",
            &[("name[0].family", "Okafor")],
        )];
        assert_eq!(
            found_between(&RelatedPersonLost, guardian, vec![]),
            ["RelatedPerson r name"]
        );
        let with = vec![record(
            Kind::Patient,
            "p",
            &[("contact[0].name.family", "Okafor")],
        )];
        let without = vec![record(
            Kind::Patient,
            "p",
            &[("contact[0].name.family", "Bello")],
        )];
        assert_eq!(
            found_between(&RelatedPersonLost, with, without),
            ["Patient p contact[0]"]
        );
        let of = |fields: &[_]| vec![record(Kind::Coverage, "c", fields)];
        let holder = [("policyHolder.display", "Okafor")];
        assert_eq!(
            found_between(&RelatedPersonLost, of(&holder), of(&[])),
            ["Coverage c policyHolder"]
        );
    }

    #[test]
    fn stays_silent() {
        let guardian = |key| {
            vec![record(
                Kind::RelatedPerson,
                key,
                &[("name[0].family", "Okafor")],
            )]
        };
        assert_eq!(
            found_between(&RelatedPersonLost, guardian("r"), guardian("s")),
            NONE
        );
        let of = |fields: &[_]| vec![record(Kind::Patient, "p", fields)];
        let source = [("contact[0].name.family", "Okafor")];
        let target = [
            ("contact[0].name.family", "Bello"),
            ("contact[1].name.family", "OKAFOR"),
        ];
        assert_eq!(
            found_between(&RelatedPersonLost, of(&source), of(&target)),
            NONE
        );
        assert_eq!(
            found_between(&RelatedPersonLost, of(&[]), of(&target)),
            NONE
        );
    }
}
