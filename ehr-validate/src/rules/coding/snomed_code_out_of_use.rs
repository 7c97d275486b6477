use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::sctid;
use crate::codes::{Judgement, Wanted, judge, table_for};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::{Status, system};

rule! {
    /// SNOMED CT concept that is inactive or not in the release.
    ///
    /// ## What it does
    ///
    /// Looks every well-formed concept up in the table of SNOMED CT: it must be there and active. A
    /// concept of an extension, which its namespace tells, is left out where it is not there, since
    /// the table may be of another edition. Needs the table of SNOMED CT.
    ///
    /// ## Why it matters
    ///
    /// Inactive concepts are not found by queries, quality measures and alerts, because the
    /// hierarchy no longer holds them.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Follow the historical association of the release: SAME AS and REPLACED BY say one concept;
    /// POSSIBLY EQUIVALENT TO and others are for a clinician. The old coding stays beside the new
    /// one.
    ///
    /// ### Who uses the data
    ///
    /// Confirm the proposed concept when you next see the patient.
    ///
    /// ## Source
    ///
    /// SNOMED CT RF2, historical association reference sets (900000000000522004).
    SnomedCodeOutOfUse {
        code: "snomed-code-out-of-use", category: Conformance, severity: Warning, since: "0.1.0",
        covers: ["COD-006"],
    }
}

impl Rule for SnomedCodeOutOfUse {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let missing = "the table of SNOMED CT";
        let Some(table) = table_for(chart, context, system::SNOMED_CT, missing)? else {
            return Ok(());
        };
        let wanted = Wanted::Systems(&[system::SNOMED_CT]);
        judge(chart, context, findings, wanted, |code| {
            let Ok(id) = sctid::parse_concept(&code.code) else {
                return Judgement::LeftOut;
            };
            match table.get(&code.code) {
                Some(concept) => Judgement::violated_if(concept.status() == Some(Status::Inactive)),
                None if id.namespace().is_some() => Judgement::LeftOut,
                None => Judgement::Violated,
            }
        });
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
        for code in ["999990005", "999991009"] {
            let fields = [
                ("code.coding[0].system", "http://snomed.info/sct"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(
                found_with_tables(&SnomedCodeOutOfUse, records),
                ["Problem a code.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["65966004", "73211008", "9999910001240105"] {
            let fields = [
                ("code.coding[0].system", "http://snomed.info/sct"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(
                found_with_tables(&SnomedCodeOutOfUse, records),
                none,
                "{code}"
            );
        }
        let fields = [
            ("code.coding[0].system", "http://snomed.info/sct"),
            ("code.coding[0].code", "65966004"),
        ];
        let record = record(Kind::Problem, "a", &fields);
        assert_eq!(
            verdict_without_table(&SnomedCodeOutOfUse, record),
            Verdict::WithoutTable
        );
    }
}
