use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Element that the source has and that no entry of the target has.
    ///
    /// ## What it does
    ///
    /// Looks, over the whole run, for elements of USCDI v3 that are filled in at least one entry of
    /// the source. At least one entry of the target must have it, as the tests of certification
    /// ask. The field of an issue is the element.
    ///
    /// ## Why it matters
    ///
    /// An element that is missing everywhere was not mapped, or the target cannot hold it.
    /// Certification tests find it, and so does the first patient who asks.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look for the line of the mapping document that fills it. If the target cannot hold it, write
    /// down where it goes instead.
    ///
    /// ### Who uses the data
    ///
    /// Look for it in the archive.
    ///
    /// ## Source
    ///
    /// US Core 6.1.0, Must Support; Inferno US Core test kit asks for one instance of each element
    /// across all patients.
    MustSupportElementMissing {
        code: "must-support-element-missing", category: Completeness, severity: Error, since: "0.1.0",
        scope: Run, covers: ["USC-002"],
    }
}

impl Rule for MustSupportElementMissing {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::record;
    use ehr_model::record::Kind;
    use ehr_model::record::Record;

    const NONE: [&str; 0] = [];

    use crate::coverage::Coverage;

    fn of(source: &[Record], target: &[Record]) -> Vec<String> {
        let mut coverage = Coverage::default();
        source.iter().for_each(|record| coverage.source(record));
        target.iter().for_each(|record| coverage.target(record));
        assert_eq!(MustSupportElementMissing.metadata().covers, ["USC-002"]);
        let issues = coverage.missing_elements().1;
        issues
            .iter()
            .map(|issue| issue.field.as_deref().unwrap().to_owned())
            .collect()
    }

    fn goal() -> Record {
        record(Kind::Goal, "a", &[("description.text", "Walk daily")])
    }

    #[test]
    fn fires() {
        assert_eq!(of(&[goal()], &[]), ["Patient Goals"]);
        let pressure = [
            ("component[0].code.coding[0].code", "8480-6"),
            ("component[0].valueQuantity.value", "120"),
        ];
        let pressure = record(Kind::Observation, "a", &pressure);
        assert_eq!(of(&[pressure], &[]), ["Systolic Blood Pressure"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            of(&[goal(), goal()], &[goal()]),
            NONE,
            "fewer is the business of another rule"
        );
        assert_eq!(of(&[record(Kind::Goal, "a", &[])], &[]), NONE);
    }
}
