//! What pages show, and that the access log knew before.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use crate::viewer::archive::{self, agent, code, log, subtypes};
use crate::viewer::client::{Client, Server};

#[test]
fn a_key_file_and_a_code_unlock_and_a_wrong_key_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    archive::write(&folder.path().join("archive"));
    let server = Server::start(&folder.path().join("archive"), &[]);
    let mut client = Client::new(&server);
    assert_eq!(client.get("/").header("location"), Some("/unlock"));
    let wrong = ehr_crypto::DataKey::from_bytes([1; 32]).expose_recovery_code();
    for (with, secret, status, message) in [
        (
            "code",
            wrong.as_str(),
            403,
            "This key does not open the archive.",
        ),
        (
            "passphrase",
            "correct horse battery",
            403,
            "This key does not open the archive.",
        ),
        ("code", "ABC", 400, "letters"),
        ("key-file", "# nothing\n", 400, "holds one recovery code"),
        ("code", "", 400, "Give one of them"),
    ] {
        let answer = client.unlock("mallory", with, secret);
        assert_eq!(answer.status, status, "{with} {message}");
        assert!(answer.text().contains(message), "{with}: {}", answer.text());
        assert!(
            secret.is_empty() || !answer.text().contains(secret),
            "a secret never comes back"
        );
        assert_eq!(client.get("/").status, 303);
    }
    let answer = client.unlock("jdoe", "key-file", &format!("# the key\n\n{}\n", code()));
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    assert_eq!(client.get("/").status, 200);
    let events = log(&folder.path().join("archive"));
    let failed: Vec<_> = events
        .iter()
        .filter(|event| event["outcome"] == "4")
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(agent(failed[0]), "mallory");
    assert_eq!(
        failed[0]["entity"][0]["detail"][0]["valueString"], "2",
        "two wrong keys; what is no code is no attempt"
    );
}

#[test]
fn a_chart_is_found_and_says_what_must_not_be_read_past() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    archive::write(&path);
    let server = Server::start(&path, &[]);
    let mut client = Client::unlocked(&server, "jdoe", &code());
    for fields in [
        [("mrn", "mrn7")],
        [("name", "thistle")],
        [("birth-date", "1962-03")],
    ] {
        let page = client.post("/", &fields).text();
        assert!(
            page.contains("Thistlewood Ann") && page.contains("href=\"/chart/"),
            "{fields:?}"
        );
    }
    assert!(
        client
            .post("/", &[("name", "thisselwood"), ("tolerant", "yes")])
            .text()
            .contains("Thistlewood")
    );
    assert!(
        client
            .post("/", &[("name", "thisselwood")])
            .text()
            .contains("Nobody was found")
    );
    assert_eq!(client.post("/", &[("name", " ")]).status, 400);
    let address = chart_of(&mut client, "MRN 7");
    let page = client.get(&address).text();
    for said in [
        "Thistlewood Ann",
        "<dd>MRN 7</dd>",
        "Penicillin – refuted",
        "<span class=\"status turns\">not-done</span>",
        "<span class=\"status turns\">do not give</span>",
        "Philippa Otterbourne",
        "4.10 mmol/L",
        "<strong class=\"flag\">H</strong>",
        "<polyline points=\"6.0,50.0 254.0,6.0\"/>",
        "no value: asked-declined",
        "Dear colleague",
        "One entry of this chart is restricted",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    assert!(!page.contains("Secretosis") && !page.contains("999-00-0007"));
    assert!(
        client
            .get(&format!("{address}/print"))
            .text()
            .contains("4.10 mmol/L")
    );
    let entry = client.get(&format!("{address}/entry/6")).text();
    assert!(
        entry.contains("<code>valueQuantity.value</code></th><td>5.60</td>"),
        "{entry}"
    );
    for nowhere in [
        "/chart/99",
        "/chart/2",
        &format!("{address}/entry/8"),
        &format!("{address}/entry/99"),
        "/nowhere",
    ] {
        assert_eq!(client.get(nowhere).status, 404, "{nowhere}");
    }
}

#[test]
fn a_view_is_in_the_log_before_its_first_byte_and_without_the_log_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    archive::write(&path);
    let server = Server::start(&path, &[]);
    let mut client = Client::unlocked(&server, "jdoe", &code());
    let address = chart_of(&mut client, "MRN 7");
    let before = log(&path).len();
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let request = format!(
        "GET {address} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nConnection: close\r\n\r\n",
        server.address, client.cookie
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream.read_exact(&mut [0]).unwrap();
    let events = log(&path);
    assert_eq!(subtypes(&events[before..]), ["search", "read"]);
    let read = events.last().unwrap();
    assert_eq!(agent(read), "jdoe");
    assert_eq!(read["purposeOfEvent"][0]["coding"][0]["code"], "TREAT");
    assert!(
        read["entity"]
            .to_string()
            .contains("Patient/00000000-0000-0000-0000-000000000007")
    );

    // A log that cannot be signed anew: nothing is shown, of whatever kind.
    let checkpoint = path.join("log/checkpoint");
    let kept = folder.path().join("checkpoint");
    fs::rename(&checkpoint, &kept).unwrap();
    fs::create_dir(&checkpoint).unwrap();
    let token = client.get("/").token();
    for view in [
        address.clone(),
        format!("{address}/print"),
        format!("{address}/entry/2"),
        format!("{address}/document/9/0/raw"),
        format!("{address}/kept"),
    ] {
        let answer = client.get(&view);
        assert_eq!(answer.status, 500, "{view}");
        assert!(
            !answer.text().contains("Thistlewood") && !answer.text().contains("Dear"),
            "{view}"
        );
    }
    let found = client.post_without_token("/", &[("mrn", "MRN 7"), ("token", &token)]);
    assert_eq!(found.status, 500);
    assert!(!found.text().contains("Thistlewood"));
    fs::remove_dir(&checkpoint).unwrap();
    fs::rename(&kept, &checkpoint).unwrap();
    assert_eq!(client.get(&address).status, 200);
}

#[test]
fn breaking_the_glass_takes_a_reason_and_marks_every_view() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    archive::write(&path);
    let server = Server::start(&path, &[]);
    let mut client = Client::unlocked(&server, "jdoe", &code());
    let (open, closed) = (
        chart_of(&mut client, "MRN 7"),
        chart_of(&mut client, "MRN 8"),
    );
    let answer = client.get(&closed);
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("restricted") && !answer.text().contains("Gout"));
    assert_eq!(
        client.get(&format!("{open}/kept")).status,
        403,
        "verbatim records hold what is restricted"
    );
    assert_eq!(client.get(&format!("{open}/entry/8")).status, 404);
    let glass = format!("{closed}/break-glass");
    assert_eq!(client.post(&glass, &[("reason", "short")]).status, 400);
    assert_eq!(client.get(&closed).status, 403);
    assert_eq!(
        client
            .post(&glass, &[("reason", "unconscious in the emergency room")])
            .status,
        303
    );
    assert!(client.get(&closed).text().contains("Secretosis"));
    assert!(
        !client.get(&open).text().contains("Secretosis"),
        "the glass of one chart"
    );
    let events = log(&path);
    let broken = events
        .iter()
        .find(|event| event["subtype"][0]["code"] == "110127")
        .unwrap();
    assert!(
        broken["entity"]
            .to_string()
            .contains("unconscious in the emergency room")
    );
    let purposes: Vec<&str> = events
        .iter()
        .filter_map(|event| event["purposeOfEvent"][0]["coding"][0]["code"].as_str())
        .collect();
    // the search for the ordinal and the breaking, the view's search and read
    assert_eq!(
        purposes.iter().filter(|purpose| **purpose == "BTG").count(),
        4,
        "{purposes:?}"
    );
}

#[test]
fn a_release_is_a_folder_and_an_entry_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (path, releases) = (
        folder.path().join("archive"),
        folder.path().join("releases"),
    );
    archive::write(&path);
    fs::create_dir(&releases).unwrap();
    let server = Server::start(&path, &["--releases", releases.to_str().unwrap()]);
    let mut client = Client::unlocked(&server, "jdoe", &code());
    let address = chart_of(&mut client, "MRN 7");
    let release = format!("{address}/release");
    let whole = [
        ("recipient", "Dr. Next"),
        ("authorized-by", "the patient"),
        ("chart", "yes"),
        ("documents", "yes"),
    ];
    assert_eq!(
        client.post(&release, &whole).status,
        403,
        "what is restricted does not slip out"
    );
    client.post(
        &format!("{address}/break-glass"),
        &[("reason", "the patient asked for all of it")],
    );
    for (fields, message) in [
        (&whole[1..], "Say who receives it."),
        (&whole[..2], "Choose what is released"),
        (&[whole[0], whole[2]][..], "Say who authorized it"),
        (
            &[whole[0], whole[1], whole[2], ("from", "2020-01-01")],
            "Give both days",
        ),
        (
            &[
                whole[0],
                whole[1],
                whole[2],
                ("from", "2020-01-01"),
                ("to", "2021-01-01"),
            ],
            "without a date",
        ),
        (
            &[
                whole[0],
                whole[1],
                whole[2],
                ("from", "2022-01-01"),
                ("to", "2021-01-01"),
                ("undated", "include"),
            ],
            "not after the last",
        ),
        (
            &[whole[0], whole[1], whole[2], ("only-types", "yes")],
            "Choose the kinds",
        ),
    ] {
        let answer = client.post(&release, fields);
        assert_eq!(answer.status, 400, "{message}");
        assert!(
            answer.text().contains(message),
            "{message}: {}",
            answer.text()
        );
        assert_eq!(fs::read_dir(&releases).unwrap().count(), 0);
    }
    let answer = client.post(
        &release,
        &[
            whole[0],
            whole[1],
            whole[2],
            ("only-types", "yes"),
            ("type", "Condition"),
        ],
    );
    assert!(
        answer.text().contains("The release is written"),
        "{}",
        answer.text()
    );
    let written: Vec<_> = fs::read_dir(&releases)
        .unwrap()
        .map(|item| item.unwrap().path())
        .collect();
    assert_eq!(written.len(), 1);
    let bundle = fs::read_to_string(written[0].join("bundle.json")).unwrap();
    assert!(bundle.contains("Gout") && !bundle.contains("Penicillin"));
    let key = ehr_archive::verify(&path, None).verifying_key.unwrap();
    ehr_archive::release::verify_release(&written[0], &key).unwrap();
    let events = log(&path);
    let disclosed = events
        .iter()
        .find(|event| event["subtype"][0]["code"] == "disclose")
        .unwrap();
    assert!(disclosed["agent"].to_string().contains("Dr. Next"));
}

/// The address of the chart that a record number finds.
pub(crate) fn chart_of(client: &mut Client<'_>, mrn: &str) -> String {
    let page = client.post("/", &[("mrn", mrn)]).text();
    let from = page.find("href=\"/chart/").expect("somebody is found") + 6;
    page[from..].split('"').next().unwrap().to_owned()
}
