use ehr_model::chart::Chart;
use ehr_model::kind::Coverage;
use ehr_model::value::{PartialDate, Precision};

use super::money::is_void;
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Two policies of one rank that are valid at the same time
    ///
    /// ## What it does
    ///
    /// Compares the periods of active policies that state the same order. They must not overlap; an open
    /// end goes on. Where precision leaves it open, and where a policy states no start, the rule stays
    /// silent.
    ///
    /// ## Why it matters
    ///
    /// Nobody knows which payer is billed.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether the older policy has lost its end.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient which policy is valid.
    ///
    /// ## Source
    ///
    /// An engineering default; multiple insurance is a named edge case of practice guides.
    CoveragesOverlapAtOneRank {
        code: "coverages-overlap-at-one-rank", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["BIL-008"],
    }
}

impl Rule for CoveragesOverlapAtOneRank {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let policies: Vec<_> = chart
            .of::<Coverage>()
            .filter(|(_, policy)| !is_void(&policy.status) && policy.order.value().is_some())
            .collect();
        for (number, (record, policy)) in policies.iter().enumerate() {
            let mut subject = findings.applies_to(record);
            let overlaps = policies[..number].iter().any(|(_, other)| {
                other.order.value() == policy.order.value() && overlap(other, policy)
            });
            if overlaps {
                subject.violated_at("period");
            }
        }
        Ok(())
    }
}

/// Whether both are valid on a day for certain.
fn overlap(one: &Coverage, other: &Coverage) -> bool {
    let days = |policy: &Coverage| {
        let period = policy.period.value()?;
        let start = period
            .start
            .value()
            .filter(|start| start.precision() != Precision::Year)?;
        Some((
            start.latest(),
            period.end.value().map(PartialDate::earliest),
        ))
    };
    let (Some(one), Some(other)) = (days(one), days(other)) else {
        return false;
    };
    let reaches = |end: Option<chrono::NaiveDate>, start| end.is_none_or(|end| end > start);
    reaches(one.1, other.0) && reaches(other.1, one.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::billing::fixture::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::{Kind, Record};

    fn policy(key: &str, order: &str, start: &str, end: &str) -> Record {
        let fields = [
            ("order", order),
            ("period.start", start),
            ("period.end", end),
        ];
        record(
            Kind::Coverage,
            key,
            if end.is_empty() {
                &fields[..2]
            } else {
                &fields
            },
        )
    }

    #[test]
    fn fires() {
        let two = vec![
            policy("a", "1", "2020-01-01", ""),
            policy("b", "1", "2025-01-01", "2026-01-01"),
        ];
        assert_eq!(
            found(&CoveragesOverlapAtOneRank, two),
            ["Coverage b period"]
        );
    }

    #[test]
    fn stays_silent() {
        let one_after_the_other = vec![
            policy("a", "1", "2020-01-01", "2024-12-31"),
            policy("b", "1", "2025-01-01", ""),
        ];
        assert_eq!(found(&CoveragesOverlapAtOneRank, one_after_the_other), NONE);
        let touching = vec![
            policy("a", "1", "2020-01-01", "2025-01-01"),
            policy("b", "1", "2025-01-01", ""),
        ];
        assert_eq!(found(&CoveragesOverlapAtOneRank, touching), NONE);
        let ranks = vec![
            policy("a", "1", "2020-01-01", ""),
            policy("b", "2", "2025-01-01", ""),
        ];
        assert_eq!(found(&CoveragesOverlapAtOneRank, ranks), NONE);
        let coarse = vec![
            policy("a", "1", "2020", "2025"),
            policy("b", "1", "2025-03-01", ""),
        ];
        assert_eq!(found(&CoveragesOverlapAtOneRank, coarse), NONE);
    }
}
