//! Every C-CDA document of the corpus through the shipped mapping document, each on its own.

use crate::support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ehr_mapping::document::MappingDocument;
use ehr_mapping::plan::Plan;
use ehr_mapping::source::MemoryFolder;
use ehr_model::kind::Patient;
use ehr_model::tally::{LeafCounts, Tally};

/// What must at least be mapped of the clinical leaves of the vendors' documents, in percent.
const CLINICAL_SHARE: f64 = 97.0;

/// What became of the documents of a folder.
#[derive(Default)]
struct Figures {
    documents: u64,
    patients: u64,
    /// Reasons of documents that made no chart.
    rejected: Vec<&'static str>,
    /// Files that are no documents: fragments of the guide's examples, pages of web servers.
    fragments: u64,
    /// What those say.
    set_aside: BTreeMap<&'static str, u64>,
    leaves: LeafCounts,
    clinical: LeafCounts,
    open: Vec<String>,
    tally: Tally,
}

/// Whether a leaf is one of those that carry the chart: codes, values, units, doses, times, ids.
/// Headings of sections and the schema of the document say how it is built.
fn is_clinical(path: &str) -> bool {
    let Some((above, leaf)) = path.rsplit_once('/') else {
        return false;
    };
    let element = above.rsplit('/').next().unwrap_or_default();
    if above.contains("/section/code") || matches!(element, "realmCode" | "typeId" | "templateId") {
        return false;
    }
    match leaf {
        "@code" | "@codeSystem" | "@unit" | "@extension" | "@root" => true,
        "@value" => element != "reference",
        "value" | "lotNumberText" => true,
        _ => false,
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the corpus") {
        let path = entry.expect("an entry").path();
        let is_xml = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("xml"));
        if path.is_dir() {
            files(&path, found);
        } else if is_xml {
            found.push(path);
        }
    }
    found.sort();
}

fn run_folder(plan: &Plan, folder: &Path) -> Figures {
    let mut figures = Figures::default();
    let mut found = Vec::new();
    files(folder, &mut found);
    for path in found {
        let bytes = fs::read(&path).expect("a file of the corpus");
        let is_document = ehr_mapping::ccda::detect(&bytes);
        let folder = MemoryFolder::default().with("document.xml", bytes);
        let run = support::run(plan, &folder);
        support::assert_books_add_up(&run.tally);
        if !is_document {
            figures.fragments += 1;
            let is_told = !run.rejects.is_empty() || !run.issues.is_empty();
            assert!(is_told, "a file is passed over in silence");
            let reasons = run.rejects.iter().map(|reject| reject.reason.as_str());
            for reason in reasons {
                *figures.set_aside.entry(reason).or_default() += 1;
            }
            continue;
        }
        figures.documents += 1;
        let charts = run.units.iter().map(|unit| &unit.chart);
        figures.patients += charts
            .map(|chart| chart.of::<Patient>().count() as u64)
            .sum::<u64>();
        let reasons = run.rejects.iter().map(|reject| reject.reason.as_str());
        figures.rejected.extend(reasons);
        for (source, path, leaves) in run.unaccounted() {
            figures.open.push(format!("{source}: {path} ({leaves})"));
        }
        for books in run.tally.sources.values() {
            for (path, leaves) in &books.paths {
                figures.leaves += *leaves;
                if is_clinical(path) {
                    figures.clinical += *leaves;
                }
            }
        }
        figures.tally.merge(&run.tally);
    }
    figures
}

/// What stays open: a document of the validator has four persons in one record target, each with a
/// marital status. Which of them is the patient is for a person to say, so that no rule takes it.
fn is_known_open(folder: &str, leaf: &str) -> bool {
    folder == "onc-validator" && leaf.contains("/patientRole/patient/maritalStatusCode/")
}

fn share(leaves: LeafCounts) -> f64 {
    100.0 * leaves.mapped as f64 / leaves.nonempty.max(1) as f64
}

#[test]
fn every_document_maps_or_says_why_not() {
    let Some(root) = support::corpus::folder("ccda") else {
        return;
    };
    let plan = MappingDocument::shipped("ccda-r2.1")
        .expect("it is shipped")
        .compile()
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    for name in [
        "vendors",
        "onc-validator",
        "onc-negative",
        "amida-blue-button",
        "hl7-examples",
    ] {
        let figures = run_folder(&plan, &root.join(name));
        support::say(&format!(
            "{name}: {} documents, {} patients, rejected {:?}, {} other files {:?}; \
             {} leaves: {:.1} % mapped, {} archived, {} ignored, {} rejected, {} unaccounted; \
             {} clinical leaves: {:.2} % mapped, {} unaccounted",
            figures.documents,
            figures.patients,
            figures.rejected,
            figures.fragments,
            figures.set_aside,
            figures.leaves.nonempty,
            share(figures.leaves),
            figures.leaves.archived,
            figures.leaves.ignored,
            figures.leaves.rejected,
            figures.leaves.unaccounted,
            figures.clinical.nonempty,
            share(figures.clinical),
            figures.clinical.unaccounted,
        ));
        // a document gives a chart, or a reject with its reason
        let rejected = figures.rejected.len() as u64;
        assert_eq!(figures.patients + rejected, figures.documents, "{name}");
        let open: Vec<_> = figures
            .open
            .iter()
            .filter(|leaf| !is_known_open(name, leaf))
            .collect();
        assert!(open.is_empty(), "{name}: {open:#?}");
        if name == "vendors" {
            assert!(figures.documents > 100, "documents are missing");
            assert_eq!(rejected, 0);
            assert!(share(figures.clinical) >= CLINICAL_SHARE);
            for (rule, counts) in &figures.tally.rules {
                support::say(&format!("  {} leaves: {rule}", counts.leaves));
            }
        }
    }
}
