//! The request: one TOML file that names every other file, relative to itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ehr_validate::rounds::SourceRelation;
use serde::Deserialize;

use crate::export::Failure;

/// What a production run is asked with. What is not named is not permitted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProductionRequest {
    /// Who runs the extraction, as the register names them.
    pub party: String,
    /// All who touch patient data.
    pub parties: Vec<String>,
    /// The stores in which patient data rests.
    pub stores: Vec<String>,
    /// The endpoints over which patient data travels.
    #[serde(default)]
    pub endpoints: Vec<String>,
    /// Patient data travels over no network.
    #[serde(default)]
    pub offline: bool,
    /// The last day of the extraction (`2031-05-05`).
    pub last_day: String,
    /// How the export stands to that of the last round.
    pub export: SourceRelation,
    /// The readiness register.
    pub register: PathBuf,
    /// The folder with the files of evidence that the register names.
    pub register_evidence: PathBuf,
    /// Whose signatures count.
    pub reviewers: PathBuf,
    /// The sign-offs of the mapping document.
    pub sign_offs: Vec<PathBuf>,
    /// The records of all rounds, in their order.
    pub rounds: Vec<PathBuf>,
    /// What becomes of the evidence.
    pub evidence: EvidenceRequest,
}

/// Who signs the evidence, and what goes into it beside what the run itself leaves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EvidenceRequest {
    /// The title of the bundle.
    pub title: String,
    /// The file of the signing key.
    pub signer: PathBuf,
    /// The signer's name in the signature.
    pub signer_name: String,
    /// Further files by part, such as `audit`.
    #[serde(default)]
    pub parts: BTreeMap<String, Vec<PathBuf>>,
    /// Why a part has no file.
    #[serde(default)]
    pub absent: BTreeMap<String, String>,
}

impl ProductionRequest {
    /// Reads a request; its paths come back relative to where the program runs.
    ///
    /// # Errors
    ///
    /// If it cannot be read, with the place.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let place = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = fs::read_to_string(path).map_err(|error| place(&error))?;
        let mut request: Self = toml::from_str(&text).map_err(|error| place(&error))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let beside = |file: &mut PathBuf| *file = folder.join(&*file);
        beside(&mut request.register);
        beside(&mut request.register_evidence);
        beside(&mut request.reviewers);
        beside(&mut request.evidence.signer);
        request.sign_offs.iter_mut().for_each(beside);
        request.rounds.iter_mut().for_each(beside);
        let parts = request.evidence.parts.values_mut();
        parts.flatten().for_each(beside);
        Ok(request)
    }
}
