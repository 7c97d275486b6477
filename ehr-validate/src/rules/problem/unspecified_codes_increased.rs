use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Share of unspecified diagnoses that grew with the migration.
    ///
    /// ## What it does
    ///
    /// Counts, over all charts of both sides, the coded problems and those whose code says nothing
    /// closer: "unspecified" or "NOS" in a display, or an ICD-10-CM code that ends in 9 behind its
    /// point. Where the share in the target is more than two points above that in the source, the
    /// rule fires. Shares below a hundred coded problems are not judged.
    ///
    /// ## Why it matters
    ///
    /// A code map that is too coarse loses side, stage and cause in every chart a little, and no
    /// single chart shows it. Payers pay less for unspecified codes and ask more questions.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// List the rows of the code map by how many unspecified codes they make, and refine the first
    /// ten.
    ///
    /// ### Who uses the data
    ///
    /// Expect that registries built on the new codes are wider than before.
    ///
    /// ## Source
    ///
    /// ICD-10-CM Official Guidelines, section I.A.9.b; the two points are an engineering default, a
    /// site may tune them.
    UnspecifiedCodesIncreased {
        code: "unspecified-codes-increased", category: Plausibility, severity: Warning, since: "0.1.0",
        scope: Run, covers: ["PRB-007"],
    }
}

impl Rule for UnspecifiedCodesIncreased {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::record;
    use ehr_model::record::Kind;

    use crate::Verdict;
    use crate::collect::UnspecifiedCodes;
    use crate::rule::Threshold;
    use ehr_model::chart::Chart;

    fn verdict(source: &[&str], target: &[&str], times: u64) -> Verdict {
        let chart = |codes: &[&str]| {
            let code = |code: &&str| {
                let fields = [
                    ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
                    ("code.coding[0].code", *code),
                ];
                record(Kind::Problem, "a", &fields)
            };
            Chart::new(codes.iter().map(code).collect(), Vec::new())
        };
        let (source, target) = (chart(source), chart(target));
        let mut part = UnspecifiedCodes::default();
        part.collect(&source, &target);
        let mut all = UnspecifiedCodes::default();
        (0..times).for_each(|_| all.merge(&part));
        assert_eq!(UnspecifiedCodesIncreased.metadata().covers, ["PRB-007"]);
        all.finish().0.verdict(Threshold::ZERO)
    }

    #[test]
    fn fires() {
        assert_eq!(
            verdict(&["S52.501A", "E11.65"], &["S52.509A", "E11.9"], 100),
            Verdict::Failed
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            verdict(&["E11.9", "E11.65"], &["E11.65", "E11.9"], 100),
            Verdict::Passed
        );
        assert_eq!(verdict(&["E11.65"], &["E11.9"], 3), Verdict::NotApplicable);
    }
}
