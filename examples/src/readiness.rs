//! The readiness register, and what shows that its evidence is there.

use std::fs;
use std::path::Path;

use ehr_model::readiness::{ExtractionRequest, ReadinessRegister};

use crate::export::Failure;

/// Reads a register.
///
/// # Errors
///
/// If it cannot be read, with the place.
pub fn parse(path: &Path, bytes: &[u8]) -> Result<ReadinessRegister, Failure> {
    ReadinessRegister::from_json(bytes).map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        let cause = cause.unwrap_or_default();
        format!("{}: {error}{cause}", path.display()).into()
    })
}

/// The files of evidence in a folder, by name.
///
/// # Errors
///
/// If the folder or a file cannot be read.
pub fn evidence(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let at = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for file in fs::read_dir(folder).map_err(at)? {
        let path = file.map_err(at)?.path();
        if path.is_file() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            files.push((name.into_owned(), fs::read(&path).map_err(at)?));
        }
    }
    files.sort();
    Ok(files)
}

/// The request with the files that show evidence.
pub fn show(request: ExtractionRequest, files: &[(String, Vec<u8>)]) -> ExtractionRequest {
    let contents = files.iter().map(|(_, content)| content);
    contents.fold(request, |request, content| request.evidence(content))
}
