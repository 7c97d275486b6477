use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Payer that rejects or denies more claims since go-live than before
    ///
    /// ## What it does
    ///
    /// Compares for each payer, week by week after go-live, the share of claims that were rejected (999,
    /// 277CA) or denied (835) with the thirteen weeks before, by a p-chart: the share must not lie above
    /// the mean and three standard deviations, nor may its moving average, weighted by a fifth, lie above
    /// the limit of an EWMA chart. The field of an issue is the payer's number with the week.
    ///
    /// ## Why it matters
    ///
    /// Denials come weeks after the mistake. Until then every claim is sent with it.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the reasons of the denials and at what the claims of the payer have in common.
    ///
    /// ### Who uses the data
    ///
    /// Hold claims of the payer back until the cause is found.
    ///
    /// ## Source
    ///
    /// Statistical process control: p-chart and EWMA (lambda 0.2, limit 3 sigma); a baseline of thirteen
    /// weeks is an engineering default.
    DenialRateAboveBaseline {
        code: "denial-rate-above-baseline", category: Plausibility, severity: Error, since: "0.1.0", scope: Run,
        covers: ["BIL-013"],
    }
}

impl Rule for DenialRateAboveBaseline {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use crate::Verdict;
    use crate::collect::denials::{Denials, Week};
    use crate::rule::Threshold;

    fn verdict(after: &[u64]) -> (Verdict, Vec<String>) {
        let mut denials = Denials::default();
        for _ in 0..13 {
            denials.add_baseline(
                "77001",
                Week {
                    claims: 200,
                    denied: 10,
                },
            );
        }
        for denied in after {
            denials.add_week(
                "77001",
                Week {
                    claims: 200,
                    denied: *denied,
                },
            );
        }
        let (counts, issues) = denials.finish();
        let fields = issues
            .iter()
            .map(|issue| issue.field.as_deref().unwrap().to_owned());
        (counts.verdict(Threshold::ZERO), fields.collect())
    }

    #[test]
    fn fires() {
        assert_eq!(
            verdict(&[9, 30]),
            (Verdict::Failed, vec!["77001, week 2".to_owned()])
        );
        // no week is out by itself, the rise is
        assert_eq!(verdict(&[16, 16, 16, 16, 16, 16]).0, Verdict::Failed);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(verdict(&[9, 12, 8, 15]), (Verdict::Passed, vec![]));
        assert_eq!(verdict(&[]).0, Verdict::NotApplicable);
        let mut unknown = Denials::default();
        unknown.add_week(
            "77001",
            Week {
                claims: 200,
                denied: 10,
            },
        );
        assert_eq!(
            unknown.finish().0.verdict(Threshold::ZERO),
            Verdict::Errored
        );
    }
}
