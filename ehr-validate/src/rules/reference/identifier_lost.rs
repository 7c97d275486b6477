use crate::Context;
use crate::compare::ChartPair;
use crate::own_identifiers::own_identifiers;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Identifier of the source that the target did not keep.
    ///
    /// ## What it does
    ///
    /// Compares the identifiers of every entry, system and value, with those of its entry in the
    /// target. Every one of the source must be there, those of earlier systems too. Numbers that
    /// several records share by their nature, such as orders and visits, are left out.
    ///
    /// ## Why it matters
    ///
    /// The number of the old system is what letters, laboratories and the archive know. Records
    /// that went through an earlier conversion carry two, and where only the new one is kept,
    /// nobody finds the way back.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Carry identifiers with their systems as they are, and add the id of the source as one more.
    ///
    /// ### Who uses the data
    ///
    /// Search the archive by name and date where the number leads nowhere.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Identifier; OHDSI keeps the source value beside each record.
    IdentifierLost {
        code: "identifier-lost", category: Completeness, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["REF-002", "REF-006"],
    }
}

impl Rule for IdentifierLost {
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
            let own = own_identifiers(source.resource.element());
            if own.is_empty() {
                continue;
            }
            let others = own_identifiers(target.resource.element());
            let mut subject = findings.applies_to(source);
            for (place, key) in own {
                if !others.iter().any(|(_, other)| *other == key) {
                    subject.violated_at(place);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Problem, "a", fields)];
        found_between(&IdentifierLost, of(source), of(target))
    }

    const SYSTEM: (&str, &str) = ("identifier[0].system", "urn:old");
    const VALUE: (&str, &str) = ("identifier[0].value", "17");

    #[test]
    fn fires() {
        assert_eq!(between(&[SYSTEM, VALUE], &[]), ["Problem a identifier[0]"]);
        assert_eq!(
            between(
                &[SYSTEM, VALUE],
                &[("identifier[0].system", "urn:new"), VALUE]
            ),
            ["Problem a identifier[0]"]
        );
    }

    #[test]
    fn stays_silent() {
        let moved = [
            ("identifier[0].system", "urn:new"),
            ("identifier[0].value", "99"),
            ("identifier[1].system", "urn:old"),
            ("identifier[1].value", "17"),
        ];
        assert_eq!(between(&[SYSTEM, VALUE], &moved), NONE);
        assert_eq!(between(&[SYSTEM], &[]), NONE);
        let order = [SYSTEM, VALUE, ("identifier[0].type.coding[0].code", "PLAC")];
        assert_eq!(between(&order, &[]), NONE);
    }
}
