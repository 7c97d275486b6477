//! Waves of a phased migration: each patient in exactly one.
//!
//! Archived and inactive patients go first, the active tail last, so that the first mistakes meet the
//! charts that nobody opens. Waves are asked in order and the first that fits takes the patient;
//! whom none takes goes into the rest, which has a name as well.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months, NaiveDate};
use ehr_model::chart::Chart;
use ehr_model::element::Leaf;
use ehr_model::kind::{Appointment, Encounter, Patient};
use ehr_model::record::{Kind, Record, RecordId, ResourceType as _};
use serde::{Deserialize, Serialize};

use crate::time::EventFields;
use crate::walk;

/// Who belongs to a wave by age or by life. All that is named must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[non_exhaustive]
pub struct Population {
    /// At least so many years old.
    pub from_age: Option<u32>,
    /// Younger than so many years.
    pub below_age: Option<u32>,
    /// Whether the patient is dead.
    pub deceased: Option<bool>,
    /// Whether an appointment lies ahead.
    pub booked: Option<bool>,
}

/// A wave. All that it names must fit; one that names nothing takes everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[non_exhaustive]
pub struct Wave {
    /// Its name.
    pub name: String,
    /// Ids of practitioners: one of them is the patient's own, or saw the patient last.
    pub providers: BTreeSet<String>,
    /// Ids of locations or organizations: the last visit was there.
    pub locations: BTreeSet<String>,
    /// Who belongs to it.
    pub population: Population,
    /// Nothing happened since this day.
    pub inactive_since: Option<NaiveDate>,
    /// Something happened on this day or later.
    pub active_since: Option<NaiveDate>,
}

/// The waves in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct WavePolicy {
    /// The day on which ages and appointments are judged.
    pub as_of: NaiveDate,
    /// The waves; the first that fits takes the patient.
    #[serde(rename = "wave")]
    pub waves: Vec<Wave>,
    /// The name of the last wave, of whom no other takes.
    pub rest: String,
}

/// Why waves cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WavePolicyError {
    /// Not of the form.
    #[error("the waves cannot be read: {0}")]
    Toml(String),
    /// Two waves have one name, or one has none.
    #[error("wave `{0}`: every wave has a name of its own")]
    Name(String),
}

/// How many patients each wave has, and how many would have fitted a later one as well.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WaveCounts {
    /// Patients by the name of their wave.
    pub patients: BTreeMap<String, u64>,
    /// Patients whom a later wave would have taken, by both names.
    pub also_fitted: BTreeMap<String, u64>,
}

impl WavePolicy {
    /// The order that fits most practices: the dead, then whoever was not seen for 36 months, then
    /// for 12, then the others without an appointment; the rest, who are booked or of whom no date is
    /// known, last. 36 months is the established patient of CPT; 12 an engineering default.
    pub fn archived_first(as_of: NaiveDate) -> Self {
        let back = |months| as_of.checked_sub_months(Months::new(months));
        let wave = |name: &str, population: Population, inactive_since| Wave {
            name: name.to_owned(),
            population,
            inactive_since,
            ..Wave::default()
        };
        let not_booked = || Population {
            booked: Some(false),
            ..Population::default()
        };
        let deceased = Population {
            deceased: Some(true),
            ..Population::default()
        };
        let mut recent = wave("3-active-not-booked", not_booked(), None);
        recent.active_since = back(12);
        Self {
            as_of,
            waves: vec![
                wave("0-deceased", deceased, None),
                wave("1-archived", not_booked(), back(36)),
                wave("2-inactive", not_booked(), back(12)),
                recent,
            ],
            rest: "4-active-tail".to_owned(),
        }
    }

    /// Reads waves from TOML.
    ///
    /// # Errors
    ///
    /// If they are not of the form, or share a name.
    pub fn parse(text: &str) -> Result<Self, WavePolicyError> {
        let policy: Self = toml::from_str(text)
            .map_err(|error| WavePolicyError::Toml(error.message().to_owned()))?;
        let mut names = BTreeSet::from([policy.rest.as_str(), ""]);
        match policy.waves.iter().find(|wave| !names.insert(&wave.name)) {
            Some(wave) => Err(WavePolicyError::Name(wave.name.clone())),
            None => Ok(policy),
        }
    }

    /// The names in their order, the rest last.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let waves = self.waves.iter().map(|wave| wave.name.as_str());
        waves.chain([self.rest.as_str()])
    }

    /// The place of the patient's wave in [`names`](Self::names).
    pub fn place(&self, chart: &Chart) -> usize {
        let facts = Facts::of(chart, self.as_of);
        let fits = |wave: &Wave| wave.fits(&facts, self.as_of);
        self.waves.iter().position(fits).unwrap_or(self.waves.len())
    }

    /// Counts a patient; returns the place of the wave.
    pub fn count(&self, chart: &Chart, counts: &mut WaveCounts) -> usize {
        let place = self.place(chart);
        let name = |place: usize| self.waves.get(place).map_or(&self.rest, |wave| &wave.name);
        *counts.patients.entry(name(place).clone()).or_default() += 1;
        let facts = Facts::of(chart, self.as_of);
        let later = self.waves.iter().skip(place + 1);
        for wave in later.filter(|wave| wave.fits(&facts, self.as_of)) {
            let both = format!("{} / {}", name(place), wave.name);
            *counts.also_fitted.entry(both).or_default() += 1;
        }
        place
    }
}

impl WaveCounts {
    /// Adds the counts of another part of the run.
    pub fn merge(&mut self, other: &Self) {
        for (name, patients) in &other.patients {
            *self.patients.entry(name.clone()).or_default() += patients;
        }
        for (names, patients) in &other.also_fitted {
            *self.also_fitted.entry(names.clone()).or_default() += patients;
        }
    }
}

/// What waves ask of a patient. What is not known is `None` and fits no question about it.
struct Facts {
    last: Option<NaiveDate>,
    born: Option<(NaiveDate, NaiveDate)>,
    deceased: bool,
    booked: bool,
    providers: BTreeSet<String>,
    locations: BTreeSet<String>,
}

impl Facts {
    fn of(chart: &Chart, as_of: NaiveDate) -> Self {
        let mut facts = Self {
            last: None,
            born: None,
            deceased: false,
            booked: false,
            providers: BTreeSet::new(),
            locations: BTreeSet::new(),
        };
        let mut last_visit: Option<(NaiveDate, &Record)> = None;
        for record in &chart.records {
            let mut events = EventFields::of(record);
            walk::dates(record.resource.element(), &mut |path, date| {
                if events.has(path) {
                    // an event may lie ahead by mistake; that is no activity so far
                    let day = date.latest().min(as_of);
                    facts.last = facts.last.max(Some(day));
                }
            });
            if let Some(patient) = Patient::of(&record.resource) {
                facts.deceased = patient.deceased.value().is_some_and(|deceased| {
                    use ehr_model::kind::Deceased::{Boolean, DateTime};
                    match deceased {
                        DateTime(_) => true,
                        Boolean(dead) => dead.value() == Some(&true),
                        _ => false,
                    }
                });
                let born = patient.birth_date.value().map(|date| date.get());
                facts.born = born.map(|born| (born.earliest(), born.latest()));
                record.visit_references(|path, kind, id| {
                    if kind == Kind::Practitioner && path.starts_with("generalPractitioner") {
                        facts.providers.insert(id.to_string());
                    }
                });
            }
            if let Some(visit) = Encounter::of(&record.resource) {
                let period = visit.period.value();
                let start = period.and_then(|period| period.start.value());
                if let Some(day) = start.map(|start| start.latest())
                    && day <= as_of
                    && last_visit.is_none_or(|(last, _)| day > last)
                {
                    last_visit = Some((day, record));
                }
            }
            if let Some(one) = Appointment::of(&record.resource) {
                let ended = record_status(record).is_some_and(|status| {
                    ["cancelled", "noshow", "entered-in-error", "fulfilled"].contains(&&*status)
                });
                let start = one.start.value();
                facts.booked |= !ended && start.is_some_and(|start| start.0.latest() >= as_of);
            }
        }
        if let Some((_, visit)) = last_visit {
            let own = facts.providers.is_empty();
            visit.visit_references(|_, kind, id: RecordId| match kind {
                Kind::Practitioner if own => drop(facts.providers.insert(id.to_string())),
                Kind::Location | Kind::Organization => drop(facts.locations.insert(id.to_string())),
                _ => {}
            });
        }
        facts
    }
}

fn record_status(record: &Record) -> Option<String> {
    let element = record.resource.element();
    let number = element.spec().number("status")?;
    match element.slot(number).leaf(0)? {
        Leaf::Text(status) => Some(status.into_owned()),
        _ => None,
    }
}

impl Wave {
    fn fits(&self, facts: &Facts, as_of: NaiveDate) -> bool {
        let of = |wanted: &BTreeSet<String>, found: &BTreeSet<String>| {
            wanted.is_empty() || !wanted.is_disjoint(found)
        };
        let age = |born: NaiveDate| {
            let birthday_ahead = (as_of.month(), as_of.day()) < (born.month(), born.day());
            as_of.year() - born.year() - i32::from(birthday_ahead)
        };
        let years = |years: u32| i32::try_from(years).unwrap_or(i32::MAX);
        let people = &self.population;
        of(&self.providers, &facts.providers)
            && of(&self.locations, &facts.locations)
            && self
                .inactive_since
                .is_none_or(|day| facts.last.is_some_and(|last| last < day))
            && self
                .active_since
                .is_none_or(|day| facts.last.is_some_and(|last| last >= day))
            && people.deceased.is_none_or(|wanted| facts.deceased == wanted)
            && people.booked.is_none_or(|wanted| facts.booked == wanted)
            // whatever the open part of the date of birth is
            && people
                .from_age
                .is_none_or(|from| facts.born.is_some_and(|(_, latest)| age(latest) >= years(from)))
            && people.below_age.is_none_or(|below| {
                facts.born.is_some_and(|(earliest, _)| age(earliest) < years(below))
            })
    }
}
