use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::Format;
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// CVX or MVX code that cannot be one.
    ///
    /// ## What it does
    ///
    /// Looks at every coding of the vaccine code sets of CDC: CVX has two or three digits with the
    /// zero in front (03, not 3), MVX two or three capital letters.
    ///
    /// ## Why it matters
    ///
    /// Registries refuse the dose, and forecasts count it as missing.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// A code of one digit lost its zero in a numeric column; put it back. A name belongs into the
    /// text, not into the code.
    ///
    /// ### Who uses the data
    ///
    /// Compare with the vaccination card before you give a dose again.
    ///
    /// ## Source
    ///
    /// CDC, IIS code sets CVX and MVX.
    MalformedVaccineCode {
        code: "malformed-vaccine-code", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-028"],
    }
}

impl Rule for MalformedVaccineCode {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for format in [Format::Cvx, Format::Mvx] {
            judge(
                chart,
                context,
                findings,
                Wanted::Systems(format.systems()),
                |code| Judgement::violated_if(format.check(&code.code).is_err()),
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
        for code in ["3", "003", "MMR", "1500"] {
            let fields = [
                (
                    "vaccineCode.coding[0].system",
                    "http://hl7.org/fhir/sid/cvx",
                ),
                ("vaccineCode.coding[0].code", code),
            ];
            let records = vec![record(Kind::Immunization, "a", &fields)];
            assert_eq!(
                found(&MalformedVaccineCode, records),
                ["Immunization a vaccineCode.coding[0]"],
                "{code}"
            );
        }
        for code in ["pmc", "SANOFI"] {
            let fields = [
                (
                    "vaccineCode.coding[0].system",
                    "http://hl7.org/fhir/sid/mvx",
                ),
                ("vaccineCode.coding[0].code", code),
            ];
            let records = vec![record(Kind::Immunization, "a", &fields)];
            assert_eq!(
                found(&MalformedVaccineCode, records),
                ["Immunization a vaccineCode.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["03", "150", "998"] {
            let fields = [
                (
                    "vaccineCode.coding[0].system",
                    "http://hl7.org/fhir/sid/cvx",
                ),
                ("vaccineCode.coding[0].code", code),
            ];
            let records = vec![record(Kind::Immunization, "a", &fields)];
            assert_eq!(found(&MalformedVaccineCode, records), none, "{code}");
        }
        for code in ["PMC", "AB"] {
            let fields = [
                (
                    "vaccineCode.coding[0].system",
                    "http://hl7.org/fhir/sid/mvx",
                ),
                ("vaccineCode.coding[0].code", code),
            ];
            let records = vec![record(Kind::Immunization, "a", &fields)];
            assert_eq!(found(&MalformedVaccineCode, records), none, "{code}");
        }
    }
}
