use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Fault, icd_9_cm, icd_10_cm};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::system;

rule! {
    /// ICD-10-CM or ICD-9-CM code that cannot be one.
    ///
    /// ## What it does
    ///
    /// Looks at the shape of every ICD diagnosis. Of ICD-10-CM: a capital letter, two letters or
    /// digits (QA0 is a category of the current release, U07 is in use), up to four more behind a
    /// dot in its place or without one. What a spreadsheet rewrote as a number has a rule of its
    /// own. The shape finds few typos; a table finds nine of ten.
    ///
    /// ## Why it matters
    ///
    /// The code cannot be billed, and decision support does not know the disease.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether the column holds another code system, or text. Correct the system in the
    /// mapping document, not the code by hand.
    ///
    /// ### Who uses the data
    ///
    /// Read the entry by its text until the code is corrected.
    ///
    /// ## Source
    ///
    /// CDC/NCHS, ICD-10-CM tabular list; ICD-9-CM Official Guidelines.
    MalformedDiagnosisCode {
        code: "malformed-diagnosis-code", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-011"],
    }
}

impl Rule for MalformedDiagnosisCode {
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
                    match outcome.map_err(|malformed| malformed.fault) {
                        Ok(()) | Err(Fault::WhiteSpace) => Judgement::Fine,
                        Err(Fault::Number | Fault::LostZeros) => Judgement::LeftOut,
                        Err(_) => Judgement::Violated,
                    }
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
        for code in ["E1", "1119", "E11.9999X", "E1.19"] {
            let fields = [
                ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(
                found(&MalformedDiagnosisCode, records),
                ["Problem a code.coding[0]"],
                "{code}"
            );
        }
        for code in ["25O.00", "2500.0", "V1"] {
            let fields = [
                ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-9-cm"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(
                found(&MalformedDiagnosisCode, records),
                ["Problem a code.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["E11.9", "E119", "QA0.1", "U07.1", "1E1"] {
            let fields = [
                ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(found(&MalformedDiagnosisCode, records), none, "{code}");
        }
        for code in ["250.00", "25000", "V10.05", "E810.1", "3.0"] {
            let fields = [
                ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-9-cm"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(found(&MalformedDiagnosisCode, records), none, "{code}");
        }
    }
}
