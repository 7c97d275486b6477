//! Every FHIR file of the corpus through the shipped document: nothing is unaccounted for, and of
//! clinical leaves nearly all are mapped.

use crate::support;

use std::collections::BTreeMap;
use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::plan::Plan;
use ehr_mapping::source::DirectoryFolder;
use ehr_model::tally::{LeafCounts, Tally};

/// Folders, and the least share of clinical leaves that must be mapped, in thousandths.
const FOLDERS: [(&str, u64); 7] = [
    ("fhir/us-core-6.1.0/examples", 970),
    ("fhir/us-core-6.1.0/definitions", 0),
    ("fhir/r4-definitions", 0),
    ("fhir/stu3-wrong-version", 0),
    ("synthea-fhir/bulk-10pts", 970),
    ("synthea-fhir/ma-2024-11pts", 970),
    ("documents/tietai-oncology", 0),
];

#[test]
fn nothing_of_the_corpus_is_unaccounted_for() {
    let Some(corpus) = support::corpus::folder("") else {
        return;
    };
    let plan = shipped();
    let mut short = Vec::new();
    for (folder, least) in FOLDERS {
        let directory = DirectoryFolder::new(corpus.join(folder));
        let run = support::run(&plan, &directory);
        support::assert_books_add_up(&run.tally);
        let leaves = run.tally.total_leaves();
        let records = run.tally.total_records();
        let clinical = clinical(&run.tally);
        let share = clinical.mapped * 1000 / clinical.nonempty.max(1);
        support::say(&format!(
            "{folder}: {} records, {} mapped, {} by rule, {} rejected; {} leaves, {} mapped, {} archived, {} rejected, {} unaccounted; clinical {} of {} mapped ({}.{} %)",
            records.read,
            records.mapped,
            records.ignored,
            records.rejected,
            leaves.nonempty,
            leaves.mapped,
            leaves.archived + leaves.ignored,
            leaves.rejected,
            leaves.unaccounted,
            clinical.mapped,
            clinical.nonempty,
            share / 10,
            share % 10,
        ));
        show(folder, &run);
        // files that are no FHIR lie between those that are
        let mut open = run.unaccounted();
        open.retain(|(source, _, _)| !source.starts_with('('));
        if share < least || !open.is_empty() {
            short.push((folder, share, open));
        }
    }
    assert!(short.is_empty(), "{short:?}");
}

fn shipped() -> Plan {
    MappingDocument::shipped("fhir-r4")
        .expect("it ships")
        .compile()
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// The leaves of resources that the chart has kinds for, without what only packs them.
fn clinical(tally: &Tally) -> LeafCounts {
    const PACKING: [&str; 6] = ["id", "meta/", "text/", "entry/", "resourceType", "language"];
    let mut counts = LeafCounts::default();
    let sources = tally.sources.iter();
    for (_, books) in sources.filter(|(name, _)| {
        name.starts_with("chart") || name.starts_with("directory") || &***name == "medication"
    }) {
        for (path, leaves) in &books.paths {
            if !PACKING.iter().any(|packing| path.starts_with(packing)) {
                counts += *leaves;
            }
        }
    }
    counts
}

/// With `EHR_SHOW`, what was archived or rejected, by path, and how often each issue was raised; the
/// charts themselves go to `EHR_JUDGE_DIR`, for a validator that is not ours.
fn show(folder: &str, run: &support::Run) {
    if std::env::var_os("EHR_SHOW").is_none() {
        return;
    }
    for (source, books) in &run.tally.sources {
        for (path, leaves) in &books.paths {
            if leaves.archived + leaves.rejected + leaves.unaccounted > 0
                && !source.starts_with("other")
            {
                support::say(&format!(
                    "  {source} {path}: {} archived, {} rejected, {} unaccounted of {}",
                    leaves.archived, leaves.rejected, leaves.unaccounted, leaves.nonempty
                ));
            }
        }
    }
    let mut issues: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for issue in &run.issues {
        let field = issue.field.as_deref().unwrap_or_default();
        *issues
            .entry((issue.code.as_str(), field.to_owned()))
            .or_default() += 1;
    }
    support::say(&format!("  {issues:?}"));
    if let Some(out) = std::env::var_os("EHR_JUDGE_DIR") {
        let folder = Path::new(&out).join(folder.replace('/', "-"));
        let mut files: BTreeMap<&str, String> = BTreeMap::new();
        for record in run.records() {
            *files.entry(record.kind().fhir()).or_default() += &(support::line(record) + "\n");
        }
        for (name, text) in files {
            let _ = std::fs::create_dir_all(&folder);
            std::fs::write(folder.join(format!("{name}.ndjson")), text)
                .expect("a folder to write to");
        }
    }
}
