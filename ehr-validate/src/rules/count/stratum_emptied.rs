use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Year, status, site or provider that has records in the source and none in the target.
    ///
    /// ## What it does
    ///
    /// Counts the records of each kind by year, status, site and provider on both sides. A stratum
    /// that the source has must not be empty in the target. The field of an issue is the dimension,
    /// such as "Encounter by year"; sites and providers are not named.
    ///
    /// ## Why it matters
    ///
    /// One office, one year or one doctor that is missing altogether hides in a total of thousands.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Count the dimension on both sides to see which stratum it is; look for a filter, a code map
    /// without a row, or a file that was not in the export.
    ///
    /// ### Who uses the data
    ///
    /// Expect gaps in time or place until it is mended.
    ///
    /// ## Source
    ///
    /// OHDSI Achilles counts by year and place in the same way; engineering default.
    StratumEmptied {
        code: "stratum-emptied", category: Completeness, severity: Error, since: "0.1.0",
        scope: Run, covers: ["CNT-003"],
    }
}

impl Rule for StratumEmptied {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::record;
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    use crate::collect::Strata;
    use ehr_model::chart::Chart;

    fn of(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let chart =
            |fields: &[_]| Chart::new(vec![record(Kind::Observation, "a", fields)], Vec::new());
        let mut part = Strata::default();
        part.collect(&chart(source), &chart(target));
        let mut all = Strata::default();
        all.merge(&part);
        assert_eq!(StratumEmptied.metadata().covers, ["CNT-003"]);
        let issues = all.finish().1;
        issues
            .iter()
            .map(|issue| issue.field.as_deref().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn fires() {
        let year = |date| [("effectiveDateTime", date)];
        assert_eq!(
            of(&year("2019-01-01"), &year("2020-01-01")),
            ["Observation by year"]
        );
        assert_eq!(
            of(&[("status", "final")], &[("status", "amended")]),
            ["Observation by status"]
        );
        assert_eq!(
            of(&[("performer[0].display", "Dr. Wu")], &[]),
            ["Observation by provider"]
        );
    }

    #[test]
    fn stays_silent() {
        let source = [
            ("effectiveDateTime", "2020-01-01"),
            ("performer[0].display", "Dr. Wu"),
        ];
        let target = [
            ("effectiveDateTime", "2020-09"),
            ("performer[0].display", "DR. WU"),
            ("status", "final"),
        ];
        assert_eq!(of(&source, &target), NONE);
    }
}
