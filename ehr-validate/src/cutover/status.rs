//! Plan, progress and the hour: what is due, go or no-go, shutdown or not.

use std::fmt;

use serde::Serialize;

use super::plan::{ObligationSpec, TaskSpec};
use super::{ConditionState, CutoverPlan, Done, Progress};
use crate::moment::Moment;

/// How a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TaskState {
    /// Done, with evidence.
    Done,
    /// Said to be done, and nothing shows it.
    WithoutEvidence,
    /// Said to be done before something that it needs, or in the future.
    OutOfOrder,
    /// Its time is over.
    Overdue,
    /// It can be begun.
    Ready,
    /// Something that it needs is not done.
    Waiting,
}

/// How an obligation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ObligationState {
    /// There was no go-live yet.
    NotBegun,
    /// It is to be met.
    Running,
    /// It was met, with evidence.
    Met,
    /// Said to be met before it could be, or in the future.
    TooEarly,
    /// Said to be met, and nothing shows it.
    WithoutEvidence,
    /// Its time is over.
    Overdue,
}

/// A task with its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TaskStatus {
    /// The task.
    #[serde(flatten)]
    pub task: TaskSpec,
    /// Until when, if go-live has a time.
    pub due_at: Option<Moment>,
    /// How it stands.
    pub state: TaskState,
    /// What it needs and what is not done.
    pub waits_for: Vec<String>,
}

/// An obligation with its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ObligationStatus {
    /// The obligation.
    #[serde(flatten)]
    pub obligation: ObligationSpec,
    /// From when it can be met.
    pub from: Option<Moment>,
    /// Until when it is to be met.
    pub until: Option<Moment>,
    /// How it stands.
    pub state: ObligationState,
}

/// Why it is not go, or why the legacy system may not be shut down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NoGo {
    /// Go-live has no time.
    #[error("go-live has no time")]
    NoGoLive,
    /// A condition does not hold.
    #[error("condition `{id}`: not met")]
    NotMet {
        /// The condition.
        id: String,
    },
    /// Nobody knows whether a condition holds.
    #[error("condition `{id}`: unknown")]
    Unknown {
        /// The condition.
        id: String,
    },
    /// A condition is said to hold, and nothing shows it.
    #[error("condition `{id}`: without evidence")]
    WithoutEvidence {
        /// The condition.
        id: String,
    },
    /// The evidence of a condition is too old for the time of go-live.
    #[error("condition `{id}`: evidence older than {hours} hours at go-live")]
    TooOld {
        /// The condition.
        id: String,
        /// How old it may be.
        hours: i64,
    },
    /// A condition is said to have been found in the future.
    #[error("condition `{id}`: found in the future")]
    InFuture {
        /// The condition.
        id: String,
    },
    /// A task that is due before go-live is not done.
    #[error("task `{id}`: {state}")]
    Task {
        /// The task.
        id: String,
        /// How it stands.
        state: TaskState,
    },
    /// An obligation is not met.
    #[error("obligation `{id}`: {state}")]
    Obligation {
        /// The obligation.
        id: String,
        /// How it stands.
        state: ObligationState,
    },
    /// There was no go-live yet.
    #[error("go-live is not done")]
    NotLive,
}

/// Why a progress does not belong to a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgressError {
    /// It names something that the plan does not have; a slip would otherwise look like unknown.
    #[error("`{id}` is no {what} of the plan")]
    NoSuchName {
        /// What it should be.
        what: &'static str,
        /// The name.
        id: String,
    },
    /// A time beyond the calendar.
    #[error("go-live lies too far away to reckon with")]
    Calendar,
}

/// How the cutover stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CutoverStatus {
    /// The layout of the report.
    pub format: &'static str,
    /// The plan and its version.
    pub plan: String,
    /// The hour.
    pub now: Moment,
    /// When go-live is planned, or was.
    pub go_live: Option<Moment>,
    /// Whether it is go.
    pub go: bool,
    /// Why not.
    pub reasons: Vec<NoGo>,
    /// Whether the legacy system may be shut down.
    pub shutdown_allowed: bool,
    /// Why not.
    pub shutdown_reasons: Vec<NoGo>,
    /// The tasks.
    pub tasks: Vec<TaskStatus>,
    /// The conditions that hold.
    pub conditions_met: u64,
    /// All conditions.
    pub conditions: u64,
    /// The obligations.
    pub obligations: Vec<ObligationStatus>,
}

impl TaskState {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::WithoutEvidence => "without evidence",
            Self::OutOfOrder => "out of order",
            Self::Overdue => "overdue",
            Self::Ready => "ready to begin",
            Self::Waiting => "waiting for another task",
        }
    }
}

impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.words())
    }
}

impl ObligationState {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotBegun => "not begun",
            Self::Running => "running",
            Self::Met => "met",
            Self::TooEarly => "said to be met too early",
            Self::WithoutEvidence => "without evidence",
            Self::Overdue => "overdue",
        }
    }
}

impl fmt::Display for ObligationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.words())
    }
}

impl CutoverPlan {
    /// How the cutover stands at an hour.
    ///
    /// # Errors
    ///
    /// If the progress names something that the plan does not have.
    pub fn status(&self, progress: &Progress, now: Moment) -> Result<CutoverStatus, ProgressError> {
        self.check_names(progress)?;
        let at = |hours: i64| match progress.go_live {
            Some(live) => live
                .plus_hours(hours)
                .map(Some)
                .ok_or(ProgressError::Calendar),
            None => Ok(None),
        };
        let mut tasks = Vec::new();
        for task in &self.tasks {
            tasks.push(task_status(task, progress, at(task.due.hours())?, now));
        }
        let is_done = |id: &str| {
            let task = tasks.iter().find(|one| one.task.id == id);
            task.is_some_and(|one| one.state == TaskState::Done)
        };
        // the decision has to be taken before what follows from it
        let mut reasons: Vec<NoGo> = Vec::new();
        reasons.extend(progress.go_live.is_none().then_some(NoGo::NoGoLive));
        reasons.extend(self.conditions(progress, now));
        for task in tasks.iter().filter(|one| one.task.due.hours() < 0) {
            let decides = self.decides(&task.task);
            if !decides && task.state != TaskState::Done {
                reasons.push(NoGo::Task {
                    id: task.task.id.clone(),
                    state: task.state,
                });
            }
        }
        let mut lives = self
            .tasks
            .iter()
            .filter(|task| task.due.hours() == 0)
            .peekable();
        let live = lives.peek().is_some() && lives.all(|task| is_done(&task.id));
        let mut obligations = Vec::new();
        for one in &self.obligations {
            let from = at(one.at_least.map_or(0, super::Offset::hours))?;
            let until = at(one.at_most.hours())?;
            let done = progress.obligations.get(&one.id);
            obligations.push(ObligationStatus {
                obligation: one.clone(),
                state: obligation_state(live, from, until, done, now),
                from,
                until,
            });
        }
        let mut shutdown_reasons = Vec::new();
        shutdown_reasons.extend((!live).then_some(NoGo::NotLive));
        for one in obligations
            .iter()
            .filter(|one| one.state != ObligationState::Met)
        {
            shutdown_reasons.push(NoGo::Obligation {
                id: one.obligation.id.clone(),
                state: one.state,
            });
        }
        for task in tasks
            .iter()
            .filter(|one| !one.task.shuts_down && one.state != TaskState::Done)
        {
            shutdown_reasons.push(NoGo::Task {
                id: task.task.id.clone(),
                state: task.state,
            });
        }
        let unmet = |reason: &&NoGo| !matches!(reason, NoGo::NoGoLive | NoGo::Task { .. });
        Ok(CutoverStatus {
            format: "ehr-cutover/1",
            plan: format!("{} {}", self.name, self.version),
            now,
            go_live: progress.go_live,
            go: reasons.is_empty(),
            conditions: self.conditions.len() as u64,
            conditions_met: (self.conditions.len() - reasons.iter().filter(unmet).count()) as u64,
            reasons,
            shutdown_allowed: shutdown_reasons.is_empty(),
            shutdown_reasons,
            tasks,
            obligations,
        })
    }

    /// Whether a task is the decision itself: what is due at go-live needs it.
    fn decides(&self, task: &TaskSpec) -> bool {
        let live = self.tasks.iter().filter(|one| one.due.hours() == 0);
        live.into_iter().any(|one| one.needs.contains(&task.id))
    }

    fn conditions(&self, progress: &Progress, now: Moment) -> Vec<NoGo> {
        let mut reasons = Vec::new();
        for condition in &self.conditions {
            let id = condition.id.clone();
            let hours = condition.max_age.hours();
            let value = progress.conditions.get(&id);
            let at_go_live = progress.go_live.unwrap_or(now);
            reasons.extend(match value {
                None => Some(NoGo::Unknown { id }),
                Some(value) => match value.state {
                    ConditionState::Unknown => Some(NoGo::Unknown { id }),
                    ConditionState::NotMet => Some(NoGo::NotMet { id }),
                    ConditionState::Met if value.evidence.is_none() => {
                        Some(NoGo::WithoutEvidence { id })
                    }
                    ConditionState::Met if value.at > now => Some(NoGo::InFuture { id }),
                    ConditionState::Met
                        if value
                            .at
                            .plus_hours(hours)
                            .is_none_or(|end| end < at_go_live) =>
                    {
                        Some(NoGo::TooOld { id, hours })
                    }
                    ConditionState::Met => None,
                },
            });
        }
        reasons
    }

    fn check_names(&self, progress: &Progress) -> Result<(), ProgressError> {
        let no = |what, id: &String| ProgressError::NoSuchName {
            what,
            id: id.clone(),
        };
        for id in progress.conditions.keys() {
            if !self.conditions.iter().any(|one| one.id == *id) {
                return Err(no("condition", id));
            }
        }
        for id in progress.tasks.keys() {
            if !self.tasks.iter().any(|one| one.id == *id) {
                return Err(no("task", id));
            }
        }
        for id in progress.obligations.keys() {
            if !self.obligations.iter().any(|one| one.id == *id) {
                return Err(no("obligation", id));
            }
        }
        Ok(())
    }
}

fn task_status(
    task: &TaskSpec,
    progress: &Progress,
    due_at: Option<Moment>,
    now: Moment,
) -> TaskStatus {
    let waits_for: Vec<String> = task
        .needs
        .iter()
        .filter(|needs| !progress.tasks.contains_key(*needs))
        .cloned()
        .collect();
    let needed = task
        .needs
        .iter()
        .filter_map(|needs| progress.tasks.get(needs));
    let state = match progress.tasks.get(&task.id) {
        Some(done) => {
            let in_order = needed.clone().all(|before| before.at <= done.at);
            if done.at > now || !waits_for.is_empty() || !in_order {
                TaskState::OutOfOrder
            } else if done.evidence.is_none() {
                TaskState::WithoutEvidence
            } else {
                TaskState::Done
            }
        }
        None if due_at.is_some_and(|due| due < now) => TaskState::Overdue,
        None if waits_for.is_empty() => TaskState::Ready,
        None => TaskState::Waiting,
    };
    TaskStatus {
        task: task.clone(),
        due_at,
        state,
        waits_for,
    }
}

fn obligation_state(
    live: bool,
    from: Option<Moment>,
    until: Option<Moment>,
    done: Option<&Done>,
    now: Moment,
) -> ObligationState {
    let (true, Some(from), Some(until)) = (live, from, until) else {
        return ObligationState::NotBegun;
    };
    match done {
        Some(done) if done.at < from || done.at > now => ObligationState::TooEarly,
        Some(done) if done.evidence.is_none() => ObligationState::WithoutEvidence,
        Some(_) => ObligationState::Met,
        None if now > until => ObligationState::Overdue,
        None => ObligationState::Running,
    }
}
