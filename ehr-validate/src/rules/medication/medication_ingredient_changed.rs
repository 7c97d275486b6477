use std::collections::BTreeSet;

use ehr_model::kind::Medication;

use super::entry::{has_drug_code, known_drugs, product};
use super::pair::each;
use crate::Context;
use crate::compare::ChartPair;
use crate::concept::{Likeness, likeness};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::{Terminology, system};

rule! {
    /// Medication that contains another drug than it did
    ///
    /// ## What it does
    ///
    /// Compares the ingredients of the product in source and target by a table of RxNorm, from its RxCUIs
    /// and NDCs. The sets must be the same. Products that share a code are the same without a table.
    /// Where codes differ and no table is loaded, the rule says that it cannot be checked; where the
    /// table knows neither, it says nothing.
    ///
    /// ## Why it matters
    ///
    /// The patient takes another drug. A translation that takes the first of several hits, or an NDC that
    /// was given anew, is enough.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the row of the code map. A drug is never translated by the likeness of its name alone.
    ///
    /// ### Who uses the data
    ///
    /// Do not prescribe or dispense by the entry before the source has been looked at.
    ///
    /// ## Source
    ///
    /// RxNorm, has_ingredient of the term types SCD and SBD.
    MedicationIngredientChanged {
        code: "medication-ingredient-changed", category: Conformance, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["MED-021"],
    }
}

impl Rule for MedicationIngredientChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let known = context
            .terminology
            .filter(|known| known.table(system::RXNORM).is_some());
        let mut missing_table = false;
        each(pair, findings, |source, target, subject| {
            let (Some(before), Some(after)) = (product(source), product(target)) else {
                return;
            };
            if source.medication == target.medication || likeness(before, after) == Likeness::Same {
                subject.applies();
                return;
            }
            let Some(known) = known else {
                missing_table |= has_drug_code(source) && has_drug_code(target);
                return;
            };
            let (before, after) = (ingredients(source, known), ingredients(target, known));
            if before.is_empty() || after.is_empty() {
                return;
            }
            subject.applies();
            if before != after {
                subject.violated_at("medication");
            }
        });
        match missing_table {
            true => Err(CannotCheck::without_table("a table of RxNorm")),
            false => Ok(()),
        }
    }
}

fn ingredients<'t>(medication: &Medication, known: &'t Terminology) -> BTreeSet<&'t str> {
    let drugs = known_drugs(medication, known).into_iter();
    drugs.flat_map(|drug| drug.ingredients()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;
    use crate::rules::medication::fixture::{between_known, cannot_compare};

    fn of(code: &str) -> [(&str, &str); 2] {
        [(SYSTEM, RXNORM), (CODE, code)]
    }

    #[test]
    fn fires() {
        let wrong = ["Medication a medication"];
        assert_eq!(
            between_known(&MedicationIngredientChanged, &of("1049621"), &of("861007")),
            wrong
        );
        assert_eq!(
            between_known(&MedicationIngredientChanged, &of("1049621"), &of("1049589")),
            wrong
        );
        assert!(cannot_compare(
            &MedicationIngredientChanged,
            &of("1049621"),
            &of("861007")
        ));
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            between_known(&MedicationIngredientChanged, &of("1049621"), &of("1049621")),
            NONE
        );
        assert_eq!(
            between_known(&MedicationIngredientChanged, &of("1049621"), &of("1049618")),
            NONE
        );
        assert_eq!(
            between_known(&MedicationIngredientChanged, &of("1049621"), &of("7")),
            NONE
        );
        assert!(!cannot_compare(
            &MedicationIngredientChanged,
            &of("1049621"),
            &of("1049621")
        ));
        assert_eq!(
            between(&MedicationIngredientChanged, &[(NAME, "x")], &[(NAME, "x")]),
            NONE
        );
    }
}
