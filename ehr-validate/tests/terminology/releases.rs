//! Real releases: counts, sizes, speeds.

use std::io::Read;
use std::path::PathBuf;
use std::time::Instant;

use ehr_validate::code_format::icd_10_cm as shape;
use ehr_validate::terminology::release::{File, cvx, gem, icd_10, mvx};
use ehr_validate::terminology::{Proposal, Status, Table, TableBuilder, Terminology, system};

use super::{built, file, get, on, order, release};

pub(super) fn corpus(path: &str) -> Option<PathBuf> {
    let corpus = std::env::var_os("EHR_CORPUS").map(PathBuf::from);
    if corpus.is_none() {
        eprintln!("skipped: EHR_CORPUS is not set");
    }
    corpus.map(|corpus| corpus.join("terminology").join(path))
}

/// The rows of a compressed CSV file.
fn rows(path: PathBuf) -> Vec<Vec<String>> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    rows.records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// The codes of ICD-10-CM of fiscal year 2025, in the layout of the order file.
pub(super) fn order_file() -> Option<String> {
    let rows = rows(corpus("icd10cm-2025.csv.gz")?);
    let line =
        |(number, row): (usize, &Vec<String>)| order(number + 1, &row[0], row[2] == "1", &row[4]);
    Some(rows.iter().enumerate().map(line).collect())
}

fn measured(name: &str, build: impl FnOnce() -> TableBuilder) -> Table {
    let start = Instant::now();
    let bytes = build().bytes();
    let build = start.elapsed();
    let start = Instant::now();
    let table = Table::from_bytes(name, bytes).unwrap();
    let open = start.elapsed();
    let mut codes = Vec::new();
    table.for_each(|code, _| codes.push(code.to_owned()));
    let start = Instant::now();
    let mut found = 0;
    for _ in 0..5 {
        found += codes
            .iter()
            .filter(|code| table.get(code).is_some())
            .count();
    }
    let rate = found as f64 / start.elapsed().as_secs_f64() / 1e6;
    eprintln!(
        "{name}: {} codes, built in {:.2} s, {:.2} MB, opened in {:.1} ms, {rate:.2} million look-ups/s",
        table.len(),
        build.as_secs_f64(),
        table.size() as f64 / 1e6,
        open.as_secs_f64() * 1e3,
    );
    assert_eq!(found, 5 * table.len());
    table
}

#[test]
fn icd_10_cm() {
    let Some(text) = order_file() else { return };
    let released = release("ICD-10-CM FY2025", "2024-10-01");
    let read = || icd_10::read_cm(&released, file(&text)).unwrap();
    let table = measured("ICD-10-CM", read);
    let mut billable = 0;
    table.for_each(|_, concept| billable += usize::from(concept.is_billable() == Some(true)));
    // As many as CMS counts for the release of October 2024.
    assert_eq!((table.len(), billable), (97_584, 74_260));
    assert_eq!(
        get(&table, "E11.9").display(),
        Some("Type 2 diabetes mellitus without complications")
    );
    assert_eq!(
        get(&table, "E11").is_billable_on(&on("2025-01-01")),
        Some(false)
    );
    assert!(table.get("S72.001").is_some() && table.has_codes_below("S72.001"));
    assert_eq!(get(&table, "S72.001A").is_billable(), Some(true));

    let codes = measured("ICD-10-CM without titles", || read().without_names());
    assert!(codes.size() < 600_000, "{}", codes.size());
    assert_eq!(get(&codes, "E11.9").display(), None);

    // The table finds what no shape can: most typos of one character are no code.
    let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let (mut typos, mut unknown, mut malformed, mut random) = (0_u32, 0_u32, 0_u32, 1_u32);
    table.for_each(|code, _| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let at = (random >> 16) as usize % code.len();
        let new = char::from(alphabet[(random >> 24) as usize % alphabet.len()]);
        if code[at..].starts_with(new) {
            return;
        }
        let typo = format!("{}{new}{}", &code[..at], &code[at + 1..]);
        typos += 1;
        unknown += u32::from(table.get(&typo).is_none());
        malformed += u32::from(shape::parse(&typo).is_err());
    });
    let share = |found: u32| f64::from(found) / f64::from(typos);
    let (by_table, by_shape) = (share(unknown), share(malformed));
    eprintln!("ICD-10-CM typos found by the table: {by_table:.3}, by the shape: {by_shape:.3}");
    assert!(by_table > 0.85 && by_shape < 0.3);
}

#[test]
fn equivalence_maps() {
    let Some(path) = corpus("icd10-icd9-gem-flags.csv.gz") else {
        return;
    };
    let mut text = String::new();
    let mut without_flags = 0;
    for row in rows(path) {
        // This edition leaves the flags out where it has no target.
        let (flags, target) = match (row[2].as_str(), row[1].replace('.', "")) {
            ("", target) if target.is_empty() => ("11000", "NoDx".to_owned()),
            ("", target) => {
                without_flags += 1;
                ("10000", target)
            }
            (flags, target) => (flags, target),
        };
        text += &format!("{} {target} {flags}\n", row[0].replace('.', ""));
    }
    let released = release("GEM", "2017-10-01");
    let map = measured("GEM ICD-10 to ICD-9", || {
        gem::read_icd_10_to_9(&released, file(&text)).unwrap()
    });
    assert_eq!(
        (map.system(), map.target()),
        (system::ICD_10_CM, Some(system::ICD_9_CM))
    );
    let (mut one, mut several, mut none, mut combined) = (0, 0, 0, 0);
    map.for_each(|_, concept| {
        let targets: Vec<_> = concept
            .targets()
            .filter(|target| !target.code.is_empty())
            .collect();
        match targets.len() {
            0 => none += 1,
            1 => one += 1,
            _ if targets[0].combination => combined += 1,
            _ => several += 1,
        }
    });
    eprintln!(
        "GEM: one {one}, several {several}, combined {combined}, none {none}, {without_flags} rows without flags"
    );
    assert_eq!((one, several, combined, none), (61_696, 5_537, 212, 0));
}

#[test]
fn vaccines_and_their_manufacturers() {
    let Some(path) = corpus("cdc/cvx.xml") else {
        return;
    };
    let released = release("CVX", "2025-11-01");
    let table = measured("CVX", || {
        cvx::read_xml(&released, File::open(&path).unwrap()).unwrap()
    });
    let mut by_status = std::collections::BTreeMap::new();
    table.for_each(|_, concept| *by_status.entry(concept.status().unwrap()).or_insert(0) += 1);
    let counted: Vec<_> = by_status.into_iter().collect();
    assert_eq!(
        counted,
        [
            (Status::Active, 113),
            (Status::Inactive, 118),
            (Status::NeverActive, 18),
            (Status::NonUs, 39),
        ]
    );
    assert_eq!(get(&table, "03").status(), Some(Status::Active));
    assert_eq!(get(&table, "54").status(), Some(Status::Inactive));
    assert_eq!(
        get(&table, "54").status_date().unwrap().to_string(),
        "2010-05-28"
    );
    assert!(
        get(&table, "143")
            .display()
            .unwrap()
            .starts_with("Adenovirus, type 4 and type 7")
    );
    let path = corpus("cdc/mvx.xml").unwrap();
    let makers = measured("MVX", || {
        mvx::read_xml(&released, File::open(&path).unwrap()).unwrap()
    });
    assert_eq!(get(&makers, "AB").display(), Some("Abbott Laboratories"));
    assert_eq!(get(&makers, "AB").status(), Some(Status::Inactive));
    assert_eq!(makers.len(), 89);
}

#[test]
fn a_map_of_one_to_many_goes_to_review() {
    let map = "25000 E119 10000\n25000 E1165 10000\n";
    let map = built(gem::read_icd_9_to_10(
        &release("GEM", "2017-10-01"),
        file(map),
    ));
    let terminology = Terminology::default().with(map).unwrap();
    let proposal = terminology.propose_icd_10_cm("250.00").unwrap();
    assert!(matches!(proposal, Proposal::Several(_)) && proposal.needs_review());
}
