//! Problems and diagnoses.

mod code_table;
mod status;

use super::room;

room! {
    chronic_problem_missing_in_target: ChronicProblemMissingInTarget,
    history_became_present_problem: HistoryBecamePresentProblem,
    implausible_problem_for_sex_or_age: ImplausibleProblemForSexOrAge,
    laterality_or_severity_lost: LateralityOrSeverityLost,
    problem_category_changed: ProblemCategoryChanged,
    problem_resolved_before_onset: ProblemResolvedBeforeOnset,
    problem_status_changed: ProblemStatusChanged,
    resolved_problem_still_active: ResolvedProblemStillActive,
    unspecified_codes_increased: UnspecifiedCodesIncreased,
}
