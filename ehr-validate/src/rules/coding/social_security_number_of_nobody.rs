use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Format, ssn};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Social security number that nobody has.
    ///
    /// ## What it does
    ///
    /// Looks at every identifier of the SSN system or type: nine digits, an area other than 000,
    /// 666 and 900 to 999, a group and a serial number, and none of the numbers that were printed
    /// on samples or that repeat one digit. Numbers of taxpayers (ITIN) begin with 9 and are not
    /// social security numbers.
    ///
    /// ## Why it matters
    ///
    /// Patients who share a placeholder look like one person, and may be merged.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Name the placeholders in the mapping document, so that they become absent and are counted.
    /// Never use such a number to match patients.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient, or leave the field empty.
    ///
    /// ## Source
    ///
    /// Social Security Administration, SSN randomization and numbers never assigned.
    SocialSecurityNumberOfNobody {
        code: "social-security-number-of-nobody", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["COD-034"],
    }
}

impl Rule for SocialSecurityNumberOfNobody {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let wanted = Wanted::SystemsAndTypes(Format::Ssn.systems(), &["SS"]);
        judge(chart, context, findings, wanted, |code| {
            Judgement::violated_if(ssn::check(&code.code).is_err())
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
        for code in [
            "078-05-1120",
            "123456789",
            "000-12-3456",
            "999-26-9282",
            "219-00-1234",
            "19091234",
        ] {
            let fields = [
                ("identifier[0].system", "http://hl7.org/fhir/sid/us-ssn"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Patient, "a", &fields)];
            assert_eq!(
                found(&SocialSecurityNumberOfNobody, records),
                ["Patient a identifier[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["219-09-1234", "219091234"] {
            let fields = [
                ("identifier[0].system", "http://hl7.org/fhir/sid/us-ssn"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Patient, "a", &fields)];
            assert_eq!(
                found(&SocialSecurityNumberOfNobody, records),
                none,
                "{code}"
            );
        }
    }
}
