use ehr_model::chart::Chart;

use crate::Context;
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::walk;

rule! {
    /// Code without the system that it belongs to.
    ///
    /// ## What it does
    ///
    /// Looks at every coding that has a code: it must name a system. Which systems are known is for
    /// the rule of unknown code systems, which covers the rest of the line.
    ///
    /// ## Why it matters
    ///
    /// 401.9 is hypertension in ICD-9-CM and a number of a drug list elsewhere. Without a system
    /// the code means nothing, and a target drops it or guesses.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Name the system of the column in the mapping document. If the column mixes systems, separate
    /// them by a second column or by the form of the code, and show the result to a person.
    ///
    /// ### Who uses the data
    ///
    /// Read the entry by its text.
    ///
    /// ## Source
    ///
    /// FHIR R4, Coding.system; US Core 6.1.0.
    CodeWithoutSystem {
        code: "code-without-system", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-027"],
    }
}

impl Rule for CodeWithoutSystem {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        judge(
            chart,
            context,
            findings,
            Wanted::Datatype("Coding"),
            |code| {
                if code.code.trim().is_empty() {
                    return Judgement::LeftOut;
                }
                let system = walk::text(code.element, "system");
                Judgement::violated_if(system.is_none_or(|system| system.trim().is_empty()))
            },
        );
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
        let fields = [
            ("code.coding[0].code", "E11.9"),
            ("code.coding[0].display", "Diabetes"),
        ];
        assert_eq!(
            found(
                &CodeWithoutSystem,
                vec![record(Kind::Problem, "a", &fields)]
            ),
            ["Problem a code.coding[0]"]
        );
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        let with = [
            ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
            ("code.coding[0].code", "E11.9"),
        ];
        let words = [
            ("code.coding[0].display", "Diabetes"),
            ("code.text", "Diabetes"),
        ];
        for fields in [with, words] {
            assert_eq!(
                found(
                    &CodeWithoutSystem,
                    vec![record(Kind::Problem, "a", &fields)]
                ),
                none
            );
        }
    }
}
