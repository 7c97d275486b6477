use ehr_model::datatype::Reference;
use ehr_model::kind::{DiagnosticReport, Observation};

use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Panel that has fewer members or components than it had
    ///
    /// ## What it does
    ///
    /// Compares the number of components and members of every observation, and of results of every
    /// diagnostic report, with its entry in the target. In the target each member that is named must be
    /// there.
    ///
    /// ## Why it matters
    ///
    /// Half a panel looks like a whole one.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether members were set aside or rejected, and whether they are linked by the ids of the
    /// target.
    ///
    /// ### Who uses the data
    ///
    /// Look at the panel in the source.
    ///
    /// ## Source
    ///
    /// C-CDA R2.1, Result Organizer; HL7 FHIR R4, Observation.hasMember and DiagnosticReport.result.
    PanelMemberLost {
        code: "panel-member-lost", category: Completeness, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["LAB-009"],
    }
}

impl Rule for PanelMemberLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Observation>() {
            if source.component.is_empty() && source.has_member.is_empty() {
                continue;
            }
            let mut subject = findings.applies_to(record);
            if target.component.len() < source.component.len() {
                subject.violated_at("component");
            }
            if target.has_member.len() < source.has_member.len()
                || has_orphan(&target.has_member, pair)
            {
                subject.violated_at("hasMember");
            }
        }
        for ((record, source), (_, target)) in pair.matched_of::<DiagnosticReport>() {
            if source.result.is_empty() {
                continue;
            }
            let mut subject = findings.applies_to(record);
            if target.result.len() < source.result.len() || has_orphan(&target.result, pair) {
                subject.violated_at("result");
            }
        }
        Ok(())
    }
}

/// Whether a member that the target names is not in it.
fn has_orphan(members: &[Reference], pair: &ChartPair<'_>) -> bool {
    let mut named = members.iter().filter_map(|member| member.reference.value());
    named.any(|(_, id)| pair.target().record(*id).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::laboratory::fixture::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    #[test]
    fn fires() {
        let two = [
            ("component[0].valueString", "x"),
            ("component[1].valueString", "y"),
        ];
        assert_eq!(
            between(&PanelMemberLost, &two, &two[..1]),
            ["Observation a component"]
        );
        let report = || {
            record(
                Kind::DiagnosticReport,
                "r",
                &[("result[0].reference", "Observation/a")],
            )
        };
        let source = vec![report(), result("a", &[(VALUE, "5")])];
        assert_eq!(
            found_between(&PanelMemberLost, source, vec![report()]),
            ["DiagnosticReport r result"]
        );
    }

    #[test]
    fn stays_silent() {
        let two = [
            ("component[0].valueString", "x"),
            ("component[1].valueString", "y"),
        ];
        assert_eq!(between(&PanelMemberLost, &two, &two), NONE);
        assert_eq!(between(&PanelMemberLost, &two[..1], &two), NONE);
        let panel = || {
            vec![
                record(
                    Kind::DiagnosticReport,
                    "r",
                    &[("result[0].reference", "Observation/a")],
                ),
                result("a", &[(VALUE, "5")]),
            ]
        };
        assert_eq!(found_between(&PanelMemberLost, panel(), panel()), NONE);
    }
}
