use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Fault, Format, ndc};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// National Drug Code that cannot be one.
    ///
    /// ## What it does
    ///
    /// Looks at the form of every NDC. Nine digits or fewer have lost their zeros in a numeric
    /// column; an asterisk stands for the zero that fills a segment; segments of other lengths are
    /// no code. Twelve digits, 6-4-2, are the form that becomes law in 2033, and are right.
    ///
    /// ## Why it matters
    ///
    /// The drug is not found, or another one is.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Export the column as text. An asterisk becomes a zero; lost zeros have several readings,
    /// which a table narrows and a person settles.
    ///
    /// ### Who uses the data
    ///
    /// Read the drug by its name until the code is corrected.
    ///
    /// ## Source
    ///
    /// 21 CFR 207.33; 91 FR 10749 (twelve digits); RxNorm technical documentation, normalizing NDC
    /// codes.
    MalformedDrugCode {
        code: "malformed-drug-code", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-023"],
    }
}

impl Rule for MalformedDrugCode {
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
                Err(Fault::Ambiguous { .. }) => Judgement::LeftOut,
                Err(_) => Judgement::Violated,
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
        for code in [
            "2821501",
            "007816153",
            "*0002-8215-01",
            "0002-821-01",
            "123",
        ] {
            let fields = [
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://hl7.org/fhir/sid/ndc",
                ),
                ("medicationCodeableConcept.coding[0].code", code),
            ];
            let records = vec![record(Kind::Medication, "a", &fields)];
            assert_eq!(
                found(&MalformedDrugCode, records),
                ["Medication a medicationCodeableConcept.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in [
            "0002-8215-01",
            "123456-7890-12",
            "123456789012",
            "0002821501",
        ] {
            let fields = [
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://hl7.org/fhir/sid/ndc",
                ),
                ("medicationCodeableConcept.coding[0].code", code),
            ];
            let records = vec![record(Kind::Medication, "a", &fields)];
            assert_eq!(found(&MalformedDrugCode, records), none, "{code}");
        }
    }
}
