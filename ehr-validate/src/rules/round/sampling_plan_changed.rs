use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Sample that was not drawn by the plan that was fixed before.
    ///
    /// ## What it does
    ///
    /// Compares the digest of the sampling plan (seed, population, size and accepted errors) that
    /// was written down before the round with the plan by which the sample was drawn, and the
    /// number of checked units with the size in the plan.
    ///
    /// ## Why it matters
    ///
    /// A sample that grows until it is clean, or a seed that is drawn again, proves nothing. Only a
    /// plan that was fixed before lets one say "with 95 % confidence the error rate is below".
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Draw again by the registered plan, with its seed.
    ///
    /// ### Who uses the data
    ///
    /// Take the stated error rate for unproven.
    ///
    /// ## Source
    ///
    /// ISO 2859 and ICH E9 fix plans beforehand; Clopper and Pearson (1934) for the bound.
    SamplingPlanChanged {
        code: "sampling-plan-changed", category: Conformance, severity: Fatal, since: "0.1.0",
        scope: Run, covers: ["RND-004"],
    }
}

impl Rule for SamplingPlanChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::Verdict;
    use crate::rounds::{SamplingPlan, SamplingResult};
    use crate::rule::Threshold;

    fn verdict(seed: u64, checked: u64) -> Verdict {
        let plan = SamplingPlan {
            seed: 7,
            population: 2_000,
            sample: 299,
            accepted: 0,
        };
        let registered = plan.digest();
        let plan = SamplingPlan { seed, ..plan };
        let result = SamplingResult {
            registered,
            plan,
            checked,
            wrong: 0,
        };
        assert_eq!(SamplingPlanChanged.metadata().covers, ["RND-004"]);
        result.finish().0.verdict(Threshold::ZERO)
    }

    #[test]
    fn fires() {
        assert_eq!(verdict(8, 299), Verdict::Failed);
        assert_eq!(verdict(7, 298), Verdict::Failed);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(verdict(7, 299), Verdict::Passed);
    }
}
