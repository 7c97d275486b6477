//! The register of discrepancies that users find after go-live, each with a clock of 48 hours and
//! its trace back to the source and the line of the mapping document.
//!
//! An entry says what is wrong by code and where by id; what a chart says never stands in it.
//!
//! ```
//! use ehr_validate::discrepancies::{ClockState, Discrepancy, Register};
//! let found = "2031-05-06T09:00:00-05:00".parse()?;
//! let entry = Discrepancy::new("D-1", found, "dr.okafor", "dose-differs", "MedicationRequest/1f2e");
//! let mut register = Register::default();
//! register.open(entry)?;
//! let status = register.status("2031-05-08T10:00:00-05:00".parse()?);
//! assert_eq!(status.entries[0].state, ClockState::Overdue);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod trace;

pub use trace::{Trace, TraceError};

use ehr_crypto::Digest;
use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// An entry is to be resolved within so many hours.
pub const RESOLVE_WITHIN_HOURS: i64 = 48;

/// Something that is not in the new system as it was in the old one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Discrepancy {
    /// Its number.
    pub id: String,
    /// When it was found; the clock begins here.
    pub found: Moment,
    /// Who found it.
    pub by: String,
    /// What is wrong, as a code.
    pub code: String,
    /// The resource in the target, by type and id.
    pub resource: String,
    /// The field, as a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
}

/// How a discrepancy ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    /// When.
    pub at: Moment,
    /// Who resolved it.
    pub by: String,
    /// What it was.
    pub outcome: Outcome,
    /// The digest of what shows it: a corrected mapping document, a signed statement.
    pub evidence: Digest,
}

/// What a discrepancy turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// The chart was corrected by hand.
    Corrected,
    /// The mapping was corrected, and the charts it touches were written again.
    Remapped,
    /// The source said the same.
    AsInSource,
    /// It was reported before, under another number.
    Repeated,
}

/// The register.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Register {
    /// The entries, in the order in which they were found.
    pub entries: Vec<Discrepancy>,
}

/// Why the register refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// Two entries of one number.
    #[error("discrepancy `{0}` is in the register")]
    Twice(String),
    /// No entry of the number.
    #[error("discrepancy `{0}` is not in the register")]
    NoSuchEntry(String),
    /// It was resolved; what was written stays.
    #[error("discrepancy `{0}` was resolved")]
    ResolvedBefore(String),
    /// It ended before it was found.
    #[error("discrepancy `{0}` is resolved before it was found")]
    BeforeFound(String),
}

/// How the clock of an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ClockState {
    /// Open, and its time is over.
    Overdue,
    /// Open.
    Running,
    /// Resolved, after its time.
    ResolvedLate,
    /// Resolved in time.
    Resolved,
}

/// An entry with its clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EntryStatus {
    /// The entry.
    #[serde(flatten)]
    pub entry: Discrepancy,
    /// Until when it is to be resolved; `None` beyond the calendar.
    pub due: Option<Moment>,
    /// Hours left; below zero, hours over.
    pub hours_left: i64,
    /// How it stands.
    pub state: ClockState,
}

/// The register at an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RegisterStatus {
    /// The hour.
    pub now: Moment,
    /// Entries that are not resolved.
    pub open: u64,
    /// Those of them whose time is over.
    pub overdue: u64,
    /// The overdue ones first, then by what is left.
    pub entries: Vec<EntryStatus>,
    /// Open entries by the line of the mapping document, the most frequent first: one wrong line is
    /// many discrepancies.
    pub lines: Vec<(String, u64)>,
}

impl Discrepancy {
    /// An entry as it is found.
    pub fn new(
        id: impl Into<String>,
        found: Moment,
        by: impl Into<String>,
        code: impl Into<String>,
        resource: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            found,
            by: by.into(),
            code: code.into(),
            resource: resource.into(),
            field: None,
            trace: None,
            resolution: None,
        }
    }
}

impl Register {
    /// Adds an entry.
    ///
    /// # Errors
    ///
    /// If the number is taken.
    pub fn open(&mut self, entry: Discrepancy) -> Result<(), RegisterError> {
        if self.entries.iter().any(|one| one.id == entry.id) {
            return Err(RegisterError::Twice(entry.id));
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Resolves an entry, once.
    ///
    /// # Errors
    ///
    /// If there is none of the number, it was resolved, or the times contradict each other.
    pub fn resolve(&mut self, id: &str, resolution: Resolution) -> Result<(), RegisterError> {
        let entry = self.entries.iter_mut().find(|one| one.id == id);
        let entry = entry.ok_or_else(|| RegisterError::NoSuchEntry(id.to_owned()))?;
        if entry.resolution.is_some() {
            return Err(RegisterError::ResolvedBefore(id.to_owned()));
        }
        if resolution.at < entry.found {
            return Err(RegisterError::BeforeFound(id.to_owned()));
        }
        entry.resolution = Some(resolution);
        Ok(())
    }

    /// The register at an hour.
    pub fn status(&self, now: Moment) -> RegisterStatus {
        let mut entries: Vec<EntryStatus> = self
            .entries
            .iter()
            .map(|entry| {
                let ended = entry.resolution.as_ref().map(|end| end.at);
                let due = entry.found.plus_hours(RESOLVE_WITHIN_HOURS);
                let late = due.is_some_and(|due| ended.unwrap_or(now) > due);
                let hours = ended.unwrap_or(now).hours_since(entry.found);
                EntryStatus {
                    entry: entry.clone(),
                    due,
                    hours_left: RESOLVE_WITHIN_HOURS.saturating_sub(hours),
                    state: match (ended, late) {
                        (None, true) => ClockState::Overdue,
                        (None, false) => ClockState::Running,
                        (Some(_), true) => ClockState::ResolvedLate,
                        (Some(_), false) => ClockState::Resolved,
                    },
                }
            })
            .collect();
        entries.sort_by_key(|one| (one.state, one.due));
        let open = || entries.iter().filter(|one| one.entry.resolution.is_none());
        let mut lines: std::collections::BTreeMap<String, u64> = Default::default();
        for trace in open().filter_map(|one| one.entry.trace.as_ref()) {
            *lines.entry(trace.mapping.clone()).or_default() += 1;
        }
        let mut lines: Vec<(String, u64)> = lines.into_iter().collect();
        lines.sort_by_key(|(line, count)| (std::cmp::Reverse(*count), line.clone()));
        RegisterStatus {
            now,
            open: open().count() as u64,
            overdue: open()
                .filter(|one| one.state == ClockState::Overdue)
                .count() as u64,
            lines,
            entries,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn entry(id: &str, hour: u32, line: u32) -> Discrepancy {
        let found = at(&format!("2031-05-06T{hour:02}:00:00-05:00"));
        let mut entry = Discrepancy::new(
            id,
            found,
            "dr.okafor",
            "dose-differs",
            "MedicationRequest/1f2e",
        );
        entry.trace = Some(Trace {
            address: "MEDS.TXT: record 7".into(),
            mapping: format!("harbor-street.toml:{line}"),
            path: None,
        });
        entry
    }

    fn end(at_: &str) -> Resolution {
        Resolution {
            at: at(at_),
            by: "migration lead".into(),
            outcome: Outcome::Remapped,
            evidence: Digest::sha256(b"document"),
        }
    }

    #[test]
    fn the_clock_runs_from_the_finding_to_the_resolution() {
        let mut register = Register::default();
        for one in [
            entry("D-1", 9, 40),
            entry("D-2", 10, 40),
            entry("D-3", 11, 77),
            entry("D-4", 8, 9),
        ] {
            register.open(one).unwrap();
        }
        register
            .resolve("D-3", end("2031-05-07T11:00:00-05:00"))
            .unwrap();
        register
            .resolve("D-4", end("2031-05-08T08:30:00-05:00"))
            .unwrap();
        let status = register.status(at("2031-05-08T09:30:00-05:00"));
        let states: Vec<_> = status
            .entries
            .iter()
            .map(|one| (one.entry.id.as_str(), one.state))
            .collect();
        use ClockState::{Overdue, Resolved, ResolvedLate, Running};
        assert_eq!(
            states,
            [
                ("D-1", Overdue),
                ("D-2", Running),
                ("D-4", ResolvedLate),
                ("D-3", Resolved)
            ]
        );
        assert_eq!((status.open, status.overdue), (2, 1));
        assert_eq!(status.lines, [("harbor-street.toml:40".to_owned(), 2)]);
        // exactly 48 hours are in time, whatever the offset is written as
        let status = register.status(at("2031-05-08T14:00:00Z"));
        assert_eq!((status.overdue, status.entries[0].hours_left), (0, 0));
    }

    #[test]
    fn what_was_written_stays() {
        let mut register = Register::default();
        register.open(entry("D-1", 9, 1)).unwrap();
        assert_eq!(
            register.open(entry("D-1", 10, 1)),
            Err(RegisterError::Twice("D-1".into()))
        );
        let early = register.resolve("D-1", end("2031-05-06T08:00:00-05:00"));
        assert_eq!(early, Err(RegisterError::BeforeFound("D-1".into())));
        let none = register.resolve("D-9", end("2031-05-07T08:00:00-05:00"));
        assert_eq!(
            none.unwrap_err().to_string(),
            "discrepancy `D-9` is not in the register"
        );
        register
            .resolve("D-1", end("2031-05-07T08:00:00-05:00"))
            .unwrap();
        let again = register.resolve("D-1", end("2031-05-07T09:00:00-05:00"));
        assert_eq!(again, Err(RegisterError::ResolvedBefore("D-1".into())));
        let json = serde_json::to_string(&register).unwrap();
        assert_eq!(serde_json::from_str::<Register>(&json).unwrap(), register);
    }
}
