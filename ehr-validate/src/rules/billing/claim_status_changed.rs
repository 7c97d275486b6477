use ehr_model::kind::Claim;

use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Claim whose status, billing state or filing date is another one in the target
    ///
    /// ## What it does
    ///
    /// Compares the status of every claim, where the bill stands with each payer, when it was last
    /// billed, and the days of service, by which timely filing counts, with its entry in the target.
    ///
    /// ## Why it matters
    ///
    /// A denied claim that became paid is never appealed; one whose dates moved is filed too late.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare the code map of the states, and keep the words of the source beside it.
    ///
    /// ### Who uses the data
    ///
    /// Look at the claim in the source before it is worked.
    ///
    /// ## Source
    ///
    /// Practice guides on migration; timely-filing limits of payers count from the day of service.
    ClaimStatusChanged {
        code: "claim-status-changed", category: Conformance, severity: Fatal, since: "0.1.0", scope: Comparison,
        covers: ["BIL-007"],
    }
}

impl Rule for ClaimStatusChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Claim>() {
            let mut subject = findings.applies_to(record);
            if source.status.value().is_some() && source.status.value() != target.status.value() {
                subject.violated_at("status");
            }
            for (number, state) in source.billing.iter().enumerate() {
                if !target.billing.contains(state) {
                    subject.violated_at(format!("billing[{number}]"));
                }
            }
            if source.billable_period.value().is_some()
                && source.billable_period.value() != target.billable_period.value()
            {
                subject.violated_at("billablePeriod");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::billing::fixture::*;
    use crate::rules::testing::found_between;

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields| vec![claim("a", "1", &["1"], fields)];
        found_between(&ClaimStatusChanged, of(source), of(target))
    }

    #[test]
    fn fires() {
        assert_eq!(
            between(&[("status", "draft")], &[("status", "active")]),
            ["Claim a status"]
        );
        assert_eq!(
            between(
                &[("billing[0].status", "denied")],
                &[("billing[0].status", "paid")]
            ),
            ["Claim a billing[0]"]
        );
        assert_eq!(
            between(&[("billablePeriod.start", "2030-01-01")], &[]),
            ["Claim a billablePeriod"]
        );
    }

    #[test]
    fn stays_silent() {
        let whole = [
            ("status", "active"),
            ("billing[0].status", "denied"),
            ("billablePeriod.start", "2030-01-01"),
        ];
        assert_eq!(between(&whole, &whole), NONE);
        assert_eq!(between(&[], &whole), NONE);
    }
}
