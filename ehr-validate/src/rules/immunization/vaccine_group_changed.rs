use ehr_model::kind::Immunization;

use super::vaccine::{cvx, groups};
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Vaccine of another group in the target.
    ///
    /// ## What it does
    ///
    /// Compares the CVX code of every vaccination with its entry in the target, by CDC's table of
    /// vaccine groups. A combination must keep all of its groups. A vaccine that loses its CVX code
    /// fires too; codes that the table does not know are compared as they are.
    ///
    /// ## Why it matters
    ///
    /// Another group is another disease. The patient is vaccinated twice against one and not at all
    /// against the other.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the row of the code map; leading zeros and neighbouring codes are the usual cause.
    ///
    /// ### Who uses the data
    ///
    /// Do not trust the forecast of this patient before it is mended.
    ///
    /// ## Source
    ///
    /// CDC, CVX mapped to vaccine groups.
    VaccineGroupChanged {
        code: "vaccine-group-changed", category: Conformance, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["IMM-001"],
    }
}

impl Rule for VaccineGroupChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Immunization>() {
            let Some(vaccine) = source
                .vaccine_code
                .value()
                .filter(|code| cvx(code).is_some())
            else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            let kept = target.vaccine_code.value().is_some_and(|other| {
                let known = groups(vaccine).next().is_some() && groups(other).next().is_some();
                if known {
                    groups(vaccine).eq(groups(other))
                } else {
                    cvx(vaccine) == cvx(other)
                }
            });
            if !kept {
                subject.violated_at("vaccineCode");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;
    use ehr_model::record::Record;

    const NONE: [&str; 0] = [];

    fn of(code: &str) -> Vec<Record> {
        let fields = [
            (
                "vaccineCode.coding[0].system",
                "http://hl7.org/fhir/sid/cvx",
            ),
            ("vaccineCode.coding[0].code", code),
        ];
        vec![record(Kind::Immunization, "a", &fields)]
    }

    fn between(source: &str, target: &str) -> Vec<String> {
        found_between(&VaccineGroupChanged, of(source), of(target))
    }

    #[test]
    fn fires() {
        assert_eq!(between("03", "21"), ["Immunization a vaccineCode"]);
        assert_eq!(
            between("94", "03"),
            ["Immunization a vaccineCode"],
            "varicella is lost"
        );
        let lost = vec![record(
            Kind::Immunization,
            "a",
            &[("vaccineCode.text", "MMR")],
        )];
        assert_eq!(found_between(&VaccineGroupChanged, of("03"), lost).len(), 1);
        assert_eq!(between("9997", "9998"), ["Immunization a vaccineCode"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between("141", "150"), NONE, "both are influenza");
        assert_eq!(between("03", "3"), NONE, "another rule says so");
        assert_eq!(between("9997", "9997"), NONE);
        let words = vec![record(
            Kind::Immunization,
            "a",
            &[("vaccineCode.text", "MMR")],
        )];
        assert_eq!(found_between(&VaccineGroupChanged, words, of("03")), NONE);
    }
}
