//! The codes of real corpora: how many there are, and which are malformed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ehr_validate::code_format::{Fault, Format, ucum};
use serde_json::Value;

/// OIDs of C-CDA with the format of their codes.
const OIDS: [(&str, Format); 12] = [
    ("2.16.840.1.113883.6.96", Format::Sctid),
    ("2.16.840.1.113883.6.1", Format::Loinc),
    ("2.16.840.1.113883.6.90", Format::Icd10Cm),
    ("2.16.840.1.113883.6.103", Format::Icd9Cm),
    ("2.16.840.1.113883.6.4", Format::Icd10Pcs),
    ("2.16.840.1.113883.6.88", Format::Rxcui),
    ("2.16.840.1.113883.12.292", Format::Cvx),
    ("2.16.840.1.113883.6.59", Format::Cvx),
    ("2.16.840.1.113883.6.69", Format::Ndc),
    ("2.16.840.1.113883.6.12", Format::Procedure),
    ("2.16.840.1.113883.6.101", Format::Taxonomy),
    ("2.16.840.1.113883.4.6", Format::Npi),
];

/// Distinct codes by format.
type Codes = BTreeMap<Format, BTreeSet<String>>;

#[test]
fn c_cda() {
    let Some(corpus) = corpus() else { return };
    let mut codes = Codes::new();
    for file in files(&corpus.join("ccda"), "xml") {
        let text = String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned();
        for tag in text.split('<') {
            let tag = tag.split('>').next().unwrap_or_default();
            let by_oid = |name, oid: Option<&str>| {
                let format = OIDS.iter().find(|(known, _)| oid == Some(*known));
                format.and_then(|(_, format)| Some((*format, attribute(tag, name)?)))
            };
            let found = by_oid("code", attribute(tag, "codeSystem"))
                .or_else(|| by_oid("extension", attribute(tag, "root")))
                .or_else(|| Some((Format::Ucum, attribute(tag, "unit")?)));
            if let Some((format, code)) = found {
                codes.entry(format).or_default().insert(code.to_owned());
            }
        }
    }
    // Of the NPIs most are made up: internal numbers of five digits, rows of one digit, words.
    assert_eq!(
        totals(&codes),
        [
            (Format::Npi, 129, 120),
            (Format::Sctid, 308, 14),
            (Format::Loinc, 293, 33),
            (Format::Taxonomy, 22, 2),
            (Format::Icd10Pcs, 2, 0),
            (Format::Icd10Cm, 21, 2),
            (Format::Icd9Cm, 14, 0),
            (Format::Procedure, 30, 0),
            (Format::Ndc, 9, 2),
            (Format::Rxcui, 77, 0),
            (Format::Cvx, 16, 0),
            (Format::Ucum, 55, 14),
        ]
    );
    let (_, sctid) = counted(&codes, Format::Sctid);
    let by_check_digit: Vec<_> = sctid
        .iter()
        .filter(|(_, fault)| *fault == Fault::CheckDigit)
        .map(|(code, _)| *code)
        .collect();
    assert_eq!(
        by_check_digit,
        ["1298989898", "2264892003", "73424007", "801460020"]
    );
    let (_, loinc) = counted(&codes, Format::Loinc);
    let by_check_digit: Vec<_> = loinc
        .iter()
        .filter(|(_, fault)| *fault == Fault::CheckDigit)
        .map(|(code, _)| *code)
        .collect();
    assert_eq!(by_check_digit, ["1876-5", "485-2", "57113-1"]);
    let (_, units) = counted(&codes, Format::Ucum);
    let proposed = units
        .iter()
        .filter(|(unit, _)| ucum::propose(unit).is_some());
    assert_eq!((units.len(), proposed.count()), (14, 8));
}

#[test]
fn fhir() {
    let Some(corpus) = corpus() else { return };
    let mut codes = Codes::new();
    for folder in ["fhir/us-core-6.1.0", "synthea-fhir"] {
        for file in files(&corpus.join(folder), "json") {
            let text = fs::read_to_string(file).unwrap();
            // Bundles are one value, bulk files one value a line.
            for value in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
                collect(&value.unwrap(), &mut codes);
            }
        }
    }
    // Synthea invents NPIs that begin with 9, device identifiers, and numbers of people from 999.
    assert_eq!(
        totals(&codes),
        [
            (Format::Npi, 97, 92),
            (Format::Sctid, 393, 0),
            (Format::Loinc, 258, 71),
            (Format::Udi, 24, 20),
            (Format::Clia, 1, 0),
            (Format::Taxonomy, 2, 0),
            (Format::Icd10Pcs, 1, 0),
            (Format::Procedure, 2, 0),
            (Format::Ndc, 1, 0),
            (Format::Phone, 114, 5),
            (Format::Ssn, 22, 22),
            (Format::State, 8, 2),
            (Format::Zip, 108, 1),
            (Format::Rxcui, 65, 0),
            (Format::Cvx, 18, 0),
            (Format::Ucum, 31, 0),
        ]
    );
    let (_, units) = counted(&codes, Format::Ucum);
    assert_eq!(units, []);
}

/// Distinct codes of a format, and those that are malformed with what is wrong.
fn counted(codes: &Codes, format: Format) -> (usize, Vec<(&str, Fault)>) {
    let codes = &codes[&format];
    let malformed = |code: &'_ String| Some(format.check(code).err()?.fault);
    let bad = codes
        .iter()
        .filter_map(|code| Some((code.as_str(), malformed(code)?)));
    (codes.len(), bad.collect())
}

fn totals(codes: &Codes) -> Vec<(Format, usize, usize)> {
    let line = |format: &Format| {
        let (all, bad) = counted(codes, *format);
        (*format, all, bad.len())
    };
    codes.keys().map(line).collect()
}

fn collect(value: &Value, codes: &mut Codes) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, codes)),
        Value::Object(fields) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str);
            let format = text("system").and_then(Format::of_system);
            let code = text("code").or(text("value"));
            if let (Some(format), Some(code)) = (format, code) {
                codes.entry(format).or_default().insert(code.to_owned());
            }
            for (name, format) in [
                ("carrierHRF", Format::Udi),
                ("postalCode", Format::Zip),
                ("state", Format::State),
            ] {
                if let Some(code) = text(name) {
                    codes.entry(format).or_default().insert(code.to_owned());
                }
            }
            if text("system") == Some("phone") {
                let number = text("value").unwrap_or_default();
                codes
                    .entry(Format::Phone)
                    .or_default()
                    .insert(number.to_owned());
            }
            fields.values().for_each(|field| collect(field, codes));
        }
        _ => {}
    }
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let at = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[at..].split('"').next()
}

fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("EHR_CORPUS").map(PathBuf::from);
    if corpus.is_none() {
        eprintln!("skipped: EHR_CORPUS is not set");
    }
    corpus
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().trim_end_matches(".ndjson").len()
                < path.as_os_str().len()
                || path.extension().is_some_and(|found| found == extension)
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
