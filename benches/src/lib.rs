//! What the benches share: the corpus, rounds, a table.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::plan::Plan;
use ehr_mapping::source::{DirectoryFolder, MemoryFolder, SourceFolder};
use rustix::time::{ClockId, clock_gettime};

/// The export that is measured, below the folder that `EHR_CORPUS` names.
const EXPORT: &str = "synthea-csv/ma-2024-11pts";

/// The folder with the export, where there is one: `EHR_EXPORT`, which may hold the export many
/// times, or the one of the corpus.
pub fn export() -> Option<PathBuf> {
    let export = match env::var_os("EHR_EXPORT") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(&env::var_os("EHR_CORPUS")?).join(EXPORT),
    };
    export.is_dir().then_some(export)
}

/// The mapping document of the export.
pub fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ehr-mapping/documents/synthea-csv.toml")
}

/// The compiled mapping document.
///
/// # Errors
///
/// If it cannot be read or has mistakes.
pub fn plan() -> Result<Plan, Box<dyn std::error::Error>> {
    let path = document();
    let text = std::fs::read_to_string(&path)?;
    let mut document = MappingDocument::parse("synthea-csv.toml", &text)?;
    for file in document.named_files() {
        let content = std::fs::read_to_string(path.with_file_name(&file))?;
        document = document.with_file(file, content);
    }
    Ok(document.compile()?)
}

/// The tables of an export in memory, so that no disk is measured, and their size in bytes.
///
/// # Errors
///
/// If a file cannot be read.
pub fn tables(folder: &Path) -> std::io::Result<(MemoryFolder, Vec<Vec<u8>>)> {
    let disk = DirectoryFolder::new(folder);
    let mut memory = MemoryFolder::default();
    let mut tables = Vec::new();
    for file in disk.list()? {
        if file.name.ends_with(".csv") {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut disk.open(&file.name)?, &mut bytes)?;
            memory = memory.with(file.name, bytes.clone());
            tables.push(bytes);
        }
    }
    Ok((memory, tables))
}

/// How long this thread was on a processor. Of a machine that others use as well, the time that
/// passed says little.
pub fn busy() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}

/// The times of several rounds.
#[derive(Debug, Default, Clone)]
pub struct Times(Vec<Duration>);

impl Times {
    /// No rounds yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a round.
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The shortest one in seconds; 0 where there is none.
    pub fn best(&self) -> f64 {
        self.0.iter().min().map_or(0.0, Duration::as_secs_f64)
    }

    /// The middle one in seconds; 0 where there is none.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted
            .get(sorted.len() / 2)
            .map_or(0.0, Duration::as_secs_f64)
    }
}
