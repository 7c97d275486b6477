//! An import is taken back whole or not at all, and nothing else is touched.

use std::collections::{BTreeMap, BTreeSet};

use ehr_crypto::DataKey;
use ehr_mapping::delta::{DeltaRun, ResourceKey, StateKey};
use ehr_mapping::undo::{
    Change, Inventory, ManifestError, ManifestFile, ManifestLines, Receipt, Refusal, Undo,
    UndoBundle,
};
use ehr_model::datatype::Reference;
use ehr_model::fhir::{BatchTag, ReferenceStyle, write_resource};
use ehr_model::kind::{Encounter, Observation, Patient};
use ehr_model::record::{Kind, Namespace, Record, RecordId, Resource};
use ehr_model::value::{Date, Field, PartialDate};
use serde_json::{Value, json};

use crate::support;
use support::corpus::{document, synthea};
use support::run;

/// A FHIR server as far as transactions need one: versions, `ifMatch`, and references that must
/// lead somewhere at the end of each transaction.
#[derive(Default, Clone)]
struct Server {
    held: BTreeMap<String, (u64, String)>,
}

impl Server {
    fn put(&mut self, json: &str) -> String {
        let value: Value = serde_json::from_str(json).unwrap();
        let name = format!(
            "{}/{}",
            value["resourceType"].as_str().unwrap(),
            value["id"].as_str().unwrap()
        );
        let version = self.held.get(&name).map_or(1, |(version, _)| version + 1);
        self.held.insert(name.clone(), (version, json.to_owned()));
        json!({"response": {"location": format!("https://target.example/{name}/_history/{version}"), "etag": format!("W/\"{version}\"")}}).to_string()
    }

    fn transact(&mut self, bundle: &UndoBundle) -> Result<(), String> {
        let bundle = serde_json::to_value(bundle).unwrap();
        assert_eq!(
            (&bundle["resourceType"], &bundle["type"]),
            (&json!("Bundle"), &json!("transaction"))
        );
        let mut next = self.clone();
        for entry in bundle["entry"].as_array().unwrap() {
            let (method, url) = (
                entry["request"]["method"].as_str().unwrap(),
                entry["request"]["url"].as_str().unwrap(),
            );
            if let Some(wanted) = entry["request"]["ifMatch"].as_str() {
                let version = next.held.get(url).map_or(0, |(version, _)| *version);
                if wanted != format!("W/\"{version}\"") {
                    return Err(format!("412 {url}"));
                }
            }
            match method {
                "DELETE" => drop(next.held.remove(url).ok_or(format!("404 {url}"))?),
                "PUT" => drop(next.put(&entry["resource"].to_string())),
                other => return Err(format!("405 {other}")),
            }
        }
        let broken = next.broken();
        if !broken.is_subset(&self.broken()) {
            return Err(format!("409 {broken:?}"));
        }
        *self = next;
        Ok(())
    }

    fn broken(&self) -> BTreeSet<String> {
        let mut broken = BTreeSet::new();
        for (name, (_, json)) in &self.held {
            for part in json.split("\"reference\":\"").skip(1) {
                let target = part.split('"').next().unwrap();
                if !self.held.contains_key(target) {
                    broken.insert(format!("{name} -> {target}"));
                }
            }
        }
        broken
    }

    fn inventory(&self) -> Inventory {
        let mut inventory = Inventory::default();
        for (version, json) in self.held.values() {
            let mut value: Value = serde_json::from_str(json).unwrap();
            value["meta"]["versionId"] = json!(version.to_string());
            inventory.add_ndjson(value.to_string().as_bytes()).unwrap();
        }
        inventory
    }
}

fn tag(code: &str) -> BatchTag {
    BatchTag::new("urn:test:batch", code)
}

fn fhir(record: &Record, batch: &BatchTag) -> String {
    let mut bytes = Vec::new();
    write_resource(record, batch, ReferenceStyle::Relative, &mut bytes);
    String::from_utf8(bytes).unwrap()
}

fn manifest(batch: &BatchTag, lines: &[ManifestLines]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("manifest.ndjson");
    let mut file = ManifestFile::create(&path, batch).unwrap();
    lines.iter().for_each(|lines| file.append(lines).unwrap());
    file.finish().unwrap();
    std::fs::read_to_string(path).unwrap()
}

/// Imports records: on the server, in the manifest, in the receipt.
fn import<'r>(
    server: &mut Server,
    records: impl IntoIterator<Item = &'r Record>,
    batch: &BatchTag,
) -> (Undo, Receipt) {
    let mut lines = ManifestLines::default();
    let mut answers = Vec::new();
    for record in records {
        lines.push(record, Change::Created);
        answers.push(server.put(&fhir(record, batch)));
    }
    let undo = Undo::read(manifest(batch, &[lines]).as_bytes()).unwrap();
    let mut receipt = Receipt::default();
    let response = format!(
        r#"{{"resourceType":"Bundle","type":"transaction-response","entry":[{}]}}"#,
        answers.join(",")
    );
    receipt.add(response.as_bytes()).unwrap();
    (undo, receipt)
}

fn id(kind: Kind, source: &str) -> RecordId {
    Namespace::of_system("https://legacy.example").id(kind, source)
}

fn record(id: RecordId, resource: impl Into<Resource>) -> Record {
    Record {
        id,
        provenance: Vec::new(),
        resource: resource.into(),
    }
}

fn person(source: &str) -> Record {
    let mut patient = Patient::default();
    patient.birth_date.set(Date::parse("1984-07-09").unwrap());
    record(id(Kind::Patient, source), patient)
}

fn visit(source: &str, of: &str, day: &str) -> Record {
    let mut visit = Encounter::default();
    visit
        .subject
        .set(Reference::to(Kind::Patient, id(Kind::Patient, of)));
    visit.period.set(Default::default()).start = Field::Value(PartialDate::parse(day).unwrap());
    record(id(Kind::Encounter, source), visit)
}

const FOREIGN: &str = r#"{"resourceType":"Patient","id":"local-1","meta":{"tag":[{"system":"urn:test:batch","code":"other"}]}}"#;

#[test]
fn a_whole_import_is_taken_back_from_a_target_that_lived_before() {
    let Some(export) = synthea() else { return };
    let run = run(&document(|text| text).compile().unwrap(), &export.folder());
    let mut server = Server::default();
    server.put(FOREIGN);
    server.put(
        r#"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/local-1"}}"#,
    );
    let lived_before = server.held.clone();
    let (undo, receipt) = import(&mut server, run.records(), &tag("1"));
    let imported = server.held.len() - lived_before.len();
    let before = server.inventory();
    assert_eq!(undo.refusals(&before, &receipt), []);
    let bundles = undo.bundles(&before, &receipt, |_| None).unwrap();
    assert_eq!(bundles.iter().map(UndoBundle::len).sum::<usize>(), imported);
    // a chart a transaction, and one for what patients share; in each, nothing is deleted while
    // something still refers to it, unless two refer to each other
    assert_eq!(bundles.len(), 11 + 1);
    let backwards = out_of_order(&bundles, &undo);
    assert_eq!(backwards, 0, "Synthea has no circles");
    for bundle in &bundles {
        server.transact(bundle).unwrap();
    }
    assert_eq!(server.held, lived_before);
    let proof = undo.prove(&before, &server.inventory());
    assert!(proof.holds(), "{proof:?}");
    assert_eq!(proof.removed.values().sum::<u64>(), imported as u64);
    assert_eq!(proof.untouched.values().sum::<u64>(), 2);
    support::say(&format!(
        "taken back: {imported} resources in {} transactions",
        bundles.len()
    ));
}

/// How often something is deleted before what refers to it.
fn out_of_order(bundles: &[UndoBundle], undo: &Undo) -> usize {
    let refers: BTreeMap<String, Vec<String>> = undo
        .entries()
        .map(|entry| {
            (
                entry.key.to_string(),
                entry.refers.iter().map(ResourceKey::to_string).collect(),
            )
        })
        .collect();
    let mut gone = BTreeSet::new();
    let mut wrong = 0;
    for (_, url) in bundles.iter().flat_map(UndoBundle::requests) {
        wrong += refers[url]
            .iter()
            .filter(|other| gone.contains(*other) && *other != url)
            .count();
        gone.insert(url.to_owned());
    }
    wrong
}

#[test]
fn every_doubt_refuses_the_whole_by_name() {
    let records = [person("1"), visit("a", "1", "2024-05-01")];
    let patient = ResourceKey::of(&records[0]);
    let encounter = ResourceKey::of(&records[1]);
    let mut server = Server::default();
    server.put(FOREIGN);
    let (undo, receipt) = import(&mut server, &records, &tag("1"));
    let refused = |server: &Server| {
        undo.bundles(&server.inventory(), &receipt, |_| None)
            .map(drop)
            .unwrap_err()
    };

    let mut edited = server.clone();
    edited.put(&fhir(&records[1], &tag("1")));
    assert_eq!(refused(&edited), [Refusal::ChangedSince(encounter)]);

    let mut later = server.clone();
    later.put(&fhir(&records[0], &tag("2")));
    assert_eq!(refused(&later), [Refusal::NotOfThisBatch(patient)]);

    let mut more = server.clone();
    more.put(&fhir(&person("2"), &tag("1")));
    let name = ResourceKey::of(&person("2")).to_string();
    assert_eq!(refused(&more), [Refusal::NotInManifest(name)]);

    let mut used = server.clone();
    used.put(&format!(
        r#"{{"resourceType":"ServiceRequest","id":"new","subject":{{"reference":"{patient}"}}}}"#
    ));
    let by = "ServiceRequest/new".to_owned();
    assert_eq!(refused(&used), [Refusal::ReferredTo { key: patient, by }]);
    assert_eq!(
        refused(&used)[0].to_string(),
        format!("{patient}: ServiceRequest/new refers to it and is not part of this import")
    );

    let foreign = record(RecordId::from(uuid::Uuid::from_u128(9)), Patient::default());
    let (theirs, receipt) = import(&mut Server::default(), [&foreign], &tag("1"));
    let refusals = theirs.refusals(&Inventory::default(), &receipt);
    assert_eq!(refusals, [Refusal::NotOurId(ResourceKey::of(&foreign))]);

    // what is gone already needs nothing
    let mut gone = server.clone();
    gone.held.remove(&encounter.to_string());
    let bundles = undo.bundles(&gone.inventory(), &receipt, |_| None).unwrap();
    let requests: Vec<_> = bundles.iter().flat_map(UndoBundle::requests).collect();
    assert_eq!(requests, [("DELETE", patient.to_string().as_str())]);
}

#[test]
fn the_server_refuses_if_somebody_was_faster() {
    let records = [person("1")];
    let mut server = Server::default();
    let (undo, receipt) = import(&mut server, &records, &tag("1"));
    let bundles = undo
        .bundles(&server.inventory(), &receipt, |_| None)
        .unwrap();
    server.put(&fhir(&records[0], &tag("1")));
    assert!(server.transact(&bundles[0]).unwrap_err().starts_with("412"));
}

#[test]
fn a_delta_is_taken_back_to_what_stood_before() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("1"), folder.path().join("2"));
    let key = StateKey::new(&DataKey::from_bytes([7; 32])).unwrap();
    let base = [
        person("1"),
        visit("a", "1", "2024-05-01"),
        visit("b", "1", "2024-05-02"),
    ];
    let next = [
        person("1"),
        visit("a", "1", "2031-05-01"),
        visit("c", "1", "2024-05-03"),
    ];
    let patient = base[0].id;
    let mut server = Server::default();
    server.put(FOREIGN);
    import(&mut server, &base, &tag("1"));
    let earlier = server.clone();
    let mut run = DeltaRun::begin(&key, None, &first, "1").unwrap();
    run.patient(patient, key.chart(&base)).unwrap();
    run.finish().unwrap();

    let mut run = DeltaRun::begin(&key, Some(&first), &second, "2").unwrap();
    let change = run.patient(patient, key.chart(&next)).unwrap();
    let changes = run.finish().unwrap();
    let mut lines = ManifestLines::default();
    lines.extend(&next, &change);
    lines.keys(&changes.deleted, Change::Deleted);
    for written in next
        .iter()
        .filter(|one| change.writes(ResourceKey::of(one)))
    {
        server.put(&fhir(written, &tag("2")));
    }
    for deleted in &changes.deleted {
        server.held.remove(&deleted.to_string());
    }
    let undo = Undo::read(manifest(&tag("2"), &[lines]).as_bytes()).unwrap();
    let before = server.inventory();
    let receipt = Receipt::default();

    let a = ResourceKey::of(&base[1]);
    let b = ResourceKey::of(&base[2]);
    let without = undo
        .bundles(&before, &receipt, |_| None)
        .map(drop)
        .unwrap_err();
    let missing: BTreeSet<_> = [Refusal::NoEarlierVersion(a), Refusal::NoEarlierVersion(b)].into();
    assert_eq!(without.into_iter().collect::<BTreeSet<_>>(), missing);
    let wrong = undo
        .bundles(&before, &receipt, |_| Some(fhir(&base[0], &tag("1"))))
        .map(drop);
    assert!(wrong.unwrap_err().contains(&Refusal::OtherResource(a)));

    let old = |key: ResourceKey| {
        earlier
            .held
            .get(&key.to_string())
            .map(|(_, json)| json.clone())
    };
    for bundle in undo.bundles(&before, &receipt, old).unwrap() {
        server.transact(&bundle).unwrap();
    }
    let content = |server: &Server| -> BTreeMap<String, Value> {
        let held = server.held.iter();
        held.map(|(name, (_, json))| (name.clone(), serde_json::from_str(json).unwrap()))
            .collect()
    };
    assert_eq!(content(&server), content(&earlier));
    let proof = undo.prove(&before, &server.inventory());
    assert!(proof.holds(), "{proof:?}");
    assert_eq!(
        proof.restored,
        BTreeMap::from([("Encounter".to_owned(), 2)])
    );
    assert_eq!(proof.removed, BTreeMap::from([("Encounter".to_owned(), 1)]));
}

#[test]
fn the_proof_names_what_was_touched() {
    let records = [person("1")];
    let mut server = Server::default();
    for local in ["x", "y"] {
        server.put(&format!(r#"{{"resourceType":"Basic","id":"{local}"}}"#));
    }
    let (undo, _) = import(&mut server, &records, &tag("1"));
    let before = server.inventory();
    server.held.remove("Basic/x");
    server.put(r#"{"resourceType":"Basic","id":"y","language":"en"}"#);
    server.put(r#"{"resourceType":"Basic","id":"z"}"#);
    let proof = undo.prove(&before, &server.inventory());
    assert!(!proof.holds());
    assert_eq!(proof.left, [ResourceKey::of(&records[0]).to_string()]);
    assert_eq!(
        (&proof.lost[..], &proof.changed[..]),
        (&["Basic/x".to_owned()][..], &["Basic/y".to_owned()][..])
    );
    assert_eq!(proof.appeared, ["Basic/z"]);
}

#[test]
fn circles_stay_in_one_transaction() {
    let (one, other) = (id(Kind::Observation, "1"), id(Kind::Observation, "2"));
    let member = |own: RecordId, of: RecordId| {
        let mut observation = Observation::default();
        observation
            .has_member
            .push(Reference::to(Kind::Observation, of));
        record(own, observation)
    };
    let mut server = Server::default();
    let (undo, receipt) = import(
        &mut server,
        &[member(one, other), member(other, one)],
        &tag("1"),
    );
    let bundles = undo
        .bundles(&server.inventory(), &receipt, |_| None)
        .unwrap();
    assert_eq!((bundles.len(), bundles[0].len()), (1, 2));
    server.transact(&bundles[0]).unwrap();
    assert!(server.held.is_empty());
}

#[test]
fn half_a_manifest_is_none() {
    let mut lines = ManifestLines::default();
    lines.push(&person("1"), Change::Created);
    lines.push(&visit("a", "1", "2024"), Change::Created);
    let whole = manifest(&tag("1"), &[lines]);
    assert!(Undo::read(whole.as_bytes()).is_ok());
    let rows: Vec<&str> = whole.lines().collect();
    let read = |rows: &[&str]| {
        Undo::read(rows.join("\n").as_bytes())
            .map(drop)
            .unwrap_err()
    };
    assert!(matches!(
        read(&rows[..3]),
        ManifestError::Incomplete { found: 2 }
    ));
    assert!(matches!(
        read(&[rows[0], rows[1], rows[3]]),
        ManifestError::Incomplete { found: 1 }
    ));
    assert!(matches!(
        read(&rows[1..]),
        ManifestError::Malformed { line: 1, .. }
    ));
    let changed = rows[1].replace("Patient/", "Person/");
    let wrong = read(&[rows[0], &changed, rows[2], rows[3]]);
    assert_eq!(
        wrong.to_string(),
        "line 2: an entry of the manifest expected"
    );
}
