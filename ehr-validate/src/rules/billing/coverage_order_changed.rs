use ehr_model::kind::{Claim, Coverage};

use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Policy that is billed in another order than it was
    ///
    /// ## What it does
    ///
    /// Compares the order of every policy, primary, secondary, tertiary, with its entry in the target,
    /// and the order of the policies of every claim.
    ///
    /// ## Why it matters
    ///
    /// The wrong payer is billed first and denies; the claim then runs out of time.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the order of policies with each of them; the place in a list is no order.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient which policy pays first.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Coverage.order and Claim.insurance.sequence; ASC X12 837, SBR01.
    CoverageOrderChanged {
        code: "coverage-order-changed", category: Conformance, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["BIL-008"],
    }
}

impl Rule for CoverageOrderChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Coverage>() {
            if source.order.value().is_some() {
                let mut subject = findings.applies_to(record);
                if source.order.value() != target.order.value() {
                    subject.violated_at("order");
                }
            }
        }
        for ((record, source), (_, target)) in pair.matched_of::<Claim>() {
            if source.insurance.is_empty() {
                continue;
            }
            let mut subject = findings.applies_to(record);
            let ranks = |claim: &Claim| -> Vec<_> {
                claim
                    .insurance
                    .iter()
                    .map(|one| (one.sequence.value().copied(), one.focal.value().copied()))
                    .collect()
            };
            if ranks(source) != ranks(target) {
                subject.violated_at("insurance");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::billing::fixture::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    fn policy(order: &str) -> Vec<ehr_model::record::Record> {
        vec![record(
            Kind::Coverage,
            "a",
            &[("subscriberId", "M1"), ("order", order)],
        )]
    }

    #[test]
    fn fires() {
        assert_eq!(
            found_between(&CoverageOrderChanged, policy("1"), policy("2")),
            ["Coverage a order"]
        );
        let of = |rank| vec![claim("c", "1", &["1"], &[("insurance[0].sequence", rank)])];
        assert_eq!(
            found_between(&CoverageOrderChanged, of("1"), of("2")),
            ["Claim c insurance"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            found_between(&CoverageOrderChanged, policy("1"), policy("1")),
            NONE
        );
        let bare = vec![record(Kind::Coverage, "a", &[("subscriberId", "M1")])];
        assert_eq!(
            found_between(&CoverageOrderChanged, bare, policy("1")),
            NONE
        );
    }
}
