//! The plan: read, and checked for what cannot be carried out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The plan that is shipped.
const SHIPPED: &str = include_str!("../../data/cutover.toml");
const FORMAT: &str = "ehr-cutover-plan/1";

/// A cutover plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CutoverPlan {
    /// The layout of the file.
    pub format: String,
    /// The name of the plan.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What must hold for go.
    #[serde(rename = "condition", default)]
    pub conditions: Vec<ConditionSpec>,
    /// What is done.
    #[serde(rename = "task", default)]
    pub tasks: Vec<TaskSpec>,
    /// What is owed after go-live.
    #[serde(rename = "obligation", default)]
    pub obligations: Vec<ObligationSpec>,
}

/// A condition of go.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct ConditionSpec {
    /// The name by which values are given.
    pub id: String,
    /// For people.
    pub title: String,
    /// How old its evidence may be at go-live.
    pub max_age: Offset,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct TaskSpec {
    /// The name by which it is needed and reported.
    pub id: String,
    /// For people.
    pub title: String,
    /// The role that does it.
    pub owner: String,
    /// Until when, from go-live.
    pub due: Offset,
    /// What must be done before.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Whether it ends the legacy system, for which all obligations must be met.
    #[serde(default)]
    pub shuts_down: bool,
}

/// Something owed after go-live.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct ObligationSpec {
    /// The name by which it is discharged.
    pub id: String,
    /// For people.
    pub title: String,
    /// It cannot be met earlier than this after go-live.
    #[serde(default)]
    pub at_least: Option<Offset>,
    /// It is overdue after this.
    pub at_most: Offset,
}

/// Hours from go-live, written `-72h` or `60d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offset(i64);

/// Why a plan cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// It is not of the form.
    #[error("line {line}: {message}")]
    Toml {
        /// The line, counted from 1; 0 where it is not known.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// It is of another format.
    #[error("the plan is of the format `{found}`, and `{FORMAT}` is read")]
    Format {
        /// What it says.
        found: String,
    },
    /// Two things have one name.
    #[error("`{id}` stands twice")]
    Twice {
        /// The name.
        id: String,
    },
    /// A task needs one that is not there.
    #[error("task `{id}` needs `{needs}`, which is no task of the plan")]
    NoSuchTask {
        /// The task.
        id: String,
        /// What it needs.
        needs: String,
    },
    /// A task is due before one that it needs.
    #[error("task `{id}` is due before `{needs}`, which it needs")]
    DueBefore {
        /// The task.
        id: String,
        /// What it needs.
        needs: String,
    },
    /// Tasks need each other.
    #[error("task `{id}` needs itself, by way of others or at once")]
    Circle {
        /// One of them.
        id: String,
    },
    /// An obligation ends before it can be met, or a time that must lie after go-live does not.
    #[error("`{id}`: the times leave no room to meet it")]
    NoRoom {
        /// The obligation or condition.
        id: String,
    },
    /// The legacy system would be shut down before an obligation can be met.
    #[error("task `{task}` shuts down before `{obligation}` can be met")]
    ShutdownTooEarly {
        /// The task.
        task: String,
        /// The obligation.
        obligation: String,
    },
}

impl CutoverPlan {
    /// The plan that is shipped.
    pub fn shipped() -> Self {
        Self::parse(SHIPPED).unwrap_or_else(|_| unreachable!("a test reads the shipped plan"))
    }

    /// The shipped plan as text, to be copied and changed.
    pub const fn shipped_text() -> &'static str {
        SHIPPED
    }

    /// Reads a plan and checks it.
    ///
    /// # Errors
    ///
    /// What is wrong first.
    pub fn parse(text: &str) -> Result<Self, PlanError> {
        let plan: Self = toml::from_str(text).map_err(|error| PlanError::Toml {
            line: error.span().map_or(0, |span| {
                text[..span.start.min(text.len())].matches('\n').count() + 1
            }),
            message: error.message().to_owned(),
        })?;
        plan.check()?;
        Ok(plan)
    }

    fn check(&self) -> Result<(), PlanError> {
        if self.format != FORMAT {
            let found = self.format.clone();
            return Err(PlanError::Format { found });
        }
        let names = self.conditions.iter().map(|one| &one.id);
        let names = names.chain(self.tasks.iter().map(|one| &one.id));
        let mut seen = BTreeSet::new();
        for id in names.chain(self.obligations.iter().map(|one| &one.id)) {
            if !seen.insert(id) {
                return Err(PlanError::Twice { id: id.clone() });
            }
        }
        let tasks: BTreeMap<&str, &TaskSpec> = self
            .tasks
            .iter()
            .map(|one| (one.id.as_str(), one))
            .collect();
        for task in &self.tasks {
            let (id, mut reached, mut open) = (&task.id, BTreeSet::new(), vec![task]);
            while let Some(one) = open.pop() {
                for needs in &one.needs {
                    if needs == id {
                        return Err(PlanError::Circle { id: id.clone() });
                    }
                    let Some(needed) = tasks.get(needs.as_str()) else {
                        let (id, needs) = (one.id.clone(), needs.clone());
                        return Err(PlanError::NoSuchTask { id, needs });
                    };
                    if needed.due > one.due {
                        let (id, needs) = (one.id.clone(), needs.clone());
                        return Err(PlanError::DueBefore { id, needs });
                    }
                    if reached.insert(needs) {
                        open.push(needed);
                    }
                }
            }
        }
        for one in &self.obligations {
            if one.at_most <= one.at_least.unwrap_or(Offset(0)) {
                return Err(PlanError::NoRoom { id: one.id.clone() });
            }
            for task in self.tasks.iter().filter(|task| task.shuts_down) {
                if task.due < one.at_least.unwrap_or(Offset(0)) {
                    return Err(PlanError::ShutdownTooEarly {
                        task: task.id.clone(),
                        obligation: one.id.clone(),
                    });
                }
            }
        }
        match self.conditions.iter().find(|one| one.max_age <= Offset(0)) {
            Some(one) => Err(PlanError::NoRoom { id: one.id.clone() }),
            None => Ok(()),
        }
    }
}

impl Offset {
    /// The hours.
    pub fn hours(self) -> i64 {
        self.0
    }
}

impl FromStr for Offset {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "hours or days from go-live expected, such as -72h or 60d";
        let (number, hours) = match (text.strip_suffix('h'), text.strip_suffix('d')) {
            (Some(number), _) => (number, 1),
            (_, Some(number)) => (number, 24),
            _ => return Err(EXPECTED),
        };
        let number: i64 = number.parse().map_err(|_| EXPECTED)?;
        number.checked_mul(hours).map(Self).ok_or(EXPECTED)
    }
}

/// As people say it: `T-72 h`, `T+4 h`, `day 60`.
impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("go-live"),
            hours if hours > 72 && hours % 24 == 0 => write!(f, "day {}", hours / 24),
            hours => write!(f, "T{hours:+} h"),
        }
    }
}

impl Serialize for Offset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}h", self.0))
    }
}

impl<'de> Deserialize<'de> for Offset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl Fn(&str) -> String) -> String {
        CutoverPlan::parse(&change(SHIPPED))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn the_shipped_plan_is_one() {
        let plan = CutoverPlan::parse(SHIPPED).unwrap();
        assert_eq!(
            plan.tasks.iter().map(|task| task.due).min(),
            Some(Offset(-72))
        );
        assert_eq!(
            plan.tasks.iter().map(|task| task.due).max(),
            Some(Offset(60 * 24))
        );
        let read_only = &plan.obligations[0];
        assert_eq!(read_only.at_least, Some(Offset(30 * 24)));
        assert_eq!(read_only.at_most, Offset(60 * 24));
    }

    #[test]
    fn what_cannot_be_carried_out_is_refused_by_name() {
        let cases = [
            (
                refused(|text| text.replace("plan/1", "plan/9")),
                "the plan is of the format `ehr-cutover-plan/9`, and `ehr-cutover-plan/1` is read",
            ),
            (
                refused(|text| text.replace("\"go-no-go\"]", "\"go\"]")),
                "task `go-live` needs `go`, which is no task of the plan",
            ),
            (
                refused(|text| text.replace("due = \"-1h\"", "due = \"-4h\"")),
                "task `go-no-go` is due before `reconcile`, which it needs",
            ),
            (
                refused(|text| text.replace("id = \"backup\"", "id = \"delta-run\"")),
                "`delta-run` stands twice",
            ),
            (
                refused(|text| text.replace("at-most = \"60d\"", "at-most = \"29d\"")),
                "`legacy-read-only-period`: the times leave no room to meet it",
            ),
            (
                refused(|text| {
                    text.replace("due = \"60d\"", "due = \"29d\"")
                        .replace("due = \"59d\"", "due = \"29d\"")
                        .replace("due = \"45d\"", "due = \"29d\"")
                }),
                "task `shutdown` shuts down before `legacy-read-only-period` can be met",
            ),
        ];
        for (found, expected) in cases {
            assert_eq!(found, expected);
        }
        let circle = refused(|text| {
            text.replace(
                "due = \"-72h\"\n[[task]]\nid = \"baseline",
                "due = \"-72h\"\nneeds = [\"announce-freeze\"]\n[[task]]\nid = \"baseline",
            )
        });
        assert_eq!(
            circle,
            "task `announce-freeze` needs itself, by way of others or at once"
        );
        let hours = refused(|text| text.replacen("due = \"-72h\"", "due = \"soon\"", 1));
        assert!(
            hours.contains("hours or days from go-live expected"),
            "{hours}"
        );
        assert!(hours.starts_with("line "), "{hours}");
    }
}
