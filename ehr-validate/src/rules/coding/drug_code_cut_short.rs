use crate::Context;
use crate::code_format::ndc::{self, Ndc};
use crate::codes::systems_and_codes;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::system;

rule! {
    /// National Drug Code of twelve digits that the target has with eleven.
    ///
    /// ## What it does
    ///
    /// Compares the NDCs of entries of the source with those of the target. A code of twelve digits
    /// (6-4-2, law from 2033-03-07) that needs its first digit must be there with all twelve;
    /// eleven of them are another drug or none. Within one chart twelve digits are right, and no
    /// rule fires.
    ///
    /// ## Why it matters
    ///
    /// Systems that know eleven digits cut the first or the last one without a word.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Keep the column of the target twelve characters wide, or leave the code out and keep the
    /// name.
    ///
    /// ### Who uses the data
    ///
    /// Read the drug by its name.
    ///
    /// ## Source
    ///
    /// 91 FR 10749 (2026-03-05), 21 CFR 207.33.
    DrugCodeCutShort {
        code: "drug-code-cut-short", category: Conformance, severity: Warning, since: "0.1.0", scope: Comparison,
        covers: ["COD-022"],
    }
}

impl Rule for DrugCodeCutShort {
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
            let of = |record| {
                let all = systems_and_codes(record).into_iter();
                let codes = all.filter(|found| found.system == system::NDC);
                codes.filter_map(|found| Some((found.path, ndc::parse(&found.code).ok()?)))
            };
            let kept: Vec<Ndc> = of(target).map(|(_, ndc)| ndc).collect();
            let mut subject = findings.about(source);
            for (path, ndc) in of(source) {
                let needs_twelve = matches!(&ndc, Ndc::Twelve(digits) if !digits.starts_with('0'));
                if !needs_twelve || kept.is_empty() {
                    continue;
                }
                subject.applies();
                if !kept.iter().any(|kept| kept.twelve() == ndc.twelve()) {
                    subject.violated_at(path);
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
        let validator = Validator::new(Ruleset::empty().with(Box::new(DrugCodeCutShort)).unwrap());
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
        let drug = |code| {
            let fields = [
                ("identifier[0].value", "1"),
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://hl7.org/fhir/sid/ndc",
                ),
                ("medicationCodeableConcept.coding[0].code", code),
            ];
            record(Kind::Medication, "a", &fields)
        };
        for cut in ["12345678901", "23456789012"] {
            assert_eq!(
                found(drug("123456-7890-12"), drug(cut)),
                ["medicationCodeableConcept.coding[0]"]
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        let drug = |code| {
            let fields = [
                ("identifier[0].value", "1"),
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://hl7.org/fhir/sid/ndc",
                ),
                ("medicationCodeableConcept.coding[0].code", code),
            ];
            record(Kind::Medication, "a", &fields)
        };
        assert_eq!(found(drug("123456-7890-12"), drug("123456789012")), none);
        assert_eq!(found(drug("0002-8215-01"), drug("00002821501")), none);
        assert_eq!(found(drug("000002821501"), drug("00002821501")), none);
    }
}
