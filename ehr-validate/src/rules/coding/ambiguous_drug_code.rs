use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Fault, Format, ndc};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// National Drug Code of ten digits without hyphens.
    ///
    /// ## What it does
    ///
    /// Looks at every NDC that has ten digits and no hyphens. It may be 4-4-2, 5-3-2 or 5-4-1, so
    /// that it has up to three readings with eleven digits. Codes with hyphens have one reading,
    /// and eleven digits are complete.
    ///
    /// ## Why it matters
    ///
    /// A zero at the wrong place is another drug of another maker.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Export the code with its hyphens. Otherwise look its readings up in the drug directory and
    /// in RxNorm; if exactly one exists, propose it to a person, and never pad by rule of thumb.
    ///
    /// ### Who uses the data
    ///
    /// Read the drug by its name until the code is settled.
    ///
    /// ## Source
    ///
    /// 21 CFR 207.33; HIPAA NDC format 5-4-2.
    AmbiguousDrugCode {
        code: "ambiguous-drug-code", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-021"],
    }
}

impl Rule for AmbiguousDrugCode {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let wanted = Wanted::Systems(Format::Ndc.systems());
        judge(chart, context, findings, wanted, |code| {
            match ndc::parse(&code.code).map_err(|malformed| malformed.fault) {
                Ok(_) => Judgement::Fine,
                Err(Fault::Ambiguous { .. }) => Judgement::Violated,
                Err(_) => Judgement::LeftOut,
            }
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
        for code in ["0002821501"] {
            let fields = [
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://hl7.org/fhir/sid/ndc",
                ),
                ("medicationCodeableConcept.coding[0].code", code),
            ];
            let records = vec![record(Kind::Medication, "a", &fields)];
            assert_eq!(
                found(&AmbiguousDrugCode, records),
                ["Medication a medicationCodeableConcept.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["0002-8215-01", "00002821501", "2821501"] {
            let fields = [
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://hl7.org/fhir/sid/ndc",
                ),
                ("medicationCodeableConcept.coding[0].code", code),
            ];
            let records = vec![record(Kind::Medication, "a", &fields)];
            assert_eq!(found(&AmbiguousDrugCode, records), none, "{code}");
        }
    }
}
