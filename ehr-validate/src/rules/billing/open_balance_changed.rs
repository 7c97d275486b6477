use ehr_model::kind::Claim;
use ehr_model::record::ResourceType as _;
use rust_decimal::Decimal;

use super::money::{amount, is_void};
use crate::Context;
use crate::compare::ChartPair;
use crate::concept;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Open claim that is missing in the target or whose open balance is another one
    ///
    /// ## What it does
    ///
    /// Looks at claims of which the source states that somebody still owes. Each must have an entry in
    /// the target with the same amount for the same payer, to the cent. Sums by payer, age and provider
    /// are equal where every claim is; counts of the whole run stand in the reconciliation.
    ///
    /// ## Why it matters
    ///
    /// Money that is owed is not collected, or is asked for twice.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See which claims are missing, and whether the balance of the day of the export was carried or
    /// computed anew.
    ///
    /// ### Who uses the data
    ///
    /// Do not bill by the claim before it is clear.
    ///
    /// ## Source
    ///
    /// Practice guides on migration: open claims are worked down in the old system or go across complete.
    OpenBalanceChanged {
        code: "open-balance-changed", category: Conformance, severity: Fatal, since: "0.1.0", scope: Comparison,
        covers: ["BIL-006"],
    }
}

impl Rule for OpenBalanceChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let owed = |claim: &Claim| -> Vec<(String, Decimal)> {
            let mut owed: Vec<_> = claim
                .outstanding
                .iter()
                .filter_map(|part| {
                    Some((
                        concept::text(&part.responsible)
                            .unwrap_or_default()
                            .to_lowercase(),
                        amount(&part.amount)?,
                    ))
                })
                .filter(|(_, amount)| !amount.is_zero())
                .collect();
            owed.sort();
            owed
        };
        for (record, claim) in pair.source().of::<Claim>() {
            let before = owed(claim);
            let counterpart = pair
                .counterpart(record.id)
                .and_then(|id| pair.target().record(id));
            let after = counterpart
                .and_then(|record| Claim::of(&record.resource))
                .map(owed);
            if is_void(&claim.status)
                || before.is_empty() && after.as_ref().is_none_or(Vec::is_empty)
            {
                continue;
            }
            let mut subject = findings.applies_to(record);
            if after.map_or(pair.lacks(record.id), |after| after != before) {
                subject.violated_at("outstanding");
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

    fn open(amount: &str) -> Vec<ehr_model::record::Record> {
        vec![claim(
            "a",
            "120",
            &["120"],
            &[
                ("outstanding[0].responsible", "patient"),
                ("outstanding[0].amount.value", amount),
            ],
        )]
    }

    #[test]
    fn fires() {
        let wrong = ["Claim a outstanding"];
        assert_eq!(
            found_between(&OpenBalanceChanged, open("20.00"), open("20.01")),
            wrong
        );
        assert_eq!(
            found_between(&OpenBalanceChanged, open("20.00"), vec![]),
            wrong
        );
        assert_eq!(
            found_between(&OpenBalanceChanged, open("0"), open("20.00")),
            wrong
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            found_between(&OpenBalanceChanged, open("20.00"), open("20")),
            NONE
        );
        assert_eq!(
            found_between(&OpenBalanceChanged, open("0.00"), vec![]),
            NONE
        );
    }
}
