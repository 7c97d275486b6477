//! All rules on real charts: what they find must be in the data, and is listed here with its reason.
#![expect(clippy::print_stdout, reason = "a test says what it found")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::plan::Plan;
use ehr_mapping::source::{DirectoryFolder, MemoryFolder, SourceFolder};
use ehr_model::chart::Chart;
use ehr_model::record::Record;
use ehr_model::value::Date;
use ehr_validate::compare::ChartPair;
use ehr_validate::{Context, Directory, Ruleset, ValidationReport, Validator, Verdict};

/// After the last event of the corpora.
const AS_OF: &str = "2027-01-01";

/// Charts, and the records that they share.
struct Corpus {
    charts: Vec<Chart>,
    shared: Vec<Record>,
    local_systems: Vec<String>,
}

#[test]
fn synthea_tables() {
    let Some(folder) = folder("synthea-csv/ma-2024-11pts") else {
        return;
    };
    let corpus = read(&synthea_plan(), &DirectoryFolder::new(folder));
    check("synthea-csv", &corpus);
}

#[test]
fn us_core_examples() {
    let Some(folder) = folder("fhir/us-core-6.1.0/examples") else {
        return;
    };
    let corpus = read(&shipped("fhir-r4"), &DirectoryFolder::new(folder));
    check("us-core", &corpus);
}

#[test]
fn synthea_resources() {
    let Some(folder) = folder("synthea-fhir/ma-2024-11pts") else {
        return;
    };
    let corpus = read(&shipped("fhir-r4"), &DirectoryFolder::new(folder));
    check("synthea-fhir", &corpus);
}

#[test]
fn vendors_ccda_documents() {
    let Some(folder) = folder("ccda/vendors") else {
        return;
    };
    let plan = shipped("ccda-r2.1");
    let mut all = Corpus {
        charts: Vec::new(),
        shared: Vec::new(),
        local_systems: plan.local_systems(),
    };
    // Each on its own: the same fictional patients are in dozens of systems.
    for path in files(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.strip_prefix(&folder).unwrap().to_string_lossy();
        let one = read(
            &plan,
            &MemoryFolder::default().with(name.into_owned(), bytes),
        );
        all.charts.extend(one.charts);
        all.shared.extend(one.shared);
    }
    check("ccda-vendors", &all);
}

/// Runs every rule on every chart, and every rule of pairs on every chart beside itself.
fn check(name: &str, corpus: &Corpus) {
    let validator = Validator::new(Ruleset::all());
    let directory: Directory = corpus.shared.iter().collect();
    let context = Context::new(Date::parse(AS_OF).unwrap())
        .directory(&directory)
        .local_systems(&corpus.local_systems);
    let mut report = ValidationReport::default();
    let mut fields: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for chart in &corpus.charts {
        for issue in validator.check(chart, &context, &mut report) {
            let kind = issue.kind.map_or("", |kind| kind.name());
            let field: String = issue.field.as_deref().unwrap_or_default().to_owned();
            let field: String = field.chars().filter(|c| !c.is_ascii_digit()).collect();
            *fields
                .entry((issue.code.as_str(), format!("{kind}.{field}")))
                .or_default() += 1;
            if std::env::var("EHR_SHOW").is_ok_and(|codes| codes.contains(issue.code.as_str())) {
                println!("{name}: {issue}");
            }
        }
        let pair = ChartPair::new(chart, chart);
        let changed = validator.compare(&pair, &context, &mut report);
        assert!(
            changed.is_empty(),
            "a chart differs from itself: {changed:?}"
        );
    }
    println!("{name}: {} charts", corpus.charts.len());
    for check in report.checks(validator.ruleset()) {
        if check.verdict != Verdict::NotApplicable && check.numerator + check.errored > 0 {
            println!(
                "{name}: {} {:?} {} of {}, not checked {}",
                check.code, check.verdict, check.numerator, check.denominator, check.errored
            );
            for ((code, field), count) in &fields {
                if *code == check.code.as_str() {
                    println!("    {count} {field}");
                }
            }
        }
    }
}

fn read(plan: &Plan, folder: &impl SourceFolder) -> Corpus {
    let spill = tempfile::tempdir().unwrap();
    let extraction = Extraction::open(plan, folder, ExtractionOptions::new(spill.path())).unwrap();
    let mut charts = Vec::new();
    extraction
        .patients(
            |unit, _| unit.chart,
            |chart| {
                charts.push(chart);
                Ok(())
            },
        )
        .unwrap();
    let shared = extraction.shared().chart.records;
    Corpus {
        charts,
        shared,
        local_systems: plan.local_systems(),
    }
}

fn shipped(name: &str) -> Plan {
    MappingDocument::shipped(name).unwrap().compile().unwrap()
}

fn synthea_plan() -> Plan {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../ehr-mapping/documents/synthea-csv.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut document = MappingDocument::parse("synthea-csv.toml", &text).unwrap();
    for file in document.named_files() {
        let content = std::fs::read_to_string(path.with_file_name(&file)).unwrap();
        document = document.with_file(file, content);
    }
    document.compile().unwrap()
}

fn folder(name: &str) -> Option<PathBuf> {
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS is not set");
        return None;
    };
    Some(Path::new(&corpus).join(name))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("xml"))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}
