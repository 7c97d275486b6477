//! The rules of codes on the charts of the corpus: what they find there is real, and all of it is
//! listed.
#![expect(
    clippy::print_stderr,
    reason = "skipped tests say so; figures are shown"
)]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Books, Extraction, ExtractionOptions};
use ehr_mapping::mapper::PatientUnit;
use ehr_mapping::plan::Plan;
use ehr_mapping::source::{DirectoryFolder, MemoryFolder, SourceFolder};
use ehr_model::chart::Chart;
use ehr_model::value::Date;
use ehr_validate::collect::code_maps::CodeMaps;
use ehr_validate::terminology::release::{File, Release, cvx, icd_10};
use ehr_validate::{Context, Ruleset, Terminology, ValidationReport, Validator, Verdict};

/// What the rules find in a corpus: records violated, of records looked at.
type Figures = BTreeMap<&'static str, (u64, u64)>;

fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("EHR_CORPUS").map(PathBuf::from);
    if corpus.is_none() {
        eprintln!("skipped: EHR_CORPUS is not set");
    }
    corpus
}

/// The tables of which the corpus has releases: CVX, and the codes of ICD-10-CM.
fn terminology(corpus: &Path) -> Terminology {
    let folder = corpus.join("terminology");
    let released = |name, date| Release::new(name, Date::parse(date).unwrap());
    let vaccines = File::open(&folder.join("cdc/cvx.xml")).unwrap();
    let vaccines = cvx::read_xml(&released("CVX", "2025-11-01"), vaccines).unwrap();
    let products = File::open(&folder.join("cdc/tradename.xml")).unwrap();
    let vaccines = cvx::read_products(vaccines, products).unwrap();
    let mut text = String::new();
    let packed = std::fs::File::open(folder.join("icd10cm-2025.csv.gz")).unwrap();
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut text)
        .unwrap();
    let mut order = String::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.unwrap();
        order += &format!(
            "00000 {:<7} {} {:<60} {}\n",
            &row[0], &row[2], &row[3], &row[4]
        );
    }
    let release = released("ICD-10-CM FY2025", "2024-10-01");
    let diagnoses = icd_10::read_cm(&release, File::new("order", order.as_bytes())).unwrap();
    Terminology::default()
        .with(vaccines.build().unwrap())
        .unwrap()
        .with(diagnoses.build().unwrap())
        .unwrap()
}

fn shipped(name: &str) -> Plan {
    let document = MappingDocument::shipped(name).expect("it ships");
    document
        .compile()
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn charts(plan: &Plan, folder: &dyn SourceFolder) -> Vec<Chart> {
    let spill = tempfile::tempdir().unwrap();
    let extraction =
        Extraction::open_rehearsal(plan, folder, ExtractionOptions::new(spill.path())).unwrap();
    let mut all = vec![extraction.shared().chart];
    let take = |unit: PatientUnit<'_>, _: &Books<'_>| unit.chart;
    extraction
        .patients(take, |chart| {
            all.push(chart);
            Ok(())
        })
        .unwrap();
    all
}

/// All charts of a folder of C-CDA documents, each document on its own.
fn documents(plan: &Plan, folder: &Path) -> Vec<Chart> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false
                    if path
                        .extension()
                        .is_some_and(|e| e.eq_ignore_ascii_case("xml")) =>
                {
                    files.push(path)
                }
                false => {}
            }
        }
    }
    files.sort();
    let read = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        charts(plan, &MemoryFolder::default().with("document.xml", bytes))
    };
    files.iter().flat_map(read).collect()
}

/// Runs the rules of codes, which cover the lines `COD`.
fn check(name: &str, charts: &[Chart], terminology: &Terminology) -> Figures {
    let all = Ruleset::all();
    let codes: Vec<_> = all
        .rules()
        .map(|(rule, _)| rule.metadata())
        .filter(|rule| rule.covers.iter().any(|line| line.starts_with("COD")))
        .map(|rule| rule.code.as_str())
        // The systems of the corpus are listed with that rule.
        .filter(|code| *code != "unknown-code-system")
        .collect();
    let validator = Validator::new(Ruleset::all().select(&codes).unwrap());
    let context = Context::new(Date::parse("2026-11-01").unwrap()).with_terminology(terminology);
    let mut report = ValidationReport::default();
    let mut maps = CodeMaps::default();
    let mut took = Duration::ZERO;
    for chart in charts {
        let start = Instant::now();
        validator.check(chart, &context, &mut report);
        took += start.elapsed();
        maps.collect(chart);
    }
    let (counts, issues) = maps.finish();
    report.add(
        ehr_validate::rules::CodesMergedByMap::METADATA.code,
        counts,
        &issues,
    );
    let records: usize = charts.iter().map(|chart| chart.records.len()).sum();
    eprintln!(
        "{name}: {} charts, {records} records, {} rules in {:.0} ms",
        charts.len(),
        codes.len(),
        took.as_secs_f64() * 1e3
    );
    let checks = report.checks(validator.ruleset());
    // Of these systems the corpus has no release, so the rules that need one do not pass.
    for without_table in [
        "snomed-code-out-of-use",
        "loinc-code-out-of-use",
        "rxnorm-code-out-of-use",
    ] {
        let check = checks
            .iter()
            .find(|check| check.code.as_str() == without_table);
        assert_eq!(
            check.unwrap().verdict,
            Verdict::WithoutTable,
            "{without_table}"
        );
    }
    checks
        .iter()
        .filter(|check| check.numerator > 0)
        .map(|check| (check.code.as_str(), (check.numerator, check.denominator)))
        .collect()
}

fn expected(figures: &[(&'static str, (u64, u64))]) -> Figures {
    figures.iter().copied().collect()
}

#[test]
fn synthea() {
    let Some(corpus) = corpus() else { return };
    let terminology = terminology(&corpus);
    let plan = shipped("fhir-r4");
    let figures = |folder| {
        let charts = charts(&plan, &DirectoryFolder::new(corpus.join(folder)));
        check(folder, &charts, &terminology)
    };
    // Synthea invents NPIs that begin with 9, numbers of persons from area 999, device identifiers
    // without check digit, one ZIP code 00000; one number of a clinic is two.
    assert_eq!(
        figures("synthea-fhir/bulk-10pts"),
        expected(&[
            ("codes-merged-by-map", (1, 1)),
            ("malformed-device-identifier", (13, 16)),
            ("malformed-npi", (4261, 4261)),
            ("malformed-state-or-postal-code", (1, 142)),
            ("phone-number-of-nobody", (1, 142)),
            ("social-security-number-of-nobody", (13, 13)),
        ])
    );
    assert_eq!(
        figures("synthea-fhir/ma-2024-11pts"),
        expected(&[
            ("malformed-device-identifier", (5, 5)),
            ("malformed-npi", (921, 921)),
            ("malformed-state-or-postal-code", (2, 149)),
            ("phone-number-of-nobody", (4, 149)),
            ("social-security-number-of-nobody", (8, 8)),
        ])
    );
}

#[test]
fn us_core_examples() {
    let Some(corpus) = corpus() else { return };
    let folder = DirectoryFolder::new(corpus.join("fhir/us-core-6.1.0/examples"));
    let charts = charts(&shipped("fhir-r4"), &folder);
    let figures = check("us-core", &charts, &terminology(&corpus));
    // Placeholders of examples: 555-555-5555, an NPI that begins with 9, a GTIN of twelve digits, a
    // ZIP code of the Midwest in Oregon.
    assert_eq!(
        figures,
        expected(&[
            ("malformed-device-identifier", (2, 3)),
            ("malformed-npi", (3, 8)),
            ("phone-number-of-nobody", (8, 14)),
            ("postal-code-outside-state", (2, 16)),
            ("social-security-number-of-nobody", (1, 1)),
        ])
    );
}

#[test]
fn c_cda_of_vendors() {
    let Some(corpus) = corpus() else { return };
    let charts = documents(&shipped("ccda-r2.1"), &corpus.join("ccda/vendors"));
    let figures = check("c-cda vendors", &charts, &terminology(&corpus));
    // Numbers of the vendor as NPI and social security number; codes of SNOMED CT as LOINC and the
    // other way round; taxonomy 0000000000; ICD-10-CM for visits before October 2015; a transplant
    // rejection (T86.11) shown as hypothyroidism; influenza doses under the code for an unspecified
    // formulation; Florida's ZIP codes in Rhode Island; lots and serial numbers without a GTIN.
    assert_eq!(
        figures,
        expected(&[
            ("code-without-system", (3, 5063)),
            ("codes-merged-by-map", (3, 105)),
            ("diagnosis-code-of-another-era", (19, 30)),
            ("display-against-code", (2, 146)),
            ("malformed-device-identifier", (6, 35)),
            ("malformed-diagnosis-code", (2, 86)),
            ("malformed-drug-code", (2, 11)),
            ("malformed-loinc-code", (17, 2235)),
            ("malformed-npi", (525, 563)),
            ("malformed-registration-number", (63, 265)),
            ("malformed-snomed-code", (18, 1342)),
            ("malformed-state-or-postal-code", (12, 918)),
            ("phone-number-of-nobody", (63, 1193)),
            ("postal-code-outside-state", (41, 896)),
            ("social-security-number-of-nobody", (25, 47)),
            ("vaccine-code-retired-when-given", (30, 71)),
        ])
    );
}
