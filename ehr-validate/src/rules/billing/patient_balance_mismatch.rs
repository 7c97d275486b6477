use std::collections::{BTreeSet, HashMap};

use ehr_model::chart::Chart;
use ehr_model::kind::{Claim, Payment};
use ehr_model::record::RecordId;
use rust_decimal::Decimal;

use super::money::{Part, amount, is_void, part};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Claim whose open balance is not charges less payments and adjustments, or is a credit
    ///
    /// ## What it does
    ///
    /// Looks at claims that state what is outstanding and at which payments of the chart point. What is
    /// outstanding must be the charges less everything that was paid and adjusted. A credit, an open
    /// balance below zero, is named in any case: it is money that belongs to somebody.
    ///
    /// ## Why it matters
    ///
    /// A balance that nobody can explain is written off, or asked of a patient who paid.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether payments or adjustments were lost, and whether transfers between payers were counted
    /// as payments.
    ///
    /// ### Who uses the data
    ///
    /// Look at the ledger of the source before a bill is sent; credits are refunded by law.
    ///
    /// ## Source
    ///
    /// An engineering check; credit balances of Medicare are reported on form CMS-838.
    PatientBalanceMismatch {
        code: "patient-balance-mismatch", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["BIL-011"],
    }
}

impl Rule for PatientBalanceMismatch {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let mut payments: HashMap<RecordId, Vec<&Payment>> = HashMap::new();
        for (_, payment) in chart
            .of::<Payment>()
            .filter(|(_, payment)| !is_void(&payment.status))
        {
            for claim in claims(payment) {
                payments.entry(claim).or_default().push(payment);
            }
        }
        for (record, claim) in chart
            .of::<Claim>()
            .filter(|(_, claim)| !is_void(&claim.status))
        {
            let stated: Vec<_> = claim
                .outstanding
                .iter()
                .filter_map(|part| amount(&part.amount))
                .collect();
            let charges: Option<Decimal> = claim.item.iter().map(|item| amount(&item.net)).sum();
            let payments = payments.get(&record.id).into_iter().flatten();
            let settled: Option<Vec<_>> = payments.map(|payment| settled(payment)).collect();
            let (Some(charges), Some(settled)) = (charges, settled) else {
                continue;
            };
            if stated.is_empty() || claim.item.is_empty() {
                continue;
            }
            let open: Decimal = stated.iter().sum();
            let mut subject = findings.applies_to(record);
            let paid: Decimal = settled.iter().sum();
            let is_unexplained = !settled.iter().all(Decimal::is_zero) && charges - paid != open;
            if is_unexplained || open < Decimal::ZERO {
                subject.violated_at("outstanding");
            }
        }
        Ok(())
    }
}

/// The claims that a payment points at, each once.
fn claims(payment: &Payment) -> BTreeSet<RecordId> {
    let requests = payment.detail.iter().filter_map(|detail| {
        let request = detail.request.value()?;
        request.reference.value().map(|(_, id)| *id)
    });
    requests.collect()
}

/// What a payment settles of a claim; unknown without an amount. Of details by line and by claim
/// those of the claim count, since they are the sum.
fn settled(payment: &Payment) -> Option<Decimal> {
    let parts = payment.detail.iter().filter_map(part);
    let adjusted: Decimal = parts
        .filter(|(part, _)| *part == Part::Adjusted)
        .map(|(_, amount)| amount)
        .sum();
    let paid = amount(&payment.payment_amount).or_else(|| {
        let mut paid = payment
            .detail
            .iter()
            .filter_map(part)
            .filter(|(part, _)| *part == Part::Paid);
        paid.next().map(|(_, amount)| amount)
    });
    Some(paid? + adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::billing::fixture::*;
    use crate::rules::testing::found;

    fn check(open: &str, paid: &str) -> Vec<String> {
        let owed = [("outstanding[0].amount.value", open)];
        let linked = [("detail[0].request.reference", "Claim/a")];
        found(
            &PatientBalanceMismatch,
            vec![
                claim("a", "120", &["120.00"], &owed),
                payment("b", &[("benefit", "", paid)], &linked),
            ],
        )
    }

    #[test]
    fn fires() {
        assert_eq!(check("20.00", "90.00"), ["Claim a outstanding"]);
        assert_eq!(check("-10.00", "130.00"), ["Claim a outstanding"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(check("20.00", "100"), NONE);
        assert_eq!(check("0", "120.00"), NONE);
        let unpaid = claim(
            "a",
            "120",
            &["120.00"],
            &[("outstanding[0].amount.value", "50")],
        );
        assert_eq!(found(&PatientBalanceMismatch, vec![unpaid]), NONE);
    }
}
