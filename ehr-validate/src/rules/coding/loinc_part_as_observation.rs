use ehr_model::chart::Chart;
use ehr_model::record::Kind;

use crate::Context;
use crate::code_format::{Fault, Format, loinc};
use crate::codes::{At, Judgement, Wanted, judge_at};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// LOINC part, answer or group where the code of an observation belongs.
    ///
    /// ## What it does
    ///
    /// Looks at the codes of observations, their components and reports. A part (LP), an answer
    /// (LA), a list (LL) or a group (LG) does not say what was observed. As a category a part is
    /// right (LP29684-5 is radiology), and as a value an answer is.
    ///
    /// ## Why it matters
    ///
    /// The result has no test: no trend, no range and no alert can use it.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map to the term of the test. Most likely answer and question, or class and test, were
    /// exchanged in the mapping document.
    ///
    /// ### Who uses the data
    ///
    /// Read the result by its text until the code is corrected.
    ///
    /// ## Source
    ///
    /// LOINC Users' Guide; US Core 6.1.0, DiagnosticReport category slices.
    LoincPartAsObservation {
        code: "loinc-part-as-observation", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-010"],
    }
}

impl Rule for LoincPartAsObservation {
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
        judge_at(chart, context, findings, wanted, |code, at| {
            let observed = matches!(
                code.record.kind(),
                Kind::Observation | Kind::DiagnosticReport
            );
            if !observed {
                return Judgement::LeftOut;
            }
            let fault = loinc::parse_term(&code.code)
                .err()
                .map(|malformed| malformed.fault);
            match fault {
                None => Judgement::Fine,
                // `code` and `component.code`, but neither `category` nor a value.
                Some(Fault::Kind { .. }) if stands_as_code(at) => Judgement::Violated,
                Some(_) => Judgement::LeftOut,
            }
        });
        Ok(())
    }
}

fn stands_as_code(at: &At<'_>) -> bool {
    at.path(|path| path.passes("code") && !path.passes("value[x]") && !path.passes("category"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};

    #[test]
    fn fires() {
        for code in ["LP29684-5", "LA6576-8", "LL360-9"] {
            let fields = [
                ("code.coding[0].system", "http://loinc.org"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Observation, "a", &fields)];
            assert_eq!(
                found(&LoincPartAsObservation, records),
                ["Observation a code.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["8480-6", "11491-6", "x"] {
            let fields = [
                ("code.coding[0].system", "http://loinc.org"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Observation, "a", &fields)];
            assert_eq!(found(&LoincPartAsObservation, records), none, "{code}");
        }
        for (system, code) in [
            ("category[0].coding[0].system", "category[0].coding[0].code"),
            (
                "valueCodeableConcept.coding[0].system",
                "valueCodeableConcept.coding[0].code",
            ),
        ] {
            let fields = [(system, "http://loinc.org"), (code, "LP29684-5")];
            assert_eq!(
                found(
                    &LoincPartAsObservation,
                    vec![record(Kind::Observation, "a", &fields)]
                ),
                none
            );
        }
    }
}
