//! Rounds of a rehearsal, and whether they prove anything.

use super::room;

room! {
    fault_escaped_its_rule: FaultEscapedItsRule,
    finding_came_back: FindingCameBack,
    rule_passed_before: RulePassedBefore,
    sampling_plan_changed: SamplingPlanChanged,
}
