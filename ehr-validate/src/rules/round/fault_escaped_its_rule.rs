use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Fault that was put into a chart and that its rule did not find.
    ///
    /// ## What it does
    ///
    /// Copies charts of the run, puts one known fault after the other into the copies (a dose times
    /// ten, a lost allergy, an entry moved to another visit) and asks the rule that must find it. A
    /// fault that no chart of the run can carry, or whose rule lacks something that it needs, counts
    /// as not checked. The field of an issue is the name of the fault.
    ///
    /// ## Why it matters
    ///
    /// A rule that is silent because it is broken, switched off or blind to the shape of these
    /// charts looks like a rule that found nothing wrong. While a fault escapes, no finding of this
    /// run proves anything.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Treat the run as void. Look whether the rule was allowed or tolerates too much, and whether
    /// the charts hold what it reads in another field. Mend that and run again.
    ///
    /// ### Who uses the data
    ///
    /// Do not sign a run whose self-test failed, whatever its other verdicts say.
    ///
    /// ## Source
    ///
    /// Mutation testing of programs, applied to data; an engineering default.
    FaultEscapedItsRule {
        code: "fault-escaped-its-rule", category: Conformance, severity: Error, since: "0.1.0",
        scope: Run,
        covers: ["RND-003"],
    }
}

impl Rule for FaultEscapedItsRule {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::{AS_OF, Fault, self_test, textbook};
    use crate::rule::Threshold;
    use crate::{Context, Ruleset, Verdict};
    use ehr_model::record::Kind;
    use ehr_model::value::Date;

    fn verdict(fault: Fault) -> (Verdict, Vec<String>) {
        let chart = textbook();
        let context = Context::new(Date::parse(AS_OF).unwrap());
        let test = self_test(&Ruleset::all(), &[fault], &[&chart], &context, 1);
        let (counts, issues) = test.finish();
        assert_eq!(test.voids_the_run(), counts.numerator > 0);
        let fields = issues
            .iter()
            .map(|issue| issue.field.as_deref().unwrap().to_owned());
        (counts.verdict(Threshold::ZERO), fields.collect())
    }

    #[test]
    fn fires() {
        assert_eq!(FaultEscapedItsRule.metadata().covers, ["RND-003"]);
        let harmless = Fault::new("harmless", "birth-date-in-future", |mutation| {
            mutation.overwrite(Kind::Patient, "birthDate", "1984-03-18")
        });
        assert_eq!(
            verdict(harmless),
            (Verdict::Failed, vec!["harmless".to_owned()])
        );
    }

    #[test]
    fn stays_silent() {
        let harmful = Fault::new("harmful", "birth-date-in-future", |mutation| {
            mutation.overwrite(Kind::Patient, "birthDate", "2094-03-18")
        });
        assert_eq!(verdict(harmful), (Verdict::Passed, vec![]));
        let impossible = Fault::new("impossible", "birth-date-in-future", |mutation| {
            mutation.overwrite(Kind::Goal, "statusDate", "2094-03-18")
        });
        assert_eq!(verdict(impossible), (Verdict::Errored, vec![]));
    }
}
