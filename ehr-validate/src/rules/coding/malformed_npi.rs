use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Format, npi};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// National Provider Identifier that cannot be one.
    ///
    /// ## What it does
    ///
    /// Looks at every identifier of the NPI system or type: ten digits, the first of them 1 or 2,
    /// the last the Luhn digit over 80840 and the number.
    ///
    /// ## Why it matters
    ///
    /// Claims and prescriptions are refused over it, and a mistyped number may be the one of
    /// somebody else; the check digit finds every error of one digit.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look up the provider in NPPES and correct the number in the source or in a code map. Numbers
    /// of the old system belong under a system of their own.
    ///
    /// ### Who uses the data
    ///
    /// Do not bill or prescribe with the number before it is corrected.
    ///
    /// ## Source
    ///
    /// 45 CFR 162.406; CMS, NPI check digit specification; ISO/IEC 7812.
    MalformedNpi {
        code: "malformed-npi", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-001"],
    }
}

impl Rule for MalformedNpi {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let wanted = Wanted::SystemsAndTypes(Format::Npi.systems(), &["NPI"]);
        judge(chart, context, findings, wanted, |code| {
            Judgement::violated_if(npi::check(&code.code).is_err())
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
        for code in ["1234567839", "123456789", "9999999999", "NPI1234567893"] {
            let fields = [
                ("identifier[0].system", "http://hl7.org/fhir/sid/us-npi"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Practitioner, "a", &fields)];
            assert_eq!(
                found(&MalformedNpi, records),
                ["Practitioner a identifier[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["1234567893", "1245319599"] {
            let fields = [
                ("identifier[0].system", "http://hl7.org/fhir/sid/us-npi"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Practitioner, "a", &fields)];
            assert_eq!(found(&MalformedNpi, records), none, "{code}");
        }
    }
}
