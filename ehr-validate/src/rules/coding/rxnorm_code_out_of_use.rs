use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::rxcui;
use crate::codes::{Judgement, Wanted, judge, table_for};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::{Status, system};

rule! {
    /// RxNorm concept that is obsolete, remapped or not in the release.
    ///
    /// ## What it does
    ///
    /// Looks every well-formed RxNorm identifier up in the table of RxNorm: it must be there, and
    /// neither obsolete nor remapped. Needs the table of RxNorm.
    ///
    /// ## Why it matters
    ///
    /// RxNorm has no check digit, so only the table finds a typo. An obsolete concept takes part in
    /// no allergy and no interaction check of the target.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// The history of the release says what took its place. Take the one concept it names, and
    /// leave it to a pharmacist where it names several. The old coding stays beside the new one.
    ///
    /// ### Who uses the data
    ///
    /// Prescribe from the list of the target, not from the old entry.
    ///
    /// ## Source
    ///
    /// RxNorm, RXNCONSO (SUPPRESS) and RXNCUI.
    RxnormCodeOutOfUse {
        code: "rxnorm-code-out-of-use", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-024"],
    }
}

impl Rule for RxnormCodeOutOfUse {
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
        judge(
            chart,
            context,
            findings,
            Wanted::Systems(&[system::RXNORM]),
            |code| {
                if rxcui::check(&code.code).is_err() {
                    return Judgement::LeftOut;
                }
                let status = table.get(&code.code).and_then(|concept| concept.status());
                Judgement::violated_if(status != Some(Status::Active))
            },
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::Verdict;
    use crate::rules::testing::{found_with_tables, record, verdict_without_table};
    use ehr_model::record::Kind;

    #[test]
    fn fires() {
        for code in ["99999999", "602735"] {
            let fields = [
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://www.nlm.nih.gov/research/umls/rxnorm",
                ),
                ("medicationCodeableConcept.coding[0].code", code),
            ];
            let records = vec![record(Kind::Medication, "a", &fields)];
            assert_eq!(
                found_with_tables(&RxnormCodeOutOfUse, records),
                ["Medication a medicationCodeableConcept.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["861007", "1191", "0861007"] {
            let fields = [
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://www.nlm.nih.gov/research/umls/rxnorm",
                ),
                ("medicationCodeableConcept.coding[0].code", code),
            ];
            let records = vec![record(Kind::Medication, "a", &fields)];
            assert_eq!(
                found_with_tables(&RxnormCodeOutOfUse, records),
                none,
                "{code}"
            );
        }
        let fields = [
            (
                "medicationCodeableConcept.coding[0].system",
                "http://www.nlm.nih.gov/research/umls/rxnorm",
            ),
            ("medicationCodeableConcept.coding[0].code", "861007"),
        ];
        let record = record(Kind::Medication, "a", &fields);
        assert_eq!(
            verdict_without_table(&RxnormCodeOutOfUse, record),
            Verdict::WithoutTable
        );
    }
}
