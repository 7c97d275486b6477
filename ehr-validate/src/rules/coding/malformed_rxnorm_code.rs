use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Fault, Format, rxcui};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// RxNorm identifier that cannot be one.
    ///
    /// ## What it does
    ///
    /// Looks at every coding of RxNorm: one to eight digits without a zero in front. There is no
    /// check digit, so a typo of a digit is only found where the table is loaded, by the rule of
    /// concepts out of use.
    ///
    /// ## Why it matters
    ///
    /// The drug is unknown to allergy and interaction checks.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// A zero in front or a decimal point comes from a numeric column and can go. Letters mean
    /// another code system.
    ///
    /// ### Who uses the data
    ///
    /// Read the drug by its name until the code is corrected.
    ///
    /// ## Source
    ///
    /// RxNorm technical documentation, RXNCONSO.
    MalformedRxnormCode {
        code: "malformed-rxnorm-code", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-024"],
    }
}

impl Rule for MalformedRxnormCode {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let wanted = Wanted::Systems(Format::Rxcui.systems());
        judge(chart, context, findings, wanted, |code| {
            let fault = rxcui::check(&code.code)
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
        for code in ["0861007", "861007.0", "123456789", "metformin"] {
            let fields = [
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://www.nlm.nih.gov/research/umls/rxnorm",
                ),
                ("medicationCodeableConcept.coding[0].code", code),
            ];
            let records = vec![record(Kind::Medication, "a", &fields)];
            assert_eq!(
                found(&MalformedRxnormCode, records),
                ["Medication a medicationCodeableConcept.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["861007", "1116634"] {
            let fields = [
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://www.nlm.nih.gov/research/umls/rxnorm",
                ),
                ("medicationCodeableConcept.coding[0].code", code),
            ];
            let records = vec![record(Kind::Medication, "a", &fields)];
            assert_eq!(found(&MalformedRxnormCode, records), none, "{code}");
        }
    }
}
