//! One side of the comparison: an export, and where each of its patients lies in it.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::format::{Format, survey};
use ehr_mapping::mapper::PatientUnit;
use ehr_mapping::plan::Plan;
use ehr_mapping::source::SourceFolder;
use ehr_model::chart::Chart;
use ehr_model::record::RecordId;
use examples::export::{self, Failure};

/// Where the ids of the records of a FHIR export come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ids {
    /// UUIDs of the export are ids.
    Kept,
    /// Ids derive from the system and the keys of the export, as a migration makes them.
    Derived,
}

/// An export with its mapping document.
pub(crate) struct Export {
    folder: Box<dyn SourceFolder>,
    plan: Plan,
    /// Whether the shipped document of FHIR reads it, and nothing else.
    is_fhir: bool,
}

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

impl Export {
    /// Opens an export and compiles its mapping document.
    pub(crate) fn open(
        path: &Path,
        map: Option<&Path>,
        system: &str,
        ids: Ids,
    ) -> Result<Self, Failure> {
        let folder = export::open(path)?;
        let formats: Vec<Format> = match map {
            Some(_) => Vec::new(),
            None => survey(&*folder)?.into_keys().collect(),
        };
        let is_fhir = formats == [Format::Fhir];
        let document = match is_fhir && ids == Ids::Kept {
            true => MappingDocument::parse("compared.toml", &kept(system))?,
            false => export::document(map, &*folder, system)
                .map_err(|error| format!("{}: {error}", path.display()))?,
        };
        Ok(Self {
            folder,
            plan: document.compile()?,
            is_fhir,
        })
    }

    /// Whether its ids may be those of the export or derived ones.
    pub(crate) fn has_choice_of_ids(&self) -> bool {
        self.is_fhir
    }
}

impl<'e> Side<'e> {
    /// Reads the export once, and shows each chart.
    pub(crate) fn read(export: &'e Export, mut visit: impl FnMut(&Chart)) -> Result<Self, Failure> {
        let spill = Spill::new();
        let options = ExtractionOptions::new(&spill.0);
        let extraction = Extraction::open(&export.plan, &*export.folder, options)?;
        let mut places = HashMap::new();
        for partition in 0..extraction.partitions() {
            for chart in extraction.partition(partition, &|unit, _| unit.chart)? {
                if let Some(patient) = chart.patient() {
                    places.insert(patient.id, partition);
                    visit(&chart);
                }
            }
        }
        Ok(Self {
            export,
            extraction,
            places,
            _spill: spill,
        })
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

/// The shipped document of FHIR, under whose reading UUIDs stay what they are.
fn kept(system: &str) -> String {
    format!(
        "[document]\nname = \"compared\"\nversion = \"1\"\nformat = \"fhir\"\nsystem = {system:?}\n\
         extends = [\"fhir-r4\"]\nkeep-uuids = true\n"
    )
}
