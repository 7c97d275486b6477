//! One run against the state of the last.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ehr_model::record::RecordId;

use super::state::{Part, StateReader, StateWriter};
use super::{ChartState, ResourceKey, StateError, StateKey};

/// What became of the resources of one patient since the last run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChartChange {
    /// Resources to write that were not there.
    pub created: BTreeSet<ResourceKey>,
    /// Resources to write whose content changed.
    pub updated: BTreeSet<ResourceKey>,
    /// Resources that are no more.
    pub deleted: BTreeSet<ResourceKey>,
    /// Resources that are as they were.
    pub unchanged: u64,
}

/// What a whole run changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunChanges {
    /// The batch of the run before.
    pub previous: Option<String>,
    /// Charts that were compared.
    pub charts: u64,
    /// Charts of which something is written or deleted.
    pub charts_changed: u64,
    /// Charts that are no more.
    pub charts_deleted: u64,
    /// Resources that were created.
    pub created: u64,
    /// Resources whose content changed.
    pub updated: u64,
    /// Resources that are as they were.
    pub unchanged: u64,
    /// Resources to delete, for all patients.
    pub deleted: BTreeSet<ResourceKey>,
    /// Resources that left one chart and stand in another: written there and not to be deleted.
    pub moved: BTreeSet<ResourceKey>,
}

/// A run that says of each chart what changed since the last run.
///
/// Patients come in the order of their ids, as [`Extraction::patients`] gives them. Nothing is
/// left behind by a run that is dropped before [`finish`](DeltaRun::finish).
///
/// [`Extraction::patients`]: crate::extraction::Extraction::patients
pub struct DeltaRun {
    before: Option<StateReader>,
    /// The patient of the state before that comes next.
    waiting: Option<(RecordId, ChartState)>,
    after: StateWriter,
    last: Option<RecordId>,
    shared_before: BTreeMap<ResourceKey, String>,
    shared: BTreeMap<ResourceKey, String>,
    created: BTreeSet<ResourceKey>,
    changes: RunChanges,
}

impl ChartChange {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.created.is_empty() && self.updated.is_empty() && self.deleted.is_empty()
    }

    /// Whether a resource is to be written.
    pub fn writes(&self, key: ResourceKey) -> bool {
        self.created.contains(&key) || self.updated.contains(&key)
    }
}

impl DeltaRun {
    /// Begins a run. Without an earlier state everything is new. The earlier state is read to its
    /// end first, so that a damaged one is known before anything is written.
    ///
    /// # Errors
    ///
    /// If the earlier state does not open, or the new one exists already.
    pub fn begin(
        key: &StateKey,
        previous: Option<&Path>,
        next: &Path,
        batch: &str,
    ) -> Result<Self, StateError> {
        let mut shared_before = BTreeMap::new();
        if let Some(path) = previous {
            let mut state = StateReader::open(path, key)?;
            while let Some(part) = state.next()? {
                if let Part::Shared(shared) = part {
                    shared_before.extend(shared.0);
                }
            }
        }
        let before = previous
            .map(|path| StateReader::open(path, key))
            .transpose()?;
        let mut run = Self {
            waiting: None,
            after: StateWriter::create(next, key, batch)?,
            last: None,
            shared_before,
            shared: BTreeMap::new(),
            created: BTreeSet::new(),
            changes: RunChanges {
                previous: before.as_ref().map(|before| before.batch.clone()),
                ..RunChanges::default()
            },
            before,
        };
        run.advance()?;
        Ok(run)
    }

    /// Takes the records that no patient owns. To be called before the first patient.
    pub fn shared(&mut self, now: &ChartState) -> ChartChange {
        let mut change = ChartChange::default();
        self.compare_shared(now, &mut change);
        self.count(&change);
        change
    }

    /// Takes a patient, and says what is to be written of the chart. What several patients share is
    /// judged with the first of them, as the writers keep the first.
    ///
    /// # Errors
    ///
    /// If patients come out of order, or a state cannot be read or written.
    pub fn patient(
        &mut self,
        patient: RecordId,
        now: ChartState,
    ) -> Result<ChartChange, StateError> {
        self.skip_to(patient)?;
        self.last = Some(patient);
        let before = match &self.waiting {
            Some((known, _)) if *known == patient => self.waiting.take().map(|(_, chart)| chart),
            _ => None,
        };
        if before.is_some() {
            self.advance()?;
        }
        self.after.patient(patient, &now)?;
        let mut change = ChartChange::default();
        self.compare_shared(&now, &mut change);
        let before: BTreeMap<ResourceKey, String> =
            before.unwrap_or_default().0.into_iter().collect();
        let own = now.0.iter().filter(|(key, _)| !key.kind.is_shared());
        compare(&before, own, &mut change);
        let here: BTreeSet<ResourceKey> = now.0.iter().map(|(key, _)| *key).collect();
        change.deleted = before
            .into_keys()
            .filter(|key| !here.contains(key))
            .collect();
        self.changes.charts += 1;
        self.changes.charts_changed += u64::from(!change.is_empty());
        self.count(&change);
        Ok(change)
    }

    /// Whether an earlier run wrote this patient. Where charts go in waves, a patient who was written
    /// once is taken in every later run, even if the chart would fall into a later wave by now;
    /// otherwise it would count as deleted.
    ///
    /// # Errors
    ///
    /// If patients come out of order, or a state cannot be read.
    pub fn holds(&mut self, patient: RecordId) -> Result<bool, StateError> {
        self.skip_to(patient)?;
        Ok(matches!(&self.waiting, Some((known, _)) if *known == patient))
    }

    /// Ends the run: what is left of the earlier state is to be deleted, and the new state is moved
    /// to its place.
    ///
    /// # Errors
    ///
    /// If a state cannot be read or written.
    pub fn finish(mut self) -> Result<RunChanges, StateError> {
        while self.waiting.is_some() {
            self.delete_waiting()?;
        }
        let shared: Vec<(ResourceKey, String)> = self.shared.into_iter().collect();
        self.after.finish(&shared)?;
        let mut changes = self.changes;
        let kept: BTreeSet<ResourceKey> = shared.into_iter().map(|(key, _)| key).collect();
        let gone = self.shared_before.into_keys();
        changes
            .deleted
            .extend(gone.filter(|key| !kept.contains(key)));
        changes.moved = &changes.deleted & &self.created;
        changes.deleted.retain(|key| !changes.moved.contains(key));
        changes.created -= changes.moved.len() as u64;
        changes.updated += changes.moved.len() as u64;
        Ok(changes)
    }

    fn compare_shared(&mut self, now: &ChartState, change: &mut ChartChange) {
        for entry in now.0.iter().filter(|(key, _)| key.kind.is_shared()) {
            if self.shared.insert_first(entry) {
                compare(&self.shared_before, [entry], change);
            }
        }
    }

    /// Patients of the earlier state before this one did not come: they are gone.
    fn skip_to(&mut self, patient: RecordId) -> Result<(), StateError> {
        if let Some(after) = self.last
            && after >= patient
        {
            return Err(StateError::Order { patient, after });
        }
        while let Some((gone, _)) = &self.waiting
            && *gone < patient
        {
            self.delete_waiting()?;
        }
        Ok(())
    }

    fn delete_waiting(&mut self) -> Result<(), StateError> {
        if let Some((_, chart)) = self.waiting.take() {
            let keys = chart.0.into_iter().map(|(key, _)| key);
            self.changes.deleted.extend(keys);
            self.changes.charts_deleted += 1;
        }
        self.advance()
    }

    fn advance(&mut self) -> Result<(), StateError> {
        let part = match &mut self.before {
            Some(before) => before.next()?,
            None => None,
        };
        self.waiting = match part {
            Some(Part::Patient(patient, chart)) => Some((patient, chart)),
            // what patients share comes behind the last of them
            Some(Part::Shared(_)) | None => None,
        };
        Ok(())
    }

    fn count(&mut self, change: &ChartChange) {
        self.changes.created += change.created.len() as u64;
        self.changes.updated += change.updated.len() as u64;
        self.changes.unchanged += change.unchanged;
        self.changes.deleted.extend(&change.deleted);
        if self.before.is_some() {
            self.created.extend(&change.created);
        }
    }
}

fn compare<'s>(
    before: &BTreeMap<ResourceKey, String>,
    now: impl IntoIterator<Item = &'s (ResourceKey, String)>,
    change: &mut ChartChange,
) {
    for (key, digest) in now {
        match before.get(key) {
            None => {
                change.created.insert(*key);
            }
            Some(known) if known == digest => change.unchanged += 1,
            Some(_) => {
                change.updated.insert(*key);
            }
        }
    }
}

/// Keeps the first of several.
trait InsertFirst {
    fn insert_first(&mut self, entry: &(ResourceKey, String)) -> bool;
}

impl InsertFirst for BTreeMap<ResourceKey, String> {
    fn insert_first(&mut self, (key, digest): &(ResourceKey, String)) -> bool {
        let mut first = false;
        self.entry(*key).or_insert_with(|| {
            first = true;
            digest.clone()
        });
        first
    }
}
