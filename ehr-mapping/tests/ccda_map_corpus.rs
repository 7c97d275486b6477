//! Every C-CDA document of the corpus through the shipped mapping document.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ehr_mapping::document::MappingDocument;
use ehr_mapping::source::MemoryFolder;
use ehr_model::tally::{LeafCounts, Tally};

/// What became of the documents of a folder.
#[derive(Default)]
struct Figures {
    documents: u64,
    mapped: u64,
    rejected: u64,
    leaves: LeafCounts,
    clinical: LeafCounts,
    tally: Tally,
}

/// Whether a leaf is one of those that carry the chart: codes, values, units, doses, times, ids.
/// The codes of sections and of the document's schema say how it is built.
fn is_clinical(path: &str) -> bool {
    let Some((above, leaf)) = path.rsplit_once('/') else {
        return false;
    };
    let mut elements = above.rsplit('/');
    let element = elements.next().unwrap_or_default();
    let heading = above.contains("/section/code") || element == "realmCode" || element == "typeId";
    if heading {
        return false;
    }
    match leaf {
        "@code" | "@codeSystem" | "@unit" | "@extension" => element != "templateId",
        "@root" => element != "templateId" && element != "typeId",
        "@value" => element != "reference",
        "value" | "lotNumberText" => true,
        _ => false,
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the corpus") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("xml"))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn plan() -> ehr_mapping::plan::Plan {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("documents/ccda-r2.1.toml");
    let text = fs::read_to_string(file).expect("the shipped document");
    MappingDocument::parse("ccda-r2.1.toml", &text)
        .and_then(|document| document.compile())
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn run_folder(plan: &ehr_mapping::plan::Plan, folder: &Path) -> Figures {
    let mut figures = Figures::default();
    let dump = std::env::var_os("CCDA_DUMP").map(PathBuf::from);
    for path in files(folder) {
        let bytes = fs::read(&path).expect("a file of the corpus");
        if !ehr_mapping::ccda::detect(&bytes) {
            continue;
        }
        let folder = MemoryFolder::default().with("document.xml", bytes);
        let run = support::run(plan, &folder);
        support::assert_books_add_up(&run.tally);
        figures.documents += 1;
        let records = run.tally.total_records();
        figures.mapped += records.mapped;
        figures.rejected += records.rejected;
        for (source, books) in &run.tally.sources {
            let _ = source;
            for (path, leaves) in &books.paths {
                figures.leaves += *leaves;
                if is_clinical(path) {
                    figures.clinical += *leaves;
                }
            }
        }
        if let Some(dump) = &dump {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let parent = path
                .parent()
                .unwrap()
                .file_name()
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let dir = dump.join(format!("{parent}__{name}"));
            fs::create_dir_all(&dir).unwrap();
            let mut by: BTreeMap<&str, String> = BTreeMap::new();
            for record in run.records() {
                let line = by.entry(record.kind().fhir()).or_default();
                line.push_str(support::line(record).trim_end());
                line.push('\n');
            }
            for (kind, lines) in by {
                fs::write(dir.join(format!("{kind}.ndjson")), lines).unwrap();
            }
            let issues: String = run
                .issues
                .iter()
                .map(|issue| format!("{issue:?}\n"))
                .collect();
            fs::write(dir.join("issues.txt"), issues).unwrap();
        }
        figures.tally.merge(&run.tally);
    }
    figures
}

#[test]
fn figures() {
    let Some(root) = support::corpus::folder("ccda") else {
        return;
    };
    let plan = plan();
    let only = std::env::var("CCDA_ONLY").ok();
    for name in [
        "vendors",
        "onc-validator",
        "onc-negative",
        "amida-blue-button",
        "hl7-examples",
    ] {
        if only.as_deref().is_some_and(|only| only != name) {
            continue;
        }
        let figures = run_folder(&plan, &root.join(name));
        let share =
            |leaves: LeafCounts| 100.0 * leaves.mapped as f64 / leaves.nonempty.max(1) as f64;
        support::say(&format!(
            "{name}: {} documents, {} mapped, {} rejected; leaves {:?} ({:.2} % mapped), clinical {:?} ({:.2} % mapped)",
            figures.documents,
            figures.mapped,
            figures.rejected,
            figures.leaves,
            share(figures.leaves),
            figures.clinical,
            share(figures.clinical),
        ));
        let mut report = String::new();
        for (source, books) in &figures.tally.sources {
            for (path, leaves) in &books.paths {
                if leaves.mapped < leaves.nonempty {
                    report.push_str(&format!(
                        "{}\t{}\t{}\t{}\t{}\t{source}\t{path}\n",
                        leaves.unaccounted,
                        leaves.archived,
                        leaves.ignored,
                        leaves.rejected,
                        leaves.mapped
                    ));
                }
            }
        }
        fs::write(format!("/tmp/gen/report-{name}.tsv"), report).unwrap();
        for (rule, counts) in &figures.tally.rules {
            support::say(&format!("  rule {rule}: {counts:?}"));
        }
    }
}
