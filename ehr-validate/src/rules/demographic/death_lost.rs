use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::kind::{Deceased, Patient};

rule! {
    /// Death that the target does not know, or made up.
    ///
    /// ## What it does
    ///
    /// Compares whether the patient has died, in source and target. A flag without a date must stay
    /// a flag, a date must stay a date, and nobody who lives in the source may be dead in the
    /// target.
    ///
    /// ## Why it matters
    ///
    /// A practice that writes to the dead hurts the family; one that closes the chart of the living
    /// cancels their care.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Carry the flag as the flag that it is; never fill in a date for it.
    ///
    /// ### Who uses the data
    ///
    /// Confirm who of them lives before letters go out.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, `Patient.deceased[x]`; USCDI v3, Date of Death.
    DeathLost {
        code: "death-lost", category: Completeness, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["DEM-002"],
    }
}

impl Rule for DeathLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Patient>() {
            let mut subject = findings.applies_to(record);
            if death(source) != death(target) {
                subject.violated_at("deceased");
            }
        }
        Ok(())
    }
}

#[derive(PartialEq)]
enum Death {
    None,
    Flag,
    Date,
}

fn death(patient: &Patient) -> Death {
    match patient.deceased.value() {
        Some(Deceased::DateTime(date)) if date.value().is_some() => Death::Date,
        Some(Deceased::Boolean(died)) if died.value() == Some(&true) => Death::Flag,
        _ => Death::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Patient, "p", fields)];
        found_between(&DeathLost, of(source), of(target))
    }

    const FLAG: (&str, &str) = ("deceasedBoolean", "true");
    const DATE: (&str, &str) = ("deceasedDateTime", "2020-05-01");

    #[test]
    fn fires() {
        for (source, target) in [
            (vec![FLAG], vec![]),
            (vec![DATE], vec![FLAG]),
            (vec![FLAG], vec![DATE]),
            (vec![], vec![DATE]),
        ] {
            assert_eq!(between(&source, &target), ["Patient p deceased"]);
        }
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between(&[FLAG], &[FLAG]), NONE);
        assert_eq!(
            between(&[DATE], &[("deceasedDateTime", "2020-05-01T08:00:00Z")]),
            NONE
        );
        assert_eq!(between(&[("deceasedBoolean", "false")], &[]), NONE);
    }
}
