use crate::Context;
use crate::codes::{Found, systems_and_codes};
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Code of the source that the target no longer has.
    ///
    /// ## What it does
    ///
    /// Compares the codes of each entry of the source with those of its entry in the target, field
    /// by field: every coding must still be there, beside whatever it was translated to. The order
    /// of the codings and the text do not count.
    ///
    /// ## Why it matters
    ///
    /// A translation is an opinion. Once the code that the clinician chose is overwritten, nobody
    /// can check it, and a better map cannot be applied.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the translation as a further coding, and keep the local one with its system. Ask the
    /// target whether it keeps codings of local systems.
    ///
    /// ### Who uses the data
    ///
    /// Ask for the archive where you doubt a code.
    ///
    /// ## Source
    ///
    /// FHIR R4, CodeableConcept.coding; US Core 6.1.0, translations.
    SourceCodeLost {
        code: "source-code-lost", category: Conformance, severity: Warning, since: "0.1.0", scope: Comparison,
        covers: ["COD-039"],
    }
}

impl Rule for SourceCodeLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (source, target) in pair.matched() {
            let kept = systems_and_codes(target);
            let mut subject = findings.about(source);
            for found in systems_and_codes(source) {
                subject.applies();
                let same = |kept: &Found| {
                    (kept.field, &kept.system, &kept.code)
                        == (found.field, &found.system, &found.code)
                };
                if !kept.iter().any(same) {
                    subject.violated_at(found.path);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{AS_OF, record};
    use crate::{Ruleset, ValidationReport, Validator};
    use ehr_model::chart::Chart;
    use ehr_model::record::{Kind, Record};
    use ehr_model::value::Date;

    fn found(source: Record, target: Record) -> Vec<String> {
        let (source, target) = (
            Chart::new(vec![source], Vec::new()),
            Chart::new(vec![target], Vec::new()),
        );
        let validator = Validator::new(Ruleset::empty().with(Box::new(SourceCodeLost)).unwrap());
        let context = Context::new(Date::parse(AS_OF).unwrap());
        let pair = ChartPair::new(&source, &target);
        let issues = validator.compare(&pair, &context, &mut ValidationReport::default());
        issues
            .iter()
            .map(|issue| issue.field.as_deref().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn fires() {
        let coded = |system, code| {
            let fields = [
                ("identifier[0].value", "1"),
                ("code.coding[0].system", system),
                ("code.coding[0].code", code),
            ];
            record(Kind::Problem, "a", &fields)
        };
        let lost = found(
            coded("urn:practice:problems", "DM2"),
            coded("http://hl7.org/fhir/sid/icd-10-cm", "E11.9"),
        );
        assert_eq!(lost, ["code.coding[0]"]);
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        let source = [
            ("identifier[0].value", "1"),
            ("code.coding[0].system", "urn:practice:problems"),
            ("code.coding[0].code", "DM2"),
        ];
        let target = [
            ("identifier[0].value", "1"),
            ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
            ("code.coding[0].code", "E11.9"),
            ("code.coding[1].system", "urn:practice:problems"),
            ("code.coding[1].code", "DM2"),
        ];
        let of = |fields: &[(&str, &str)]| record(Kind::Problem, "a", fields);
        assert_eq!(found(of(&source), of(&target)), none);
        assert_eq!(found(of(&source), of(&source)), none);
    }
}
