use ehr_model::datatype::CodeableConcept;
use ehr_model::kind::{Medication, Reported};

use super::pair::each;
use crate::Context;
use crate::compare::ChartPair;
use crate::concept::{Likeness, likeness};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Medication of which nobody can tell any more whether it was ordered, reported or given
    ///
    /// ## What it does
    ///
    /// Compares the categories, the intent, whether the entry is an order not to give, and whether and by
    /// whom it was reported. What the source states must stand in the target.
    ///
    /// ## Why it matters
    ///
    /// What a patient reports to take from another prescriber becomes an order of the practice, which it
    /// renews; a dose given in hospital becomes a drug at home; an order not to give becomes an order to
    /// give.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map orders, statements and administrations to what the target has for each; do not fold them into
    /// one list without the category.
    ///
    /// ### Who uses the data
    ///
    /// Ask who prescribed the drug before it is renewed.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, MedicationRequest.intent, category, reported and doNotPerform.
    MedicationCategoryLost {
        code: "medication-category-lost", category: Conformance, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["MED-028"],
    }
}

impl Rule for MedicationCategoryLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each(pair, findings, |source, target, subject| {
            if source.category.is_empty()
                && source.intent.is_empty()
                && source.reported.is_empty()
                && source.do_not_perform.is_empty()
            {
                return;
            }
            subject.applies();
            let is_kept = |category: &CodeableConcept| {
                target
                    .category
                    .iter()
                    .any(|other| category == other || likeness(category, other) == Likeness::Same)
            };
            if !source.category.iter().all(is_kept) {
                subject.violated_at("category");
            }
            if source.intent.value().is_some() && source.intent.value() != target.intent.value() {
                subject.violated_at("intent");
            }
            if is_reported(source).is_some_and(|reported| is_reported(target) != Some(reported)) {
                subject.violated_at("reported");
            }
            if (source.do_not_perform.value() == Some(&true))
                != (target.do_not_perform.value() == Some(&true))
            {
                subject.violated_at("doNotPerform");
            }
        });
        Ok(())
    }
}

/// Whether somebody reported it. That it was not reported is what an order says by itself.
fn is_reported(medication: &Medication) -> Option<bool> {
    match medication.reported.value()? {
        Reported::Boolean(flag) => flag.value().copied().filter(|flag| *flag),
        _ => Some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    #[test]
    fn fires() {
        let of = |field, value| [(NAME, "x"), (field, value)];
        let one = |field, value, other| {
            between(
                &MedicationCategoryLost,
                &of(field, value),
                &of(field, other),
            )
        };
        assert_eq!(
            one("category[0].coding[0].code", "inpatient", "community"),
            ["Medication a category"]
        );
        assert_eq!(one("intent", "plan", "order"), ["Medication a intent"]);
        assert_eq!(
            one("reportedBoolean", "true", "false"),
            ["Medication a reported"]
        );
        assert_eq!(
            one("doNotPerform", "true", "false"),
            ["Medication a doNotPerform"]
        );
        let reported = of("reportedBoolean", "true");
        assert_eq!(
            between(&MedicationCategoryLost, &reported, &[(NAME, "x")]),
            ["Medication a reported"]
        );
    }

    #[test]
    fn stays_silent() {
        let of = |field, value| [(NAME, "x"), (field, value)];
        let same = |field, value| {
            between(
                &MedicationCategoryLost,
                &of(field, value),
                &of(field, value),
            )
        };
        assert_eq!(same("category[0].text", "Home meds"), NONE);
        assert_eq!(same("category[0].coding[0].code", "community"), NONE);
        assert_eq!(same("intent", "plan"), NONE);
        assert_eq!(
            between(
                &MedicationCategoryLost,
                &of("reportedBoolean", "false"),
                &of("intent", "order")
            ),
            NONE
        );
        assert_eq!(
            between(
                &MedicationCategoryLost,
                &[(NAME, "x")],
                &of("intent", "order")
            ),
            NONE
        );
    }
}
