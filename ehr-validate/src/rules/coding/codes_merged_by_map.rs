use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Codes that differ in the source and are one in the translation.
    ///
    /// ## What it does
    ///
    /// Counts, over all charts of the run, which code of the source was translated to which, for
    /// concepts that carry both. Translations of one code to several, and of several codes to one,
    /// are counted; the second are listed, since what differed for the clinician is then the same.
    /// The source's own coding is the one marked as chosen by the user, or else the first.
    /// Collected by the map counts of the run and added to the report.
    ///
    /// ## Why it matters
    ///
    /// A map that sends left and right, or mild and severe, to one code loses what the codes said,
    /// and every single chart looks right.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Show the list to a clinician: each line is either a refinement that the target does not
    /// need, or a fault of the map.
    ///
    /// ### Who uses the data
    ///
    /// Look at the source's own coding where a detail is missing.
    ///
    /// ## Source
    ///
    /// Engineering; ConceptMap relationships of FHIR R5.
    CodesMergedByMap {
        code: "codes-merged-by-map", category: Conformance, severity: Information, since: "0.1.0", scope: Run,
        covers: ["COD-040"],
    }
}

impl Rule for CodesMergedByMap {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::code_maps::CodeMaps;
    use crate::rules::testing::record;
    use crate::{Ruleset, ValidationReport, Verdict};
    use ehr_model::chart::Chart;
    use ehr_model::record::Kind;

    fn verdict(codes: [(&str, &str); 2]) -> Verdict {
        let mut maps = CodeMaps::default();
        for (local, code) in codes {
            let fields = [
                ("code.coding[0].system", "urn:practice:problems"),
                ("code.coding[0].code", local),
                ("code.coding[1].system", "http://snomed.info/sct"),
                ("code.coding[1].code", code),
            ];
            maps.collect(&Chart::new(
                vec![record(Kind::Problem, "a", &fields)],
                Vec::new(),
            ));
        }
        let (counts, issues) = maps.finish();
        let mut report = ValidationReport::default();
        report.add(CodesMergedByMap.metadata().code, counts, &issues);
        let rules = Ruleset::empty().with(Box::new(CodesMergedByMap)).unwrap();
        report.checks(&rules)[0].verdict
    }

    #[test]
    fn fires() {
        assert_eq!(
            verdict([("L-ARM", "65966004"), ("R-ARM", "65966004")]),
            Verdict::Failed
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            verdict([("L-ARM", "65966004"), ("L-ARM", "65966004")]),
            Verdict::Passed
        );
        assert_eq!(
            verdict([("L-ARM", "65966004"), ("R-ARM", "73211009")]),
            Verdict::Passed
        );
    }
}
