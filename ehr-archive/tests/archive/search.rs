//! Finding somebody whose name was misheard, mistyped or known in part.

use ehr_archive::*;
use uuid::Uuid;

use crate::sample::{self, ACCESS};

fn reader(folder: &std::path::Path) -> ArchiveReader {
    let mut writer = ArchiveWriter::create(folder, sample::options("a"), &sample::key()).unwrap();
    let people: [(&[&str], &str); 7] = [
        (&["Hernández, María José"], "1980-02-29"),
        (&["Hernandez, Maria"], "1981-02-28"),
        (&["Schmidt, Jürgen", "Schmitt, Juergen"], "1980-05-01"),
        (&["Nguyễn, Thị Đào"], "1975"),
        (&["O'Brien, Katherine"], "1990-12"),
        (&["Smith, Jon"], "1980-05-01"),
        (&["王, 小明"], "1980-02-29"),
    ];
    for (number, (names, birth_date)) in people.into_iter().enumerate() {
        let entry = PatientEntry {
            patient_id: Uuid::from_u128(number as u128 + 1),
            mrns: &[&format!("M-{number}")],
            names,
            birth_date: Some(birth_date),
            cohort: Cohort::KEEP,
            facts: RetentionFacts::default(),
            objects: &[],
        };
        writer.append(&entry, b"").unwrap();
    }
    writer.finish(b"").unwrap();
    sample::open(folder).unwrap()
}

#[test]
fn names_are_found_by_slip_and_by_sound_and_the_best_come_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut reader = reader(folder.path());
    let mut find = |name: &str| -> Vec<(u64, Match)> {
        let found = reader
            .find(&Search::new().name(name).tolerant(), &ACCESS)
            .unwrap();
        found
            .iter()
            .map(|found| (found.entry.ordinal(), found.fits))
            .collect()
    };
    assert_eq!(find("hernandez"), [(0, Match::Exact), (1, Match::Exact)]);
    assert_eq!(
        find("Hernandes Marya"),
        [(0, Match::Typo(1)), (1, Match::Typo(1))]
    );
    assert_eq!(
        find("fernandez"),
        [(0, Match::Typo(1)), (1, Match::Typo(1))]
    );
    assert_eq!(find("ngyuen dao"), [(3, Match::Typo(1))]);
    assert_eq!(find("kathryn obrien"), [(4, Match::Sound)]);
    assert_eq!(find("smith"), [(5, Match::Exact), (2, Match::Sound)]);
    assert_eq!(find("smith jurgen"), [(2, Match::Sound)]);
    assert_eq!(find("小明"), [(6, Match::Exact)]);
    assert_eq!(find("washington"), []);
}

#[test]
fn filters_are_combined() {
    let folder = tempfile::tempdir().unwrap();
    let mut reader = reader(folder.path());
    let mut find = |search: Search<'_>| -> Vec<u64> {
        reader
            .find(&search, &ACCESS)
            .unwrap()
            .iter()
            .map(|found| found.entry.ordinal())
            .collect()
    };
    assert_eq!(
        find(Search::new().name("hernandez").birth_date("1980")),
        [0]
    );
    assert_eq!(find(Search::new().birth_date("1980-05-01")), [2, 5]);
    assert_eq!(
        find(
            Search::new()
                .birth_date("1980-05-01")
                .name("smth")
                .tolerant()
        ),
        [5, 2]
    );
    assert_eq!(find(Search::new().mrn("m-1").name("maria")), [1]);
    assert_eq!(find(Search::new().mrn("m-1").name("jose")), [0; 0]);
    assert_eq!(
        find(
            Search::new()
                .mrn("m-1")
                .birth_date("1981")
                .name("hernadez")
                .tolerant()
        ),
        [1]
    );
    for nothing in [
        Search::new(),
        Search::new().name("-").tolerant(),
        Search::new().mrn(" "),
        Search::new().mrn("1").birth_date(""),
    ] {
        let error = reader.find(&nothing, &ACCESS).unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot be used: there is nothing to search for"
        );
    }
}

#[test]
fn the_log_has_the_question_as_it_was_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut reader = reader(folder.path());
    reader
        .find(
            &Search::new()
                .name("Hernández")
                .birth_date("1980")
                .tolerant(),
            &ACCESS,
        )
        .unwrap();
    let mut queries = Vec::new();
    reader
        .read_log(&ACCESS, |_, event| {
            let event: serde_json::Value = serde_json::from_slice(event).unwrap();
            queries.extend(event["entity"][0]["query"].as_str().map(str::to_owned));
            Ok(())
        })
        .unwrap();
    // base64 of "name=Hernández&birthdate=1980&tolerant"
    assert_eq!(
        queries,
        ["bmFtZT1IZXJuw6FuZGV6JmJpcnRoZGF0ZT0xOTgwJnRvbGVyYW50"]
    );
}
