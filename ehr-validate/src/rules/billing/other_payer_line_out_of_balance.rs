use ehr_model::chart::Chart;
use ehr_model::kind::{Claim, Payment};
use rust_decimal::Decimal;

use super::money::{Part, amount, line, part};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Line of a claim whose charge is not what another payer paid and adjusted
    ///
    /// ## What it does
    ///
    /// Looks at what other payers decided on the lines of a claim: for each payer, what was paid and all
    /// adjustments of a line must be the charge of that line. Lines that a payer bundled or split under
    /// one line are summed, since they stand under one number. Charts with several claims are left out,
    /// because the parts of an 837 name lines by number only.
    ///
    /// ## Why it matters
    ///
    /// The next payer rejects the claim, or pays what was paid already.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether adjustments were lost, and whether the number of the line was kept.
    ///
    /// ### Who uses the data
    ///
    /// Do not send the claim on before it is clear.
    ///
    /// ## Source
    ///
    /// ASC X12, Request for Interpretation 1555 on balancing of coordination of benefits in the 837.
    OtherPayerLineOutOfBalance {
        code: "other-payer-line-out-of-balance", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["BIL-002"],
    }
}

impl Rule for OtherPayerLineOutOfBalance {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let mut claims = chart.of::<Claim>();
        let (Some((_, claim)), None) = (claims.next(), claims.next()) else {
            return Ok(());
        };
        for (record, payment) in chart.of::<Payment>() {
            let mut subject = findings.about(record);
            let details = || {
                payment
                    .detail
                    .iter()
                    .filter_map(|detail| Some((line(detail)?, part(detail)?)))
            };
            if details().any(|(_, (part, _))| part == Part::Charge) {
                continue;
            }
            for item in &claim.item {
                let (Some(sequence), Some(charge)) = (item.sequence.value(), amount(&item.net))
                else {
                    continue;
                };
                let sequence = sequence.to_string();
                let of_line: Vec<_> = details()
                    .filter(|(line, _)| *line == sequence)
                    .map(|(_, part)| part)
                    .collect();
                if of_line.iter().all(|(part, _)| *part != Part::Paid) {
                    continue;
                }
                subject.applies();
                if of_line.iter().map(|(_, amount)| amount).sum::<Decimal>() != charge {
                    subject.violated_at("detail");
                }
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
        let records = vec![
            claim("c", "120", &["120.00"], &[]),
            payment("a", &[("benefit", "1", "100.00"), ("45", "1", "19")], &[]),
        ];
        assert_eq!(
            found(&OtherPayerLineOutOfBalance, records),
            ["Payment a detail"]
        );
    }

    #[test]
    fn stays_silent() {
        let bundled = vec![
            claim("c", "120", &["120.00"], &[]),
            payment(
                "a",
                &[
                    ("benefit", "1", "60.00"),
                    ("benefit", "1", "40.00"),
                    ("45", "1", "20"),
                ],
                &[],
            ),
            payment("b", &[("benefit", "", "1.00")], &[]),
        ];
        assert_eq!(found(&OtherPayerLineOutOfBalance, bundled), NONE);
        let remittance = vec![
            claim("c", "120", &["120.00"], &[]),
            payment("a", &[("submitted", "1", "9"), ("benefit", "1", "9")], &[]),
        ];
        assert_eq!(found(&OtherPayerLineOutOfBalance, remittance), NONE);
    }
}
