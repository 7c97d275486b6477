use ehr_model::datatype::{HumanName, NameUse};
use ehr_model::kind::Patient;

use crate::Context;
use crate::compare::ChartPair;
use crate::concept::text;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::time::is_before;

rule! {
    /// Previous name that the target does not keep as such.
    ///
    /// ## What it does
    ///
    /// Looks at names of the patient that are old or maiden names, or whose period has ended on a
    /// known day before the run. The target must have the family name among its old names. A name
    /// that the source has as current and the target does not have as current must be an old one
    /// there too.
    ///
    /// ## Why it matters
    ///
    /// Old results, old pharmacies and the patient know the old name. Kept as a current one, it is
    /// printed on the next letter.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map previous names with use "old" or "maiden" and their period; one column of former names
    /// may hold several.
    ///
    /// ### Who uses the data
    ///
    /// Search for the old name in the archive.
    ///
    /// ## Source
    ///
    /// USCDI v3, Previous Name; US Core 6.1.0, Patient.name.
    PreviousNameLost {
        code: "previous-name-lost", category: Completeness, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["DEM-007"],
    }
}

impl Rule for PreviousNameLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let is_old = |name: &HumanName| {
            let ended = name.period.value().and_then(|period| period.end.value());
            matches!(name.use_.value(), Some(NameUse::Old | NameUse::Maiden))
                || ended.is_some_and(|end| is_before(end, context.as_of.get(), 0))
        };
        for ((record, source), (_, target)) in pair.matched_of::<Patient>() {
            let has = |name: &HumanName, old: bool| {
                let mut others = target.name.iter();
                others.any(|other| is_old(other) == old && is_same_family(name, other))
            };
            let mut subject = findings.about(record);
            for (number, name) in source.name.iter().enumerate() {
                if text(&name.family).is_none() {
                    continue;
                }
                subject.applies();
                let kept = has(name, true) || (!is_old(name) && has(name, false));
                if !kept {
                    subject.violated_at(format!("name[{number}]"));
                }
            }
        }
        Ok(())
    }
}

fn is_same_family(a: &HumanName, b: &HumanName) -> bool {
    let family = |name: &HumanName| text(&name.family).map(str::to_lowercase);
    family(a) == family(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Patient, "p", fields)];
        found_between(&PreviousNameLost, of(source), of(target))
    }

    const CURRENT: (&str, &str) = ("name[0].family", "Okafor");
    const BIRTH: (&str, &str) = ("name[1].family", "Bello");
    const MAIDEN: (&str, &str) = ("name[1].use", "maiden");
    const OLD: (&str, &str) = ("name[1].use", "old");

    #[test]
    fn fires() {
        assert_eq!(
            between(&[CURRENT, BIRTH, MAIDEN], &[CURRENT]),
            ["Patient p name[1]"]
        );
        assert_eq!(
            between(&[CURRENT, BIRTH, OLD], &[CURRENT, BIRTH]),
            ["Patient p name[1]"]
        );
        assert_eq!(
            between(&[CURRENT], &[("name[0].family", "Smith")]),
            ["Patient p name[0]"]
        );
        let ended = ("name[1].period.end", "2010-06-01");
        assert_eq!(
            between(&[CURRENT, BIRTH, ended], &[CURRENT, BIRTH]),
            ["Patient p name[1]"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            between(&[CURRENT, BIRTH, MAIDEN], &[CURRENT, BIRTH, OLD]),
            NONE
        );
        assert_eq!(
            between(&[("name[0].family", "Bello")], &[CURRENT, BIRTH, OLD]),
            NONE
        );
        assert_eq!(between(&[("name[0].text", "Bello")], &[CURRENT]), NONE);
    }
}
