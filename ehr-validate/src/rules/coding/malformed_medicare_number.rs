use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Format, medicare};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Medicare Beneficiary Identifier that cannot be one.
    ///
    /// ## What it does
    ///
    /// Looks at every identifier of the MBI system or of the type Medicare number: eleven
    /// characters of which each has its kind of letter or digit, without the letters S, L, O, I, B
    /// and Z; hyphens are ignored. A number of the former form has a rule of its own.
    ///
    /// ## Why it matters
    ///
    /// Medicare refuses the claim and finds no eligibility.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// The letters that look like digits are left out of the MBI on purpose; where they stand,
    /// somebody typed the number. Look the patient up in the portal of Medicare.
    ///
    /// ### Who uses the data
    ///
    /// Ask for the card.
    ///
    /// ## Source
    ///
    /// CMS, MBI format.
    MalformedMedicareNumber {
        code: "malformed-medicare-number", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-032"],
    }
}

impl Rule for MalformedMedicareNumber {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let wanted = Wanted::SystemsAndTypes(Format::Mbi.systems(), &["MC"]);
        judge(chart, context, findings, wanted, |code| {
            if medicare::check_hicn(&code.code).is_ok() {
                return Judgement::LeftOut;
            }
            Judgement::violated_if(medicare::check_mbi(&code.code).is_err())
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
        for code in ["1SG4TE5MK73", "1EG4TE5MK7", "123456789"] {
            let fields = [
                ("identifier[0].system", "http://hl7.org/fhir/sid/us-mbi"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Patient, "a", &fields)];
            assert_eq!(
                found(&MalformedMedicareNumber, records),
                ["Patient a identifier[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["1EG4TE5MK73", "1EG4-TE5-MK73", "219091234A"] {
            let fields = [
                ("identifier[0].system", "http://hl7.org/fhir/sid/us-mbi"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Patient, "a", &fields)];
            assert_eq!(found(&MalformedMedicareNumber, records), none, "{code}");
        }
    }
}
