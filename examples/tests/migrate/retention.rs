//! What the archive of the sample practice knows for its retention rules.

use ehr_archive::custodian::Custodian;
use ehr_archive::{Access, Purpose, RetentionRules};
use ehr_crypto::key;

use crate::migrate::program::run_sample;

const ACCESS: Access<'_> = Access {
    agent: "clerk",
    recorded: "2040-04-01T09:00:00Z",
    purpose: Purpose::Operations,
};

/// Invented: ten years after the last encounter, and in one jurisdiction five after death.
const RULES: &str = r#"{"format": "ehr-archive-retention/1", "rules": [
  {"id": "visit", "version": "1", "citation": "invented", "subject": "chart", "effective_from": "2000-01-01",
   "reviewed_by": "counsel", "reviewed_on": "2020-01-01", "keep": [{"after": "last-encounter", "years": 10}]},
  {"id": "death", "version": "1", "citation": "invented", "subject": "chart", "effective_from": "2000-01-01",
   "jurisdiction": "US-ZZ", "facility": "practice",
   "reviewed_by": "counsel", "reviewed_on": "2020-01-01", "keep": [{"after": "death", "years": 5}]}]}"#;

/// Record number, whether it may be erased, and why, of each patient.
fn reviewed(more: &[&str]) -> Vec<(String, bool, String)> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    run_sample(&out, more);
    let key = key::file::read(&folder.path().join("out.key")).unwrap();
    let mut custodian = Custodian::open(&out.join("archive"), &key, &ACCESS).unwrap();
    let rules = RetentionRules::from_json(RULES.as_bytes()).unwrap();
    custodian.set_rules(&rules, &ACCESS).unwrap();
    let reviews = custodian.review(0, 100, &ACCESS).unwrap();
    let patients = reviews
        .into_iter()
        .filter(|review| review.entry.is_patient());
    patients
        .map(|review| {
            let mrn = review.entry.mrns()[0].clone();
            (mrn, review.is_due(), review.assessment.to_string())
        })
        .collect()
}

#[test]
fn who_died_is_let_go_where_the_practice_says_where_it_is() {
    let reviews = reviewed(&["--jurisdiction", "US-ZZ", "--facility", "practice"]);
    assert_eq!(reviews.len(), 12);
    // 10006 died in 2021, as the one of the sample with a date of death
    for (mrn, is_due, why) in &reviews {
        assert_eq!(*is_due, mrn == "10006", "{mrn}: {why}");
        assert_eq!(
            why.contains("death"),
            !is_due || why.contains("5 years after death"),
            "{mrn}: {why}"
        );
    }
}

#[test]
fn what_the_practice_does_not_say_is_unknown_and_keeps() {
    for (mrn, is_due, why) in reviewed(&[]) {
        assert!(!is_due, "{mrn}: {why}");
        assert!(
            why.contains("jurisdiction") && why.contains("kind of facility"),
            "{mrn}: {why}"
        );
    }
    let elsewhere = reviewed(&["--jurisdiction", "US-YY", "--facility", "practice"]);
    let due = elsewhere.iter().filter(|(_, is_due, _)| *is_due).count();
    assert!(
        due > 0
            && elsewhere
                .iter()
                .all(|(_, _, why)| !why.contains("after death")),
        "the rule of US-ZZ says nothing here"
    );
}
