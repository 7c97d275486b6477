use serde_json::Value;

use super::codes::{DESTINATION, DICOM, PROFILE, SOURCE, coding};
use super::*;

const ACCESS: Access<'static> = Access {
    agent: "jdoe",
    recorded: "2026-01-31T09:30:00Z",
    purpose: Purpose::Legal,
};

fn json_of(event: &Event<'_>) -> Value {
    serde_json::from_slice(&event.to_json(&ACCESS, "a").unwrap()).unwrap()
}

fn user(event: &Value) -> &Value {
    event["agent"]
        .as_array()
        .unwrap()
        .iter()
        .find(|agent| agent["requestor"] == true)
        .unwrap()
}

#[test]
fn an_event_says_who_when_why_and_whose() {
    let json = json_of(&Event::Read {
        patient: Some(Uuid::nil()),
        ordinal: 7,
    });
    assert_eq!(json["recorded"], "2026-01-31T09:30:00Z");
    assert_eq!(user(&json)["who"]["identifier"]["value"], "jdoe");
    assert_eq!(json["purposeOfEvent"][0]["coding"][0]["code"], "HLEGAL");
    assert_eq!(
        json["entity"][0]["what"]["reference"],
        "Patient/00000000-0000-0000-0000-000000000000"
    );
    assert_eq!(json["entity"][1]["what"]["identifier"]["value"], "7");
}

/// The cardinalities and fixed codes of the profiles that the events claim.
#[test]
fn events_have_the_shape_of_their_profiles() {
    let manifest = Digest::sha256(b"x");
    let disclosure = Disclosure {
        patient: Uuid::nil(),
        ordinals: &[1],
        recipient: "Court",
        authorized_by: Some("patient"),
        manifest,
    };
    for (event, name, action, sides) in [
        (
            Event::Read {
                patient: Some(Uuid::nil()),
                ordinal: 1,
            },
            "PatientRead",
            "R",
            [DESTINATION, SOURCE],
        ),
        (
            Event::Read {
                patient: None,
                ordinal: 1,
            },
            "Read",
            "R",
            [DESTINATION, SOURCE],
        ),
        (
            Event::Search { query: "name=x" },
            "Query",
            "E",
            [SOURCE, DESTINATION],
        ),
        (
            Event::Disclosure(disclosure),
            "PrivacyDisclosure.Source",
            "R",
            [SOURCE, DESTINATION],
        ),
    ] {
        let json = json_of(&event);
        assert_eq!(json["meta"]["profile"][0], format!("{PROFILE}.{name}"));
        assert_eq!(
            (&json["action"], &json["outcome"]),
            (&json!(action), &json!("0")),
            "{name}"
        );
        for (number, side) in sides.into_iter().enumerate() {
            let agent = &json["agent"][number];
            assert_eq!(agent["type"]["coding"][0], coding(DICOM, side), "{name}");
            assert!(
                agent["who"].is_object() && agent["network"].is_object(),
                "{name}"
            );
        }
        let entities = json["entity"].as_array().unwrap();
        let persons = entities
            .iter()
            .filter(|entity| entity["type"]["code"] == "1")
            .count();
        assert_eq!(persons, usize::from(name.starts_with('P')), "{name}");
        assert_eq!(
            entities
                .iter()
                .filter(|entity| entity["type"]["code"] == "2")
                .count(),
            1,
            "{name}"
        );
    }
    let search = json_of(&Event::Search { query: "name=x" });
    assert_eq!(search["entity"][0]["query"], "bmFtZT14");
    assert!(search["entity"][0].get("detail").is_none());
    // Who observes a disclosure is its source.
    let json = json_of(&Event::Disclosure(Disclosure {
        patient: Uuid::nil(),
        ordinals: &[],
        recipient: "x",
        authorized_by: None,
        manifest,
    }));
    assert_eq!(json["agent"][0]["who"], json["source"]["observer"]);
}

#[test]
fn a_change_is_recognized_when_it_is_done() {
    let mut change = Change {
        kind: ChangeKind::Shred,
        number: 7,
        done: false,
        ordinals: &[3, 4, 5, 9],
    };
    let done =
        |change: Change<'_>| change_done(&Event::Change(change).to_json(&ACCESS, "a").unwrap());
    let json = json_of(&Event::Change(Change { ..change }));
    assert_eq!(json["entity"][0]["detail"][2]["valueString"], "3-5 9");
    assert_eq!(done(Change { ..change }), None);
    change.done = true;
    assert_eq!(done(change), Some(7));
    assert_eq!(
        change_done(&Event::Open.to_json(&ACCESS, "a").unwrap()),
        None
    );
}

#[test]
fn an_access_without_agent_or_time_is_none() {
    for access in [
        Access {
            agent: "",
            ..ACCESS
        },
        Access {
            recorded: "today",
            ..ACCESS
        },
    ] {
        assert!(Event::Open.to_json(&access, "a").is_err());
    }
    assert!(
        Event::BreakGlass { reason: "" }
            .to_json(&ACCESS, "a")
            .is_err()
    );
}

#[test]
fn the_longest_event_fits_into_an_entry() {
    let (long, ordinals): (String, Vec<u64>) = (
        "\u{1}".repeat(MAX_TEXT_LEN),
        (0..1 << 20).step_by(2).collect(),
    );
    let access = Access {
        agent: &long,
        ..ACCESS
    };
    let events = [
        Event::Search { query: &long },
        Event::Disclosure(Disclosure {
            patient: Uuid::nil(),
            ordinals: &ordinals,
            recipient: &long,
            authorized_by: Some(&long),
            manifest: Digest::sha256(b""),
        }),
    ];
    for event in events {
        assert!(event.to_json(&access, &"a".repeat(64)).unwrap().len() < 60_000);
    }
}
