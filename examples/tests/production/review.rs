//! The program `review` on the sample practice: draws, answers, and what does not count as one.

use std::fs;

use super::practice::{AS_OF, Practice, SAMPLE, SOURCE, json};

fn review<'a>(seed: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = [&SOURCE[..], &["--target", "r2/fhir"], &SAMPLE, &AS_OF, more].concat();
    let at = arguments.iter().position(|one| *one == "--seed").unwrap();
    arguments[at + 1] = seed;
    arguments
}

#[test]
fn the_draw_is_the_same_for_the_same_seed_and_another_for_another() {
    let practice = Practice::rehearsed();
    let draw = |seed| json(&practice.done("review", &review(seed, &["draw", "--json"])));
    let (one, again, other) = (draw("7"), draw("7"), draw("8"));
    assert_eq!(one, again);
    assert_ne!(one["plan"], other["plan"]);
    assert_ne!(one["packet"], other["packet"]);
    assert_eq!(one["format"], "ehr-draw/1");
    assert_eq!(
        (&one["known_faults"], &one["rows_unseen"]),
        (&0.into(), &0.into())
    );
    let charts = &one["samples"][0];
    assert_eq!(
        (&charts["stratum"], &charts["population"]),
        (&"charts".into(), &12.into())
    );
    // the packet shows data of patients: nobody gets it without saying so
    let hidden = practice.run("review", &review("7", &["draw", "--out", "unasked"]));
    assert_eq!(hidden.status.code(), Some(2));
    assert!(!practice.path("unasked").exists());
    let again = practice.run(
        "review",
        &review("7", &["draw", "--out", "packet", "--phi"]),
    );
    assert_eq!(
        again.status.code(),
        Some(2),
        "a packet is never written over another"
    );
}

#[test]
fn a_plan_that_was_not_written_down_before_proves_nothing() {
    let practice = Practice::rehearsed();
    let read = |registered: &str| {
        let more = [
            "read",
            "--answers",
            "answers",
            "--registered",
            registered,
            "--json",
        ];
        practice.run("review", &review("7", &more))
    };
    let refused = read("0000");
    assert_eq!(refused.status.code(), Some(1));
    let results = json(&refused);
    assert_eq!(results["registered"], "0000");
    // every claim would pass, and yet the gate stays closed
    fs::write(practice.path("wrong-plan.json"), &refused.stdout).unwrap();
    let attach = [
        "--key",
        "r1.key",
        "attach",
        "bare-2.json",
        "--out",
        "wrong-plan-round.json",
    ];
    let files = [
        "--compare",
        "compare-2.json",
        "--samples",
        "wrong-plan.json",
    ];
    practice.done("rounds", &[&attach[..], &files].concat());
    let mut request = practice.request();
    request.rounds = "'round-1.json', 'wrong-plan-round.json'".to_owned();
    let (_, run) = practice.produce(&request, "sample", &["--json"]);
    assert_eq!(run.status.code(), Some(1));
    let unmet = json(&run);
    assert_eq!(unmet["unmet"][0]["code"], "sample-passed");
    assert_eq!(unmet["unmet"].as_array().unwrap().len(), 1, "{unmet:#}");
}

#[test]
fn answers_to_another_packet_are_refused_and_open_items_fail() {
    let practice = Practice::rehearsed();
    let drawn = json(&practice.done("review", &review("9", &["draw", "--json"])));
    let plan = drawn["plan"].as_str().unwrap();
    let read = ["read", "--answers", "answers", "--registered", plan];
    let refused = practice.run("review", &review("9", &read));
    assert_eq!(refused.status.code(), Some(2));
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(error.contains("is to another packet"), "{error}");
    fs::create_dir(practice.path("no-answers")).unwrap();
    let read = [
        "read",
        "--answers",
        "no-answers",
        "--registered",
        plan,
        "--json",
    ];
    let open = practice.run("review", &review("9", &read));
    assert_eq!(open.status.code(), Some(1));
    assert_eq!(json(&open)["claims"][0]["reviewed"], 0);
}

#[test]
fn a_blind_reviewer_finds_what_is_there_and_is_told_nothing() {
    let practice = Practice::rehearsed();
    // in the new system a dose is another one
    super::practice::copy(&practice.path("r2/fhir"), &practice.path("worse"));
    let path = practice.path("worse/MedicationRequest.ndjson");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("\"status\":\"active\""));
    fs::write(
        &path,
        text.replacen("\"status\":\"active\"", "\"status\":\"stopped\"", 1),
    )
    .unwrap();
    let blind = |more: &[&'static str]| {
        let mut arguments = review("7", &["--blind"]);
        let at = arguments.iter().position(|one| *one == "r2/fhir").unwrap();
        arguments[at] = "worse";
        arguments.extend(more);
        arguments
    };
    let drawn = json(&practice.done(
        "review",
        &blind(&["draw", "--out", "blind", "--phi", "--json"]),
    ));
    for page in fs::read_dir(practice.path("blind")).unwrap() {
        let page = fs::read_to_string(page.unwrap().path()).unwrap();
        let body = page.split("</style>").nth(1).unwrap();
        for told in [
            "class=\"mark\"",
            "class=\"differs\"",
            "New system",
            "Source, as",
            "As written",
            "seed",
        ] {
            assert!(!body.contains(told), "{told}");
        }
    }
    let packet = drawn["packet"].as_str().unwrap();
    practice.answer("blind", "blind-answers", packet, |row| {
        let mut values = row.split("<td class=\"compared\">").skip(1);
        let cell = |text: Option<&str>| text.unwrap().split("</td>").next().unwrap().to_owned();
        match cell(values.next()) == cell(values.next()) {
            true => "accept",
            false => "flag",
        }
    });
    let plan = drawn["plan"].as_str().unwrap();
    let mut arguments = blind(&["read", "--answers", "blind-answers", "--registered"]);
    arguments.push(plan);
    let found = practice.run("review", &arguments);
    assert_eq!(found.status.code(), Some(1), "{found:?}");
    let text = String::from_utf8(found.stdout).unwrap();
    let flagged: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("flagged"))
        .collect();
    assert!(
        !flagged.is_empty()
            && flagged
                .iter()
                .all(|line| line.ends_with("Medication status")),
        "{text}"
    );
}
