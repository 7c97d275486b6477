use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Fault, Format, loinc};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// LOINC code that cannot be one.
    ///
    /// ## What it does
    ///
    /// Looks at every coding of LOINC: one to seven digits, a hyphen and the check digit. Parts,
    /// answers, lists and groups (LP, LA, LL, LG) are identifiers of LOINC too and need no check
    /// digit. The fourteen codes that LOINC itself issued with a wrong digit are accepted here and
    /// reported as out of use.
    ///
    /// ## Why it matters
    ///
    /// A result under a wrong code joins the wrong trend or none. The check digit finds every error
    /// of one digit.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Correct the code in the map of laboratory tests. A local test number belongs under a local
    /// system; never relabel it as LOINC.
    ///
    /// ### Who uses the data
    ///
    /// Compare the result with its name before you trust a trend.
    ///
    /// ## Source
    ///
    /// LOINC Users' Guide, appendix C.
    MalformedLoincCode {
        code: "malformed-loinc-code", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-007"],
    }
}

impl Rule for MalformedLoincCode {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let wanted = Wanted::Systems(Format::Loinc.systems());
        judge(chart, context, findings, wanted, |code| {
            let fault = loinc::parse(&code.code)
                .err()
                .map(|malformed| malformed.fault);
            Judgement::violated_if(fault.is_some_and(|fault| fault != Fault::WhiteSpace))
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
        for code in ["8480-7", "84806", "C-CDAV2-DDN", "8480-66"] {
            let fields = [
                ("code.coding[0].system", "http://loinc.org"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Observation, "a", &fields)];
            assert_eq!(
                found(&MalformedLoincCode, records),
                ["Observation a code.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["8480-6", "LP29684-5", "11491-6", "LA6576-8"] {
            let fields = [
                ("code.coding[0].system", "http://loinc.org"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Observation, "a", &fields)];
            assert_eq!(found(&MalformedLoincCode, records), none, "{code}");
        }
    }
}
