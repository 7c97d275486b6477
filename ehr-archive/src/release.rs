//! Release of information: one patient's data as a folder that its recipient can read and check.
//!
//! ```text
//! README.txt               what this is, and what was left out
//! chart.html               for people, to read and print
//! bundle.json              for programs: a FHIR R4 Bundle
//! files/                   documents, and verbatim source records if they were asked for
//! manifest-sha256.txt      digests of all of the above
//! disclosure.json          the entry of the archive's access log, in clear
//! proofs.json              that this entry is in the log, and the objects are in the archive; checked without any key
//! ```

mod bundle;
mod chart_page;
pub(crate) mod json_text;
mod period;
mod proof;

use std::fs;
use std::path::Path;

use askama::Template;
use ehr_crypto::Digest;
use uuid::Uuid;

use crate::audit_event::{Access, Disclosure, Event};
use crate::error::Located;
use crate::files::Folder;
use crate::reader::{ArchiveReader, CatalogueEntry};
use crate::{Error, ErrorKind, ObjectClass};

pub(crate) use bundle::{Cut, Filter};
use chart_page::{ChartPage, Detail, DocumentLink};
use period::Range;
pub use proof::{ReleaseReport, verify_release};

const MANIFEST: &str = "manifest-sha256.txt";
const DISCLOSURE: &str = "disclosure.json";
const PROOFS: &str = "proofs.json";

/// What is released, and to whom.
#[derive(Clone, Copy)]
pub struct ReleaseRequest<'a> {
    recipient: &'a str,
    authorized_by: Option<&'a str>,
    days: Option<(&'a str, &'a str, Undated)>,
    types: Option<&'a [&'a str]>,
    classes: &'a [ObjectClass],
}

/// What happens to things that say no date when a range of dates is asked for. There is no default: either choice is a
/// decision about what the authorization covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undated {
    /// They are released.
    Include,
    /// They are left out.
    LeaveOut,
}

/// What was released.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReleaseSummary {
    /// Resources in the bundle.
    pub resources: usize,
    /// Resources that the request left out.
    pub left_out: usize,
    /// Resources that were released although they say no date.
    pub undated: usize,
    /// Files.
    pub files: usize,
    /// Digest of the manifest, which the access log has too.
    pub manifest: Digest,
}

impl<'a> ReleaseRequest<'a> {
    /// The whole chart and all documents for a recipient.
    pub fn new(recipient: &'a str) -> Self {
        ReleaseRequest {
            recipient,
            authorized_by: None,
            days: None,
            types: None,
            classes: &[ObjectClass::Chart, ObjectClass::Document],
        }
    }

    /// Who authorized it for the patient, who may be the patient.
    #[must_use]
    pub fn authorized_by(self, name: &'a str) -> Self {
        ReleaseRequest {
            authorized_by: Some(name),
            ..self
        }
    }

    /// Only what touches these days, both included, each as `YYYY-MM-DD`.
    #[must_use]
    pub fn between(self, first: &'a str, last: &'a str, undated: Undated) -> Self {
        ReleaseRequest {
            days: Some((first, last, undated)),
            ..self
        }
    }

    /// Only resources of these types, such as `Immunization`, with the people and places that they name.
    #[must_use]
    pub fn resource_types(self, types: &'a [&'a str]) -> Self {
        ReleaseRequest {
            types: Some(types),
            ..self
        }
    }

    /// Only objects of these classes: chart, documents, verbatim source records.
    #[must_use]
    pub fn classes(self, classes: &'a [ObjectClass]) -> Self {
        ReleaseRequest { classes, ..self }
    }

    fn filter(&self) -> Result<Filter<'a>, Error> {
        let range = match self.days {
            None => None,
            Some((first, last, _)) => {
                let days = [first, last].map(|day| Range::of_date(day).filter(|_| day.len() == 10));
                let [Some(first), Some(last)] = days else {
                    return Err(refused("the days of a release are written as YYYY-MM-DD"));
                };
                if first.first > last.last {
                    return Err(refused("the first day of a release is not after the last"));
                }
                Some(Range {
                    first: first.first,
                    last: last.last,
                })
            }
        };
        Ok(Filter {
            range,
            undated: self
                .days
                .is_none_or(|(_, _, undated)| undated == Undated::Include),
            types: self.types,
        })
    }
}

impl ArchiveReader {
    /// Releases what a request asks for of one patient's entries into a new folder. The reads and the disclosure are in the
    /// access log before the first byte is written; if anything fails, no folder is left.
    pub fn release(
        &mut self,
        entries: &[CatalogueEntry],
        request: &ReleaseRequest<'_>,
        destination: &Path,
        access: &Access<'_>,
    ) -> Result<ReleaseSummary, Error> {
        let filter = request.filter()?;
        let patient = one_patient(entries)?;
        if destination.exists() {
            return Err(ErrorKind::AlreadyThere.into());
        }
        let mut package = Package::default();
        let mut objects = Vec::new();
        for entry in entries {
            let open = self.open_entry(entry, access)?;
            for info in open.objects() {
                if info.class.is_some_and(|class| {
                    request.classes.contains(&class) || class == ObjectClass::Chart
                }) {
                    objects.push((info.id, open.read(info.id)?));
                }
            }
        }
        let mut released = Vec::new();
        for (id, object) in &objects {
            if object.class() == Some(ObjectClass::Chart) {
                package.cut.add(object.bytes(), &filter).of_object(*id)?;
                released.push(*id);
            }
        }
        for (id, object) in objects {
            if object.class() != Some(ObjectClass::Chart)
                && package.wants(object.source_id(), &filter)
            {
                package.add_file(object);
                released.push(id);
            }
        }
        let with_chart = request.classes.contains(&ObjectClass::Chart);
        let files = package.files(request, with_chart, access)?;
        let manifest: String = files
            .iter()
            .map(|(name, bytes)| format!("{}  {name}\n", Digest::sha256(bytes)))
            .collect();
        let digest = Digest::sha256(manifest.as_bytes());

        let ordinals: Vec<u64> = entries.iter().map(CatalogueEntry::ordinal).collect();
        let event = Event::Disclosure(Disclosure {
            patient,
            ordinals: &ordinals,
            recipient: request.recipient,
            authorized_by: request.authorized_by,
            manifest: digest,
        });
        let disclosure = event.to_json(access, self.archive_id().as_str())?;
        self.record(&event, access)?;
        let proofs = proof::write(self, &ordinals, &released)?;

        let mut all = files;
        all.push((MANIFEST.to_owned(), manifest.into_bytes()));
        all.push((DISCLOSURE.to_owned(), disclosure));
        all.push((PROOFS.to_owned(), proofs));
        write_folder(destination, &all)?;
        Ok(ReleaseSummary {
            resources: if with_chart {
                package.cut.entries.len()
            } else {
                0
            },
            left_out: package.cut.left_out.len(),
            undated: package.cut.undated,
            files: package.documents.len(),
            manifest: digest,
        })
    }
}

#[derive(Default)]
struct Package {
    cut: Cut,
    documents: Vec<(DocumentLink, Vec<u8>)>,
    undated_files: usize,
}

impl Package {
    /// Whether a document goes with what passed. One that belongs to a resource goes as that does; any other has no date.
    fn wants(&mut self, source_id: &str, filter: &Filter<'_>) -> bool {
        if self.cut.kept.contains(source_id) {
            return true;
        }
        if self.cut.left_out.contains(source_id) || filter.types.is_some() {
            return false;
        }
        if filter.range.is_some() {
            self.undated_files += usize::from(filter.undated);
            return filter.undated;
        }
        true
    }

    /// Names are made here; what the source called it is said inside the page only.
    fn add_file(&mut self, object: crate::Object) {
        let number = self.documents.len() + 1;
        let class = object.class().map_or("object", ObjectClass::as_str);
        let link = DocumentLink {
            file: format!(
                "files/{class}-{number:04}.{}",
                extension(object.media_type())
            ),
            source: object.source_id().to_owned(),
            media_type: object.media_type().to_owned(),
        };
        self.documents.push((link, object.into_bytes()));
    }

    fn files(
        &mut self,
        request: &ReleaseRequest<'_>,
        with_chart: bool,
        access: &Access<'_>,
    ) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let detail = |name: &str, value: String| Detail {
            name: name.to_owned(),
            value,
        };
        let mut about = vec![
            detail("released to", request.recipient.to_owned()),
            detail("on", access.recorded.to_owned()),
        ];
        about.extend(
            request
                .authorized_by
                .map(|name| detail("authorized by", name.to_owned())),
        );
        match request.days {
            Some((first, last, undated)) => {
                about.push(detail("days", format!("{first} to {last}")));
                let count = self.cut.undated + self.undated_files;
                about.push(match undated {
                    Undated::Include => detail("without a date, included", count.to_string()),
                    Undated::LeaveOut => detail("without a date", "left out".into()),
                });
            }
            None => about.push(detail("days", "all".into())),
        }
        about.extend(request.types.map(|types| detail("only", types.join(", "))));
        about.push(detail(
            "resources left out",
            self.cut.left_out.len().to_string(),
        ));

        let mut readme = String::from(
            "A copy of parts of one patient's record, from an archive of a former EHR.\n\n",
        );
        about
            .iter()
            .for_each(|detail| readme.push_str(&format!("{}: {}\n", detail.name, detail.value)));
        readme.push_str(
            "\nchart.html is for people, bundle.json (FHIR R4) for programs, files/ has documents.\n\
             To check that nothing was changed: sha256sum -c manifest-sha256.txt\n\
             disclosure.json is what the archive's access log says of this copy; proofs.json shows that the log says so.\n",
        );
        let mut files = vec![("README.txt".to_owned(), readme.into_bytes())];
        if with_chart {
            let (patient, sections) = chart_page::sections(&self.cut.resources);
            let links = self.documents.iter().map(|(link, _)| DocumentLink {
                file: link.file.clone(),
                source: link.source.clone(),
                media_type: link.media_type.clone(),
            });
            let page = ChartPage {
                patient,
                about,
                sections,
                documents: links.collect(),
            };
            let html = page
                .render()
                .map_err(|_| ErrorKind::Malformed { what: "a chart" })?;
            files.push(("chart.html".to_owned(), html.into_bytes()));
            files.push(("bundle.json".to_owned(), self.cut.to_json().into_bytes()));
        }
        files.extend(
            self.documents
                .iter()
                .map(|(link, bytes)| (link.file.clone(), bytes.clone())),
        );
        Ok(files)
    }
}

/// All entries are of one patient.
fn one_patient(entries: &[CatalogueEntry]) -> Result<Uuid, Error> {
    let first = entries.first().and_then(CatalogueEntry::patient_id);
    let patient = first.ok_or_else(|| refused("a release is of entries of one patient"))?;
    if entries
        .iter()
        .any(|entry| entry.patient_id() != Some(patient))
    {
        return Err(refused("a release is of entries of one patient"));
    }
    Ok(patient)
}

/// Writes a folder whole or not at all.
fn write_folder(destination: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Error> {
    let name = destination
        .file_name()
        .ok_or_else(|| refused("a release needs a folder of its own"))?;
    let beside = destination.with_file_name(format!("{}.part", name.to_string_lossy()));
    let write = || -> Result<(), Error> {
        fs::create_dir(&beside)?;
        let folder = Folder::new(&beside);
        if files.iter().any(|(name, _)| name.starts_with("files/")) {
            folder.create_folder("files")?;
        }
        for (name, bytes) in files {
            folder.write(name, bytes)?;
        }
        folder.sync_folder("")?;
        Ok(fs::rename(&beside, destination)?)
    };
    let written = write();
    if written.is_err() {
        // Half a release is no release; what cannot be removed either is the same error.
        let _ = fs::remove_dir_all(&beside);
    }
    written
}

fn extension(media_type: &str) -> &'static str {
    let known = [
        ("application/pdf", "pdf"),
        ("image/png", "png"),
        ("image/jpeg", "jpg"),
        ("image/tiff", "tif"),
        ("text/plain", "txt"),
        ("text/csv", "csv"),
        ("application/rtf", "rtf"),
        ("text/rtf", "rtf"),
        ("application/xml", "xml"),
        ("text/xml", "xml"),
        ("application/json", "json"),
        ("application/fhir+json", "json"),
    ];
    let plain = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    // No page is opened by a double click on what may be hostile: HTML and unknown types get a name that opens nothing.
    known
        .iter()
        .find(|(name, _)| *name == plain)
        .map_or("bin", |(_, extension)| extension)
}

fn refused(reason: &'static str) -> Error {
    ErrorKind::Refused { reason }.into()
}

impl std::fmt::Debug for ReleaseRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReleaseRequest")
            .field("classes", &self.classes)
            .finish_non_exhaustive()
    }
}
