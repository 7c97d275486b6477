//! Ways round the gates. Each is refused by name, before the export is looked for, and leaves nothing.

use std::fs;

use ehr_crypto::key;
use ehr_validate::rounds::RoundRecord;
use serde_json::Value;

use super::practice::{Practice, Request, json, register, yesterday};

/// A folder that is not there: who looks into it before the gates have spoken fails otherwise.
const NO_EXPORT: &str = "no-such-export";

/// Asks for a production run, which must be refused; the conditions as `gate code`.
#[track_caller]
fn refused(change: impl FnOnce(&mut Request)) -> Vec<String> {
    let practice = Practice::rehearsed();
    let mut request = practice.request();
    change(&mut request);
    refused_on(practice, &request, NO_EXPORT)
}

#[track_caller]
fn refused_on(practice: &Practice, request: &Request, source: &str) -> Vec<String> {
    let (out, run) = practice.produce(request, source, &["--json"]);
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    for left in [
        out.clone(),
        format!(".{out}.partial"),
        format!("{out}.round.json"),
    ] {
        assert!(!practice.path(&left).exists(), "{left}");
    }
    let refusal = json(&run);
    assert_eq!(refusal["format"], "ehr-production-refusal/1");
    let unmet = refusal["unmet"].as_array().unwrap().iter();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    unmet
        .map(|one| {
            let code = text(one, "code");
            assert!(text(one, "message").starts_with(&code), "{one}");
            format!("{} {code}", text(one, "gate"))
        })
        .collect()
}

/// A record of the second round that was changed by somebody who has the key.
fn resealed(name: &str, change: impl FnOnce(&mut RoundRecord)) -> String {
    let practice = Practice::rehearsed();
    let archive = key::file::read(&practice.path("r1.key")).unwrap();
    let key = examples::round::key(&archive).unwrap();
    let bytes = fs::read(practice.path("round-2.json")).unwrap();
    let mut record = RoundRecord::read(&bytes, &key).unwrap().record().clone();
    change(&mut record);
    let mut sealed = Vec::new();
    record.write(&key, &mut sealed).unwrap();
    fs::write(practice.path(name), sealed).unwrap();
    format!("'round-1.json', '{name}'")
}

/// A register that was changed.
fn changed_register(name: &str, change: impl FnOnce(&mut Value)) -> String {
    Practice::rehearsed().write(name, &register(change));
    name.to_owned()
}

#[test]
fn an_agreement_that_ended_yesterday_refuses_whatever_day_the_charts_are_read_as_of() {
    // the run says --as-of 2021-04-01, when the agreement was valid
    let register = changed_register("expired.json", |register| {
        let agreement = &mut register["agreements"][0];
        agreement["attestation"]["valid_to"] = yesterday().into();
    });
    let codes = refused(|request| request.register = register);
    assert!(
        codes.contains(&"readiness baa-expired".to_owned()),
        "{codes:?}"
    );
    assert!(
        codes.iter().all(|code| code.starts_with("readiness ")),
        "{codes:?}"
    );
}

#[test]
fn a_party_a_store_or_a_paper_that_nobody_vouched_for_refuses() {
    let codes = refused(|request| request.party = "Other Conversions Inc".to_owned());
    assert_eq!(codes, ["readiness party-not-permitted"]);
    let codes = refused(|request| request.stores = "'laptop'".to_owned());
    assert_eq!(codes, ["readiness encryption-missing"]);
    let codes = refused(|request| request.stores = String::new());
    assert_eq!(codes, ["readiness request-not-named"]);
    let practice = Practice::rehearsed();
    super::practice::copy(&practice.path("papers"), &practice.path("forged"));
    fs::write(practice.path("forged/mfa-attestation.txt"), "Trust me.").unwrap();
    let codes = refused(|request| request.register_evidence = "forged".to_owned());
    assert_eq!(codes, ["readiness mfa-evidence-not-shown"]);
    let codes = refused(|request| request.register = "no-register.json".to_owned());
    assert_eq!(codes, ["readiness register-unreadable"]);
}

#[test]
fn a_changed_byte_of_the_document_or_of_a_code_map_refuses() {
    let practice = Practice::rehearsed();
    for (folder, file, from, to) in [
        ("map-a", "harbor-street.toml", "# ", "#  "),
        ("map-b", "map-diagnoses.csv", "I10", "I11"),
    ] {
        super::practice::copy(&practice.path("map"), &practice.path(folder));
        let path = practice.path(folder).join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let codes = refused(|request| request.map = format!("{folder}/harbor-street.toml"));
        let expected = [
            "sign-off document-changed",
            "sign-off document-changed",
            "sign-off role-missing",
            "sign-off role-missing",
            "rounds same-document",
            "rounds document-signed",
        ];
        assert_eq!(codes, expected, "{file}");
    }
}

#[test]
fn a_missing_a_foreign_or_a_negative_sign_off_refuses() {
    let with = |sign_offs: &str| refused(|request| request.sign_offs = sign_offs.to_owned());
    let unsigned = ["sign-off role-missing", "rounds document-signed"];
    assert_eq!(with("'ada.txt'"), unsigned);
    assert_eq!(with("'ada.txt', 'ada.txt'"), unsigned);
    assert_eq!(
        with("'eve.txt', 'ben.txt'"),
        [
            "sign-off reviewer-unknown",
            "sign-off role-missing",
            "rounds document-signed"
        ]
    );
    // who rejects is not outvoted
    let codes = with("'ada.txt', 'ben.txt', 'rejected.txt'");
    assert_eq!(
        codes,
        ["sign-off document-rejected", "rounds document-signed"]
    );
    let practice = Practice::rehearsed();
    let note = fs::read_to_string(practice.path("ada.txt")).unwrap();
    let forged = note.replace("role: clinician", "role: migration-lead");
    fs::write(practice.path("forged.txt"), forged).unwrap();
    let codes = with("'ada.txt', 'forged.txt'");
    assert!(
        codes.contains(&"sign-off signature-invalid".to_owned()),
        "{codes:?}"
    );
}

#[test]
fn one_round_or_the_same_twice_refuses() {
    let with = |rounds: &str| refused(|request| request.rounds = rounds.to_owned());
    let codes = with("'round-1.json'");
    assert!(
        codes.contains(&"rounds two-complete-rounds".to_owned()),
        "{codes:?}"
    );
    let codes = with("'round-2.json', 'round-2.json'");
    assert!(
        codes.contains(&"rounds rounds-distinct".to_owned()),
        "{codes:?}"
    );
    let codes = with("'round-2.json', 'round-1.json'");
    assert!(
        codes.contains(&"rounds history-unbroken".to_owned()),
        "{codes:?}"
    );
    let codes = with("");
    assert!(
        codes.contains(&"rounds two-complete-rounds".to_owned()),
        "{codes:?}"
    );
    // the record that nothing was attached to is another one than its successor names
    let codes = with("'bare-1.json', 'round-2.json'");
    assert!(
        codes.contains(&"rounds history-unbroken".to_owned()),
        "{codes:?}"
    );
}

#[test]
fn a_last_round_that_is_not_good_refuses() {
    let with = |rounds: String| refused(|request| request.rounds = rounds);
    let blocked = resealed("blocked.json", |round| {
        round.blocking.insert("books-open".to_owned(), 3);
    });
    assert_eq!(with(blocked), ["rounds no-blocking-issues"]);
    let unreviewed = resealed("unreviewed.json", |round| round.samples = None);
    assert_eq!(with(unreviewed), ["rounds sample-passed"]);
    let uncompared = resealed("uncompared.json", |round| round.compare = None);
    assert_eq!(with(uncompared), ["rounds critical-data-compared"]);
    let old = resealed("old.json", |round| {
        round.finished = "2099-01-01T00:00:00Z".to_owned()
    });
    assert_eq!(with(old), ["rounds rounds-recent"]);
    let other = resealed("other-software.json", |round| round.inputs.software.clear());
    assert_eq!(with(other), ["rounds same-software"]);
}

#[test]
fn a_round_that_was_edited_without_the_key_refuses() {
    let practice = Practice::rehearsed();
    let text = fs::read_to_string(practice.path("round-2.json")).unwrap();
    let edited = text.replacen("\"outcome\": \"complete\"", "\"outcome\": \"aborted\"", 1);
    assert_ne!(text, edited);
    fs::write(practice.path("edited.json"), edited).unwrap();
    let codes = refused(|request| request.rounds = "'round-1.json', 'edited.json'".to_owned());
    assert!(
        codes.contains(&"rounds round-unreadable".to_owned()),
        "{codes:?}"
    );
    assert!(
        codes.contains(&"rounds two-complete-rounds".to_owned()),
        "{codes:?}"
    );
}

#[test]
fn another_export_than_was_said_is_refused_once_it_is_read_and_leaves_nothing() {
    let practice = Practice::rehearsed();
    let mut request = practice.request();
    request.export = "later-extract".to_owned();
    let codes = refused_on(practice, &request, "sample");
    assert_eq!(codes, ["rounds source-relation-stated"]);
    super::practice::copy(&practice.path("sample"), &practice.path("later"));
    let path = practice.path("later/ALLERGY.TXT");
    let text = fs::read_to_string(&path).unwrap();
    let fewer: Vec<&str> = text.lines().collect();
    fs::write(&path, fewer[..fewer.len() - 1].join("\n")).unwrap();
    let codes = refused_on(practice, &practice.request(), "later");
    assert_eq!(codes, ["rounds source-relation-stated"]);
}

#[test]
fn evidence_that_cannot_be_made_is_known_before_the_run() {
    let with = |evidence: &str| refused(|request| request.evidence = evidence.to_owned());
    let codes = with("parts = { audit = ['no-audit.json'] }");
    assert_eq!(codes, ["evidence evidence-file-unreadable"]);
    let codes = with("parts = { audits = [] }");
    assert_eq!(codes, ["evidence part-unknown"]);
    // a run cannot be talked out of its own record
    let codes = with("absent = { round = 'not wanted' }");
    assert_eq!(codes, ["evidence evidence-incomplete"]);
    let codes = with("absent = { reconciliation = 'not wanted' }");
    assert_eq!(codes, ["evidence evidence-incomplete"]);
}

#[test]
fn all_that_fails_is_named_at_once() {
    let expired = changed_register("all.json", |register| {
        register["agreements"] = Value::Array(Vec::new());
    });
    let codes = refused(|request| {
        request.register = expired;
        request.sign_offs = "'ada.txt'".to_owned();
        request.rounds = "'round-1.json'".to_owned();
        request.evidence = "parts = { audit = ['no-audit.json'] }".to_owned();
    });
    for code in [
        "readiness baa-missing",
        "sign-off role-missing",
        "rounds two-complete-rounds",
        "rounds document-signed",
        "rounds sample-passed",
        "evidence evidence-file-unreadable",
    ] {
        assert!(codes.contains(&code.to_owned()), "{code}: {codes:?}");
    }
    // for people: one line each, with the gate
    let practice = Practice::rehearsed();
    let mut request = practice.request();
    request.sign_offs = "'ada.txt'".to_owned();
    let (_, run) = practice.produce(&request, NO_EXPORT, &[]);
    let text = String::from_utf8(run.stdout).unwrap();
    assert_eq!(
        text,
        "no production run: 2 conditions are not met\n  \
         sign-off   role-missing: nobody signed as migration-lead\n  \
         rounds     document-signed: clinician (1), migration-lead (1)\n"
    );
}

#[test]
fn what_the_command_line_lacks_is_an_error_and_no_rehearsal() {
    let practice = Practice::rehearsed();
    fs::write(practice.path("any.toml"), "").unwrap();
    let whole = [
        "--source",
        "sample",
        "--map",
        "map/harbor-street.toml",
        "--key",
        "r1.key",
        "--round",
        "x.json",
    ];
    for lacks in ["--map", "--key", "--round"] {
        let at = whole.iter().position(|one| *one == lacks).unwrap();
        let mut less = [&whole[..at], &whole[at + 2..]].concat();
        less.extend(["--out", "x", "--production", "any.toml"]);
        let run = practice.run("migrate", &less);
        assert_eq!(run.status.code(), Some(2), "{lacks}: {run:?}");
    }
    let after = [
        &whole[..],
        &[
            "--out",
            "x",
            "--production",
            "any.toml",
            "--after",
            "round-2.json",
        ],
    ]
    .concat();
    assert_eq!(practice.run("migrate", &after).status.code(), Some(2));
    // a request that leaves something out is none
    let empty = [&whole[..], &["--out", "x", "--production", "any.toml"]].concat();
    let run = practice.run("migrate", &empty);
    assert_eq!(run.status.code(), Some(2));
    let error = String::from_utf8(run.stderr).unwrap();
    assert!(
        error.contains("any.toml") && error.contains("missing field"),
        "{error}"
    );
    assert!(!practice.path("x").exists());
}
