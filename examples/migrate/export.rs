//! The export: where it lies, and which mapping document reads it.

use std::fs;
use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::documents::Index;
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
            let shipped = MappingDocument::for_formats(formats.keys().copied(), &options.system);
            let Some(document) = shipped else {
                let found = match names.as_slice() {
                    [] => "no file of a known format".to_owned(),
                    names => names.join(", "),
                };
                let index = Index::detect(folder).ok().flatten();
                let proposal = index.map(|index| proposal(&index, &options.system));
                return Err(format!(
                    "the export holds {found}: name its mapping document with --map{}",
                    proposal.unwrap_or_default()
                )
                .into());
            };
            Ok(document)
        }
    }
}

/// What to write for a folder of documents with an index. It is for a person to check: which
/// column is what is guessed by its name.
fn proposal(index: &Index, system: &str) -> String {
    let columns = index.columns.join(", ");
    let found = format!(
        "\n\n{}: an index whose column {} names {} files that are there, {} that are not; its columns are {columns}.",
        index.file,
        index.columns[index.name],
        index.rows,
        index.without_file.len(),
    );
    match index.draft(system) {
        Some(draft) => format!(
            "{found}\nA mapping document for it begins so; check every line, and save it for --map:\n\n{draft}"
        ),
        None => format!(
            "{found}\nNo column looks like the number of a patient, which a mapping document has to name as `patient`."
        ),
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
