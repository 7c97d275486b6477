//! Everything in clear: FHIR NDJSON as bulk exports have it with documents as files, or Parquet tables.

mod ndjson;
#[cfg(feature = "parquet")]
mod parquet;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ehr_crypto::Digest;
use serde_json::Value;

use crate::audit_event::{Access, Event};
use crate::error::Located;
use crate::reader::{ArchiveReader, CatalogueEntry, MAX_FOUND, ObjectInfo};
use crate::release::{Cut, Filter, json_text};
use crate::{Error, ErrorKind, Object, ObjectClass};

use ndjson::Lines;

/// Types of which the same resource stands in many charts: people and places.
const SHARED: [&str; 4] = [
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Location",
];

/// What an export wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportSummary {
    /// Resources by type, each a line or a row.
    pub resources: BTreeMap<String, u64>,
    /// Files beside them.
    pub files: u64,
    /// Entries that were erased and are not part of it.
    pub erased: u64,
}

impl ArchiveReader {
    /// Writes everything that was not erased into a new folder, unencrypted: `fhir/TYPE.ndjson` with one resource a line as
    /// they stand in the charts, `files/` with all other objects, and `files.ndjson`, which says what each of them is.
    ///
    /// Every entry is recorded as read, and the export as an export before. The folder holds protected health information in
    /// clear; after an error it is removed again.
    pub fn export(
        &mut self,
        destination: &Path,
        access: &Access<'_>,
    ) -> Result<ExportSummary, Error> {
        self.begin_export(destination, access)?;
        let done = Lines::create(destination).and_then(|mut lines| {
            let summary = self.export_to(&mut lines, access)?;
            lines.finish()?;
            Ok(summary)
        });
        whole_or_nothing(destination, done)
    }

    /// Writes the charts that were not erased into a new folder as Parquet tables for analysts, unencrypted.
    ///
    /// One file a resource type, `Observation.parquet`, with one row a resource and the same columns in every file:
    /// what it is, whose, in which state, its code, when, its value, and `json`, the resource as it stands in the chart. Two
    /// tables hold what there are several of: `ObservationComponent.parquet` and `Coding.parquet`, with all codings beside
    /// the first. `Patient.parquet` has columns for the person as well.
    ///
    /// Nothing is guessed: a column that a resource does not fill is null, `start_date` is null unless the day is known
    /// (`start_text` says what is), and `value` keeps the digits that `value_number` may round. **A row is no finding by
    /// itself**: `status`, `verification_status` and `do_not_perform` say what was refuted, not done or an error.
    ///
    /// Rows are written as they come, with up to 64 MiB of them in memory; there are no other temporary files than the tables
    /// themselves. Key, entries of the log, and what becomes of the folder are as with [`export`](Self::export).
    #[cfg(feature = "parquet")]
    pub fn export_parquet(
        &mut self,
        destination: &Path,
        access: &Access<'_>,
    ) -> Result<ExportSummary, Error> {
        self.begin_export(destination, access)?;
        let mut tables = parquet::Tables::new(destination);
        let done = self
            .export_to(&mut tables, access)
            .and_then(|summary| tables.finish().map(|()| summary));
        whole_or_nothing(destination, done)
    }

    fn begin_export(&mut self, destination: &Path, access: &Access<'_>) -> Result<(), Error> {
        if destination.exists() {
            return Err(ErrorKind::AlreadyThere.into());
        }
        self.record(&Event::Export, access)?;
        fs::create_dir(destination)?;
        Ok(())
    }

    fn export_to(
        &mut self,
        target: &mut dyn Target,
        access: &Access<'_>,
    ) -> Result<ExportSummary, Error> {
        let mut export = Export {
            target,
            shared: BTreeSet::new(),
            summary: ExportSummary::default(),
        };
        let mut next = 0;
        loop {
            let page = self.list(next, MAX_FOUND, access)?;
            for entry in &page {
                if entry.erased().is_some() {
                    export.summary.erased += 1;
                    continue;
                }
                let open = self.open_entry(entry, access)?;
                for info in open.objects() {
                    let object = open.read(info.id)?;
                    export.add(entry, info, &object).of_object(info.id)?;
                }
            }
            match page.last() {
                Some(last) if page.len() == MAX_FOUND => next = last.ordinal() + 1,
                _ => break,
            }
        }
        Ok(export.summary)
    }
}

/// Half an export is in clear and of no use.
fn whole_or_nothing<T>(destination: &Path, done: Result<T, Error>) -> Result<T, Error> {
    if done.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_dir_all(destination);
    }
    done
}

/// Where an export goes.
trait Target {
    fn resource(&mut self, resource: &Resource<'_>) -> Result<(), Error>;

    /// Whether an object that is no chart was written.
    fn object(
        &mut self,
        entry: &CatalogueEntry,
        info: ObjectInfo,
        object: &Object,
    ) -> Result<bool, Error>;
}

/// A resource of a chart.
struct Resource<'a> {
    kind: &'a str,
    /// The entry in whose chart it stands, and the id of its patient; of what charts share, the first.
    #[cfg_attr(not(feature = "parquet"), allow(dead_code))]
    entry: u64,
    #[cfg_attr(not(feature = "parquet"), allow(dead_code))]
    patient: Option<&'a str>,
    /// With numbers as strings.
    #[cfg_attr(not(feature = "parquet"), allow(dead_code))]
    value: &'a Value,
    /// As it was written, on one line.
    line: &'a str,
}

struct Export<'a> {
    target: &'a mut dyn Target,
    /// Digests of what stands in many charts.
    shared: BTreeSet<Digest>,
    summary: ExportSummary,
}

impl Export<'_> {
    fn add(
        &mut self,
        entry: &CatalogueEntry,
        info: ObjectInfo,
        object: &Object,
    ) -> Result<(), Error> {
        match object.class() {
            Some(ObjectClass::Chart | ObjectClass::Directory) if is_json(object.media_type()) => {
                self.add_chart(entry, object.bytes())
            }
            _ => {
                self.summary.files += u64::from(self.target.object(entry, info, object)?);
                Ok(())
            }
        }
    }

    fn add_chart(&mut self, entry: &CatalogueEntry, chart: &[u8]) -> Result<(), Error> {
        let mut cut = Cut::default();
        cut.add(chart, &Filter::ALL)?;
        let mut patients = cut
            .resources
            .iter()
            .filter(|resource| resource["resourceType"] == "Patient");
        let patient = patients.next().and_then(|patient| patient["id"].as_str());
        for (bundled, value) in cut.entries.iter().zip(&cut.resources) {
            let kind = value["resourceType"].as_str().unwrap_or("Resource");
            if !kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(ErrorKind::Malformed {
                    what: "the type of a resource",
                }
                .into());
            }
            let line = resource_of(bundled)?;
            let is_shared = SHARED.contains(&kind);
            if is_shared && !self.shared.insert(Digest::sha256(line.as_bytes())) {
                continue;
            }
            self.target.resource(&Resource {
                kind,
                entry: entry.ordinal(),
                patient: patient.filter(|_| !is_shared),
                value,
                line: &line,
            })?;
            *self.summary.resources.entry(kind.to_owned()).or_default() += 1;
        }
        Ok(())
    }
}

/// The resource in an entry of a bundle, as it was written.
fn resource_of(entry: &str) -> Result<String, Error> {
    #[derive(serde::Deserialize)]
    struct Entry<'a> {
        #[serde(borrow)]
        resource: &'a serde_json::value::RawValue,
    }
    let entry: Entry<'_> =
        serde_json::from_str(entry).map_err(|_| ErrorKind::Malformed { what: "a chart" })?;
    Ok(json_text::compact(entry.resource.get()))
}

fn is_json(media_type: &str) -> bool {
    media_type.contains("json")
}
