//! Every X12 file of the corpus through the two shipped mapping documents at once.

use crate::support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ehr_mapping::document::MappingDocument;
use ehr_mapping::format::Format;
use ehr_mapping::plan::Plan;
use ehr_mapping::source::MemoryFolder;
use ehr_model::tally::{LeafCounts, Tally};

/// What became of the records of one kind of transaction.
#[derive(Default)]
struct Figures {
    records: u64,
    rejected: u64,
    leaves: LeafCounts,
    measured: LeafCounts,
}

/// The kind of transaction that a source of the documents reads.
fn transaction(source: &str) -> &str {
    match source.split_once('.') {
        Some(("x12-837", _)) => "837",
        Some(("x12-835", _)) => "835",
        Some(("x12-277", _)) => "277CA",
        Some((_, "acknowledgements")) => "999, 997",
        Some((_, "interchanges")) => "TA1",
        _ => "others",
    }
}

/// Whether a leaf is an amount, a code, a date or an id of a claim or a payment: not of the
/// envelope, not a name or an address, and none of the words that only tell loops apart.
fn is_measured(path: &str) -> bool {
    const STRUCTURE: [&str; 11] = [
        "ISA", "GS", "ST", "SE", "GE", "IEA", "TA1", "BHT", "HL", "LX", "TRN01",
    ];
    const WORDS: [&str; 14] = [
        "NM101", "NM102", "NM103", "NM104", "NM105", "NM106", "NM107", "N101", "N102", "N201",
        "N3", "N4", "PER", "NTE02",
    ];
    !path
        .split('/')
        .any(|step| STRUCTURE.contains(&step) || WORDS.contains(&step))
}

fn plan() -> Plan {
    let document =
        MappingDocument::for_formats([Format::X12], "urn:test:x12").expect("two documents");
    document
        .compile()
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = ["lfh", "imsweb", "pyx12"]
        .iter()
        .flat_map(|name| fs::read_dir(folder.join(name)).expect("a folder of the corpus"))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    found.sort();
    found
}

#[test]
fn every_leaf_of_the_corpus_is_accounted_for() {
    let Some(root) = support::corpus::folder("x12") else {
        return;
    };
    let plan = plan();
    let mut figures: BTreeMap<String, Figures> = BTreeMap::new();
    let mut all = Tally::default();
    let mut count = 0;
    for path in files(&root) {
        let bytes = fs::read(&path).expect("a file of the corpus");
        if !ehr_mapping::x12::detect(&bytes) {
            continue;
        }
        count += 1;
        let run = support::run(&plan, &MemoryFolder::default().with("file.x12", bytes));
        support::assert_books_add_up(&run.tally);
        dump(&path, &run);
        for (source, books) in &run.tally.sources {
            let figures = figures.entry(transaction(source).to_owned()).or_default();
            figures.records += books.records.read;
            figures.rejected += books.records.rejected;
            for (path, leaves) in &books.paths {
                figures.leaves += *leaves;
                if is_measured(path) {
                    figures.measured += *leaves;
                }
            }
        }
        all.merge(&run.tally);
    }
    support::say(&format!("{count} files"));
    for (transaction, figures) in &figures {
        let LeafCounts {
            nonempty,
            mapped,
            archived,
            ignored,
            rejected,
            unaccounted,
            ..
        } = figures.leaves;
        support::say(&format!(
            "{transaction}: {} records, {} rejected; {nonempty} leaves: {mapped} mapped, {archived} archived, {ignored} ignored, {rejected} rejected, {unaccounted} unaccounted; of {} amounts, codes, dates and ids {:.2} % mapped",
            figures.records,
            figures.rejected,
            figures.measured.nonempty,
            share(figures.measured),
        ));
    }
    for (rule, counts) in &all.rules {
        support::say(&format!("rule {rule}: {} leaves", counts.leaves));
    }
    let open: u64 = figures
        .values()
        .map(|figures| figures.leaves.unaccounted)
        .sum();
    assert_eq!(open, 0, "every leaf is accounted for");
    assert_eq!(count, 86);
    for (transaction, records, leaves, mapped) in [
        ("837", 119, 8922, 98.8),
        ("835", 21, 846, 100.0),
        ("999, 997", 23, 892, 0.0),
        ("others", 37, 2879, 0.0),
    ] {
        let figures = &figures[transaction];
        assert_eq!(figures.records, records, "{transaction}");
        assert_eq!(figures.rejected, 0, "{transaction}");
        assert_eq!(figures.leaves.nonempty, leaves, "{transaction}");
        assert!(share(figures.measured) >= mapped, "{transaction}");
    }
    // two lines that point at nothing, a birth date that is none, and a kind of contact that X12 does not have
    assert_eq!(figures["837"].leaves.rejected, 6);
}

fn share(leaves: LeafCounts) -> f64 {
    100.0 * leaves.mapped as f64 / leaves.nonempty.max(1) as f64
}

/// Writes the records of a file where `X12_DUMP` says, to look at them.
fn dump(path: &Path, run: &support::Run) {
    let Some(folder) = std::env::var_os("X12_DUMP") else {
        return;
    };
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .replace('.', "_");
    let folder = Path::new(&folder).join(name);
    fs::create_dir_all(&folder).expect("a folder");
    let mut by_type: BTreeMap<&str, String> = BTreeMap::new();
    for record in run.records() {
        let lines = by_type.entry(record.kind().fhir()).or_default();
        lines.push_str(support::line(record).trim_end());
        lines.push('\n');
    }
    for (kind, lines) in by_type {
        fs::write(folder.join(format!("{kind}.ndjson")), lines).expect("a file");
    }
    let issues: String = run
        .issues
        .iter()
        .map(|issue| format!("{issue:?}\n"))
        .collect();
    fs::write(folder.join("issues.txt"), issues).expect("a file");
}
