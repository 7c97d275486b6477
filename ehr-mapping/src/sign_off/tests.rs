use ehr_crypto::{DataKey, SigningKey};
use ehr_model::readiness::day;

use super::*;
use crate::document::MappingDocument;

const TEXT: &str = "[document]\nname = \"tiny\"\n";
const MAP: &str = "code,target\nHTN,I10\n";

fn document() -> MappingDocument {
    MappingDocument::parse("tiny.toml", TEXT)
        .unwrap()
        .with_file("map.csv", MAP)
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed("harbor", DataKey::from_bytes([seed; DataKey::LEN])).unwrap()
}

fn role(name: &str) -> Role {
    Role::new(name).unwrap()
}

fn reviewer(name: &str, seed: u8) -> TrustedReviewer {
    TrustedReviewer::new(name, key(seed).verifying_key().clone())
}

fn policy() -> SignOffPolicy {
    SignOffPolicy::default()
        .trust(reviewer("Ada Clinician", 1).in_role(role("clinician")))
        .trust(reviewer("Ben Lead", 2).in_role(role("migration-lead")))
}

fn record(name: &str, as_role: &str, date: &str) -> SignOff {
    let (role, date) = (role(as_role), day(date).unwrap());
    SignOff::new(&document(), name, role, Decision::Accepted, date).unwrap()
}

fn notes() -> Vec<String> {
    vec![
        record("Ada Clinician", "clinician", "2026-03-01")
            .exception("line 12: onset stays a year")
            .unwrap()
            .sign(&key(1))
            .unwrap(),
        record("Ben Lead", "migration-lead", "2026-03-01")
            .sign(&key(2))
            .unwrap(),
    ]
}

/// The reasons for which a policy refuses.
fn refused(policy: &SignOffPolicy, document: &MappingDocument, notes: &[String]) -> Vec<String> {
    match policy.approve(document, notes, day("2026-03-02").unwrap()) {
        Ok(_) => Vec::new(),
        Err(refusals) => refusals
            .iter()
            .map(|one| {
                let message = one.to_string();
                assert_eq!(message.split(": ").next(), Some(one.code()));
                message
            })
            .collect(),
    }
}

#[test]
fn both_roles_approve_the_document() {
    let approval = policy()
        .approve(&document(), &notes(), day("2026-03-01").unwrap())
        .unwrap();
    assert_eq!(approval.digest(), document().digest());
    assert_eq!(
        approval.sign_offs()[0].exceptions,
        ["line 12: onset stays a year"]
    );
    let text = notes()[1].clone();
    let digest = document().digest().to_string();
    assert!(
        text.starts_with(&format!(
            "ehr mapping document sign-off v1\nreviewer: Ben Lead\nrole: migration-lead\n\
             decision: accepted\ndate: 2026-03-01\nsha256: {digest}\npart: "
        )),
        "{text}"
    );
}

#[test]
fn a_changed_byte_is_named_by_its_file() {
    let changed = |text: &str, map: &str| {
        let document = MappingDocument::parse("tiny.toml", text).unwrap();
        refused(&policy(), &document.with_file("map.csv", map), &notes())
    };
    assert_eq!(changed(TEXT, MAP), [""; 0]);
    let reasons = changed(TEXT, &MAP.replace("I10", "I11"));
    assert_eq!(
        reasons[0],
        "document-changed: Ada Clinician signed another document: map.csv changed"
    );
    let reasons = changed(&format!("{TEXT}\n"), MAP);
    assert!(reasons[0].ends_with(": (document) changed"), "{reasons:?}");
    let more = document().with_file("second.csv", "");
    assert!(refused(&policy(), &more, &notes())[0].ends_with(": second.csv changed"));
}

#[test]
fn signatures_are_gone_round_in_no_way() {
    let lead = notes().remove(1);
    let with = |note: String| refused(&policy(), &document(), &[note, lead.clone()]);
    let clinician = || record("Ada Clinician", "clinician", "2026-03-01");

    let changed = notes()[0].replace("onset stays a year", "onset stays a date");
    assert_eq!(
        with(changed),
        [
            "signature-invalid: sign-off 1 was changed after it was signed",
            "role-missing: nobody signed as clinician"
        ]
    );
    assert_eq!(
        with(clinician().sign(&key(9)).unwrap())[0],
        "reviewer-unknown: sign-off 1 is signed by no trusted key"
    );
    assert_eq!(
        with(clinician().sign(&key(2)).unwrap())[0],
        "reviewer-of-another-key: sign-off 1 names Ada Clinician, whose key did not sign it"
    );
    assert_eq!(
        with(
            record("Ada Clinician", "migration-lead", "2026-03-01")
                .sign(&key(1))
                .unwrap()
        )[0],
        "role-not-held: Ada Clinician may not sign as migration-lead"
    );
    assert_eq!(
        with(
            record("Ada Clinician", "clinician", "2026-03-03")
                .sign(&key(1))
                .unwrap()
        )[0],
        "sign-off-in-future: Ada Clinician signed on 2026-03-03"
    );
    let mut rejected = clinician();
    rejected.decision = Decision::Rejected;
    assert_eq!(
        with(rejected.sign(&key(1)).unwrap())[0],
        "document-rejected: Ada Clinician rejected it as clinician"
    );
    let reasons = with("hello\n\n\u{2014} harbor AAAA\n".to_owned());
    assert!(reasons[0].starts_with("sign-off-unreadable: sign-off 1: "));
    let note = key(1).sign("approved, all of it\n").unwrap();
    assert_eq!(
        with(note)[0],
        "sign-off-unreadable: sign-off 1: line 1 of the sign-off should be `ehr mapping document sign-off v1`"
    );
    assert_eq!(
        refused(&policy(), &document(), std::slice::from_ref(&lead)),
        ["role-missing: nobody signed as clinician"]
    );
    assert_eq!(refused(&policy(), &document(), &[]).len(), 2);
}

#[test]
fn a_revoked_key_counts_for_no_date() {
    let policy = SignOffPolicy::default()
        .trust(
            reviewer("Ada Clinician", 1)
                .in_role(role("clinician"))
                .revoked(),
        )
        .trust(reviewer("Ben Lead", 2).in_role(role("migration-lead")));
    assert_eq!(
        refused(&policy, &document(), &notes())[0],
        "reviewer-revoked: the key of Ada Clinician is revoked"
    );
}

#[test]
fn one_person_is_not_two() {
    let both = |name, seed| {
        reviewer(name, seed)
            .in_role(role("clinician"))
            .in_role(role("migration-lead"))
    };
    let few = "reviewers-too-few: 2 roles must be signed for by as many people; 1 signed";
    let sign = |name, as_role, seed| {
        record(name, as_role, "2026-03-01")
            .sign(&key(seed))
            .unwrap()
    };
    let one = SignOffPolicy::default().trust(both("Ada", 1));
    let alone = [
        sign("Ada", "clinician", 1),
        sign("Ada", "migration-lead", 1),
    ];
    assert_eq!(refused(&one, &document(), &alone), [few]);
    // nor under two names with one key
    let two_names = one.clone().trust(both("Eve", 1));
    let alone = [
        sign("Ada", "clinician", 1),
        sign("Eve", "migration-lead", 1),
    ];
    assert_eq!(refused(&two_names, &document(), &alone), [few]);
    // who signs for both is one of two when the other role is signed for by somebody else as well
    let two = one.trust(both("Ben", 2));
    let three = [
        sign("Ada", "clinician", 1),
        sign("Ada", "migration-lead", 1),
        sign("Ben", "clinician", 2),
    ];
    assert_eq!(refused(&two, &document(), &three), [""; 0]);
    // a further role is data
    let more = two.require(role("pharmacist"));
    assert_eq!(
        refused(&more, &document(), &three),
        ["role-missing: nobody signed as pharmacist"]
    );
}

#[test]
fn a_record_is_one_line_a_statement() {
    let error = record("Ada Clinician", "clinician", "2026-03-01")
        .exception("fine\ndecision: accepted")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`exception` of a sign-off is one line of text, and not empty"
    );
    assert_eq!(
        Role::new("Clinician").unwrap_err().to_string(),
        "a role is lower-case words joined by `-`"
    );
}
