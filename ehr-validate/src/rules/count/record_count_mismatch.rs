use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Kind of record whose count differs between source and target.
    ///
    /// ## What it does
    ///
    /// Takes the reconciliation of the run. For every kind, and for open claims, the records that
    /// were made, less those that the scope keeps in the archive and those that were rejected with
    /// a reason, must be as many as were written. The field of an issue is the kind.
    ///
    /// ## Why it matters
    ///
    /// The first question after a migration is whether everything is there.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare the counts by patient, year and status; the other rules on counts name where the gap
    /// is.
    ///
    /// ### Who uses the data
    ///
    /// Do not sign before the counts agree.
    ///
    /// ## Source
    ///
    /// Control totals of an extract, transform and load run; HIM practice asks for counts of every
    /// type.
    RecordCountMismatch {
        code: "record-count-mismatch", category: Completeness, severity: Fatal, since: "0.1.0",
        scope: Run, covers: ["CNT-001"],
    }
}

impl Rule for RecordCountMismatch {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ehr_model::record::Kind;

    use crate::Verdict;
    use crate::collect::record_counts;
    use crate::reconciliation::{MadeCounts, WrittenCounts, reconcile};
    use crate::rule::Threshold;
    use ehr_model::tally::Tally;

    fn verdict(made: u64, archived: u64, written: u64) -> Verdict {
        let (mut of_source, mut of_target) = (MadeCounts::default(), WrittenCounts::default());
        of_source.made.add(Kind::Allergy, made);
        of_source.archived.add(Kind::Allergy, archived);
        of_target.kinds.add(Kind::Allergy, written);
        let (counts, issues) = record_counts(&reconcile(&Tally::default(), &of_source, &of_target));
        assert!(
            issues
                .iter()
                .all(|issue| issue.field.as_deref() == Some("Allergy"))
        );
        assert_eq!(RecordCountMismatch.metadata().covers, ["CNT-001"]);
        counts.verdict(Threshold::ZERO)
    }

    #[test]
    fn fires() {
        assert_eq!(verdict(10, 2, 7), Verdict::Failed);
        assert_eq!(verdict(10, 0, 11), Verdict::Failed);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(verdict(10, 2, 8), Verdict::Passed);
        assert_eq!(verdict(0, 0, 0), Verdict::NotApplicable);
    }
}
