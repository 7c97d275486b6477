//! An export with its mapping document, for programs that hold two of them against each other.

use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::format::{Format, survey};
use ehr_mapping::plan::Plan;
use ehr_mapping::source::SourceFolder;

use crate::export::{self, Failure};

/// Where the ids of the records of a FHIR export come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// UUIDs of the export are ids.
    Kept,
    /// Ids derive from the system and the keys of the export, as a migration makes them.
    Derived,
}

/// An export with its mapping document.
pub struct Export {
    /// Its files.
    pub folder: Box<dyn SourceFolder>,
    /// Its mapping document, compiled.
    pub plan: Plan,
    /// Whether the shipped document of FHIR reads it, and nothing else.
    pub is_fhir: bool,
}

impl Export {
    /// Opens an export and compiles its mapping document.
    ///
    /// # Errors
    ///
    /// If there is no such export, no mapping document for it, or the document has mistakes.
    pub fn open(path: &Path, map: Option<&Path>, system: &str, ids: Ids) -> Result<Self, Failure> {
        let folder = export::open(path)?;
        let formats: Vec<Format> = match map {
            Some(_) => Vec::new(),
            None => survey(&*folder)?.into_keys().collect(),
        };
        let is_fhir = formats == [Format::Fhir];
        let document = match map {
            Some(map) => export::read_document(map)?,
            None if is_fhir && ids == Ids::Kept => {
                MappingDocument::parse("compared.toml", &kept(system))?
            }
            None => MappingDocument::for_formats(formats.iter().copied(), system)
                .ok_or_else(|| without_document(path, &formats))?,
        };
        Ok(Self {
            folder,
            plan: document.compile()?,
            is_fhir,
        })
    }

    /// Whether its ids may be those of the export or derived ones.
    pub fn has_choice_of_ids(&self) -> bool {
        self.is_fhir
    }
}

fn without_document(path: &Path, formats: &[Format]) -> String {
    let names: Vec<_> = formats.iter().map(|format| format.name()).collect();
    let found = match names.as_slice() {
        [] => "no file of a known format".to_owned(),
        names => names.join(", "),
    };
    let path = path.display();
    format!(
        "{path} holds {found}: name its mapping document with --map, --source-map or --target-map"
    )
}

/// The shipped document of FHIR, under whose reading UUIDs stay what they are.
fn kept(system: &str) -> String {
    format!(
        "[document]\nname = \"compared\"\nversion = \"1\"\nformat = \"fhir\"\nsystem = {system:?}\n\
         extends = [\"fhir-r4\"]\nkeep-uuids = true\n"
    )
}
