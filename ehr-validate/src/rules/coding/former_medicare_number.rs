use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Format, medicare};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Former Medicare number, which is a social security number with a letter.
    ///
    /// ## What it does
    ///
    /// Looks at the identifiers of Medicare, former and current: one that has the form of a health
    /// insurance claim number, or that stands under the system of those, has ended on 2020-01-01.
    ///
    /// ## Why it matters
    ///
    /// Nothing can be billed with it, and it shows the social security number to everybody who sees
    /// the insurance.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Do not carry it over as the number of the policy. Keep it in the archive, and ask for the
    /// MBI.
    ///
    /// ### Who uses the data
    ///
    /// Ask for the card.
    ///
    /// ## Source
    ///
    /// CMS, Social Security Number Removal Initiative; Medicare Access and CHIP Reauthorization Act
    /// of 2015, section 501.
    FormerMedicareNumber {
        code: "former-medicare-number", category: Conformance, severity: Warning, since: "0.1.0",
        covers: ["COD-033"],
    }
}

impl Rule for FormerMedicareNumber {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let wanted = Wanted::SystemsAndTypes(&MEDICARE, &["MC"]);
        judge(chart, context, findings, wanted, |code| {
            let is_former = code.system().as_deref() == Some(Format::Hicn.systems()[0]);
            Judgement::violated_if(is_former || medicare::check_hicn(&code.code).is_ok())
        });
        Ok(())
    }
}

/// The systems of both numbers.
const MEDICARE: [&str; 2] = [
    "http://hl7.org/fhir/sid/us-mbi",
    "http://hl7.org/fhir/sid/us-medicare",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    #[test]
    fn fires() {
        for code in ["219091234A", "219-09-1234C1", "WA123456"] {
            let fields = [
                ("identifier[0].system", "http://hl7.org/fhir/sid/us-mbi"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Patient, "a", &fields)];
            assert_eq!(
                found(&FormerMedicareNumber, records),
                ["Patient a identifier[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["1EG4TE5MK73", "1EG4-TE5-MK73"] {
            let fields = [
                ("identifier[0].system", "http://hl7.org/fhir/sid/us-mbi"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Patient, "a", &fields)];
            assert_eq!(found(&FormerMedicareNumber, records), none, "{code}");
        }
    }
}
