use std::collections::BTreeMap;

use ehr_model::chart::Chart;
use ehr_model::kind::Immunization;
use ehr_model::record::Record;

use super::vaccine::{groups, was_given};
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Fewer doses of a vaccine group in the target.
    ///
    /// ## What it does
    ///
    /// Counts, for each patient and each vaccine group, the doses that were given in source and
    /// target, by CVX code. The target must not have fewer. A combination counts for each of its
    /// groups. The last dose of the source in the group is named.
    ///
    /// ## Why it matters
    ///
    /// A dose that is gone is given again. With a live vaccine, or a child who fears needles, that
    /// is not nothing.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Find the doses that are missing: mostly they came from a registry or from another table, and
    /// were taken for duplicates.
    ///
    /// ### Who uses the data
    ///
    /// Look in the archive before a dose is repeated.
    ///
    /// ## Source
    ///
    /// CDC, CVX mapped to vaccine groups; comparison of counts is an engineering default.
    VaccineDosesDecreased {
        code: "vaccine-doses-decreased", category: Completeness, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["IMM-006"],
    }
}

impl Rule for VaccineDosesDecreased {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let target = doses(pair.target());
        for (group, (count, last)) in doses(pair.source()) {
            let mut subject = findings.applies_to(last);
            if target
                .get(group)
                .is_none_or(|(arrived, _)| *arrived < count)
            {
                subject.violated_at("vaccineCode");
            }
        }
        Ok(())
    }
}

/// How many doses of each group were given, and the record of the last one.
fn doses(chart: &Chart) -> BTreeMap<&'static str, (u64, &Record)> {
    let mut doses = BTreeMap::new();
    for (record, dose) in chart
        .of::<Immunization>()
        .filter(|(_, dose)| was_given(dose))
    {
        for group in dose.vaccine_code.value().into_iter().flat_map(groups) {
            let entry = doses.entry(group).or_insert((0, record));
            *entry = (entry.0 + 1, record);
        }
    }
    doses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn dose(key: &str, code: &str, status: &str) -> Record {
        let fields = [
            (
                "vaccineCode.coding[0].system",
                "http://hl7.org/fhir/sid/cvx",
            ),
            ("vaccineCode.coding[0].code", code),
            ("status", status),
        ];
        record(Kind::Immunization, key, &fields)
    }

    fn between(source: Vec<Record>, target: Vec<Record>) -> Vec<String> {
        found_between(&VaccineDosesDecreased, source, target)
    }

    #[test]
    fn fires() {
        let two = vec![dose("a", "03", "completed"), dose("b", "03", "completed")];
        assert_eq!(
            between(two.clone(), two[..1].to_vec()),
            ["Immunization b vaccineCode"]
        );
        let refused = vec![dose("a", "03", "completed"), dose("b", "03", "not-done")];
        assert_eq!(between(two, refused), ["Immunization b vaccineCode"]);
        let combined = vec![dose("a", "94", "completed")];
        assert_eq!(
            between(combined, vec![dose("a", "03", "completed")]),
            ["Immunization a vaccineCode"]
        );
    }

    #[test]
    fn stays_silent() {
        let one = vec![dose("a", "141", "completed")];
        assert_eq!(
            between(one.clone(), vec![dose("x", "150", "completed")]),
            NONE
        );
        assert_eq!(between(vec![dose("a", "03", "not-done")], vec![]), NONE);
        assert_eq!(between(vec![dose("a", "9997", "completed")], vec![]), NONE);
        assert_eq!(between(vec![], one), NONE);
    }
}
