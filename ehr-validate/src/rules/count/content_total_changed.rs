use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Kind of record whose content adds up to something else in the target.
    ///
    /// ## What it does
    ///
    /// Adds up, over the whole run and for each kind, a digest of what every record says and the
    /// money in it, on both sides, whatever the order. Ids, identifiers and references are left
    /// out. The sums must be equal. The field of an issue is the kind.
    ///
    /// ## Why it matters
    ///
    /// A value that changed in one record of a million changes the sum. Counts do not see it.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Use it where the target must hold the content as it is, as after a restore or a copy. Where
    /// a difference is expected, compare entry by entry instead and allow this rule.
    ///
    /// ### Who uses the data
    ///
    /// A sum that agrees proves that this kind arrived as it was.
    ///
    /// ## Source
    ///
    /// Column validation by aggregates, as in Google's Data Validation Tool; engineering default.
    ContentTotalChanged {
        code: "content-total-changed", category: Conformance, severity: Error, since: "0.1.0",
        scope: Run, covers: ["CNT-004"],
    }
}

impl Rule for ContentTotalChanged {
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

    use crate::collect::Totals;
    use ehr_model::chart::Chart;

    fn of(source: &[&[(&str, &str)]], target: &[&[(&str, &str)]]) -> Vec<String> {
        let chart = |records: &[&[(&str, &str)]], keys: [&str; 2]| {
            let records = records.iter().zip(keys);
            Chart::new(
                records
                    .map(|(fields, key)| record(Kind::Claim, key, fields))
                    .collect(),
                Vec::new(),
            )
        };
        let mut part = Totals::default();
        part.collect(&chart(source, ["a", "b"]), &chart(target, ["x", "y"]));
        let mut all = Totals::default();
        all.merge(&part);
        assert_eq!(ContentTotalChanged.metadata().covers, ["CNT-004"]);
        let issues = all.finish().1;
        issues
            .iter()
            .map(|issue| issue.field.as_deref().unwrap().to_owned())
            .collect()
    }

    const TEN: &[(&str, &str)] = &[("total.value", "10.00")];
    const TWENTY: &[(&str, &str)] = &[("total.value", "20")];

    #[test]
    fn fires() {
        assert_eq!(of(&[TEN], &[TWENTY]), ["Claim"]);
        assert_eq!(of(&[TEN, TEN], &[TEN]), ["Claim"]);
        assert_eq!(of(&[], &[TEN]), ["Claim"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            of(&[TEN, TWENTY], &[TWENTY, &[("total.value", "10.0")]]),
            NONE
        );
        assert_eq!(of(&[], &[]), NONE);
    }
}
