//! All rules on real charts: what they find must be in the data, and is listed here with its reason.
#![expect(clippy::print_stdout, reason = "a test says what it found")]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::Instant;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::plan::Plan;
use ehr_mapping::source::{DirectoryFolder, MemoryFolder, SourceFolder};
use ehr_model::chart::Chart;
use ehr_model::element::{Element, Leaf};
use ehr_model::record::{Namespace, Record, RecordId};
use ehr_model::value::Date;
use ehr_validate::compare::ChartPair;
use ehr_validate::faults::{self, Outcome};
use ehr_validate::{Context, Directory, Ruleset, ValidationReport, Validator, Verdict};

/// After the last event of the corpora.
const AS_OF: &str = "2027-01-01";

/// What is really wrong in the corpora: rule, corpus, records, and why it is no false alarm. Of the
/// vendors' documents the rules on codes are printed and not asserted here.
#[rustfmt::skip]
const REAL: &[(&str, &str, u64, &str)] = &[
    ("active-allergy-without-substance", "ccda-vendors", 6, "entries whose substance is null-flavoured"),
    ("body-size-jumps", "us-core", 1, "a length of 25 cm and a height of 111.5 cm on one day"),
    ("child-without-guardian", "ccda-vendors", 1, "a child born in 2009, and a document without participants"),
    ("child-without-guardian", "synthea-csv", 1, "the tables hold no relatives"),
    ("child-without-guardian", "synthea-fhir", 1, "the bundles hold no relatives"),
    ("child-without-guardian", "us-core", 2, "the child and the infant of the examples stand alone"),
    ("duplicate-identifier", "ccda-vendors", 569, "one id on many entries, practitioners and organizations of a document"),
    ("duplicate-identifier", "us-core", 2, "three examples share one identifier"),
    ("encounter-end-before-start", "ccda-vendors", 1, "a visit from 2017-07-25 to 2015-06-24"),
    ("event-before-birth", "ccda-vendors", 5, "authors' times of 1970-01-01 and 0001-01-01"),
    ("event-before-birth", "us-core", 7, "Apgar scores of 2016 of an infant born in 2020"),
    ("event-outside-its-encounter", "us-core", 1, "an order of 2019 in a visit of 2015"),
    ("impossible-vital-sign", "ccda-vendors", 6, "98.6 degrees Celsius"),
    ("malformed-device-identifier", "synthea-csv", 11, "invented identifiers whose check digit is wrong"),
    ("malformed-device-identifier", "synthea-fhir", 5, "invented identifiers whose check digit is wrong"),
    ("malformed-device-identifier", "us-core", 2, "invented identifiers: of twelve digits, and with a wrong check digit"),
    ("malformed-npi", "synthea-fhir", 827, "invented numbers that begin with 9"),
    ("malformed-state-or-postal-code", "synthea-csv", 3, "the postal code 00000"),
    ("malformed-state-or-postal-code", "synthea-fhir", 2, "the postal code 00000"),
    ("measure-in-swapped-unit", "ccda-vendors", 6, "98.6 degrees Celsius"),
    ("media-type-mismatch", "us-core", 1, "XHTML as application/xhtml, which is no media type"),
    ("medication-end-before-start", "ccda-vendors", 5, "from 2017-07-25 to 2015-06-24"),
    ("medication-without-dose-or-code", "ccda-vendors", 1, "an entry that says neither"),
    ("medication-without-dose-or-code", "synthea-csv", 19, "the tables hold no doses"),
    ("medication-without-dose-or-code", "synthea-fhir", 2, "orders without dosage"),
    ("name-that-is-none", "ccda-vendors", 1, "a patient test2 test2"),
    ("name-that-is-none", "us-core", 1, "a patient whose first name is Infant"),
    ("number-stored-as-text", "ccda-vendors", 2, "ratios of blood as text"),
    ("patient-balance-mismatch", "synthea-csv", 1, "a certificate of death that is paid and stated as open"),
    ("phone-number-of-nobody", "synthea-fhir", 1, "an exchange that begins with 1"),
    ("phone-number-of-nobody", "us-core", 6, "555-555-5555"),
    ("placeholder-date", "ccda-vendors", 5, "authors' times of 1970-01-01, an organizer of 0001-01-01"),
    ("problem-resolved-before-onset", "ccda-vendors", 1, "from 2015-06-22 to 2007-06-01"),
    ("quantity-without-unit", "ccda-vendors", 229, "numbers without a unit, most of them results without dimension"),
    ("quantity-without-unit", "synthea-fhir", 5, "doses that are a bare 1"),
    ("quantity-without-unit", "us-core", 1, "the number of people in a household"),
    ("reference-range-contradicts-result", "ccda-vendors", 8, "10 called normal beside 3 to 8; a range from 0 to 0"),
    ("reference-range-contradicts-result", "us-core", 3, "ranges whose low is above their high"),
    ("sig-contradicts-structured-dosage", "ccda-vendors", 1, "twice a day beside a period of two days"),
    ("social-security-number-of-nobody", "synthea-csv", 11, "invented numbers that begin with 999"),
    ("social-security-number-of-nobody", "synthea-fhir", 8, "invented numbers that begin with 999"),
    ("unknown-code-system", "synthea-fhir", 10, "modalities whose system is the address of a web page"),
    ("vaccine-lot-without-manufacturer", "ccda-vendors", 8, "lots such as 1 and 2 without a manufacturer organization that has a name"),
    ("vital-sign-unusual-for-age", "synthea-csv", 9, "simulated children of 3 to 10 years who breathe 12 to 15 times a minute"),
    ("vital-sign-unusual-for-age", "synthea-fhir", 9, "simulated children of 3 to 10 years who breathe 12 to 15 times a minute"),
    ("vital-sign-unusual-for-age", "us-core", 2, "44 heart beats and 26 breaths a minute at twelve years"),
];

/// Corpora and areas of the list of requirements whose findings are only printed.
const PRINTED: &[(&str, &str)] = &[("ccda-vendors", "COD")];

/// Areas whose faults are written for the textbook chart, where all of them are caught: a systolic
/// pressure in a panel, say, which other charts hold otherwise. What they do to other charts is printed.
const TEXTBOOK: &[&str] = &["COD", "MED", "LAB", "VIT", "BIL"];

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
    let start = Instant::now();
    let corpus = read(&synthea_plan(), &DirectoryFolder::new(folder));
    println!("synthea-csv: read and mapped in {:?}", start.elapsed());
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
    let (mut matches, mut between) = ((0, 0), BTreeMap::<_, u64>::new());
    let start = Instant::now();
    for chart in &corpus.charts {
        validator.check(chart, &context, &mut ValidationReport::default());
    }
    println!("{name}: all rules of charts in {:?}", start.elapsed());
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
        let (matched, lost, ambiguous) = as_in_a_target(chart, &validator, &context);
        matches.0 += matched;
        matches.1 += ambiguous;
        for (code, count) in lost {
            *between.entry(code).or_default() += count;
        }
        let pair = ChartPair::new(chart, chart);
        let changed = validator.compare(&pair, &context, &mut report);
        assert!(
            changed.is_empty(),
            "a chart differs from itself: {changed:?}"
        );
    }
    println!(
        "{name}: {} charts; with other ids {} entries matched, {} ambiguous; between them {between:?}",
        corpus.charts.len(),
        matches.0,
        matches.1
    );
    assert_eq!(
        matches.1, 0,
        "{name}: entries that say the same are told apart"
    );
    assert!(
        between.is_empty(),
        "{name}: nothing changed but ids: {between:?}"
    );
    let rules = validator.ruleset().rules().map(|(rule, _)| rule.metadata());
    let asserted = rules.filter(|rule| {
        rule.covers
            .iter()
            .all(|line| !PRINTED.contains(&(name, &line[..3])))
    });
    let asserted: Vec<_> = asserted.collect();
    let fitting = asserted.iter().filter(|rule| {
        let mut lines = rule.covers.iter();
        lines.all(|line| !TEXTBOOK.contains(&&line[..3]))
    });
    let fitting: Vec<_> = fitting.map(|rule| rule.code.as_str()).collect();
    let found = asserted.iter().filter_map(|rule| {
        let counts = report.rules.get(&rule.code)?;
        assert_eq!(counts.errored, 0, "{} could not be checked", rule.code);
        (counts.numerator > 0).then_some((rule.code.as_str(), counts.numerator))
    });
    let real = REAL.iter().filter(|(_, corpus, ..)| *corpus == name);
    let real: BTreeMap<_, _> = real.map(|(code, _, count, _)| (*code, *count)).collect();
    let found: BTreeMap<_, _> = found.collect();
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
    let charts: Vec<&Chart> = corpus.charts.iter().collect();
    let test = faults::self_test(validator.ruleset(), &faults::all(), &charts, &context, 1);
    let of = |wanted| {
        let outcomes = test.outcomes.iter();
        let names = outcomes.filter(move |(_, outcome)| **outcome == wanted);
        names.map(|(name, _)| *name).collect::<Vec<_>>()
    };
    println!("{name}: {} faults caught", of(Outcome::Caught).len());
    println!("{name}: untried {:?}", of(Outcome::Untried));
    let mut escaped = of(Outcome::Escaped);
    println!("{name}: escaped {escaped:?}");
    escaped.retain(|name| {
        let fault = faults::all().into_iter().find(|fault| fault.name == *name);
        fault.is_some_and(|fault| fitting.contains(&fault.rule))
    });
    assert_eq!(
        found, real,
        "{name}: left is what was found, right what is known to be real"
    );
    assert!(escaped.is_empty(), "{name}: {escaped:?} escaped");
}

/// The same chart as a target would give it back, with ids of its own and in another order: how many
/// entries are matched, what the rules of pairs find, and how many entries are ambiguous.
fn as_in_a_target(
    chart: &Chart,
    validator: &Validator,
    context: &Context<'_>,
) -> (usize, BTreeMap<&'static str, u64>, usize) {
    let own = Namespace::of_system("urn:target");
    let ids: HashMap<RecordId, RecordId> = chart
        .records
        .iter()
        .map(|record| (record.id, own.id(record.kind(), &record.id.to_string())))
        .collect();
    let mut records: Vec<Record> = chart.records.iter().rev().cloned().collect();
    for record in &mut records {
        record.id = ids[&record.id];
        point(record.resource.element_mut(), &ids);
    }
    let target = Chart::new(records, Vec::new());
    let pair = ChartPair::new(chart, &target);
    let mut report = ValidationReport::default();
    let mut found = BTreeMap::new();
    for issue in validator.compare(&pair, context, &mut report) {
        if std::env::var("EHR_SHOW").is_ok_and(|codes| codes.contains(issue.code.as_str())) {
            println!("between: {issue}");
        }
        *found.entry(issue.code.as_str()).or_default() += 1;
    }
    let ambiguous = pair
        .ambiguous()
        .iter()
        .map(|group| group.source.len())
        .sum();
    assert_eq!(pair.matched().count() + ambiguous, chart.records.len());
    (pair.matched().count(), found, ambiguous)
}

/// Points references at the new ids.
fn point(element: &mut dyn Element, ids: &HashMap<RecordId, RecordId>) {
    let fields = element.spec().fields.len();
    for number in 0..fields {
        for index in 0..element.slot(number).count() {
            let target = match element.slot(number).leaf(index) {
                Some(Leaf::Target(kind, id)) => ids.get(&id).map(|id| (kind, *id)),
                _ => None,
            };
            let slot = element.slot(number);
            if let Some((kind, id)) = target {
                let slot = element.slot_mut(number);
                slot.set_leaf(index, Leaf::Target(kind, id)).unwrap();
            } else if slot.child(index).is_some() {
                point(element.slot_mut(number).child_mut(index).unwrap(), ids);
            }
        }
    }
}

fn read(plan: &Plan, folder: &impl SourceFolder) -> Corpus {
    let spill = tempfile::tempdir().unwrap();
    let extraction =
        Extraction::open_rehearsal(plan, folder, ExtractionOptions::new(spill.path())).unwrap();
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
