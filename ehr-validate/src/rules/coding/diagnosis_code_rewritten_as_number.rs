use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Fault, icd_9_cm, icd_10_cm};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::system;

rule! {
    /// ICD code that a spreadsheet rewrote as a number.
    ///
    /// ## What it does
    ///
    /// Looks for scientific notation (1E1 was E10) and for diagnoses of ICD-9-CM that lost the
    /// zeros in front (3.0 was 003.0). A code such as 250, which may have been 250.00, keeps its
    /// shape and is found by the rule of header codes.
    ///
    /// ## Why it matters
    ///
    /// The digits that are left belong to another code or to none, and nobody sees it in a list.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Export the column as text, and never open the file in a spreadsheet before it is loaded.
    /// Where that is too late, the readings that a table has go to a person.
    ///
    /// ### Who uses the data
    ///
    /// Do not bill the code; look at the note of the visit.
    ///
    /// ## Source
    ///
    /// Engineering; the way that spreadsheets read text of digits and E.
    DiagnosisCodeRewrittenAsNumber {
        code: "diagnosis-code-rewritten-as-number", category: Conformance, severity: Warning, since: "0.1.0",
        covers: ["COD-016"],
    }
}

impl Rule for DiagnosisCodeRewrittenAsNumber {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (system, is_nine) in [(system::ICD_10_CM, false), (system::ICD_9_CM, true)] {
            judge(
                chart,
                context,
                findings,
                Wanted::Systems(&[system]),
                |code| {
                    let outcome = match is_nine {
                        true => icd_9_cm::parse(&code.code).map(drop),
                        false => icd_10_cm::parse(&code.code).map(drop),
                    };
                    let rewritten = outcome.is_err_and(|malformed| {
                        matches!(malformed.fault, Fault::Number | Fault::LostZeros)
                    });
                    Judgement::violated_if(rewritten)
                },
            );
        }
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
        for code in ["1E1", "3.0E5", "1E+11"] {
            let fields = [
                ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(
                found(&DiagnosisCodeRewrittenAsNumber, records),
                ["Problem a code.coding[0]"],
                "{code}"
            );
        }
        for code in ["3.0", "8", "2.5E+02"] {
            let fields = [
                ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-9-cm"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(
                found(&DiagnosisCodeRewrittenAsNumber, records),
                ["Problem a code.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["E11.9", "E1"] {
            let fields = [
                ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(
                found(&DiagnosisCodeRewrittenAsNumber, records),
                none,
                "{code}"
            );
        }
        for code in ["003.0", "250.00"] {
            let fields = [
                ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-9-cm"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(
                found(&DiagnosisCodeRewrittenAsNumber, records),
                none,
                "{code}"
            );
        }
    }
}
