//! What is counted on the two sides.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use ehr_model::datatype::Money;
use ehr_model::kind::{Claim, FinancialStatus};
use ehr_model::record::{Kind, Record, Resource};

/// Records by kind, with the claims among them on which money is still to come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KindCounts {
    /// Records of each kind.
    pub kinds: BTreeMap<Kind, u64>,
    /// Claims that are [open](is_open).
    pub open_claims: u64,
}

/// The source side: records that the mapping made, and those that do not migrate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MadeCounts {
    /// All records that the mapping made.
    pub made: KindCounts,
    /// Those that the scope keeps in the archive only.
    pub archived: KindCounts,
    /// Those that were set aside after they were made, with an issue.
    pub rejected: KindCounts,
}

/// The target side: what was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrittenCounts {
    /// Records that were handed to the writer.
    pub kinds: KindCounts,
    /// Resources of each FHIR type in the output. Count them where they arrive: in the finished
    /// files, or in the answer of the target.
    pub types: BTreeMap<String, u64>,
}

impl KindCounts {
    /// Counts a record.
    pub fn count(&mut self, record: &Record) {
        self.add(record.kind(), 1);
        if let Resource::Claim(claim) = &record.resource {
            self.open_claims += u64::from(is_open(claim));
        }
    }

    /// Adds records of a kind.
    pub fn add(&mut self, kind: Kind, records: u64) {
        *self.kinds.entry(kind).or_default() += records;
    }

    /// Records of a kind.
    pub fn of(&self, kind: Kind) -> u64 {
        self.kinds.get(&kind).copied().unwrap_or_default()
    }
}

impl WrittenCounts {
    /// Adds resources of a FHIR type that were found in the output.
    pub fn add_resources(&mut self, fhir: &str, resources: u64) {
        match self.types.get_mut(fhir) {
            Some(count) => *count += resources,
            None => {
                self.types.insert(fhir.to_owned(), resources);
            }
        }
    }
}

impl AddAssign<&Self> for KindCounts {
    fn add_assign(&mut self, other: &Self) {
        for (kind, records) in &other.kinds {
            self.add(*kind, *records);
        }
        self.open_claims += other.open_claims;
    }
}

impl AddAssign<&Self> for MadeCounts {
    fn add_assign(&mut self, other: &Self) {
        self.made += &other.made;
        self.archived += &other.archived;
        self.rejected += &other.rejected;
    }
}

impl AddAssign<&Self> for WrittenCounts {
    fn add_assign(&mut self, other: &Self) {
        self.kinds += &other.kinds;
        for (fhir, resources) in &other.types {
            self.add_resources(fhir, *resources);
        }
    }
}

/// The state of a bill on which nothing is to come, as billing systems write it.
const CLOSED: &str = "closed";

/// Whether money is still to come on a claim: it was not cancelled or entered in error, and an
/// amount is outstanding, or a payer's bill is not closed, or nothing says either.
///
/// A claim that says nothing counts as open, because a claim that is wrongly followed costs a
/// look, and one that is wrongly dropped costs the money.
pub fn is_open(claim: &Claim) -> bool {
    if matches!(
        claim.status.value(),
        Some(FinancialStatus::Cancelled | FinancialStatus::EnteredInError)
    ) {
        return false;
    }
    let owed = |amount: &Money| amount.value.value().is_some_and(|amount| !is_zero(amount));
    let outstanding: Vec<_> = claim
        .outstanding
        .iter()
        .filter_map(|outstanding| outstanding.amount.value())
        .collect();
    let states: Vec<_> = claim
        .billing
        .iter()
        .filter_map(|billing| billing.status.value())
        .collect();
    (outstanding.is_empty() && states.is_empty())
        || outstanding.into_iter().any(owed)
        || states
            .into_iter()
            .any(|state| !state.expose().trim().eq_ignore_ascii_case(CLOSED))
}

fn is_zero(amount: &ehr_model::value::Decimal) -> bool {
    // Whatever cannot be computed is not zero.
    amount.value().is_some_and(|value| value.is_zero())
}

#[cfg(test)]
mod tests {
    use ehr_model::kind::{Billing, Outstanding};
    use ehr_model::value::Decimal;

    use super::*;

    fn claim(amount: Option<&str>, state: Option<&str>) -> Claim {
        let mut claim = Claim::default();
        if let Some(amount) = amount {
            let mut outstanding = Outstanding::default();
            let money = outstanding.amount.set(Money::default());
            money.value.set(Decimal::parse(amount).unwrap());
            claim.outstanding.push(outstanding);
        }
        if let Some(state) = state {
            let mut billing = Billing::default();
            billing.status.set(state.into());
            claim.billing.push(billing);
        }
        claim
    }

    #[test]
    fn money_or_an_open_bill_or_silence_keeps_a_claim_open() {
        assert!(is_open(&claim(None, None)));
        assert!(is_open(&claim(Some("0.01"), Some("CLOSED"))));
        assert!(is_open(&claim(Some("-5"), None)));
        assert!(is_open(&claim(Some("0.00"), Some("BILLED"))));
        assert!(is_open(&claim(Some("1e400"), Some("CLOSED"))));
    }

    #[test]
    fn a_claim_with_nothing_to_come_is_closed() {
        assert!(!is_open(&claim(Some("0.00"), Some("Closed"))));
        assert!(!is_open(&claim(Some("0"), None)));
        assert!(!is_open(&claim(None, Some("CLOSED"))));
        let mut cancelled = claim(Some("90"), Some("BILLED"));
        cancelled.status.set(FinancialStatus::Cancelled);
        assert!(!is_open(&cancelled));
    }
}
