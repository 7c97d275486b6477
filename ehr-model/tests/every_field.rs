//! Every field of every kind, written as FHIR.
//!
//! Each kind is filled through the catalogue until every leaf was set once; alternatives of a
//! choice go to a further resource. The result must be sound JSON that holds every value. With
//! `EHR_JUDGE_DIR` it is also written there, one file a type, for a validator that is not ours.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ehr_model::catalogue::{CatalogueField, FieldPath, fields};
use ehr_model::element::{Leaf, LeafType};
use ehr_model::fhir::{JsonWriter, ReferenceStyle};
use ehr_model::record::{Kind, Namespace, RecordId, Resource};
use ehr_model::value::{Decimal, PartialDate};

/// A resource and the leaves that it holds.
struct Filled {
    resource: Resource,
    paths: Vec<FieldPath>,
}

#[test]
fn every_leaf_of_every_kind_is_written() {
    let namespace = Namespace::of_system("https://every-field.example");
    let patient = namespace.id(Kind::Patient, "0");
    let mut files: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for kind in Kind::ALL {
        let all = fields(*kind);
        let filled = fill(*kind, &all, patient);
        assert_eq!(
            filled.iter().map(|one| one.paths.len()).sum::<usize>(),
            all.len(),
            "{kind:?}"
        );
        for (number, one) in filled.iter().enumerate() {
            let id = namespace.id(*kind, &number.to_string());
            let json = write(one, *kind, id);
            let parsed: serde_json::Value =
                serde_json::from_slice(&json).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
            let leaves = count(&parsed);
            // resourceType and id stand beside the leaves; extensions add their URLs
            assert!(
                leaves >= one.paths.len() + 2,
                "{kind:?}: {} leaves set, {leaves} written",
                one.paths.len()
            );
            let file = files.entry(kind.fhir()).or_default();
            file.extend_from_slice(&json);
            file.push(b'\n');
        }
    }
    if let Some(folder) = std::env::var_os("EHR_JUDGE_DIR") {
        fs::create_dir_all(&folder).expect("the folder can be made");
        for (name, bytes) in files {
            fs::write(Path::new(&folder).join(format!("{name}.ndjson")), bytes)
                .expect("the file can be written");
        }
    }
}

/// Fills resources one after the other until every leaf stands in one of them.
fn fill(kind: Kind, all: &[CatalogueField], patient: RecordId) -> Vec<Filled> {
    let mut waiting: Vec<&CatalogueField> = all.iter().collect();
    let mut filled = Vec::new();
    while !waiting.is_empty() {
        let mut one = Filled {
            resource: kind.empty_resource(),
            paths: Vec::new(),
        };
        let before = waiting.len();
        waiting.retain(|field| !set(&mut one, field, patient));
        assert!(
            waiting.len() < before,
            "{kind:?}: {} leaves cannot be set",
            waiting.len()
        );
        filled.push(one);
    }
    filled
}

/// Sets a leaf, unless that would take another one away.
fn set(one: &mut Filled, field: &CatalogueField, patient: RecordId) -> bool {
    let path = FieldPath::resolve_leaf(field.kind, &field.path.replace("[]", "[0]"))
        .expect("the catalogue resolves");
    let mut trial = one.resource.clone();
    path.set(trial.element_mut(), 0, sample(field, patient))
        .unwrap_or_else(|error| panic!("{}: {error}", field.path));
    let kept = one
        .paths
        .iter()
        .all(|path| path.leaf(trial.element(), 0).is_some());
    if kept {
        one.resource = trial;
        one.paths.push(path);
    }
    kept
}

fn sample(field: &CatalogueField, patient: RecordId) -> Leaf<'static> {
    let last = field.path.rsplit('.').next().unwrap_or_default();
    match field.leaf {
        LeafType::Code { codes, .. } => Leaf::Text(codes[0].into()),
        LeafType::Boolean => Leaf::Boolean(true),
        LeafType::Integer => Leaf::Integer(3),
        LeafType::Decimal => Leaf::Decimal(Decimal::parse("1.50").expect("a decimal")),
        LeafType::Date => Leaf::Date(PartialDate::parse("2020-02").expect("a date")),
        LeafType::DateTime => {
            Leaf::Date(PartialDate::parse("2020-02-03T04:05:06-05:00").expect("a date-time"))
        }
        LeafType::Bytes => Leaf::Bytes(b"bytes"[..].into()),
        LeafType::Target => Leaf::Target(Kind::Patient, patient),
        _ => Leaf::Text(
            match last {
                "uid" => "1.2.840.1",
                "currency" => "USD",
                "timeOfDay[]" | "valueTime" => "08:30:00",
                "when[]" => "HS",
                "required" => "optional",
                "contentType" => "text/plain",
                "language" => "en-US",
                _ => "x",
            }
            .into(),
        ),
    }
}

/// Writes the resource without profiles: here only FHIR itself is asked.
fn write(one: &Filled, kind: Kind, id: RecordId) -> Vec<u8> {
    let mut out = Vec::new();
    let mut json = JsonWriter::new(&mut out, ReferenceStyle::Relative);
    json.begin_object();
    json.member("resourceType", kind.fhir());
    json.key("id");
    json.id(id);
    one.resource.element().write_members(&mut json);
    json.end_object();
    out
}

fn count(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Array(items) => items.iter().map(count).sum(),
        serde_json::Value::Object(members) => members.values().map(count).sum(),
        _ => 1,
    }
}
