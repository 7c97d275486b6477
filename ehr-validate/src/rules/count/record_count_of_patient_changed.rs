use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::record::Kind;

rule! {
    /// Patient with more or fewer records of a kind in the target.
    ///
    /// ## What it does
    ///
    /// Counts the records of each kind in both charts of a patient. They must be as many. The field
    /// of an issue is the kind.
    ///
    /// ## Why it matters
    ///
    /// One chart that lost an allergy and another that got one twice add up to the right total.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare the two charts entry by entry. What the scope keeps in the archive belongs out of
    /// the source's chart before it is compared.
    ///
    /// ### Who uses the data
    ///
    /// Look at the archive for what is missing, and at both entries where there are too many.
    ///
    /// ## Source
    ///
    /// Offsetting differences are the known gap of control totals; engineering default.
    RecordCountOfPatientChanged {
        code: "record-count-of-patient-changed", category: Completeness, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["CNT-002"],
    }
}

impl Rule for RecordCountOfPatientChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let Some(record) = pair.source().patient().or(pair.source().records.first()) else {
            return Ok(());
        };
        let mut subject = findings.applies_to(record);
        for kind in Kind::ALL.iter().filter(|kind| !kind.is_shared()) {
            let count = |chart: &ehr_model::chart::Chart| {
                chart
                    .records
                    .iter()
                    .filter(|record| record.kind() == *kind)
                    .count()
            };
            if count(pair.source()) != count(pair.target()) {
                subject.violated_at(kind.name());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Record;

    const NONE: [&str; 0] = [];

    fn chart(kinds: &[Kind]) -> Vec<Record> {
        kinds.iter().map(|kind| record(*kind, "a", &[])).collect()
    }

    fn between(source: &[Kind], target: &[Kind]) -> Vec<String> {
        found_between(&RecordCountOfPatientChanged, chart(source), chart(target))
    }

    #[test]
    fn fires() {
        let source = [Kind::Patient, Kind::Allergy, Kind::Allergy];
        assert_eq!(between(&source, &source[..2]), ["Patient a Allergy"]);
        assert_eq!(between(&source[..2], &source), ["Patient a Allergy"]);
        assert_eq!(
            between(&source, &[]),
            ["Patient a Patient", "Patient a Allergy"]
        );
    }

    #[test]
    fn stays_silent() {
        let source = [Kind::Patient, Kind::Allergy];
        assert_eq!(between(&source, &source), NONE);
        assert_eq!(between(&[], &[]), NONE);
    }
}
