use ehr_model::chart::Chart;

use super::service::date_of_service;
use crate::Context;
use crate::code_format::hcpcs::{self, ProcedureCode};
use crate::codes::{Judgement, Wanted, judge, table_for};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::system;

rule! {
    /// HCPCS code that was not valid on the date of service.
    ///
    /// ## What it does
    ///
    /// Looks every code of HCPCS level II up in the table of HCPCS. On the date of the service it
    /// must be there, added and not terminated. Dental and CPT codes are left out; their tables are
    /// licensed. Needs the table of HCPCS.
    ///
    /// ## Why it matters
    ///
    /// The claim is refused, and a charge list with deleted codes goes on refusing claims.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Leave old services as they are; they were right on their day. Take deleted codes out of the
    /// charge list before it is loaded.
    ///
    /// ### Who uses the data
    ///
    /// Choose the code that replaced it.
    ///
    /// ## Source
    ///
    /// CMS, HCPCS quarterly update, dates added and terminated.
    ProcedureCodeOutOfForce {
        code: "procedure-code-out-of-force", category: Conformance, severity: Warning, since: "0.1.0",
        covers: ["COD-019"],
    }
}

impl Rule for ProcedureCodeOutOfForce {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let missing = "the table of HCPCS";
        let Some(table) = table_for(chart, context, system::HCPCS, missing)? else {
            return Ok(());
        };
        judge(
            chart,
            context,
            findings,
            Wanted::Systems(&[system::HCPCS]),
            |code| {
                if hcpcs::parse(&code.code) != Ok(ProcedureCode::Hcpcs) {
                    return Judgement::LeftOut;
                }
                let Some(concept) = table.get(&code.code) else {
                    return Judgement::Violated;
                };
                let Some(date) = date_of_service(code.record) else {
                    return Judgement::LeftOut;
                };
                match concept.is_valid_on(&date) {
                    Some(valid) => Judgement::violated_if(!valid),
                    None => Judgement::LeftOut,
                }
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
        for code in ["G0001", "J0000"] {
            let fields = [
                (
                    "code.coding[0].system",
                    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
                ),
                ("code.coding[0].code", code),
                ("performedDateTime", "2030-05-01"),
            ];
            let records = vec![record(Kind::Procedure, "a", &fields)];
            assert_eq!(
                found_with_tables(&ProcedureCodeOutOfForce, records),
                ["Procedure a code.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["J1100", "D0120", "9921"] {
            let fields = [
                (
                    "code.coding[0].system",
                    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
                ),
                ("code.coding[0].code", code),
                ("performedDateTime", "2030-05-01"),
            ];
            let records = vec![record(Kind::Procedure, "a", &fields)];
            assert_eq!(
                found_with_tables(&ProcedureCodeOutOfForce, records),
                none,
                "{code}"
            );
        }
        let fields = [
            (
                "code.coding[0].system",
                "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
            ),
            ("code.coding[0].code", "J1100"),
            ("performedDateTime", "2030-05-01"),
        ];
        let record = record(Kind::Procedure, "a", &fields);
        assert_eq!(
            verdict_without_table(&ProcedureCodeOutOfForce, record),
            Verdict::WithoutTable
        );
    }
}
