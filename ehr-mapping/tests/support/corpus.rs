//! The Synthea corpus, and the document that is shipped for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ehr_mapping::document::MappingDocument;

use super::export::{Export, Table};
use super::say;

/// A folder of the corpus; says so where there is none.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    match std::env::var_os("EHR_CORPUS") {
        Some(root) => Some(Path::new(&root).join(name)),
        None => {
            say("skipped: EHR_CORPUS is not set");
            None
        }
    }
}

/// Eleven patients as Synthea exported them in 2024.
pub(crate) fn synthea() -> Option<Export> {
    let folder = folder("synthea-csv/ma-2024-11pts")?;
    let mut export = Export::default();
    for entry in fs::read_dir(folder).expect("the corpus has this folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("a name in ASCII");
        let bytes = fs::read(entry.path()).expect("a readable file");
        if name.ends_with(".csv") {
            export.tables.insert(name, Table::read(&bytes));
        } else {
            export.files.insert(name, bytes);
        }
    }
    Some(export)
}

/// The shipped document with its code maps, the text changed by the caller.
pub(crate) fn document(change: impl FnOnce(String) -> String) -> MappingDocument {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("documents");
    let text = fs::read_to_string(folder.join("synthea-csv.toml")).expect("a shipped document");
    let mut document = MappingDocument::parse("synthea-csv.toml", &change(text))
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    for name in document.named_files() {
        let content = fs::read_to_string(folder.join(&name)).expect("a shipped code map");
        document = document.with_file(name, content);
    }
    document
}

/// The text of the shipped document as lines.
pub(crate) fn document_lines() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("documents");
    let text = fs::read_to_string(folder.join("synthea-csv.toml")).expect("a shipped document");
    text.lines().map(str::to_owned).collect()
}

/// The filled cells of each column of each table, by a plain scan.
pub(crate) fn filled(export: &Export) -> BTreeMap<(String, String), u64> {
    let mut filled = BTreeMap::new();
    for (name, table) in &export.tables {
        for column in &table.header {
            filled.insert((name.clone(), column.clone()), table.filled(column));
        }
    }
    filled
}
