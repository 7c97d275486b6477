use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::loinc::{self, LoincKind};
use crate::codes::{Judgement, Wanted, judge, table_for};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::{Status, system};

rule! {
    /// LOINC term that is deprecated, discouraged or not in the release.
    ///
    /// ## What it does
    ///
    /// Looks every LOINC term up in the table of LOINC: it must be there, and active or on trial.
    /// The fourteen terms with a wrong check digit by design are deprecated in every release, so
    /// they are found without a table; that is why the two lines of the list are one check. All
    /// others need the table of LOINC.
    ///
    /// ## Why it matters
    ///
    /// Laboratories and measures do not use such terms any more: new results stand beside the old
    /// ones instead of below them.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Take what MapTo.csv of the release proposes to a person who knows the test. The old coding
    /// stays beside the new one.
    ///
    /// ### Who uses the data
    ///
    /// Expect two trends of one test until the codes are mapped.
    ///
    /// ## Source
    ///
    /// LOINC release, fields STATUS and MAP_TO; LOINC Users' Guide, appendix C.
    LoincCodeOutOfUse {
        code: "loinc-code-out-of-use", category: Conformance, severity: Warning, since: "0.1.0",
        covers: ["COD-008", "COD-009"],
    }
}

impl Rule for LoincCodeOutOfUse {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let table = table_for(chart, context, system::LOINC, "the table of LOINC");
        let wanted = Wanted::Systems(&[system::LOINC]);
        judge(chart, context, findings, wanted, |code| {
            let Ok(id) = loinc::parse(&code.code) else {
                return Judgement::LeftOut;
            };
            if id.wrong_by_design {
                return Judgement::Violated;
            }
            match (&table, id.kind) {
                (Ok(Some(table)), LoincKind::Term) => match table.get(&code.code) {
                    Some(term) => {
                        Judgement::violated_if(!term.status().is_some_and(Status::is_current))
                    }
                    None => Judgement::Violated,
                },
                _ => Judgement::LeftOut,
            }
        });
        table.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::Verdict;
    use crate::rules::testing::{
        AS_OF, found_in, found_with_tables, record, verdict_without_table,
    };
    use ehr_model::record::Kind;
    use ehr_model::value::Date;

    #[test]
    fn fires() {
        for code in ["11491-6", "99999-5"] {
            let fields = [
                ("code.coding[0].system", "http://loinc.org"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Observation, "a", &fields)];
            assert_eq!(
                found_with_tables(&LoincCodeOutOfUse, records),
                ["Observation a code.coding[0]"],
                "{code}"
            );
        }
        // The fourteen are known without a table.
        let fields = [
            ("code.coding[0].system", "http://loinc.org"),
            ("code.coding[0].code", "6580-7"),
        ];
        let chart = vec![record(Kind::Observation, "a", &fields)];
        let context = Context::new(Date::parse(AS_OF).unwrap());
        assert_eq!(
            found_in(&LoincCodeOutOfUse, chart, context),
            ["Observation a code.coding[0]"]
        );
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["8480-6", "8480-7", "LP29684-5"] {
            let fields = [
                ("code.coding[0].system", "http://loinc.org"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Observation, "a", &fields)];
            assert_eq!(
                found_with_tables(&LoincCodeOutOfUse, records),
                none,
                "{code}"
            );
        }
        let fields = [
            ("code.coding[0].system", "http://loinc.org"),
            ("code.coding[0].code", "8480-6"),
        ];
        let record = record(Kind::Observation, "a", &fields);
        assert_eq!(
            verdict_without_table(&LoincCodeOutOfUse, record),
            Verdict::WithoutTable
        );
    }
}
