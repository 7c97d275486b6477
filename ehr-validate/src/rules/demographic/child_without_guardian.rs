use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;
use ehr_model::kind::{Deceased, Patient, RelatedPerson};

rule! {
    /// Child without a guardian or a contact.
    ///
    /// ## What it does
    ///
    /// Looks at patients who are certainly under eighteen on the day of the run and not known to
    /// have died. The chart must hold a related person, or the patient a contact.
    ///
    /// ## Why it matters
    ///
    /// Somebody must consent, be called and be billed; for a child that is never the patient.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look for guarantor, guardian and emergency contact in other tables. If the source has none,
    /// leave it so.
    ///
    /// ### Who uses the data
    ///
    /// Ask who the guardian is at the next visit.
    ///
    /// ## Source
    ///
    /// USCDI v3, Related Person's Name; age of majority is eighteen in most states, a site may tune
    /// it.
    ChildWithoutGuardian {
        code: "child-without-guardian", category: Completeness, severity: Error, since: "0.1.0",
        covers: ["DEM-014"],
    }
}

impl Rule for ChildWithoutGuardian {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, patient) in chart.of::<Patient>() {
            let Some(birth) = patient.birth_date.value() else {
                continue;
            };
            let lives = match patient.deceased.value() {
                Some(Deceased::Boolean(died)) => died.value() != Some(&true),
                Some(_) => false,
                None => true,
            };
            let today = context.as_of.get().latest();
            let is_child = today
                .years_since(birth.get().earliest())
                .is_some_and(|years| years < ADULT);
            if lives && is_child {
                let mut subject = findings.applies_to(record);
                if patient.contact.is_empty() && chart.of::<RelatedPerson>().next().is_none() {
                    subject.violated_at("contact");
                }
            }
        }
        Ok(())
    }
}

/// In years.
const ADULT: u32 = 18;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn of(fields: &[(&str, &str)]) -> Vec<String> {
        found(
            &ChildWithoutGuardian,
            vec![record(Kind::Patient, "p", fields)],
        )
    }

    #[test]
    fn fires() {
        assert_eq!(of(&[("birthDate", "2020-01-01")]), ["Patient p contact"]);
        assert_eq!(of(&[("birthDate", "2013-05-02")]), ["Patient p contact"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(of(&[("birthDate", "2013-05-01")]), NONE);
        assert_eq!(of(&[("birthDate", "2013")]), NONE, "nobody knows");
        assert_eq!(
            of(&[
                ("birthDate", "2020-01-01"),
                ("contact[0].name.text", "A. Bello")
            ]),
            NONE
        );
        assert_eq!(
            of(&[("birthDate", "2020-01-01"), ("deceasedDateTime", "2021")]),
            NONE
        );
        let with_parent = vec![
            record(Kind::Patient, "p", &[("birthDate", "2020-01-01")]),
            record(Kind::RelatedPerson, "r", &[]),
        ];
        assert_eq!(found(&ChildWithoutGuardian, with_parent), NONE);
    }
}
