use ehr_model::kind::ObservationValue;

use super::pair::each;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Result whose type or comparator is another one than it was
    ///
    /// ## What it does
    ///
    /// Compares the type of every result and, of numbers, the comparator. A quantity must stay a
    /// quantity, `<0.01` must keep its `<`, a ratio must stay one. A text that became a number or a code
    /// was read by the mapping and is left to the rules on values. A value that is gone is named.
    ///
    /// ## Why it matters
    ///
    /// `<0.01` without its sign is a positive test.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the line of the mapping document for the type of the value.
    ///
    /// ### Who uses the data
    ///
    /// Look at the source before the result is used.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Observation.value and Quantity.comparator.
    ResultTypeChanged {
        code: "result-type-changed", category: Conformance, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["LAB-003"],
    }
}

impl Rule for ResultTypeChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each(pair, findings, |before, after, subject| {
            let Some(value) = before.value.value() else {
                return;
            };
            subject.applies();
            let same_type = after
                .value
                .value()
                .is_some_and(|now| std::mem::discriminant(value) == std::mem::discriminant(now));
            let was_text =
                matches!(value, ObservationValue::String(_)) && after.value.value().is_some();
            if !same_type && !was_text {
                subject.violated_at(before.field("value"));
            } else if let (Some(one), Some(other)) = (before.quantity(), after.quantity())
                && one.comparator.value() != other.comparator.value()
            {
                subject.violated_at(before.field("valueQuantity.comparator"));
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::laboratory::fixture::*;

    #[test]
    fn fires() {
        let less = [(VALUE, "0.01"), ("valueQuantity.comparator", "<")];
        assert_eq!(
            between(&ResultTypeChanged, &less, &less[..1]),
            ["Observation a valueQuantity.comparator"]
        );
        assert_eq!(
            between(&ResultTypeChanged, &less, &[("valueString", "<0.01")]),
            ["Observation a value"]
        );
        assert_eq!(
            between(&ResultTypeChanged, &less, &[]),
            ["Observation a value"]
        );
    }

    #[test]
    fn stays_silent() {
        let less = [(VALUE, "0.01"), ("valueQuantity.comparator", "<")];
        assert_eq!(between(&ResultTypeChanged, &less, &less), NONE);
        assert_eq!(
            between(&ResultTypeChanged, &[("valueString", "<0.01")], &less),
            NONE
        );
        assert_eq!(between(&ResultTypeChanged, &[], &less), NONE);
    }
}
