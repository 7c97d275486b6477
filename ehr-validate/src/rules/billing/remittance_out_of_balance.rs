use ehr_model::chart::Chart;
use ehr_model::kind::Payment;
use rust_decimal::Decimal;

use super::money::{Part, line, part};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Payment whose charge is not what was paid and what was adjusted
    ///
    /// ## What it does
    ///
    /// Adds what an 835 says of a claim: at every line the charge must be what was paid and all
    /// adjustments of the line, and at the claim what was paid and all adjustments of claim and lines.
    /// The two balances of the guide are one sum at two levels and one rule. Reversals have negative
    /// amounts and balance as well.
    ///
    /// ## Why it matters
    ///
    /// What does not balance cannot be posted; the difference turns up as a balance that nobody owes.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether adjustments were lost: a CAS holds up to six of them.
    ///
    /// ### Who uses the data
    ///
    /// Do not post the payment before it is clear.
    ///
    /// ## Source
    ///
    /// ASC X12 005010X221A1, 1.10.2 Balancing: SVC02 - CAS = SVC03, CLP03 - CAS = CLP04.
    RemittanceOutOfBalance {
        code: "remittance-out-of-balance", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["BIL-003", "BIL-004"],
    }
}

impl Rule for RemittanceOutOfBalance {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, payment) in chart.of::<Payment>() {
            let mut lines: Vec<(&str, Sums)> = Vec::new();
            let mut whole = Sums::default();
            for detail in &payment.detail {
                let Some((part, amount)) = part(detail) else {
                    continue;
                };
                let Some(line) = line(detail) else {
                    whole.add(part, amount);
                    continue;
                };
                if part == Part::Adjusted {
                    whole.adjusted += amount;
                }
                match lines.iter_mut().find(|(known, _)| *known == line) {
                    Some((_, sums)) => sums.add(part, amount),
                    None => {
                        let mut sums = Sums::default();
                        sums.add(part, amount);
                        lines.push((line, sums));
                    }
                }
            }
            let mut subject = findings.about(record);
            for sums in lines.iter().map(|(_, sums)| sums).chain([&whole]) {
                let Some(balances) = sums.balances() else {
                    continue;
                };
                subject.applies();
                if !balances {
                    subject.violated_at("detail");
                }
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Sums {
    charge: Option<Decimal>,
    paid: Option<Decimal>,
    adjusted: Decimal,
}

impl Sums {
    fn add(&mut self, part: Part, amount: Decimal) {
        let sum = match part {
            Part::Charge => self.charge.get_or_insert_default(),
            Part::Paid => self.paid.get_or_insert_default(),
            Part::Adjusted => &mut self.adjusted,
        };
        *sum += amount;
    }

    fn balances(&self) -> Option<bool> {
        Some(self.charge? == self.paid? + self.adjusted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::billing::fixture::*;
    use crate::rules::testing::found;

    #[test]
    fn fires() {
        let payments = vec![
            payment(
                "a",
                &[
                    ("submitted", "1", "120.00"),
                    ("benefit", "1", "100.00"),
                    ("45", "1", "19.99"),
                ],
                &[],
            ),
            payment(
                "b",
                &[("submitted", "", "120.00"), ("benefit", "", "100.00")],
                &[],
            ),
        ];
        assert_eq!(
            found(&RemittanceOutOfBalance, payments),
            ["Payment a detail", "Payment b detail"]
        );
    }

    #[test]
    fn stays_silent() {
        let payments = vec![
            payment(
                "a",
                &[
                    ("submitted", "", "120.00"),
                    ("benefit", "", "90.00"),
                    ("1", "", "10"),
                    ("submitted", "1", "120.00"),
                    ("benefit", "1", "100.00"),
                    ("45", "1", "20.00"),
                ],
                &[],
            ),
            payment(
                "b",
                &[
                    ("submitted", "", "-120.00"),
                    ("benefit", "", "-100"),
                    ("45", "", "-20.0"),
                ],
                &[],
            ),
            payment("c", &[("benefit", "1", "100.00"), ("45", "1", "7")], &[]),
        ];
        assert_eq!(found(&RemittanceOutOfBalance, payments), NONE);
    }
}
