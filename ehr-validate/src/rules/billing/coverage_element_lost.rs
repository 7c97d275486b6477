use ehr_model::kind::Coverage;

use crate::Context;
use crate::compare::ChartPair;
use crate::concept::{self, Likeness, likeness};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Policy that lost its status, type, relationship, number, group or payer
    ///
    /// ## What it does
    ///
    /// Compares the seven elements that USCDI names of every policy with its entry in the target: status
    /// and period, type, relationship to the subscriber, member number, subscriber id, group number,
    /// payer. What the source states must stand in the target; numbers must be the same.
    ///
    /// ## Why it matters
    ///
    /// A claim without member number, group or relationship is rejected.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map each of the elements; the relationship counts from the patient to the subscriber, not the
    /// other way round.
    ///
    /// ### Who uses the data
    ///
    /// Copy the card of the patient anew.
    ///
    /// ## Source
    ///
    /// USCDI v3, Health Insurance Information: seven elements.
    CoverageElementLost {
        code: "coverage-element-lost", category: Completeness, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["BIL-009"],
    }
}

impl Rule for CoverageElementLost {
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
            let mut subject = findings.applies_to(record);
            let lost = |before: bool, after: bool| before && !after;
            let number =
                |policy: &Coverage| concept::text(&policy.subscriber_id).map(str::to_owned);
            let groups = |policy: &Coverage| -> Vec<_> {
                policy
                    .class_
                    .iter()
                    .filter_map(|class| concept::text(&class.value).map(str::to_owned))
                    .collect()
            };
            let identifiers = |policy: &Coverage| -> Vec<_> {
                policy
                    .identifier
                    .iter()
                    .filter_map(|one| concept::text(&one.value).map(str::to_owned))
                    .collect()
            };
            let is_kept = |before: Vec<String>, after: Vec<String>| {
                before.iter().all(|one| after.contains(one))
            };
            let checks = [
                (
                    "status",
                    source.status.value().is_some()
                        && source.status.value() != target.status.value(),
                ),
                (
                    "period",
                    lost(
                        source.period.value().is_some(),
                        target.period.value().is_some(),
                    ),
                ),
                (
                    "type",
                    lost(
                        source.type_.value().is_some(),
                        target.type_.value().is_some(),
                    ),
                ),
                (
                    "relationship",
                    source.relationship.value().is_some_and(|before| {
                        target
                            .relationship
                            .value()
                            .is_none_or(|after| likeness(before, after) == Likeness::Different)
                    }),
                ),
                (
                    "subscriberId",
                    number(source).is_some() && number(source) != number(target),
                ),
                (
                    "identifier",
                    !is_kept(identifiers(source), identifiers(target)),
                ),
                ("class", !is_kept(groups(source), groups(target))),
                ("payor", target.payor.len() < source.payor.len()),
            ];
            for (field, is_wrong) in checks {
                if is_wrong {
                    subject.violated_at(field);
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
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const WHOLE: [(&str, &str); 6] = [
        ("status", "active"),
        ("subscriberId", "M1"),
        ("class[0].value", "G1"),
        ("payor[0].display", "Great Payer"),
        ("relationship.text", "self"),
        ("period.start", "2030-01-01"),
    ];

    fn between(target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields| vec![record(Kind::Coverage, "a", fields)];
        found_between(&CoverageElementLost, of(&WHOLE), of(target))
    }

    #[test]
    fn fires() {
        assert_eq!(
            between(&[]),
            [
                "Coverage a status",
                "Coverage a period",
                "Coverage a relationship",
                "Coverage a subscriberId",
                "Coverage a class",
                "Coverage a payor",
            ]
        );
        let mut other = WHOLE;
        other[1].1 = "M2";
        assert_eq!(between(&other), ["Coverage a subscriberId"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between(&WHOLE), NONE);
        let more = [&WHOLE[..], &[("type.text", "PPO")]].concat();
        assert_eq!(between(&more), NONE);
    }
}
