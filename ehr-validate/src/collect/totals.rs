//! Sums and digests of the content of a kind, whatever the order and the ids.

use std::collections::BTreeMap;

use ehr_crypto::Digest;
use ehr_model::chart::Chart;
use ehr_model::element::Leaf;
use ehr_model::issue::Issue;
use ehr_model::record::Kind;

use crate::compare::content_of;
use crate::rules::ContentTotalChanged;
use crate::validation::RuleCounts;
use crate::walk;

/// Adds up, by kind and side, how many records there are, a digest of what each says, and the money
/// in them. Addition knows no order, so the parts of a run may come in any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    kinds: BTreeMap<Kind, (Total, Total)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Total {
    records: u64,
    /// The sum of 64 bits of the digest of each record, overflowing.
    digests: u64,
    /// Amounts in ten-thousandths, overflowing.
    amounts: i128,
}

impl Totals {
    /// Adds the records of the two charts of a patient. Ids, identifiers and references are left out:
    /// each system gives its own.
    pub fn collect(&mut self, source: &Chart, target: &Chart) {
        for record in &source.records {
            self.kinds.entry(record.kind()).or_default().0.add(record);
        }
        for record in &target.records {
            self.kinds.entry(record.kind()).or_default().1.add(record);
        }
    }

    /// Adds the totals of another part of the run.
    pub fn merge(&mut self, other: &Self) {
        for (kind, (source, target)) in &other.kinds {
            let totals = self.kinds.entry(*kind).or_default();
            totals.0.merge(source);
            totals.1.merge(target);
        }
    }

    /// For the rule [`ContentTotalChanged`]: the kinds whose totals differ.
    pub fn finish(&self) -> (RuleCounts, Vec<Issue>) {
        let kinds = self.kinds.iter();
        let judged = kinds.map(|(kind, (source, target))| (kind.name(), source != target));
        super::judged(&ContentTotalChanged::METADATA, judged)
    }
}

impl Total {
    fn add(&mut self, record: &ehr_model::record::Record) {
        let digest = Digest::sha256(content_of(record).as_bytes());
        let bits = digest.as_bytes().iter().take(8);
        self.records += 1;
        self.digests = self
            .digests
            .wrapping_add(bits.fold(0, |number, byte| number << 8 | u64::from(*byte)));
        walk::elements(record.resource.element(), "Money", &mut |_, money| {
            let amount = money
                .spec()
                .number("value")
                .and_then(|number| money.slot(number).leaf(0));
            if let Some(Leaf::Decimal(amount)) = amount
                && let Some(amount) = amount.value()
            {
                let scaled = amount.round_dp(4);
                let scale = 10_i128.pow(4 - scaled.scale().min(4));
                self.amounts = self.amounts.wrapping_add(scaled.mantissa() * scale);
            }
        });
    }

    fn merge(&mut self, other: &Self) {
        self.records += other.records;
        self.digests = self.digests.wrapping_add(other.digests);
        self.amounts = self.amounts.wrapping_add(other.amounts);
    }
}
