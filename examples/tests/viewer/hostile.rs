//! Every text of every kind of the catalogue is hostile, and stays text on every page.

use std::path::Path;

use ehr_archive::ObjectClass;
use ehr_model::catalogue::{self, FieldPath};
use ehr_model::element::{Leaf, LeafType};
use ehr_model::fhir::BatchTag;
use ehr_model::fhir::bundle::{BundleType, write_bundle};
use ehr_model::record::{Kind, Namespace, Record};
use serde_json::Value;

use crate::viewer::archive::{self, append, code, object, writer};
use crate::viewer::client::{Client, Server};
use crate::viewer::views::chart_of;

/// Breaks out of text, of attributes in either quotation mark, of raw text elements, and loads something.
fn attack(number: usize) -> String {
    format!(
        "</title></pre><script>alert({number})</script>\"'><img src=x onerror=alert({number})><svg/onload=alert()>{{{{7*7}}}}"
    )
}

/// One record of every kind with an attack in every text.
fn chart() -> (Vec<u8>, usize) {
    let legacy = Namespace::of_system("https://hostile.example");
    let (mut records, mut number) = (Vec::new(), 0);
    for kind in Kind::ALL.iter().copied() {
        let mut resource = kind.empty_resource();
        for field in catalogue::fields(kind)
            .iter()
            .filter(|field| field.leaf == LeafType::Text)
        {
            let path = FieldPath::resolve_leaf(kind, &field.path.replace("[]", "[0]")).unwrap();
            let text = attack(number);
            if path
                .set(resource.element_mut(), 0, Leaf::Text(text.into()))
                .is_ok()
            {
                number += 1;
            }
        }
        records.push(Record {
            id: legacy.id(kind, "1"),
            provenance: Vec::new(),
            resource,
        });
    }
    let mut bytes = Vec::new();
    write_bundle(
        &records,
        BundleType::Collection,
        &BatchTag::new("urn:x", attack(9999)),
        &mut bytes,
    );
    (bytes, number)
}

fn assert_is_text(page: &str, what: &str) {
    for sign in [
        "<script",
        "<img src=x",
        "<svg/onload",
        "</title></pre>",
        "\"'>",
        ">49<",
    ] {
        assert!(!page.contains(sign), "{what}: {sign}");
    }
    // No tag has an attribute of the chart: every handler of an event is inside of text.
    for tag in page.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        let tag: String = tag.split('"').step_by(2).collect(); // without the values of its attributes
        assert!(
            !tag.contains(" onerror=") && !tag.contains(" onload="),
            "{what}: <{tag}>"
        );
    }
}

const MRN: &str = "MRN 1";

/// An archive of one patient whose every text is hostile; also the chart, and how many texts there are in it.
pub(crate) fn write(path: &Path) -> (Vec<u8>, usize) {
    let (bytes, planted) = chart();
    let mut writer = writer(path);
    let (name, media) = (attack(10_000), attack(10_001));
    let objects = [
        object(ObjectClass::Chart, "application/fhir+json", "chart", &bytes),
        object(
            ObjectClass::Document,
            &media,
            &name,
            b"<script>alert(1)</script>",
        ),
        object(
            ObjectClass::Source,
            "text/html",
            &name,
            b"<script>alert(1)</script>",
        ),
    ];
    append(&mut writer, 1, MRN, &name, &objects);
    writer.finish(b"").unwrap();
    (bytes, planted)
}

#[test]
fn every_text_of_the_catalogue_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let (path, releases) = (
        folder.path().join("archive"),
        folder.path().join("releases"),
    );
    std::fs::create_dir(&releases).unwrap();
    let (bytes, planted) = write(&path);
    assert!(planted > 300, "{planted}");
    let server = Server::start(&path, &["--releases", releases.to_str().unwrap()]);
    let agent = attack(10_002);
    let mut client = Client::unlocked(&server, &agent, &code());
    let refused = Client::new(&server)
        .unlock_with_token(&agent, "code", "wrong", "0")
        .text();
    assert!(
        refused.contains("&#60;script&#62;alert(10002)"),
        "the agent is shown again"
    );
    assert_is_text(&refused, "unlock");

    let found = client
        .post("/", &[("mrn", MRN), ("birth-date", "1962")])
        .text();
    assert_is_text(&found, "search");
    assert!(
        found.contains("&#60;script&#62;alert(10000)"),
        "the name is shown"
    );
    assert_is_text(
        &client.post("/", &[("name", &agent)]).text(),
        "what was searched for",
    );
    let address = chart_of(&mut client, MRN);
    for page in ["", "/print", "/kept", "/release", "/break-glass"] {
        let answer = client.get(&format!("{address}{page}"));
        assert_eq!(answer.status, 200, "{page}");
        assert_is_text(&answer.text(), page);
    }
    let released = client.post(
        &format!("{address}/release"),
        &[
            ("recipient", &agent),
            ("authorized-by", &agent),
            ("chart", "yes"),
            ("documents", "yes"),
            ("source", "yes"),
        ],
    );
    assert_eq!(released.status, 200, "{}", released.text());
    assert_is_text(&released.text(), "released");

    let bundle: Value = serde_json::from_slice(&bytes).unwrap();
    let mut shown = 0;
    for (number, entry) in bundle["entry"].as_array().unwrap().iter().enumerate() {
        let page = client.get(&format!("{address}/entry/{number}")).text();
        assert_is_text(&page, &format!("entry {number}"));
        let mut texts = Vec::new();
        attacks_in(&entry["resource"], &mut texts);
        for text in texts {
            let escaped = askama_escaped(&text);
            assert!(
                page.contains(&escaped),
                "entry {number} does not show {text}"
            );
            shown += 1;
        }
    }
    assert!(shown > 300, "{shown} of {planted}");
    for object in archive::object_ids(&path) {
        let answer = client.get(&format!("{address}/kept/{object}"));
        assert_eq!(answer.status, 200);
        let kind = answer.header("content-type").unwrap();
        assert!(
            ["application/octet-stream", "text/plain; charset=utf-8"].contains(&kind),
            "{kind}"
        );
        assert!(
            answer
                .header("content-disposition")
                .unwrap()
                .starts_with("attachment")
        );
    }
}

fn attacks_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains("onerror") => found.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|value| attacks_in(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| attacks_in(value, found)),
        _ => {}
    }
}

fn askama_escaped(text: &str) -> String {
    let pairs = [
        ("&", "&#38;"),
        ("<", "&#60;"),
        (">", "&#62;"),
        ("\"", "&#34;"),
        ("'", "&#39;"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (sign, escaped)| {
        text.replace(sign, escaped)
    })
}
