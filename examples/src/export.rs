//! Where an export lies, and its mapping document.

use std::fs;
use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::format::survey;
use ehr_mapping::source::{DirectoryFolder, SingleFile, SourceFolder, ZipFolder};

/// What a program can fail with; the message says where.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Opens an export: a folder, a ZIP file, or one file.
///
/// # Errors
///
/// If there is no such folder or file, or the ZIP file cannot be read.
pub fn open(path: &Path) -> Result<Box<dyn SourceFolder>, Failure> {
    let extension = path.extension().unwrap_or_default();
    if path.is_dir() {
        Ok(Box::new(DirectoryFolder::new(path)))
    } else if path.is_file() && extension.eq_ignore_ascii_case("zip") {
        Ok(Box::new(ZipFolder::open(path)?))
    } else if path.is_file() {
        Ok(Box::new(SingleFile::new(path)))
    } else {
        Err(format!("{}: no such folder or file", path.display()).into())
    }
}

/// Reads a mapping document with the files beside it that it names.
///
/// # Errors
///
/// If a file cannot be read or the document is no TOML.
pub fn read_document(path: &Path) -> Result<MappingDocument, Failure> {
    let text = |path: &Path| {
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut document = MappingDocument::parse(&name, &text(path)?)?;
    for file in document.named_files() {
        let content = text(&path.with_file_name(&file))?;
        document = document.with_file(file, content);
    }
    Ok(document)
}

/// The mapping document that was named, or the shipped ones of the formats that the export holds.
///
/// # Errors
///
/// If the document cannot be read, or none is shipped for what the export holds.
pub fn document(
    map: Option<&Path>,
    folder: &dyn SourceFolder,
    system: &str,
) -> Result<MappingDocument, Failure> {
    if let Some(path) = map {
        return read_document(path);
    }
    let formats = survey(folder)?;
    MappingDocument::for_formats(formats.keys().copied(), system).ok_or_else(|| {
        let names: Vec<_> = formats.keys().map(|format| format.name()).collect();
        let found = match names.as_slice() {
            [] => "no file of a known format".to_owned(),
            names => names.join(", "),
        };
        format!("the export holds {found}: name its mapping document with --map").into()
    })
}
