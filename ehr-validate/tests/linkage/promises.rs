//! What is promised of every result: it explains itself, it is the same again, it shows no value.

use ehr_validate::linkage::{
    BlockingRule, Guard, LARGEST_BLOCK, Linkage, Linker, MERGE_THRESHOLD, MatchGrade, PersonRecord,
    REVIEW_THRESHOLD,
};

use crate::linkage::households::{Population, Practice};
use crate::linkage::measure::{link, link_population};

fn pairs(linkage: &Linkage) -> Vec<(u32, u32, u64, MatchGrade)> {
    linkage
        .candidates()
        .iter()
        .map(|pair| (pair.a, pair.b, pair.probability.to_bits(), pair.grade))
        .collect()
}

#[test]
fn any_number_of_threads_and_any_run_give_the_same() {
    let population = Population::generate(Practice::of(3_000, 7_001));
    let one = pairs(&link_population(&population, 1));
    assert!(!one.is_empty());
    assert_eq!(one, pairs(&link_population(&population, 3)));
    assert_eq!(one, pairs(&link_population(&population, 3)));
}

#[test]
fn weights_sum_to_the_odds_and_grades_follow_the_thresholds() {
    let population = Population::generate(Practice::of(3_000, 7_002));
    let linkage = link_population(&population, 2);
    for pair in linkage.candidates() {
        assert!(pair.a < pair.b && pair.probability >= REVIEW_THRESHOLD && pair.probability <= 1.0);
        let sure = pair.probability >= MERGE_THRESHOLD && pair.guard.is_none();
        assert_eq!(pair.grade == MatchGrade::Certain, sure);
        assert_ne!(pair.grade, MatchGrade::CertainlyNot);
        let weights = linkage.explain(pair);
        assert!(weights[0].comparison.is_none() && weights[0].bits < 0.0);
        if pair.implied_by.is_none() {
            let odds: f64 = weights.iter().map(|weight| weight.bits).sum();
            let probability = 1.0 / (1.0 + (-odds).exp2());
            assert!(
                (probability - pair.probability).abs() < 1e-4,
                "{probability} {}",
                pair.probability
            );
        }
    }
}

#[test]
fn clusters_hold_every_probable_pair_once() {
    let population = Population::generate(Practice::of(3_000, 7_003));
    let linkage = link_population(&population, 2);
    let mut of_record = vec![usize::MAX; linkage.records()];
    for (at, cluster) in linkage.clusters().iter().enumerate() {
        assert!(cluster.records.len() > 1 && cluster.records.is_sorted());
        for record in &cluster.records {
            assert_eq!(of_record[*record as usize], usize::MAX);
            of_record[*record as usize] = at;
        }
    }
    for pair in linkage
        .candidates()
        .iter()
        .filter(|pair| pair.grade <= MatchGrade::Probable)
    {
        assert_eq!(of_record[pair.a as usize], of_record[pair.b as usize]);
        assert_ne!(of_record[pair.a as usize], usize::MAX);
    }
}

/// A few people among many others, so that frequencies mean something.
fn among_others(people: &[[&str; 6]]) -> Linkage {
    let population = Population::generate(Practice::of(3_000, 7_004));
    let mut linker = Linker::with_threads(2);
    for [first, last, dob, sex, phone, ssn] in people {
        linker.add(&PersonRecord {
            first: (*first).into(),
            last: (*last).into(),
            dob: (*dob).into(),
            sex: (*sex).into(),
            phone: (*phone).into(),
            ssn: (*ssn).into(),
            street: "4411 Quarry Rd".into(),
            zip: "60615".into(),
            ..PersonRecord::default()
        });
    }
    for row in &population.rows {
        linker.add(&PersonRecord {
            first: row[1].as_str().into(),
            last: row[3].as_str().into(),
            dob: row[4].as_str().into(),
            sex: row[5].as_str().into(),
            street: row[6].as_str().into(),
            zip: row[9].as_str().into(),
            phone: row[10].as_str().into(),
            ssn: row[11].as_str().into(),
            ..PersonRecord::default()
        });
    }
    linker.link()
}

fn grade(people: &[[&str; 6]; 2]) -> (Option<MatchGrade>, Option<Guard>) {
    let linkage = among_others(people);
    let pair = linkage
        .candidates()
        .iter()
        .find(|pair| (pair.a, pair.b) == (0, 1));
    (
        pair.map(|pair| pair.grade),
        pair.and_then(|pair| pair.guard),
    )
}

#[test]
fn who_shares_a_home_is_not_one_person() {
    let phone = "312-867-4209";
    let twins = [
        ["Una", "Vexley", "2001-05-06", "F", phone, ""],
        ["Opal", "Vexley", "2001-05-06", "F", phone, ""],
    ];
    assert_ne!(grade(&twins).0, Some(MatchGrade::Certain));
    let couple = [
        ["Una", "Vexley", "1981-05-06", "F", phone, ""],
        ["Bert", "Vexley", "1979-11-30", "M", phone, ""],
    ];
    assert_eq!(grade(&couple).0, None);
    let senior = [
        ["Bert", "Vexley Sr", "1951-11-30", "M", phone, ""],
        ["Bert", "Vexley Jr", "1979-02-13", "M", phone, ""],
    ];
    assert_ne!(grade(&senior).0, Some(MatchGrade::Certain));
    let newborns = [
        ["Baby Boy A", "Vexley", "2021-05-06", "M", phone, ""],
        ["Baby Boy B", "Vexley", "2021-05-06", "M", phone, ""],
    ];
    assert_ne!(grade(&newborns).0, Some(MatchGrade::Certain));
}

#[test]
fn faults_of_registration_desks_are_seen_through() {
    let (phone, ssn) = ("312-867-4209", "219-46-0871");
    let person = ["Elizabeth", "Vexley", "1981-05-06", "F", phone, ssn];
    for (fault, other) in [
        ("nickname", ["Beth", "Vexley", "1981-05-06", "F", phone, ""]),
        ("typo", ["Elizbaeth", "Vexly", "1981-05-06", "F", phone, ""]),
        (
            "married name",
            ["Elizabeth", "Harmond", "1981-05-06", "F", phone, ssn],
        ),
        (
            "names changed about",
            ["Vexley", "Elizabeth", "1981-05-06", "F", phone, ssn],
        ),
        (
            "day and month changed about",
            ["Elizabeth", "Vexley", "1981-06-05", "F", phone, ""],
        ),
        (
            "digit",
            ["Elizabeth", "Vexley", "1981-05-08", "F", phone, ""],
        ),
        (
            "first of January",
            ["Elizabeth", "Vexley", "1981-01-01", "F", phone, ssn],
        ),
        (
            "placeholder date",
            ["Elizabeth", "Vexley", "1900-01-01", "F", phone, ssn],
        ),
        (
            "placeholder number",
            [
                "Elizabeth",
                "Vexley",
                "1981-05-06",
                "F",
                phone,
                "999-99-9999",
            ],
        ),
    ] {
        let (grade, guard) = grade(&[person, other]);
        assert_eq!((grade, guard), (Some(MatchGrade::Certain), None), "{fault}");
    }
}

#[test]
fn first_name_and_date_that_disagree_are_never_proposed() {
    let (phone, ssn) = ("312-867-4209", "219-46-0871");
    let pair = [
        ["Elizabeth", "Vexley", "1981-05-06", "F", phone, ssn],
        ["Robert", "Vexley", "1944-12-30", "M", phone, ssn],
    ];
    let (grade, guard) = grade(&pair);
    assert_ne!(grade, Some(MatchGrade::Certain));
    assert!(grade.is_none() || guard == Some(Guard::FirstNameAndBirthDateDisagree));
}

#[test]
fn a_block_that_is_too_large_is_reported() {
    // One phone in every record: a placeholder that nobody listed.
    let population = Population::generate(Practice::of(2_000, 7_005));
    let mut text = String::from("first,last,dob,phone\n");
    for row in &population.rows {
        text += &format!("{},{},{},312-867-4209\n", row[1], row[3], row[4]);
    }
    let (linkage, _) = link(text.as_bytes(), 2);
    let records = population.rows.len() as u64;
    let report = linkage
        .blocking()
        .iter()
        .find(|report| report.rule == BlockingRule::Phone)
        .unwrap();
    assert!(records > LARGEST_BLOCK as u64);
    assert_eq!(
        (report.oversized_blocks, report.oversized_records),
        (1, records)
    );
    assert_eq!(
        report.compared + report.pairs_left_out,
        records * (records - 1) / 2
    );
    // The phone that all have is no evidence, and the others rules still find the pairs.
    let right = linkage.candidates().iter();
    let right = right
        .filter(|pair| population.person[pair.a as usize] == population.person[pair.b as usize]);
    assert!(right.count() * 10 > population.true_pairs() * 8);
}

#[test]
fn no_value_of_a_person_is_printed() {
    let canaries = [
        "Xanthippe",
        "Quillfeather",
        "1980-01-17",
        "219460871",
        "3128674209",
        "canary@example.org",
    ];
    let person = PersonRecord {
        first: canaries[0].into(),
        last: canaries[1].into(),
        dob: canaries[2].into(),
        ssn: canaries[3].into(),
        phone: canaries[4].into(),
        email: canaries[5].into(),
        ..PersonRecord::default()
    };
    let mut linker = Linker::default();
    linker.add(&person);
    linker.add(&person);
    let mut printed = format!("{person:?} {linker:?}");
    let linkage = linker.link();
    printed += &format!(
        "{linkage:?} {:?} {:?} {:?}",
        linkage.candidates(),
        linkage.clusters(),
        linkage.blocking()
    );
    printed += &format!(
        "{:?} {:?}",
        linkage.model(),
        linkage.explain(&linkage.candidates()[0])
    );
    for canary in canaries {
        assert!(
            !printed.to_lowercase().contains(&canary.to_lowercase()),
            "{canary}"
        );
    }
}
