use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Format, icd_10_pcs};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// ICD-10-PCS code that cannot be one.
    ///
    /// ## What it does
    ///
    /// Looks at every coding of ICD-10-PCS: exactly seven digits and capital letters without I and
    /// O, the first of them a section that exists.
    ///
    /// ## Why it matters
    ///
    /// Inpatient claims are refused over it. The letters I and O are left out so that they are not
    /// taken for digits; where they stand, somebody typed the code.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Read I as 1 and O as 0 where that gives a code of the table, and show it to a person.
    ///
    /// ### Who uses the data
    ///
    /// Look at the operative note for what was done.
    ///
    /// ## Source
    ///
    /// CMS, ICD-10-PCS reference manual.
    MalformedIcdProcedureCode {
        code: "malformed-icd-procedure-code", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-017"],
    }
}

impl Rule for MalformedIcdProcedureCode {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let wanted = Wanted::Systems(Format::Icd10Pcs.systems());
        judge(chart, context, findings, wanted, |code| {
            Judgement::violated_if(icd_10_pcs::check(&code.code).is_err())
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    #[test]
    fn fires() {
        for code in ["ODTJ4ZZ", "0DTJ4Z", "ADTJ4ZZ"] {
            let fields = [
                (
                    "code.coding[0].system",
                    "http://www.cms.gov/Medicare/Coding/ICD10",
                ),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Procedure, "a", &fields)];
            assert_eq!(
                found(&MalformedIcdProcedureCode, records),
                ["Procedure a code.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["0DTJ4ZZ", "4A02X4Z"] {
            let fields = [
                (
                    "code.coding[0].system",
                    "http://www.cms.gov/Medicare/Coding/ICD10",
                ),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Procedure, "a", &fields)];
            assert_eq!(found(&MalformedIcdProcedureCode, records), none, "{code}");
        }
    }
}
