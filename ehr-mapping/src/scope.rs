//! The scope: which entries of a chart migrate, and which stay in the archive only.
//!
//! Everything that does not migrate is archived; nothing is dropped. Each decision names the rule
//! that made it. Where a rule cannot tell, because an entry has no date or a patient no activity
//! on record, the entry migrates: unknown is no reason to leave something behind.

mod dates;

pub use dates::last_date;

use std::collections::{HashMap, HashSet};
use std::fmt;

use chrono::{Months, NaiveDate};
use ehr_model::chart::Chart;
use ehr_model::element::Leaf;
use ehr_model::kind::{AppointmentStatus, ConditionClinicalStatus, MedicationStatus};
use ehr_model::record::{Kind, Record, RecordId, Resource};

/// How much migrates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeMode {
    /// Everything.
    Full,
    /// Active patients: what is active of PAMI+P, and what lies in the window; insurance and
    /// future appointments.
    Partial,
    /// Active patients: all of PAMI+P, and the rest as far as it lies in the window.
    Hybrid,
}

/// Whether an entry migrates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Decision {
    /// It goes to the new system, and to the archive as well.
    Migrate,
    /// It goes to the archive only.
    Archive,
}

/// A patient counts as active, and an entry as recent, within so many months: a patient seen
/// within three years is an established one under the billing rules of CPT.
pub const DEFAULT_WINDOW_MONTHS: u32 = 36;

/// Which entries migrate. Rules are asked in order before the mode is; the first that fits decides.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ScopePolicy {
    /// How much migrates where no rule fits.
    pub mode: ScopeMode,
    /// The first day of the window.
    pub since: NaiveDate,
    /// The day on which the scope is decided.
    pub as_of: NaiveDate,
    /// Exceptions.
    pub rules: Vec<ScopeRule>,
}

/// An exception to the mode. All that it names must fit.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ScopeRule {
    /// The name under which decisions are counted.
    pub name: String,
    /// What it decides.
    pub decision: Decision,
    /// Kinds; empty means all.
    pub kinds: Vec<Kind>,
    /// The last date of the entry lies before this day.
    pub before: Option<NaiveDate>,
    /// The last date of the entry lies on this day or later.
    pub since: Option<NaiveDate>,
    /// The entry points at one of these practitioners, places or organizations; empty means any.
    pub refers_to: Vec<RecordId>,
    /// The entry has one of these statuses; empty means any.
    pub statuses: Vec<String>,
}

/// The decision on one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScopeDecision {
    /// The entry.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Whether it migrates.
    pub decision: Decision,
    /// The rule that decided.
    pub rule: String,
}

impl ScopePolicy {
    /// A policy with the default window, decided on a day.
    pub fn new(mode: ScopeMode, as_of: NaiveDate) -> Self {
        let since = as_of
            .checked_sub_months(Months::new(DEFAULT_WINDOW_MONTHS))
            .unwrap_or(NaiveDate::MIN);
        Self {
            mode,
            since,
            as_of,
            rules: Vec::new(),
        }
    }

    /// Decides on every entry of a chart, in its order.
    pub fn decide(&self, chart: &Chart) -> Vec<ScopeDecision> {
        let active = self.mode == ScopeMode::Full || self.is_active(chart);
        let mut decisions: Vec<ScopeDecision> = chart
            .records
            .iter()
            .map(|record| {
                let (decision, rule) = self.decide_one(record, active);
                ScopeDecision {
                    record: record.id,
                    kind: record.kind(),
                    decision,
                    rule,
                }
            })
            .collect();
        keep_referenced(chart, &mut decisions);
        decisions
    }

    fn decide_one(&self, record: &Record, active: bool) -> (Decision, String) {
        if let Some(rule) = self.rules.iter().find(|rule| rule.fits(record)) {
            return (rule.decision, rule.name.clone());
        }
        let (decision, rule) = self.decide_by_mode(record, active);
        (decision, rule.to_owned())
    }

    fn decide_by_mode(&self, record: &Record, active: bool) -> (Decision, &'static str) {
        use Decision::{Archive, Migrate};
        if self.mode == ScopeMode::Full {
            return (Migrate, "full");
        }
        if !active {
            return (Archive, "patient not active");
        }
        if matches!(
            record.kind(),
            Kind::Patient | Kind::RelatedPerson | Kind::Allergy | Kind::Immunization
        ) {
            return (Migrate, "always");
        }
        if record.kind().is_safety_critical() && self.mode == ScopeMode::Hybrid {
            return (Migrate, "safety-critical");
        }
        if let Some(rule) = self.is_open(record) {
            return (Migrate, rule);
        }
        let windowed = self.mode == ScopeMode::Hybrid
            || record.kind().is_safety_critical()
            || record.kind() == Kind::Coverage;
        if !windowed {
            return (Archive, "outside of the partial scope");
        }
        match last_date(record) {
            None => (Migrate, "undated"),
            Some(date) if date.latest() >= self.since => (Migrate, "in the window"),
            Some(_) => (Archive, "before the window"),
        }
    }

    /// What is not over migrates whatever its date.
    fn is_open(&self, record: &Record) -> Option<&'static str> {
        let open = match &record.resource {
            Resource::Problem(problem) => problem.clinical_status.value().is_none_or(|status| {
                matches!(
                    status.0,
                    ConditionClinicalStatus::Active
                        | ConditionClinicalStatus::Recurrence
                        | ConditionClinicalStatus::Relapse
                )
            }),
            Resource::Medication(medication) => medication.status.value().is_none_or(|status| {
                matches!(
                    status,
                    MedicationStatus::Active | MedicationStatus::OnHold | MedicationStatus::Unknown
                )
            }),
            Resource::Coverage(coverage) => coverage
                .period
                .value()
                .is_none_or(|period| period.end.value().is_none()),
            Resource::Claim(claim) => claim.outstanding.iter().any(|outstanding| {
                let amount = outstanding
                    .amount
                    .value()
                    .and_then(|amount| amount.value.value());
                amount.is_some_and(|amount| amount.value().is_none_or(|amount| !amount.is_zero()))
            }),
            Resource::Appointment(appointment) => {
                let booked = appointment.status.value().is_none_or(|status| {
                    !matches!(
                        status,
                        AppointmentStatus::Cancelled
                            | AppointmentStatus::Noshow
                            | AppointmentStatus::EnteredInError
                    )
                });
                booked
                    && appointment
                        .start
                        .value()
                        .is_none_or(|start| start.0.latest() >= self.as_of)
            }
            _ => false,
        };
        open.then_some("open")
    }

    /// Whether the patient was seen, or anything was recorded, in the window. A patient without any
    /// date counts as active.
    fn is_active(&self, chart: &Chart) -> bool {
        let mut dates = chart
            .records
            .iter()
            .filter(|record| record.kind() != Kind::Patient)
            .filter_map(last_date)
            .peekable();
        dates.peek().is_none() || dates.any(|date| date.latest() >= self.since)
    }
}

impl ScopeRule {
    /// A rule that fits everything until it is narrowed.
    pub fn new(name: impl Into<String>, decision: Decision) -> Self {
        Self {
            name: name.into(),
            decision,
            kinds: Vec::new(),
            before: None,
            since: None,
            refers_to: Vec::new(),
            statuses: Vec::new(),
        }
    }

    fn fits(&self, record: &Record) -> bool {
        let date = || last_date(record);
        (self.kinds.is_empty() || self.kinds.contains(&record.kind()))
            && self
                .before
                .is_none_or(|day| date().is_some_and(|date| date.latest() < day))
            && self
                .since
                .is_none_or(|day| date().is_some_and(|date| date.latest() >= day))
            && (self.refers_to.is_empty() || self.refers(record))
            && (self.statuses.is_empty() || self.has_status(record))
    }

    fn refers(&self, record: &Record) -> bool {
        let mut refers = false;
        record.visit_references(|_, _, id| refers |= self.refers_to.contains(&id));
        refers
    }

    fn has_status(&self, record: &Record) -> bool {
        let element = record.resource.element();
        let spec = element.spec();
        ["status", "clinicalStatus", "lifecycleStatus"]
            .into_iter()
            .filter_map(|name| spec.number(name))
            .any(|number| match element.slot(number).leaf(0) {
                Some(Leaf::Text(status)) => self.statuses.iter().any(|wanted| *wanted == status),
                _ => false,
            })
    }
}

/// An entry that another migrating entry points at comes along, so that no link breaks.
fn keep_referenced(chart: &Chart, decisions: &mut [ScopeDecision]) {
    let places: HashMap<RecordId, usize> = chart
        .records
        .iter()
        .enumerate()
        .map(|(place, record)| (record.id, place))
        .collect();
    let mut open: Vec<usize> = (0..decisions.len())
        .filter(|place| decisions[*place].decision == Decision::Migrate)
        .collect();
    let mut seen: HashSet<usize> = open.iter().copied().collect();
    while let Some(place) = open.pop() {
        chart.records[place].visit_references(|_, _, id| {
            if let Some(target) = places.get(&id)
                && seen.insert(*target)
            {
                decisions[*target].decision = Decision::Migrate;
                decisions[*target].rule = "referenced by an entry that migrates".to_owned();
                open.push(*target);
            }
        });
    }
}

impl fmt::Display for ScopeMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "full",
            Self::Partial => "partial",
            Self::Hybrid => "hybrid",
        })
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Migrate => "migrate",
            Self::Archive => "archive",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ehr_model::datatype::{Concept, Reference};
    use ehr_model::kind::{Encounter, Observation, Onset, Patient, Problem};
    use ehr_model::record::Namespace;
    use ehr_model::value::{Field, PartialDate};

    const LEGACY: &str = "https://legacy.example";

    fn record(kind: Kind, key: &str, resource: impl Into<Resource>) -> Record {
        Record {
            id: Namespace::of_system(LEGACY).id(kind, key),
            provenance: Vec::new(),
            resource: resource.into(),
        }
    }

    fn problem(key: &str, status: ConditionClinicalStatus, onset: &str) -> Record {
        let mut problem = Problem::default();
        problem.clinical_status = Concept(status).into();
        problem.onset = Onset::DateTime(PartialDate::parse(onset).unwrap().into()).into();
        record(Kind::Problem, key, problem)
    }

    fn visit(key: &str, day: &str) -> Record {
        let mut visit = Encounter::default();
        visit.period.set(Default::default()).start = Field::Value(PartialDate::parse(day).unwrap());
        record(Kind::Encounter, key, visit)
    }

    fn decide(mode: ScopeMode, records: Vec<Record>) -> Vec<(Kind, Decision, String)> {
        let policy = ScopePolicy::new(mode, NaiveDate::from_ymd_opt(2026, 1, 1).unwrap());
        let chart = Chart::new(records, Vec::new());
        policy
            .decide(&chart)
            .into_iter()
            .map(|one| (one.kind, one.decision, one.rule))
            .collect()
    }

    fn chart(last_visit: &str) -> Vec<Record> {
        vec![
            record(Kind::Patient, "1", Patient::default()),
            problem("a", ConditionClinicalStatus::Active, "2001"),
            problem("b", ConditionClinicalStatus::Resolved, "2001"),
            visit("old", "2010-05-01"),
            visit("new", last_visit),
        ]
    }

    fn of(decisions: &[(Kind, Decision, String)]) -> Vec<Decision> {
        decisions.iter().map(|(_, decision, _)| *decision).collect()
    }

    #[test]
    fn modes_decide() {
        use Decision::{Archive, Migrate};
        assert_eq!(
            of(&decide(ScopeMode::Full, chart("2011-01-01"))),
            [Migrate; 5]
        );
        assert_eq!(
            of(&decide(ScopeMode::Hybrid, chart("2025-06-01"))),
            [Migrate, Migrate, Migrate, Archive, Migrate]
        );
        assert_eq!(
            of(&decide(ScopeMode::Partial, chart("2025-06-01"))),
            [Migrate, Migrate, Archive, Archive, Archive]
        );
        assert_eq!(
            of(&decide(ScopeMode::Hybrid, chart("2011-01-01"))),
            [Archive; 5]
        );
    }

    #[test]
    fn what_is_pointed_at_comes_along() {
        let mut records = chart("2025-06-01");
        let old = records[3].id;
        let Resource::Problem(active) = &mut records[1].resource else {
            panic!("the second is a problem")
        };
        active.encounter.set(Reference::to(Kind::Encounter, old));
        let decisions = decide(ScopeMode::Partial, records);
        assert_eq!(decisions[3].1, Decision::Migrate);
        assert_eq!(decisions[3].2, "referenced by an entry that migrates");
    }

    #[test]
    fn what_has_no_date_migrates() {
        let mut records = chart("2025-06-01");
        records.push(record(Kind::Observation, "x", Observation::default()));
        let decisions = decide(ScopeMode::Hybrid, records);
        let undated = decisions
            .iter()
            .find(|(kind, ..)| *kind == Kind::Observation)
            .unwrap();
        assert_eq!(
            (undated.1, undated.2.as_str()),
            (Decision::Migrate, "undated")
        );
    }

    #[test]
    fn rules_come_before_the_mode() {
        let mut policy = ScopePolicy::new(
            ScopeMode::Full,
            NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
        );
        let mut rule = ScopeRule::new("resolved problems stay behind", Decision::Archive);
        rule.kinds = vec![Kind::Problem];
        rule.statuses = vec!["resolved".into()];
        policy.rules.push(rule);
        let chart = Chart::new(chart("2025-06-01"), Vec::new());
        let archived: Vec<_> = policy
            .decide(&chart)
            .into_iter()
            .filter(|one| one.decision == Decision::Archive)
            .collect();
        assert_eq!(archived.len(), 1);
        assert_eq!(archived[0].rule, "resolved problems stay behind");
    }
}
