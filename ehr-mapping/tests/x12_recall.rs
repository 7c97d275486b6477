//! Facts of ten files of the corpus, read by field positions with code written for this test alone,
//! against the charts: lost, changed and invented apart. And the sums of all files, to the cent.

mod charted;
mod said;
use crate::support;

use std::collections::BTreeMap;
use std::fs;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::format::Format;
use ehr_mapping::plan::Plan;
use ehr_mapping::source::MemoryFolder;

use charted::{charted, sums_charted};
use said::{said, segments, sums_said};

/// Of a claim or a payment (its number and how often that number was seen), what it says, by what
/// it is and its place.
type Facts = BTreeMap<(String, String), String>;

const FILES: [&str; 10] = [
    "lfh/837_005010X222A2_demo.cob.example3.C.837",
    "lfh/837_005010X222A2_demo.drug.example10.3.837",
    "lfh/837_005010X222A2_demo.ambulance.example5.837",
    "lfh/837_005010X222A2_demo.example7.837",
    "lfh/837_004010X096A1_institutional-ppo-repriced.837",
    "lfh/837_004010X098A1_patient-is-dependent.837",
    "imsweb/837_5010_x223-test.txt",
    "pyx12/simple_837i.x12",
    "pyx12/835id.x12",
    "lfh/835_005010X221A1_secondary-payment.835",
];

#[test]
fn every_fact_of_ten_files_is_in_the_chart_and_no_other() {
    let Some(root) = support::corpus::folder("x12") else {
        return;
    };
    let plan = plan();
    let (mut total, mut wrong) = (0, Vec::new());
    for name in FILES {
        let bytes = fs::read(root.join(name)).expect("a file of the corpus");
        let said = said(&segments(&bytes));
        let run = support::run(&plan, &MemoryFolder::default().with("file.x12", bytes));
        let charted = charted(&run);
        assert!(said.len() > 8, "{name} has facts");
        total += said.len();
        for (key, value) in &said {
            match charted.get(key) {
                None => wrong.push(format!("lost in {name}: {key:?}")),
                Some(found) if found != value => {
                    wrong.push(format!("changed in {name}: {key:?} {value} {found}"));
                }
                Some(_) => {}
            }
        }
        let invented = charted.keys().filter(|key| !said.contains_key(*key));
        wrong.extend(invented.map(|key| format!("invented in {name}: {key:?}")));
    }
    support::say(&format!("{total} facts, {} of them wrong", wrong.len()));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn charges_payments_and_adjustments_add_up_to_those_of_the_files() {
    let Some(root) = support::corpus::folder("x12") else {
        return;
    };
    let plan = plan();
    let mut all = [0i128; 5];
    for folder in ["lfh", "imsweb", "pyx12"] {
        for entry in fs::read_dir(root.join(folder)).expect("a folder of the corpus") {
            let path = entry.expect("an entry").path();
            let bytes = fs::read(&path).expect("a file of the corpus");
            if !ehr_mapping::x12::detect(&bytes) {
                continue;
            }
            let said = sums_said(&segments(&bytes));
            let run = support::run(&plan, &MemoryFolder::default().with("file.x12", bytes));
            assert_eq!(said, sums_charted(&run), "{path:?}");
            for (sum, one) in all.iter_mut().zip(said) {
                *sum += one;
            }
        }
    }
    let [claims, lines, paid, adjusted, provider] = all;
    assert!(claims > 0 && lines > 0 && paid != 0 && adjusted != 0 && provider != 0);
    support::say(&format!(
        "in ten-thousandths: claims {claims}, lines {lines}, paid {paid}, adjusted {adjusted}, of providers {provider}"
    ));
}

fn plan() -> Plan {
    MappingDocument::for_formats([Format::X12], "urn:test:x12")
        .expect("both are shipped")
        .compile()
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// Ten-thousandths of an amount.
fn amount(text: &str) -> i128 {
    let negative = text.starts_with('-');
    let (whole, fraction) = text
        .trim_start_matches('-')
        .split_once('.')
        .unwrap_or((text.trim_start_matches('-'), ""));
    assert!(fraction.len() <= 4, "the corpus has no finer amounts");
    let whole: i128 = whole.parse().unwrap_or(0);
    let fraction: i128 = format!("{fraction:0<4}").parse().unwrap_or(0);
    let value = whole * 10_000 + fraction;
    if negative { -value } else { value }
}
