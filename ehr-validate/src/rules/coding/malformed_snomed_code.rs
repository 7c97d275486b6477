use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Fault, Format, sctid};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// SNOMED CT identifier that cannot be one.
    ///
    /// ## What it does
    ///
    /// Looks at every coding of SNOMED CT: 6 to 18 digits without a zero in front, a known
    /// partition, a namespace where the long format has one, and the Verhoeff check digit. Digits
    /// that a float has lost, as identifiers above 2^53 do, fail the check digit too, which is why
    /// the two lines of the list are one check.
    ///
    /// ## Why it matters
    ///
    /// A wrong digit is another disease or none. The check digit finds every error of one digit and
    /// every swap of two neighbours.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Read the column as text, not as a number. Where digits were cut, get the export again; they
    /// cannot be guessed.
    ///
    /// ### Who uses the data
    ///
    /// Read the entry by its text until the code is corrected.
    ///
    /// ## Source
    ///
    /// SNOMED CT RF2 specification, 6.2 and 6.3.
    MalformedSnomedCode {
        code: "malformed-snomed-code", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-003", "COD-005"],
    }
}

impl Rule for MalformedSnomedCode {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let wanted = Wanted::Systems(Format::Sctid.systems());
        judge(chart, context, findings, wanted, |code| {
            let fault = sctid::parse(&code.code)
                .err()
                .map(|malformed| malformed.fault);
            // White space around a code is no other code; the writer trims it.
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
        for code in [
            "73211008",
            "7321100",
            "900000000000207000",
            "7.3211E+07",
            "DIABETES",
        ] {
            let fields = [
                ("code.coding[0].system", "http://snomed.info/sct"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(
                found(&MalformedSnomedCode, records),
                ["Problem a code.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["73211009", "900000000000207008", " 73211009", "121589010"] {
            let fields = [
                ("code.coding[0].system", "http://snomed.info/sct"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(found(&MalformedSnomedCode, records), none, "{code}");
        }
    }
}
