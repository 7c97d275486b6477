use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Transfer of a payer that is not the sum of its claims less the adjustments of the provider
    ///
    /// ## What it does
    ///
    /// Adds over the whole run, by the number of the transfer, what was paid for all claims, and compares
    /// it with the amount of the transfer and the adjustments of the provider (PLB), which stand in
    /// records that belong to no patient. The field of an issue is empty: the record is the transfer.
    ///
    /// ## Why it matters
    ///
    /// The bank shows another sum than the ledger, and claims look unpaid.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether claim payments of the transfer were set aside, and whether a PLB was lost. Its sign is
    /// turned: a positive one lowers the transfer.
    ///
    /// ### Who uses the data
    ///
    /// Do not close the deposit before it is clear.
    ///
    /// ## Source
    ///
    /// ASC X12 005010X221A1, 1.10.2 Balancing: BPR02 is the sum of CLP04 less the sum of PLB.
    RemittanceTotalOutOfBalance {
        code: "remittance-total-out-of-balance", category: Conformance, severity: Error, since: "0.1.0", scope: Run,
        covers: ["BIL-005"],
    }
}

impl Rule for RemittanceTotalOutOfBalance {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use crate::Verdict;
    use crate::collect::remittances::Remittances;
    use crate::rule::Threshold;
    use crate::rules::billing::fixture::*;

    const TRACE: (&str, &str) = ("paymentIdentifier.value", "T1");

    fn verdict(transfer: &str, plb: &str) -> Verdict {
        let mut remittances = Remittances::default();
        let plb = [
            TRACE,
            ("paymentAmount.value", transfer),
            (
                "detail[0].type.coding[0].system",
                "https://codesystem.x12.org/005010/426",
            ),
            ("detail[0].type.coding[0].code", "WO"),
            ("detail[0].amount.value", plb),
        ];
        remittances.add(&payment("t", &[], &plb));
        for (key, paid) in [("a", "100.00"), ("b", "60.00")] {
            remittances.add(&payment(
                key,
                &[("benefit", "", paid)],
                &[TRACE, ("paymentAmount.value", paid)],
            ));
        }
        let (counts, issues) = remittances.finish();
        assert_eq!(counts.numerator, issues.len() as u64);
        counts.verdict(Threshold::ZERO)
    }

    #[test]
    fn fires() {
        assert_eq!(verdict("160.01", "0"), Verdict::Failed);
        assert_eq!(verdict("160.00", "10.00"), Verdict::Failed);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(verdict("160.00", "0.00"), Verdict::Passed);
        assert_eq!(verdict("150", "10.00"), Verdict::Passed);
        assert_eq!(verdict("170", "-10.00"), Verdict::Passed);
        assert_eq!(
            Remittances::default().finish().0.verdict(Threshold::ZERO),
            Verdict::NotApplicable
        );
    }
}
