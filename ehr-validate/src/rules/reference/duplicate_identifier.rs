use std::collections::HashSet;

use ehr_model::chart::Chart;

use crate::Context;
use crate::own_identifiers::own_identifiers;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Two records of a chart with the same identifier.
    ///
    /// ## What it does
    ///
    /// Compares the identifiers of the records of one kind inside a chart. Two are the same where
    /// system and value are. The record that comes later is named. Identifiers that several records
    /// share by their nature are left out: order, accession, visit and member numbers.
    ///
    /// ## Why it matters
    ///
    /// A target that loads by identifier keeps one of the two and drops the other, or refuses both.
    /// Mostly the source told of one fact twice, sometimes two facts got one key.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare the two source records. If they are one fact, map them to one key, so that one record
    /// with both provenances is made. If they are two facts, the column is no key: take another one, or
    /// several together.
    ///
    /// ### Who uses the data
    ///
    /// Expect an entry that stands in the chart twice, and check counts of doses and events.
    ///
    /// ## Source
    ///
    /// OHDSI Data Quality Dashboard, check `isPrimaryKey`; HL7 v2 table 0203 for types of identifiers.
    DuplicateIdentifier {
        code: "duplicate-identifier", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["REF-002"],
    }
}

impl Rule for DuplicateIdentifier {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let mut seen = HashSet::new();
        for record in &chart.records {
            let own = own_identifiers(record.resource.element());
            if own.is_empty() {
                continue;
            }
            let mut subject = findings.applies_to(record);
            // Looked up before they are added: twice on one record is no second record.
            let keys = own.into_iter().map(|(place, key)| {
                let key = (record.kind(), key);
                if seen.contains(&key) {
                    subject.violated_at(place);
                }
                key
            });
            let keys: Vec<_> = keys.collect();
            seen.extend(keys);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::{Kind, Record};

    fn with_identifier(kind: Kind, key: &str, system: &str, value: &str) -> Record {
        let fields = [
            ("identifier[0].system", system),
            ("identifier[0].value", value),
        ];
        record(kind, key, &fields)
    }

    #[test]
    fn fires() {
        let records = vec![
            with_identifier(Kind::Problem, "a", "urn:key", "17"),
            with_identifier(Kind::Problem, "b", "urn:key", "17"),
        ];
        assert_eq!(
            found(&DuplicateIdentifier, records),
            ["Problem b identifier[0]"]
        );
    }

    #[test]
    fn stays_silent() {
        let accession = |key| {
            let fields = [
                ("identifier[0].system", "urn:accession"),
                ("identifier[0].value", "17"),
                ("identifier[0].type.coding[0].code", "ACSN"),
            ];
            record(Kind::Observation, key, &fields)
        };
        let twice_on_one = [
            ("identifier[0].system", "urn:key"),
            ("identifier[0].value", "18"),
            ("identifier[1].system", "urn:key"),
            ("identifier[1].value", "18"),
        ];
        let records = vec![
            with_identifier(Kind::Problem, "a", "urn:key", "17"),
            with_identifier(Kind::Allergy, "b", "urn:key", "17"),
            with_identifier(Kind::Problem, "c", "urn:other", "17"),
            with_identifier(Kind::Encounter, "d", "urn:key", " "),
            with_identifier(Kind::Encounter, "e", "urn:key", " "),
            accession("f"),
            accession("g"),
            record(Kind::Goal, "h", &twice_on_one),
        ];
        let none: [&str; 0] = [];
        assert_eq!(found(&DuplicateIdentifier, records), none);
    }
}
