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

    use crate::faults::{AS_OF, textbook};
    use crate::rule::Threshold;
    use crate::sampling::{Review, SampleResults, SamplingFrame, SamplingPlan};
    use crate::{Context, Verdict};

    fn verdict(seed: u64, reviewed: bool) -> Verdict {
        let registered = SamplingPlan::new(7).digest();
        let plan = SamplingPlan::new(seed);
        let mut frame = SamplingFrame::default();
        let today = ehr_model::value::Date::parse(AS_OF).unwrap();
        frame.add(&textbook(), &Context::new(today));
        let draw = plan.draw(&frame);
        let mut review = Review::default();
        if reviewed {
            review.wrong = draw.packet.iter().map(|unit| (*unit, false)).collect();
        }
        let results = SampleResults::new(&registered, &plan, &draw, &review);
        assert_eq!(SamplingPlanChanged.metadata().covers, ["RND-004"]);
        results.finish().0.verdict(Threshold::ZERO)
    }

    #[test]
    fn fires() {
        assert_eq!(verdict(8, true), Verdict::Failed);
        assert_eq!(verdict(7, false), Verdict::Failed);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(verdict(7, true), Verdict::Passed);
    }
}
