use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Patient who is probably in the data twice.
    ///
    /// ## What it does
    ///
    /// Takes the pairs of patients that record linkage finds at or above its review threshold.
    /// Pairs of which both the first name and the date of birth disagree are left out, whatever
    /// their probability: members of a household share all the rest. Both patients of a pair are
    /// named; nothing is merged.
    ///
    /// ## Why it matters
    ///
    /// Half of the allergies stand in one chart and half in the other, and the doctor opens one of
    /// them.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Give the list with its explanations to whoever keeps the records, before the migration.
    /// Merge in the source, never on the way.
    ///
    /// ### Who uses the data
    ///
    /// Look for a second chart before the first prescription.
    ///
    /// ## Source
    ///
    /// Fellegi and Sunter, A Theory for Record Linkage (1969); ONC SAFER Guides, Patient
    /// Identification.
    PossibleDuplicatePatient {
        code: "possible-duplicate-patient", category: Plausibility, severity: Warning, since: "0.1.0",
        scope: Run, covers: ["DEM-012"],
    }
}

impl Rule for PossibleDuplicatePatient {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ehr_model::record::Kind;

    use crate::collect::DuplicatePatients;
    use crate::rules::testing::id;

    fn of(probability: f64, household: bool) -> (u64, u64) {
        let (a, b) = (id(Kind::Patient, "a"), id(Kind::Patient, "b"));
        let mut part = DuplicatePatients::review_at(0.8);
        part.compared(10);
        part.propose(a, b, probability, household);
        let mut all = DuplicatePatients::review_at(0.8);
        all.merge(&part);
        let (counts, issues) = all.finish();
        assert_eq!(issues.len() as u64, counts.numerator);
        assert_eq!(PossibleDuplicatePatient.metadata().covers, ["DEM-012"]);
        (counts.numerator, counts.denominator)
    }

    #[test]
    fn fires() {
        assert_eq!(of(0.97, false), (2, 10));
        assert_eq!(of(0.8, false), (2, 10));
    }

    #[test]
    fn stays_silent() {
        assert_eq!(of(0.79, false), (0, 10));
        assert_eq!(
            of(0.99, true),
            (0, 10),
            "first name and date of birth disagree"
        );
        assert_eq!(of(f64::NAN, false), (0, 10));
    }
}
