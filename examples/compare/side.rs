//! One side of the comparison: an export, and where each of its patients lies in it.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::mapper::PatientUnit;
use ehr_model::chart::Chart;
use ehr_model::record::RecordId;
use ehr_validate::compare::PatientMatching;
use examples::export::Failure;

use crate::input::Export;
use crate::parallel;

/// An export that is read partition by partition.
pub(crate) struct Side<'e> {
    export: &'e Export,
    extraction: Extraction<'e>,
    /// The partition of each patient.
    places: HashMap<RecordId, usize>,
    _spill: Spill,
}

/// A chart with the ids under which its export knows the records, where those are other ones.
pub(crate) struct Keyed {
    pub(crate) chart: Chart,
    pub(crate) keys: HashMap<RecordId, String>,
}

/// The folder of the spill files, which goes when the side does.
struct Spill(PathBuf);

impl<'e> Side<'e> {
    /// Reads the export once, and adds its patients to the matching.
    pub(crate) fn read(
        export: &'e Export,
        threads: usize,
        matching: &mut PatientMatching,
        add: fn(&mut PatientMatching, &Chart),
    ) -> Result<Self, Failure> {
        let spill = Spill::new();
        let options = ExtractionOptions::new(&spill.0);
        let extraction = Extraction::open_rehearsal(&export.plan, &*export.folder, options)?;
        let patients = |number| {
            let mut found = (PatientMatching::default(), Vec::new());
            for chart in extraction.partition(number, &|unit, _| unit.chart)? {
                if let Some(patient) = chart.patient() {
                    found.1.push(patient.id);
                    add(&mut found.0, &chart);
                }
            }
            Ok(found)
        };
        let parts = parallel::map(threads, extraction.partitions(), &patients);
        let mut places = HashMap::new();
        for (number, part) in parts.into_iter().enumerate() {
            let (patients, ids) = part?;
            matching.merge(patients);
            places.extend(ids.into_iter().map(|id| (id, number)));
        }
        Ok(Self {
            export,
            extraction,
            places,
            _spill: spill,
        })
    }

    /// The fingerprint of the export, by which the round that read it is known.
    pub(crate) fn fingerprint(&self) -> String {
        self.extraction.fingerprint().to_string()
    }

    /// The records that all patients share.
    pub(crate) fn shared(&self) -> Chart {
        self.extraction.shared().chart
    }

    /// How many partitions there are.
    pub(crate) fn partitions(&self) -> usize {
        self.extraction.partitions()
    }

    /// The partitions in which these patients lie.
    pub(crate) fn places(&self, patients: impl Iterator<Item = RecordId>) -> BTreeSet<usize> {
        patients
            .filter_map(|id| self.places.get(&id).copied())
            .collect()
    }

    /// The charts of one partition.
    pub(crate) fn partition(&self, number: usize) -> Result<Vec<Keyed>, Failure> {
        let keyed = |unit: PatientUnit<'_>| Keyed {
            keys: self.keys(&unit),
            chart: unit.chart,
        };
        Ok(self.extraction.partition(number, &|unit, _| keyed(unit))?)
    }

    /// The ids of FHIR resources that are no UUIDs, so that a person finds them.
    fn keys(&self, unit: &PatientUnit<'_>) -> HashMap<RecordId, String> {
        let mut keys = HashMap::new();
        if !self.export.is_fhir {
            return keys;
        }
        for record in &unit.chart.records {
            let identifier = unit.source_identifier(&self.export.plan, record.id);
            let value = identifier.and_then(|one| one.value.value().cloned());
            let key = value.map(|key| key.expose().to_owned()).unwrap_or_default();
            let id = key.rsplit('/').next().unwrap_or_default();
            if !id.is_empty() && id != record.id.to_string() {
                keys.insert(record.id, id.to_owned());
            }
        }
        keys
    }
}

impl Spill {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("ehr-compare-{}-{number}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Spill {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
