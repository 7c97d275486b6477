//! The document that is shipped for HL7 v2, and the messages of the corpus.

use std::fs;
use std::path::{Path, PathBuf};

use ehr_mapping::document::MappingDocument;
use ehr_mapping::plan::Plan;
use ehr_mapping::source::MemoryFolder;

use super::Run;

/// The text of the shipped document.
pub(crate) fn document_text() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("documents/hl7v2.toml");
    fs::read_to_string(path).expect("a shipped document")
}

/// The plan of the shipped document.
pub(crate) fn plan() -> Plan {
    MappingDocument::parse("hl7v2.toml", &document_text())
        .and_then(|document| document.compile())
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// The files of the corpus that hold messages.
pub(crate) fn messages() -> Option<Vec<PathBuf>> {
    let root = super::corpus::folder("hl7v2")?;
    let mut files = Vec::new();
    for folder in ["microsoft", "v2-to-fhir-samples"] {
        for entry in fs::read_dir(root.join(folder)).expect("the corpus has this folder") {
            let path = entry.expect("an entry").path();
            let bytes = fs::read(&path).expect("a readable file");
            if ehr_mapping::hl7v2::detect(&bytes[..bytes.len().min(64 << 10)]) {
                files.push(path);
            }
        }
    }
    files.sort();
    Some(files)
}

/// Runs one file.
pub(crate) fn run_file(plan: &Plan, path: &Path) -> Run {
    let name = path
        .file_name()
        .expect("a file")
        .to_string_lossy()
        .into_owned();
    let bytes = fs::read(path).expect("a readable file");
    super::run(plan, &MemoryFolder::default().with(name, bytes))
}
