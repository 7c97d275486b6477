use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Rule that passed in the last round and fails in this one.
    ///
    /// ## What it does
    ///
    /// Compares the verdict of every rule that ran in both rounds. One that passed must not fail.
    /// The field of an issue is the code of the rule.
    ///
    /// ## Why it matters
    ///
    /// A rehearsal that gets worse is not under control, however good the rest of it is.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at what changed between the rounds: the export, the mapping document, the target.
    ///
    /// ### Who uses the data
    ///
    /// Do not sign the round.
    ///
    /// ## Source
    ///
    /// Regression testing; engineering default.
    RulePassedBefore {
        code: "rule-passed-before", category: Conformance, severity: Fatal, since: "0.1.0",
        scope: Run, covers: ["RND-002"],
    }
}

impl Rule for RulePassedBefore {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::rounds::Round;

    fn round(passed: &[&str], failed: &[&str]) -> Round {
        let mut round = Round::default();
        let all = passed
            .iter()
            .chain(failed)
            .map(|code| ((*code).to_owned(), "0.1.0".to_owned()));
        round.rules = all.collect();
        round.passed = passed.iter().map(|code| (*code).to_owned()).collect();
        round.failed = failed.iter().map(|code| (*code).to_owned()).collect();
        round
    }

    fn between(last: &Round, now: &Round) -> (u64, u64) {
        assert_eq!(RulePassedBefore.metadata().covers, ["RND-002"]);
        let (counts, issues) = now.rules_that_fell(last);
        assert_eq!(counts.numerator, issues.len() as u64);
        (counts.numerator, counts.denominator)
    }

    #[test]
    fn fires() {
        assert_eq!(
            between(&round(&["a-b", "c-d"], &[]), &round(&["c-d"], &["a-b"])),
            (1, 2)
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            between(&round(&["a-b"], &["c-d"]), &round(&["a-b"], &["c-d"])),
            (0, 1)
        );
        assert_eq!(
            between(&round(&["a-b"], &[]), &round(&[], &["c-d"])),
            (0, 0),
            "it did not run"
        );
    }
}
