use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Finding that was gone and is back.
    ///
    /// ## What it does
    ///
    /// Recognises findings of earlier rounds by their rule, record, field and value, and names
    /// those that were in an earlier round, were gone in the last one and are found again. Beside
    /// them a round lists findings that are new, resolved and persisting, and those whose rule was
    /// not run or was changed. The field of an issue is the code of the rule of the finding.
    ///
    /// ## Why it matters
    ///
    /// What comes back was mended in the wrong place: in the data instead of in the document, or by
    /// hand.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare the mapping document of the three rounds, and mend the cause.
    ///
    /// ### Who uses the data
    ///
    /// Ask for the list of what came back before a round is signed.
    ///
    /// ## Source
    ///
    /// Static analysis tools compare findings by fingerprint in the same way; engineering default.
    FindingCameBack {
        code: "finding-came-back", category: Conformance, severity: Information, since: "0.1.0",
        scope: Run, covers: ["RND-001"],
    }
}

impl Rule for FindingCameBack {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::faults::{self, AS_OF};
    use crate::rounds::Round;
    use crate::{Context, Ruleset, ValidationReport, Validator};
    use ehr_crypto::DataKey;
    use ehr_model::chart::Chart;
    use ehr_model::value::Date;

    fn round(chart: &Chart) -> Round {
        let validator = Validator::new(Ruleset::all().select(&["birth-date-in-future"]).unwrap());
        let context = Context::new(Date::parse(AS_OF).unwrap());
        let mut report = ValidationReport::default();
        let issues = validator.check(chart, &context, &mut report);
        let mut round = Round::new(validator.ruleset(), &report);
        let key = DataKey::from_bytes([7; DataKey::LEN]);
        issues
            .iter()
            .for_each(|issue| round.find(issue, chart, &key));
        round
    }

    fn broken() -> Chart {
        let fault = faults::all()
            .into_iter()
            .find(|fault| fault.name == "birth-date-in-future");
        fault.unwrap().inject(&faults::textbook(), 1).unwrap().chart
    }

    #[test]
    fn fires() {
        let rounds = [round(&broken()), round(&faults::textbook())];
        let (counts, issues) = round(&broken()).findings_that_came_back(&rounds);
        assert_eq!((counts.numerator, counts.denominator), (1, 1));
        assert_eq!(issues[0].field.as_deref(), Some("birth-date-in-future"));
        assert_eq!(FindingCameBack.metadata().covers, ["RND-001"]);
    }

    #[test]
    fn stays_silent() {
        let (clean, bad) = (round(&faults::textbook()), round(&broken()));
        for earlier in [
            vec![],
            vec![clean.clone()],
            vec![bad.clone()],
            vec![clean, bad.clone()],
        ] {
            let (counts, _) = bad.findings_that_came_back(&earlier);
            assert_eq!((counts.numerator, counts.denominator), (0, 1));
        }
    }
}
