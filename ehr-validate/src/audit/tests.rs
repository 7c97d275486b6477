use std::sync::Arc;

use ehr_model::profile::{Count, TableFormat};
use ehr_model::source::{Arena, NameId, Names, TreeBuilder};

use super::*;

struct Rows {
    names: Arc<Names>,
    ids: Vec<NameId>,
    columns: Vec<&'static str>,
}

impl Rows {
    fn of(columns: &[&'static str]) -> Self {
        let mut names = Names::default();
        let ids = columns.iter().map(|name| names.intern(name)).collect();
        let names = Arc::new(names);
        Self {
            names,
            ids,
            columns: columns.to_vec(),
        }
    }

    fn show(&self, audit: &mut Audit, name: &str, rows: &[&[&str]]) {
        let table = audit.table(name, TableFormat::SqlDump, &self.columns);
        for row in rows {
            let mut tree = TreeBuilder::new(name.into(), self.names.clone(), "", Arena::default());
            for (id, cell) in self.ids.iter().zip(*row) {
                tree.decoded_leaf(*id, cell);
            }
            audit.observe(table, &tree.finish());
        }
    }
}

fn options() -> AuditOptions {
    AuditOptions::new(NaiveDate::from_ymd_opt(2025, 6, 1).unwrap())
}

fn found(report: &AuditReport, code: &str) -> Vec<(String, u64, u64)> {
    let findings = report
        .findings
        .iter()
        .filter(|one| one.code.as_str() == code);
    findings
        .map(|one| {
            let place = [&one.table, &one.column].map(|name| name.as_deref().unwrap_or(""));
            (place.join("."), one.count, one.of)
        })
        .collect()
}

const PATIENTS: &[&[&str]] = &[
    &[
        "101",
        "Quillfeather",
        "Elizabeth",
        "01/17/1980",
        "219-46-0871",
    ],
    &["102", "Quillfeather", "Beth", "01/17/1980", "219-46-0871"],
    &["103", "Thistlewood", "Robert", "06/22/1978", ""],
    &["104", "Okonkwo", "Adaeze", "1900-01-01", ""],
];

fn practice(audit: &mut Audit) {
    let patients = Rows::of(&["PATIENT_ID", "LAST", "FIRST", "DOB", "SSN"]);
    patients.show(audit, "patients", PATIENTS);
    let visits = Rows::of(&["VISIT", "PATIENT_ID", "NOTE", "SITE", "FAX"]);
    visits.show(
        audit,
        "visits",
        &[
            &["V1", "101", "itâ€™s fine", "A", ""],
            &["V2", "102", "N/A", "A", ""],
            &["V3", "999", "came on 03/04/2021", "A", ""],
            &["V3", "999", "came on 03/04/2021", "A", ""],
        ],
    );
}

#[test]
fn faults_are_found_where_they_are() {
    let mut audit = Audit::new(options());
    practice(&mut audit);
    let report = audit.finish();
    assert_eq!(
        found(&report, "orphan-keys"),
        [("visits.PATIENT_ID".to_owned(), 2, 4)]
    );
    assert_eq!(
        found(&report, "duplicate-rows"),
        [("visits.".to_owned(), 1, 4)]
    );
    assert_eq!(
        found(&report, "placeholder-dates"),
        [("patients.DOB".to_owned(), 1, 4)]
    );
    assert_eq!(
        found(&report, "mixed-date-formats"),
        [("patients.DOB".to_owned(), 1, 4)]
    );
    assert_eq!(
        found(&report, "mojibake"),
        [("visits.NOTE".to_owned(), 1, 4)]
    );
    assert_eq!(
        found(&report, "missing-words"),
        [("visits.NOTE".to_owned(), 1, 4)]
    );
    assert_eq!(
        found(&report, "constant-column"),
        [("visits.SITE".to_owned(), 4, 4)]
    );
    assert_eq!(
        found(&report, "empty-column"),
        [("visits.FAX".to_owned(), 4, 4)]
    );
    assert_eq!(
        found(&report, "day-month-ambiguous").len(),
        1,
        "3/4 inside of the notes"
    );
    assert_eq!(report.duplicate_patients.compared, 4);
    assert_eq!(
        report.duplicate_patients.pairs(),
        1,
        "{:?}",
        report.duplicate_patients
    );
}

#[test]
fn parts_merge_to_the_whole() {
    let mut whole = Audit::new(options());
    practice(&mut whole);
    let mut parts = Audit::new(options());
    let (mut first, mut second) = (parts.part(), parts.part());
    let patients = Rows::of(&["PATIENT_ID", "LAST", "FIRST", "DOB", "SSN"]);
    patients.show(&mut second, "patients", &PATIENTS[..2]);
    patients.show(&mut first, "patients", &PATIENTS[2..]);
    parts.merge(first);
    parts.merge(second);
    let table = |audit: Audit| audit.finish().profile.table("patients").unwrap().clone();
    assert_eq!(table(parts), table(whole));
}

#[test]
fn no_value_shows_unless_somebody_asks() {
    let report = |values| {
        let mut options = options();
        options.values = values;
        let mut audit = Audit::new(options);
        practice(&mut audit);
        let report = audit.finish();
        let mut out = Vec::new();
        report.write_json(&mut out).unwrap();
        report.write_html(&mut out).unwrap();
        String::from_utf8(out).unwrap() + &format!("{report:?}")
    };
    let (quiet, asked) = (report(false), report(true));
    for row in PATIENTS {
        for value in row.iter().filter(|value| value.len() > 4) {
            assert!(!quiet.contains(value), "a value shows");
        }
    }
    assert!(asked.contains("Quillfeather"), "two patients have the name");
}

#[test]
fn beyond_the_limit_counts_are_estimates_and_say_so() {
    let mut options = options();
    options.distinct_limit = 256;
    let mut audit = Audit::new(options);
    let rows = Rows::of(&["N"]);
    for number in 0..20_000 {
        rows.show(&mut audit, "numbers", &[&[&number.to_string()]]);
    }
    let report = audit.finish();
    let distinct = report.profile.tables[0].columns[0].distinct;
    assert!(!distinct.exact && distinct != Count::exact(20_000));
    let off = (distinct.count as f64 / 20_000.0 - 1.0).abs();
    assert!(off < 3.0 * 1.2 / 128f64.sqrt(), "{off}");
}
