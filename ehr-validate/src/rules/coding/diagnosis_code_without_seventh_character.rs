use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::icd_10_cm;
use crate::codes::{Judgement, Wanted, judge, table_for};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::system;

rule! {
    /// ICD-10-CM code whose seventh character or placeholder X is missing.
    ///
    /// ## What it does
    ///
    /// Takes codes that the table of ICD-10-CM has not or has as a header, and puts placeholders
    /// in. Where that gives a code of seven characters which the table has, the code lacks its
    /// seventh character, or the X that holds it in its place. Needs the table of ICD-10-CM.
    ///
    /// ## Why it matters
    ///
    /// The seventh character tells the first visit from a later one and from a sequela, and on
    /// which fetus. Without it the claim is refused.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// If the placeholder alone is missing and one code comes out, propose it; the seventh
    /// character itself is for the practice to say.
    ///
    /// ### Who uses the data
    ///
    /// Choose the encounter again when you bill.
    ///
    /// ## Source
    ///
    /// ICD-10-CM Official Guidelines I.A.4 and I.A.5.
    DiagnosisCodeWithoutSeventhCharacter {
        code: "diagnosis-code-without-seventh-character", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-013"],
    }
}

impl Rule for DiagnosisCodeWithoutSeventhCharacter {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let missing = "the table of ICD-10-CM";
        let Some(table) = table_for(chart, context, system::ICD_10_CM, missing)? else {
            return Ok(());
        };
        judge(
            chart,
            context,
            findings,
            Wanted::Systems(&[system::ICD_10_CM]),
            |code| {
                let Ok(parsed) = icd_10_cm::parse(&code.code) else {
                    return Judgement::LeftOut;
                };
                let complete = table
                    .get(&code.code)
                    .is_some_and(|code| code.is_billable() != Some(false));
                let readings = icd_10_cm::with_placeholders(&parsed);
                let meant = |reading: &icd_10_cm::Icd10Cm| table.get(reading.undotted()).is_some();
                Judgement::violated_if(!complete && readings.iter().any(meant))
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
        for code in ["S72.001", "S72.01A"] {
            let fields = [
                ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(
                found_with_tables(&DiagnosisCodeWithoutSeventhCharacter, records),
                ["Problem a code.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["S72.001A", "E11", "I10", "X"] {
            let fields = [
                ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(
                found_with_tables(&DiagnosisCodeWithoutSeventhCharacter, records),
                none,
                "{code}"
            );
        }
        let fields = [
            ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
            ("code.coding[0].code", "S72.001A"),
        ];
        let record = record(Kind::Problem, "a", &fields);
        assert_eq!(
            verdict_without_table(&DiagnosisCodeWithoutSeventhCharacter, record),
            Verdict::WithoutTable
        );
    }
}
