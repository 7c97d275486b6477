//! The export: where it lies, and which mapping document reads it.

use std::fs;
use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::format::{Format, survey};
use ehr_mapping::source::{DirectoryFolder, SingleFile, SourceFolder, ZipFolder};

use crate::Failure;
use crate::options::Options;
use crate::staging::at;

/// Opens the export: a folder, one file, or the embedded sample.
pub(crate) fn open(path: Option<&Path>) -> Result<Box<dyn SourceFolder>, Failure> {
    match path {
        None => Ok(Box::new(examples::sample::folder())),
        Some(path) if path.is_dir() => Ok(Box::new(DirectoryFolder::new(path))),
        Some(path) if is_zip(path) => Ok(Box::new(ZipFolder::open(path)?)),
        Some(path) if path.is_file() => Ok(Box::new(SingleFile::new(path))),
        Some(path) => Err(format!("{}: no such folder or file", path.display()).into()),
    }
}

/// A ZIP file is a folder; the workbooks of Excel, which are ZIP files as well, are not.
fn is_zip(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    path.is_file() && extension.eq_ignore_ascii_case("zip")
}

/// The mapping document: the one that was named, that of the sample, or the shipped ones of the
/// formats that the export holds.
pub(crate) fn document(
    options: &Options,
    folder: &dyn SourceFolder,
) -> Result<MappingDocument, Failure> {
    match (&options.map, &options.source) {
        (Some(path), _) => read(path),
        (None, None) => Ok(examples::sample::document()?),
        (None, Some(_)) => {
            let formats = survey(folder)?;
            let names: Vec<&str> = formats
                .keys()
                .map(|format: &Format| format.name())
                .collect();
            MappingDocument::for_formats(formats.keys().copied(), &options.system).ok_or_else(
                || {
                    let found = match names.as_slice() {
                        [] => "no file of a known format".to_owned(),
                        names => names.join(", "),
                    };
                    format!("the export holds {found}: name its mapping document with --map").into()
                },
            )
        }
    }
}

fn read(path: &Path) -> Result<MappingDocument, Failure> {
    let text = fs::read_to_string(path).map_err(at(path))?;
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut document = MappingDocument::parse(&name, &text)?;
    for file in document.named_files() {
        let beside = path.with_file_name(&file);
        let content = fs::read_to_string(&beside).map_err(at(&beside))?;
        document = document.with_file(file, content);
    }
    Ok(document)
}
