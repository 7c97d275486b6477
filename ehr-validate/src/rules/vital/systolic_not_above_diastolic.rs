use ehr_model::chart::Chart;
use ehr_model::kind::{Observation, ObservationComponent, ObservationStatus};

use super::measure::{Measure, Sign, measures};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Blood pressure whose systolic value is not above the diastolic one, or that lacks one of the two
    ///
    /// ## What it does
    ///
    /// Looks at observations with a systolic or a diastolic component. Both must be there, with a number
    /// or a reason why there is none, and the systolic must be the greater. Pressures that are
    /// observations of their own, as some systems keep them, are paired by their point in time: of such a
    /// pair the order is checked, not that there are two.
    ///
    /// ## Why it matters
    ///
    /// Half a blood pressure is none. Swapped ones hide a crisis.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether two rows or two columns make one blood pressure, and which is which.
    ///
    /// ### Who uses the data
    ///
    /// Measure again before anything is decided by it.
    ///
    /// ## Source
    ///
    /// US Core 6.1.0, Blood Pressure profile: both components are required.
    SystolicNotAboveDiastolic {
        code: "systolic-not-above-diastolic", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["VIT-002"],
    }
}

impl Rule for SystolicNotAboveDiastolic {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let mut alone: Vec<Measure<'_>> = Vec::new();
        for (record, observation) in chart.of::<Observation>() {
            let sign_of = |part: &ObservationComponent| part.code.value().and_then(Sign::of);
            let has = |sign| {
                observation
                    .component
                    .iter()
                    .any(|part| sign_of(part) == Some(sign))
            };
            let is_pressure = has(Sign::Systolic) || has(Sign::Diastolic);
            let mut found = measures(record, observation);
            if !is_pressure {
                found.retain(|one| matches!(one.sign, Sign::Systolic | Sign::Diastolic));
                alone.extend(found);
                continue;
            }
            if matches!(
                observation.status.value(),
                Some(ObservationStatus::Cancelled | ObservationStatus::EnteredInError)
            ) {
                continue;
            }
            let mut subject = findings.applies_to(record);
            if !has(Sign::Systolic) || !has(Sign::Diastolic) {
                subject.violated_at("component");
                continue;
            }
            let amount = |sign| found.iter().find(|one| one.sign == sign);
            if let (Some(systolic), Some(diastolic)) =
                (amount(Sign::Systolic), amount(Sign::Diastolic))
                && systolic.amount <= diastolic.amount
            {
                subject.violated_at(systolic.field.as_str());
            }
        }
        pair_up(&alone, findings);
        Ok(())
    }
}

/// Pairs pressures of one point in time, where there is one of each.
fn pair_up(alone: &[Measure<'_>], findings: &mut Findings) {
    for systolic in alone.iter().filter(|one| one.sign == Sign::Systolic) {
        let same_time =
            |one: &&Measure<'_>| systolic.taken.is_some() && one.taken == systolic.taken;
        let mut others = alone
            .iter()
            .filter(same_time)
            .filter(|one| one.sign == Sign::Diastolic);
        let (Some(diastolic), None) = (others.next(), others.next()) else {
            continue;
        };
        let mut subject = findings.applies_to(systolic.record);
        if systolic.amount <= diastolic.amount {
            subject.violated_at(systolic.field.as_str());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use crate::rules::vital::fixture::*;
    use ehr_model::record::{Kind, Record};

    fn pressure(key: &str, parts: &[(&str, &str)]) -> Record {
        let mut fields = vec![("status".to_owned(), "final")];
        for (number, (loinc, value)) in parts.iter().enumerate() {
            let at = format!("component[{number}]");
            fields.push((format!("{at}.code.coding[0].system"), "http://loinc.org"));
            fields.push((format!("{at}.code.coding[0].code"), loinc));
            if !value.is_empty() {
                fields.push((format!("{at}.valueQuantity.value"), value));
                fields.push((format!("{at}.valueQuantity.unit"), "mm[Hg]"));
            }
        }
        let fields: Vec<_> = fields
            .iter()
            .map(|(path, value)| (path.as_str(), *value))
            .collect();
        record(Kind::Observation, key, &fields)
    }

    #[test]
    fn fires() {
        let records = vec![
            pressure("a", &[("8480-6", "80"), ("8462-4", "120")]),
            pressure("b", &[("8480-6", "120")]),
            sign("c", "8480-6", "70", "mm[Hg]", "2030-01-01T08:00"),
            sign("d", "8462-4", "70", "mm[Hg]", "2030-01-01T08:00"),
        ];
        assert_eq!(
            found(&SystolicNotAboveDiastolic, records),
            [
                "Observation a component[0].valueQuantity",
                "Observation b component",
                "Observation c valueQuantity",
            ]
        );
    }

    #[test]
    fn stays_silent() {
        let records = vec![
            pressure("a", &[("8480-6", "120"), ("8462-4", "80")]),
            pressure("b", &[("8480-6", "120"), ("8462-4", "")]),
            sign("c", "8480-6", "120", "mm[Hg]", "2030-01-01T08:00"),
            sign("d", "8462-4", "70", "mm[Hg]", "2030-01-01T08:00"),
            sign("e", "8480-6", "60", "mm[Hg]", "2030-01-01T09:00"),
            sign("f", "8462-4", "90", "mm[Hg]", "2030-01-02T09:00"),
        ];
        assert_eq!(found(&SystolicNotAboveDiastolic, records), NONE);
    }
}
