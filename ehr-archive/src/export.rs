//! Everything in clear: FHIR NDJSON as bulk exports have it, and documents as files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use ehr_crypto::Digest;

use crate::audit_event::{Access, Event};
use crate::error::Located;
use crate::reader::{ArchiveReader, MAX_FOUND};
use crate::release::{Cut, Filter, json_text};
use crate::{Error, ErrorKind, ObjectClass};

/// What an export wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportSummary {
    /// Lines by resource type.
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
    /// clear.
    pub fn export(
        &mut self,
        destination: &Path,
        access: &Access<'_>,
    ) -> Result<ExportSummary, Error> {
        if destination.exists() {
            return Err(ErrorKind::AlreadyThere.into());
        }
        self.record(&Event::Export, access)?;
        fs::create_dir(destination)?;
        for below in ["fhir", "files"] {
            fs::create_dir(destination.join(below))?;
        }
        let mut export = Export {
            folder: destination,
            lines: BTreeMap::new(),
            index: BufWriter::new(File::create(destination.join("files.ndjson"))?),
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
                    match object.class() {
                        Some(ObjectClass::Chart | ObjectClass::Directory)
                            if is_json(object.media_type()) =>
                        {
                            export.write_chart(object.bytes()).of_object(info.id)?;
                        }
                        _ => export.write_file(&info.id.to_string(), entry.ordinal(), &object)?,
                    }
                }
            }
            match page.last() {
                Some(last) if page.len() == MAX_FOUND => next = last.ordinal() + 1,
                _ => break,
            }
        }
        export.finish()
    }
}

struct Export<'a> {
    folder: &'a Path,
    lines: BTreeMap<String, BufWriter<File>>,
    index: BufWriter<File>,
    /// Digests of what stands in many charts: people and places.
    shared: BTreeSet<Digest>,
    summary: ExportSummary,
}

impl Export<'_> {
    fn write_chart(&mut self, chart: &[u8]) -> Result<(), Error> {
        let mut cut = Cut::default();
        cut.add(chart, &Filter::ALL)?;
        for (entry, resource) in cut.entries.iter().zip(&cut.resources) {
            let kind = resource["resourceType"].as_str().unwrap_or("Resource");
            if !kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(ErrorKind::Malformed {
                    what: "the type of a resource",
                }
                .into());
            }
            let line = resource_of(entry)?;
            if [
                "Practitioner",
                "PractitionerRole",
                "Organization",
                "Location",
            ]
            .contains(&kind)
                && !self.shared.insert(Digest::sha256(line.as_bytes()))
            {
                continue;
            }
            if !self.lines.contains_key(kind) {
                let file = File::create(self.folder.join("fhir").join(format!("{kind}.ndjson")))?;
                self.lines.insert(kind.to_owned(), BufWriter::new(file));
            }
            if let Some(file) = self.lines.get_mut(kind) {
                writeln!(file, "{line}")?;
            }
            *self.summary.resources.entry(kind.to_owned()).or_default() += 1;
        }
        Ok(())
    }

    fn write_file(&mut self, id: &str, ordinal: u64, object: &crate::Object) -> Result<(), Error> {
        fs::write(self.folder.join("files").join(id), object.bytes())?;
        let about = serde_json::json!({
            "file": format!("files/{id}"),
            "entry": ordinal,
            "class": object.class().map(ObjectClass::as_str),
            "media_type": object.media_type(),
            "source_id": object.source_id(),
            "sha256": object.digest(),
        });
        writeln!(self.index, "{about}")?;
        self.summary.files += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<ExportSummary, Error> {
        self.index.flush()?;
        self.lines.values_mut().try_for_each(Write::flush)?;
        Ok(self.summary)
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
