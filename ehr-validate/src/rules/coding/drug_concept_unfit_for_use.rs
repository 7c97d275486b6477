use ehr_model::chart::Chart;
use ehr_model::datatype::CodeableConcept;
use ehr_model::kind::{Allergy, Medication, MedicationCode};

use crate::Context;
use crate::codes::table_for;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::{Table, system};

rule! {
    /// RxNorm concept of a kind that does not fit where it stands.
    ///
    /// ## What it does
    ///
    /// Looks at the term type of the RxNorm concepts of orders and allergies. An order needs a drug
    /// with strength and form, or a pack (SCD, SBD, GPCK, BPCK); an allergy needs an ingredient or
    /// a brand (IN, PIN, MIN, BN), never a tablet of a strength. One fitting concept of an entry is
    /// enough. Concepts that the table does not know are for another rule. Needs the table of
    /// RxNorm.
    ///
    /// ## Why it matters
    ///
    /// An order for an ingredient says neither strength nor form. An allergy to a tablet of 500 mg
    /// does not warn of one of 250 mg.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Choose the other column of the source, or let RxNorm lead from the drug to its ingredients
    /// and propose those.
    ///
    /// ### Who uses the data
    ///
    /// Read strength and form from the text; enter an allergy again as a substance.
    ///
    /// ## Source
    ///
    /// RxNorm, appendix 5 (term types); SITE C-CDA scorecard, medication rules.
    DrugConceptUnfitForUse {
        code: "drug-concept-unfit-for-use", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-025"],
    }
}

impl Rule for DrugConceptUnfitForUse {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let missing = "the table of RxNorm";
        let Some(table) = table_for(chart, context, system::RXNORM, missing)? else {
            return Ok(());
        };
        for (record, order) in chart.of::<Medication>() {
            if let Some(MedicationCode::CodeableConcept(concept)) = order.medication.value()
                && let Some(concept) = concept.value()
                && let Some(fits) = fits(table, concept, &ORDERED)
            {
                let mut subject = findings.applies_to(record);
                if !fits {
                    subject.violated_at("medicationCodeableConcept");
                }
            }
        }
        for (record, allergy) in chart.of::<Allergy>() {
            if let Some(concept) = allergy.code.value()
                && let Some(fits) = fits(table, concept, &SUBSTANCES)
            {
                let mut subject = findings.applies_to(record);
                if !fits {
                    subject.violated_at("code");
                }
            }
        }
        Ok(())
    }
}

/// What can be dispensed: drugs with strength and form, and packs.
const ORDERED: [&str; 4] = ["SCD", "SBD", "GPCK", "BPCK"];
/// What one can be allergic to.
const SUBSTANCES: [&str; 4] = ["IN", "PIN", "MIN", "BN"];

/// Whether one of the concepts fits; no answer where none of them is known.
fn fits(table: &Table, concept: &CodeableConcept, wanted: &[&str]) -> Option<bool> {
    let known = concept.coding.iter().filter_map(|coding| {
        let code = coding.code.value()?.expose();
        let is_rxnorm = coding.system.value()?.expose() == system::RXNORM;
        table.get(is_rxnorm.then_some(code)?)?.term_type()
    });
    let mut any = false;
    for term_type in known {
        any = true;
        if wanted.contains(&term_type) {
            return Some(true);
        }
    }
    any.then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::Verdict;
    use crate::rules::testing::{found_with_tables, record, verdict_without_table};
    use ehr_model::record::Kind;

    #[test]
    fn fires() {
        let order = [
            (
                "medicationCodeableConcept.coding[0].system",
                "http://www.nlm.nih.gov/research/umls/rxnorm",
            ),
            ("medicationCodeableConcept.coding[0].code", "6809"),
        ];
        assert_eq!(
            found_with_tables(
                &DrugConceptUnfitForUse,
                vec![record(Kind::Medication, "a", &order)]
            ),
            ["Medication a medicationCodeableConcept"]
        );
        let allergy = [
            (
                "code.coding[0].system",
                "http://www.nlm.nih.gov/research/umls/rxnorm",
            ),
            ("code.coding[0].code", "861007"),
        ];
        assert_eq!(
            found_with_tables(
                &DrugConceptUnfitForUse,
                vec![record(Kind::Allergy, "a", &allergy)]
            ),
            ["Allergy a code"]
        );
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        let order = [
            (
                "medicationCodeableConcept.coding[0].system",
                "http://www.nlm.nih.gov/research/umls/rxnorm",
            ),
            ("medicationCodeableConcept.coding[0].code", "861007"),
        ];
        assert_eq!(
            found_with_tables(
                &DrugConceptUnfitForUse,
                vec![record(Kind::Medication, "a", &order)]
            ),
            none
        );
        let allergy = [
            (
                "code.coding[0].system",
                "http://www.nlm.nih.gov/research/umls/rxnorm",
            ),
            ("code.coding[0].code", "1191"),
        ];
        assert_eq!(
            found_with_tables(
                &DrugConceptUnfitForUse,
                vec![record(Kind::Allergy, "a", &allergy)]
            ),
            none
        );
        // One fitting concept among several is enough.
        let both = [
            (
                "medicationCodeableConcept.coding[0].system",
                "http://www.nlm.nih.gov/research/umls/rxnorm",
            ),
            ("medicationCodeableConcept.coding[0].code", "6809"),
            (
                "medicationCodeableConcept.coding[1].system",
                "http://www.nlm.nih.gov/research/umls/rxnorm",
            ),
            ("medicationCodeableConcept.coding[1].code", "861007"),
        ];
        assert_eq!(
            found_with_tables(
                &DrugConceptUnfitForUse,
                vec![record(Kind::Medication, "a", &both)]
            ),
            none
        );
        assert_eq!(
            verdict_without_table(
                &DrugConceptUnfitForUse,
                record(Kind::Medication, "a", &order)
            ),
            Verdict::WithoutTable
        );
    }
}
