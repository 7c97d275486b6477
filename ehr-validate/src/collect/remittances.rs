//! Adds what payers paid over the whole run, transfer by transfer.
//!
//! ```
//! use ehr_validate::collect::remittances::Remittances;
//! let (counts, issues) = Remittances::default().finish();
//! assert_eq!((counts.denominator, issues.len()), (0, 0));
//! ```

use std::collections::BTreeMap;

use ehr_model::issue::Issue;
use ehr_model::kind::Payment;
use ehr_model::record::{Kind, Record, RecordId, ResourceType as _};
use rust_decimal::Decimal;

use crate::concept;
use crate::rules::RemittanceTotalOutOfBalance;
use crate::validation::RuleCounts;

/// Reasons of adjustments of a provider (PLB).
const PROVIDER_ADJUSTMENT: &str = "https://codesystem.x12.org/005010/426";

/// What belongs to each transfer of a payer. Sees the payments of charts and the shared records.
#[derive(Debug, Clone, Default)]
pub struct Remittances(BTreeMap<String, Transfer>);

#[derive(Debug, Clone, Default)]
struct Transfer {
    record: Option<RecordId>,
    amount: Option<Decimal>,
    adjusted: Decimal,
    claims: Decimal,
    count: u64,
}

impl Remittances {
    /// Adds a record, if it is a payment with the number of its transfer. A payment with details of
    /// claims is one of a claim, another one is the transfer itself.
    pub fn add(&mut self, record: &Record) {
        let Some(payment) = Payment::of(&record.resource) else {
            return;
        };
        let trace = payment
            .payment_identifier
            .value()
            .and_then(|number| concept::text(&number.value));
        let amount = payment
            .payment_amount
            .value()
            .and_then(|money| money.value.value()?.value());
        let (Some(trace), Some(amount)) = (trace, amount) else {
            return;
        };
        let transfer = self.0.entry(trace.to_owned()).or_default();
        let is_of_provider = |type_: &ehr_model::datatype::CodeableConcept| {
            concept::codes_in(type_, PROVIDER_ADJUSTMENT)
                .next()
                .is_some()
        };
        let types = || {
            payment
                .detail
                .iter()
                .filter_map(|detail| detail.type_.value())
        };
        let is_of_claim = types().any(|type_| {
            concept::codes_in(type_, "http://terminology.hl7.org/CodeSystem/adjudication")
                .any(|code| code == "benefit" || code == "submitted")
        });
        if is_of_claim {
            transfer.claims += amount;
            transfer.count += 1;
            return;
        }
        transfer.record = Some(record.id);
        transfer.amount = Some(amount);
        let plb = payment
            .detail
            .iter()
            .filter(|detail| detail.type_.value().is_some_and(is_of_provider));
        transfer.adjusted += plb
            .filter_map(|detail| detail.amount.value()?.value.value()?.value())
            .sum::<Decimal>();
    }

    /// Adds what another part of the run found.
    pub fn merge(&mut self, other: Self) {
        for (trace, more) in other.0 {
            let known = self.0.entry(trace).or_default();
            known.record = known.record.or(more.record);
            known.amount = known.amount.or(more.amount);
            known.adjusted += more.adjusted;
            known.claims += more.claims;
            known.count += more.count;
        }
    }

    /// For [`ValidationReport::add`](crate::ValidationReport::add) under the code of
    /// [`RemittanceTotalOutOfBalance`]. A transfer without claims is left out, unless all of it is
    /// adjustments of the provider.
    pub fn finish(&self) -> (RuleCounts, Vec<Issue>) {
        let rule = RemittanceTotalOutOfBalance::METADATA;
        let mut counts = RuleCounts::default();
        let mut issues = Vec::new();
        for transfer in self.0.values() {
            let (Some(record), Some(amount)) = (transfer.record, transfer.amount) else {
                continue;
            };
            if transfer.count == 0 && transfer.adjusted.is_zero() {
                continue;
            }
            counts.denominator += 1;
            if transfer.claims - transfer.adjusted != amount {
                counts.numerator += 1;
                issues.push(Issue::new(rule.code, rule.severity).about(Kind::Payment, record));
            }
        }
        (counts, issues)
    }
}
