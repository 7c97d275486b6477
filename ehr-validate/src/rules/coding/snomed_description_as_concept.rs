use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Format, sctid};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// SNOMED CT description or relationship where a concept belongs.
    ///
    /// ## What it does
    ///
    /// Reads the partition of every well-formed SNOMED CT identifier, its second and third digit
    /// from the right. 00 and 10 stand for a concept; 01 and 11 for a description, which is one
    /// name of a concept; 02 and 12 for a relationship.
    ///
    /// ## Why it matters
    ///
    /// The number is right and means nothing as a code: no target finds the concept, and no alert
    /// works.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the description to its concept with the description file of the release. The export has
    /// most likely the wrong column.
    ///
    /// ### Who uses the data
    ///
    /// Read the entry by its text until the code is corrected.
    ///
    /// ## Source
    ///
    /// SNOMED CT RF2 specification, 6.2.
    SnomedDescriptionAsConcept {
        code: "snomed-description-as-concept", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-004"],
    }
}

impl Rule for SnomedDescriptionAsConcept {
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
        judge(
            chart,
            context,
            findings,
            wanted,
            |code| match sctid::parse(&code.code) {
                Ok(id) => Judgement::violated_if(id.component() != sctid::Component::Concept),
                Err(_) => Judgement::LeftOut,
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
        for code in ["121589010", "100022"] {
            let fields = [
                ("code.coding[0].system", "http://snomed.info/sct"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(
                found(&SnomedDescriptionAsConcept, records),
                ["Problem a code.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["73211009", "999480451000087102", "73211008"] {
            let fields = [
                ("code.coding[0].system", "http://snomed.info/sct"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Problem, "a", &fields)];
            assert_eq!(found(&SnomedDescriptionAsConcept, records), none, "{code}");
        }
    }
}
