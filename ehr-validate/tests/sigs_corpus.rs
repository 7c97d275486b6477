//! Instructions of real exports: how many there are and how many are understood. Only counts are printed.

#![allow(clippy::print_stdout)] // figures are for people

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ehr_validate::dose::{Sig, UnparsedReason};
use serde_json::Value;

/// Instructions of one format, each spelling once.
type Sigs = BTreeSet<String>;

#[test]
fn instructions_of_the_corpus() {
    let Some(corpus) = std::env::var_os("EHR_CORPUS").map(PathBuf::from) else {
        println!("skipped: EHR_CORPUS is not set");
        return;
    };
    let mut fhir = Sigs::new();
    let mut ccda = Sigs::new();
    let mut hl7v2 = Sigs::new();
    let mut blue_button = Sigs::new();
    for path in files(&corpus) {
        let Ok(bytes) = fs::read(&path) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        match extension.to_lowercase().as_str() {
            "json" => from_json(serde_json::from_str(&text).unwrap_or_default(), &mut fhir),
            "ndjson" => text.lines().for_each(|line| {
                from_json(serde_json::from_str(line).unwrap_or_default(), &mut fhir)
            }),
            "xml" => from_ccda(&text, &mut ccda),
            _ if path.starts_with(corpus.join("hl7v2")) => from_hl7v2(&text, &mut hl7v2),
            "txt" => from_blue_button(&text, &mut blue_button),
            _ => {}
        }
    }
    let (mut all, mut understood) = (0, 0);
    for (name, sigs) in [
        ("FHIR dosage text", &fhir),
        ("C-CDA substanceAdministration text", &ccda),
        ("HL7 v2 RXE-7 and RXO-7", &hl7v2),
        ("Blue Button instructions", &blue_button),
    ] {
        let parsed = share(name, sigs);
        all += sigs.len();
        understood += parsed;
    }
    println!("all: {all} different instructions, {understood} understood");
    assert!(
        all > 100 && understood > 0,
        "the corpus is not where EHR_CORPUS says"
    );
}

fn share(name: &str, sigs: &Sigs) -> usize {
    let mut parsed = 0;
    let (mut unknown, mut ambiguous, mut contradicting, mut without) = (0, 0, 0, 0);
    for sig in sigs {
        match Sig::parse(sig) {
            Ok(sig) => {
                parsed += 1;
                let certain = sig.steps.iter().all(|step| {
                    let dose = step.dose.low.is_none() || step.dose.low <= step.dose.high;
                    dose && (step.times_per_day.low.is_none()
                        || step.times_per_day.low <= step.times_per_day.high)
                });
                assert!(certain, "a range that runs backwards");
            }
            Err(unparsed) => match unparsed.reason {
                UnparsedReason::Ambiguous => ambiguous += 1,
                UnparsedReason::Contradiction => contradicting += 1,
                UnparsedReason::NoAmount | UnparsedReason::Empty => without += 1,
                _ => unknown += 1,
            },
        }
    }
    println!(
        "{name}: {} different, {parsed} understood; words not known {unknown}, ambiguous {ambiguous}, contradicting {contradicting}, no amount {without}",
        sigs.len()
    );
    parsed
}

fn from_json(value: Value, sigs: &mut Sigs) {
    match value {
        Value::Array(values) => values.into_iter().for_each(|value| from_json(value, sigs)),
        Value::Object(members) => {
            for (name, value) in members {
                if name == "dosageInstruction" || name == "dosage" {
                    let dosages = match &value {
                        Value::Array(dosages) => dosages.as_slice(),
                        one => std::slice::from_ref(one),
                    };
                    let texts = dosages
                        .iter()
                        .filter_map(|dosage| dosage.get("text")?.as_str());
                    sigs.extend(texts.map(squeezed));
                }
                from_json(value, sigs);
            }
        }
        _ => {}
    }
}

/// The text of each administration, resolved where it points into the narrative.
fn from_ccda(text: &str, sigs: &mut Sigs) {
    let Ok(document) = roxmltree::Document::parse(text.trim_start_matches('\u{feff}')) else {
        return;
    };
    for entry in document
        .descendants()
        .filter(|node| node.tag_name().name() == "substanceAdministration")
    {
        for child in entry
            .children()
            .filter(|node| node.tag_name().name() == "text")
        {
            let reference = child
                .children()
                .find(|node| node.tag_name().name() == "reference")
                .and_then(|node| node.attribute("value")?.strip_prefix('#'));
            let target = match reference {
                Some(id) => document
                    .descendants()
                    .find(|node| node.attribute("ID") == Some(id)),
                None => Some(child),
            };
            let words = target.map(|node| {
                let texts = node.descendants().filter_map(|node| node.text());
                squeezed(&texts.collect::<Vec<_>>().join(" "))
            });
            sigs.extend(words.filter(|words| !words.is_empty()));
        }
    }
}

fn from_hl7v2(text: &str, sigs: &mut Sigs) {
    for segment in text.split(['\r', '\n']) {
        if segment.starts_with("RXE|") || segment.starts_with("RXO|") {
            let field = segment.split('|').nth(7).unwrap_or_default();
            let written = field.split('^').nth(1).unwrap_or_default();
            sigs.extend((!written.is_empty()).then(|| squeezed(written)));
        }
    }
}

/// `Instructions:` with its further lines, up to `Status:`.
fn from_blue_button(text: &str, sigs: &mut Sigs) {
    for part in text.split("Instructions:").skip(1) {
        if let Some((written, _)) = part.split_once("Status:") {
            sigs.insert(squeezed(written));
        }
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}
