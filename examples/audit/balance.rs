//! What a mapping document leaves unmapped of an export.

use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::source::SourceFolder;
use ehr_model::tally::Tally;
use examples::export::Failure;
use serde_json::{Value, json};

/// The books of a document over an export.
pub(crate) struct Balance {
    document: String,
    pub(crate) values: u64,
    pub(crate) mapped: u64,
    pub(crate) ruled: u64,
    pub(crate) rejected: u64,
    pub(crate) unaccounted: u64,
    open: Vec<(String, String, u64)>,
}

/// Maps the export by the document and draws the balance; the result is thrown away.
pub(crate) fn of(
    document: &MappingDocument,
    folder: &dyn SourceFolder,
    out: &Path,
) -> Result<Balance, Failure> {
    let plan = document.compile()?;
    let spill = out.join("spill");
    let extraction = Extraction::open_rehearsal(&plan, folder, ExtractionOptions::new(&spill))?;
    let mut tally = Tally::default();
    tally.merge(&extraction.books().settle(&extraction.shared(), |_| true));
    extraction.patients(
        |unit, books| books.settle(&unit, |_| true),
        |patient| {
            tally.merge(&patient);
            Ok(())
        },
    )?;
    tally.merge(&extraction.remainder().0);
    drop(extraction);
    let _ = std::fs::remove_dir_all(&spill);
    let leaves = tally.total_leaves();
    let mut open = Vec::new();
    for (source, books) in &tally.sources {
        for (path, leaves) in &books.paths {
            if leaves.unaccounted > 0 {
                open.push((source.to_string(), path.to_string(), leaves.unaccounted));
            }
        }
    }
    Ok(Balance {
        document: document.name().to_owned(),
        values: leaves.nonempty,
        mapped: leaves.mapped,
        ruled: leaves.archived + leaves.ignored,
        rejected: leaves.rejected,
        unaccounted: leaves.unaccounted,
        open,
    })
}

impl Balance {
    /// As data: totals, and every path with values that no line takes.
    pub(crate) fn json(&self) -> Value {
        let open: Vec<Value> = self
            .open
            .iter()
            .map(|(source, path, values)| json!({"source": source, "path": path, "values": values}))
            .collect();
        json!({
            "document": self.document,
            "values": self.values,
            "mapped": self.mapped,
            "archived_or_ignored": self.ruled,
            "rejected": self.rejected,
            "unaccounted": self.unaccounted,
            "unaccounted_paths": open,
        })
    }
}
