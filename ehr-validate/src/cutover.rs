//! The cutover as data: tasks relative to go-live, go/no-go conditions, obligations after it.
//!
//! A [`CutoverPlan`] is a file that a practice changes and signs; one is [shipped](CutoverPlan::shipped).
//! What was done stands in a [`Progress`]. Plan, progress and the hour give a [`CutoverStatus`]: what
//! is due, whether it is go, and whether the legacy system may be shut down. What is not known is
//! never go.
//!
//! ```
//! use ehr_validate::cutover::{CutoverPlan, Progress};
//! let plan = CutoverPlan::shipped();
//! let mut progress = Progress::default();
//! progress.go_live = Some("2031-05-05T07:00:00-05:00".parse()?);
//! let status = plan.status(&progress, "2031-05-05T06:00:00-05:00".parse()?)?;
//! assert!(!status.go);
//! assert!(status.reasons.iter().any(|reason| reason.to_string() == "condition `backup-verified`: unknown"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod in_flight;
mod page;
mod plan;
mod progress;
mod status;
mod waves;

#[cfg(test)]
mod tests;

pub use in_flight::{ClaimStage, InFlightClaim, InFlightClaims};
pub use plan::{ConditionSpec, CutoverPlan, ObligationSpec, Offset, PlanError, TaskSpec};
pub use progress::{ConditionState, ConditionValue, Done, Progress};
pub use status::{
    CutoverStatus, NoGo, ObligationState, ObligationStatus, ProgressError, TaskState, TaskStatus,
};
pub use waves::{Population, Wave, WaveCounts, WavePolicy, WavePolicyError};
