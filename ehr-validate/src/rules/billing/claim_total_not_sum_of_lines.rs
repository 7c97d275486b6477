use ehr_model::chart::Chart;
use ehr_model::kind::Claim;
use rust_decimal::Decimal;

use super::money::amount;
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Claim whose total is not the sum of its lines
    ///
    /// ## What it does
    ///
    /// Adds the charges of the lines of a claim to the cent and compares the sum with its total. Claims
    /// without total or lines, and claims of which a line states no charge, are left out.
    ///
    /// ## Why it matters
    ///
    /// A payer rejects the claim, and the open balance of the patient is wrong.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether lines were lost or set aside, and whether amounts were rounded or read as floating
    /// point.
    ///
    /// ### Who uses the data
    ///
    /// Look at the claim in the source before it is sent or closed.
    ///
    /// ## Source
    ///
    /// ASC X12 005010X222A1, X223A2 and X224A2: CLM02 is the sum of SV102, SV203 and SV302.
    ClaimTotalNotSumOfLines {
        code: "claim-total-not-sum-of-lines", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["BIL-001"],
    }
}

impl Rule for ClaimTotalNotSumOfLines {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, claim) in chart.of::<Claim>() {
            let charges: Option<Vec<_>> = claim.item.iter().map(|item| amount(&item.net)).collect();
            let (Some(total), Some(charges)) = (amount(&claim.total), charges) else {
                continue;
            };
            if charges.is_empty() {
                continue;
            }
            let mut subject = findings.applies_to(record);
            if charges.iter().sum::<Decimal>() != total {
                subject.violated_at("total");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::billing::fixture::*;
    use crate::rules::testing::found;

    #[test]
    fn fires() {
        let claims = vec![
            claim("a", "120.00", &["100.00", "19.99"], &[]),
            claim("b", "0.3", &["0.1", "0.1"], &[]),
        ];
        assert_eq!(
            found(&ClaimTotalNotSumOfLines, claims),
            ["Claim a total", "Claim b total"]
        );
    }

    #[test]
    fn stays_silent() {
        let claims = vec![
            claim("a", "120", &["100.00", "20.00"], &[]),
            claim("b", "0.30", &["0.10", "0.10", "0.1"], &[]),
            claim("c", "120.00", &[], &[]),
            claim("d", "120.00", &["1.00"], &[("item[1].sequence", "2")]),
        ];
        assert_eq!(found(&ClaimTotalNotSumOfLines, claims), NONE);
    }
}
