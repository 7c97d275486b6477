use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Test whose results as a whole lie elsewhere in the target than in the source
    ///
    /// ## What it does
    ///
    /// Collects the numbers of every test and unit in source and target over the whole run, in bins of a
    /// tenth of a power of ten, and computes the population stability index of each test with at least
    /// thirty results on both sides. It must stay below 0.25. The field of an issue is the LOINC code.
    /// The check of one value against the previous one of the patient is the same arithmetic on one
    /// chart, and unsure where patients are ill; as a sign of a wrong mapping it shows here, in all
    /// patients at once.
    ///
    /// ## Why it matters
    ///
    /// One wrong line of a mapping document moves all results of a test. Each of them looks possible.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at unit and code map of the test.
    ///
    /// ### Who uses the data
    ///
    /// Do not trend the test before it is mended.
    ///
    /// ## Source
    ///
    /// Population stability index with its usual limit of 0.25; CLSI EP33 on delta checks.
    ResultPopulationShifted {
        code: "result-population-shifted", category: Plausibility, severity: Warning, since: "0.1.0", scope: Run,
        covers: ["LAB-007"],
    }
}

impl Rule for ResultPopulationShifted {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use crate::Verdict;
    use crate::collect::result_populations::ResultPopulations;
    use crate::rule::Threshold;
    use crate::rules::laboratory::fixture::*;
    use ehr_model::chart::Chart;

    fn verdict(factor: u32) -> (Verdict, Vec<String>) {
        let mut populations = ResultPopulations::default();
        for number in 1..=40_u32 {
            let chart = |value: u32| {
                Chart::new(
                    vec![of_test("a", "2345-7", &value.to_string(), "mg/dL")],
                    Vec::new(),
                )
            };
            populations.add_source(&chart(80 + number));
            populations.add_target(&chart((80 + number) * factor));
        }
        let (counts, issues) = populations.finish();
        let fields = issues
            .iter()
            .map(|issue| issue.field.as_deref().unwrap().to_owned());
        (counts.verdict(Threshold::ZERO), fields.collect())
    }

    #[test]
    fn fires() {
        assert_eq!(
            verdict(18),
            (Verdict::Failed, vec!["2345-7 mg/dL".to_owned()])
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(verdict(1), (Verdict::Passed, vec![]));
        assert_eq!(
            ResultPopulations::default()
                .finish()
                .0
                .verdict(Threshold::ZERO),
            Verdict::NotApplicable
        );
    }
}
