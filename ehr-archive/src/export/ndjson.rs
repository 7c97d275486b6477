//! FHIR NDJSON, and files.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{Resource, Target};
use crate::reader::{CatalogueEntry, ObjectInfo};
use crate::{Error, Object, ObjectClass};

/// The folder that is being written.
pub(super) struct Lines {
    folder: PathBuf,
    of_types: BTreeMap<String, BufWriter<File>>,
    index: BufWriter<File>,
}

impl Lines {
    pub(super) fn create(folder: &Path) -> Result<Self, Error> {
        for below in ["fhir", "files"] {
            fs::create_dir(folder.join(below))?;
        }
        Ok(Lines {
            folder: folder.to_owned(),
            of_types: BTreeMap::new(),
            index: BufWriter::new(File::create(folder.join("files.ndjson"))?),
        })
    }

    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.index.flush()?;
        self.of_types.values_mut().try_for_each(Write::flush)?;
        Ok(())
    }
}

impl Target for Lines {
    fn resource(&mut self, resource: &Resource<'_>) -> Result<(), Error> {
        let kind = resource.kind;
        if !self.of_types.contains_key(kind) {
            let file = File::create(self.folder.join("fhir").join(format!("{kind}.ndjson")))?;
            self.of_types.insert(kind.to_owned(), BufWriter::new(file));
        }
        if let Some(file) = self.of_types.get_mut(kind) {
            writeln!(file, "{}", resource.line)?;
        }
        Ok(())
    }

    fn object(
        &mut self,
        entry: &CatalogueEntry,
        info: ObjectInfo,
        object: &Object,
    ) -> Result<bool, Error> {
        let id = info.id.to_string();
        fs::write(self.folder.join("files").join(&id), object.bytes())?;
        let about = serde_json::json!({
            "file": format!("files/{id}"),
            "entry": entry.ordinal(),
            "class": object.class().map(ObjectClass::as_str),
            "media_type": object.media_type(),
            "source_id": object.source_id(),
            "sha256": object.digest(),
        });
        writeln!(self.index, "{about}")?;
        Ok(true)
    }
}
