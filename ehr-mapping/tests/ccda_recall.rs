//! Recall of facts: what a plain reading of C-CDA documents finds, the charts must say, and nothing
//! else. The reading here shares no code with the crate: roxmltree, and paths written out by hand.

use crate::support;

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::PathBuf;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::source::MemoryFolder;
use roxmltree::{Document, Node};
use serde_json::Value;

use support::corpus;

/// A fact of a document. Values are those of the source: addresses and codes of invented patients.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Fact {
    kind: &'static str,
    /// All codes that name it, of which the chart must have every one.
    codes: BTreeSet<String>,
    /// Digits of the date, as precise as it is written.
    date: Option<String>,
    /// Value and unit, where there is a number.
    value: Option<String>,
    negated: bool,
}

/// What became of the facts of one document.
#[derive(Default)]
struct Recall {
    found: usize,
    lost: Vec<String>,
    changed: Vec<String>,
    invented: Vec<String>,
}

const DOCUMENTS: usize = 20;

#[test]
fn every_fact_of_twenty_vendors_is_in_the_chart() {
    let Some(folder) = corpus::folder("ccda/vendors") else {
        return;
    };
    let plan = MappingDocument::shipped("ccda-r2.1")
        .expect("it is shipped")
        .compile()
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let mut total = Recall::default();
    let mut documents = 0;
    for path in one_document_a_vendor(&folder) {
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let text = text.trim_start_matches('\u{feff}');
        let Ok(document) = Document::parse(text) else {
            continue;
        };
        documents += 1;
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let run = support::run(&plan, &MemoryFolder::default().with("document.xml", bytes));
        let charts: Vec<Value> = run.records().map(support::json).collect();
        let recall = compare(&name, &facts(&document), &charts);
        support::say(&format!(
            "{name}: {} found, {} lost, {} changed, {} invented",
            recall.found,
            recall.lost.len(),
            recall.changed.len(),
            recall.invented.len()
        ));
        total.found += recall.found;
        total.lost.extend(recall.lost);
        total.changed.extend(recall.changed);
        total.invented.extend(recall.invented);
        total.changed.extend(identity(&name, &document, &charts));
    }
    assert!(documents >= DOCUMENTS, "{documents} documents");
    assert!(total.found > 400, "{} facts found", total.found);
    assert!(total.lost.is_empty(), "lost:\n{}", total.lost.join("\n"));
    let changed = total.changed.join("\n");
    assert!(total.changed.is_empty(), "changed:\n{changed}");
    let invented = total.invented.join("\n");
    assert!(total.invented.is_empty(), "invented:\n{invented}");
}

fn one_document_a_vendor(folder: &PathBuf) -> Vec<PathBuf> {
    let sorted = |folder: &PathBuf| {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        paths
    };
    sorted(folder)
        .iter()
        .filter(|vendor| vendor.is_dir())
        .filter_map(|vendor| {
            let documents = sorted(vendor);
            let mut documents = documents
                .into_iter()
                .filter(|path| path.extension().is_some_and(|extension| extension == "xml"));
            documents.next()
        })
        .collect()
}

/// The entries that are facts: template, element, and the kind that they become.
const ENTRIES: [(&str, &str, &str); 9] = [
    ("2.16.840.1.113883.10.20.22.4.4", "observation", "Condition"),
    (
        "2.16.840.1.113883.10.20.22.4.7",
        "observation",
        "AllergyIntolerance",
    ),
    (
        "2.16.840.1.113883.10.20.22.4.16",
        "substanceAdministration",
        "MedicationRequest",
    ),
    (
        "2.16.840.1.113883.10.20.22.4.52",
        "substanceAdministration",
        "Immunization",
    ),
    ("2.16.840.1.113883.10.20.22.4.14", "procedure", "Procedure"),
    ("2.16.840.1.113883.10.20.22.4.12", "act", "Procedure"),
    (
        "2.16.840.1.113883.10.20.22.4.13",
        "observation",
        "Procedure",
    ),
    (
        "2.16.840.1.113883.10.20.22.4.2",
        "observation",
        "Observation",
    ),
    (
        "2.16.840.1.113883.10.20.22.4.27",
        "observation",
        "Observation",
    ),
];

fn facts(document: &Document<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    for node in document.descendants().filter(Node::is_element) {
        let template =
            |root: &str| children(node, "templateId").any(|id| id.attribute("root") == Some(root));
        for (root, element, kind) in ENTRIES {
            if node.tag_name().name() == element && template(root) {
                facts.push(fact(node, kind));
            }
        }
    }
    facts
}

fn fact(node: Node<'_, '_>, kind: &'static str) -> Fact {
    let coded = match kind {
        "Condition" => child(node, "value"),
        "AllergyIntolerance" => path(
            node,
            &["participant", "participantRole", "playingEntity", "code"],
        ),
        "MedicationRequest" | "Immunization" => path(
            node,
            &[
                "consumable",
                "manufacturedProduct",
                "manufacturedMaterial",
                "code",
            ],
        ),
        _ => child(node, "code"),
    };
    let mut codes = BTreeSet::new();
    if let Some(coded) = coded {
        for one in std::iter::once(coded).chain(children(coded, "translation")) {
            if let Some(code) = one
                .attribute("code")
                .filter(|_| one.attribute("nullFlavor").is_none())
            {
                codes.insert(code.trim().to_owned());
            }
        }
    }
    let time = child(node, "effectiveTime");
    let date = match kind {
        "MedicationRequest" => None, // bounds and timing are compared by the dose below
        _ => time.and_then(|time| {
            let low = child(time, "low").and_then(|low| low.attribute("value"));
            low.or(time.attribute("value")).map(digits)
        }),
    };
    let quantity = match kind {
        "MedicationRequest" | "Immunization" => child(node, "doseQuantity"),
        "Observation" => child(node, "value").filter(|value| {
            let of = value.attributes().find(|one| one.name() == "type");
            of.is_some_and(|of| of.value().ends_with("PQ") && !of.value().contains("IVL"))
        }),
        _ => None,
    };
    let value = quantity.and_then(|quantity| {
        let number: f64 = quantity.attribute("value")?.trim().parse().ok()?;
        let unit = quantity.attribute("unit").unwrap_or_default().trim();
        Some(format!("{number} {unit}"))
    });
    Fact {
        kind,
        codes,
        date: date.filter(|date| date.len() >= 4),
        value,
        negated: node.attribute("negationInd") == Some("true"),
    }
}

fn children<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children()
        .filter(move |child| child.is_element() && child.tag_name().name() == name)
}

fn child<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'static str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

fn path<'a, 'i: 'a>(node: Node<'a, 'i>, names: &[&'static str]) -> Option<Node<'a, 'i>> {
    names.iter().try_fold(node, |node, name| child(node, name))
}

/// Digits of the date part; a time is compared where both have one.
fn digits(date: &str) -> String {
    let date = date.split(['+', '.']).next().unwrap_or_default();
    // an offset behind a date part begins with the first hyphen of an HL7 time
    let date = match date.find('-') {
        Some(at) if at >= 8 && !date[..at].contains('-') => &date[..at],
        _ => date,
    };
    date.chars().filter(char::is_ascii_digit).take(8).collect()
}

/// Digits of a FHIR date, whose parts are joined by hyphens.
fn fhir_digits(date: &str) -> String {
    let date = date.split('T').next().unwrap_or_default();
    date.chars().filter(char::is_ascii_digit).collect()
}

fn compare(name: &str, facts: &[Fact], charts: &[Value]) -> Recall {
    let mut recall = Recall::default();
    let (unnamed, facts): (Vec<&Fact>, Vec<&Fact>) =
        facts.iter().partition(|fact| fact.codes.is_empty());
    let unnamed_negations = unnamed.iter().filter(|fact| fact.negated).count();
    let mut sourced = vec![false; charts.len()];
    for fact in facts {
        let mut same_codes = false;
        let mut same = false;
        for (at, record) in charts.iter().enumerate() {
            if record["resourceType"] != fact.kind || !fact.codes.is_subset(&codes(record)) {
                continue;
            }
            same_codes = true;
            sourced[at] = true;
            same |= says(record, fact);
        }
        let line = format!("{name}: {fact}");
        match (same, same_codes) {
            (true, _) => recall.found += 1,
            (false, true) => recall.changed.push(line),
            (false, false) => recall.lost.push(line),
        }
    }
    let kinds: BTreeSet<&str> = ENTRIES.iter().map(|(.., kind)| *kind).collect();
    for (record, sourced) in charts.iter().zip(sourced) {
        let kind = record["resourceType"].as_str().unwrap_or_default();
        // a negated allergy that names no substance is the one that says there is none
        if none_known(record) && unnamed_negations > 0 {
            continue;
        }
        // kinds whose every entry has one of the templates above
        let all = ["AllergyIntolerance", "Immunization"].contains(&kind);
        let coded = !codes(record).is_empty();
        if kinds.contains(kind) && all && coded && !sourced {
            let shown: Vec<String> = codes(record).into_iter().collect();
            recall
                .invented
                .push(format!("{name}: {kind} {}", shown.join(" ")));
        }
    }
    recall
}

fn says(record: &Value, fact: &Fact) -> bool {
    let date = fact
        .date
        .as_ref()
        .is_none_or(|date| dates(record).iter().any(|found| found == date));
    // a dose without a unit may have one in the unit of administration
    let value = fact.value.as_ref().is_none_or(|value| {
        let unit = value.ends_with(' ');
        values(record)
            .iter()
            .any(|found| found == value || unit && found.starts_with(value.as_str()))
    });
    date && value && negated(record) == fact.negated
}

fn codes(record: &Value) -> BTreeSet<String> {
    let concept = ["code", "medicationCodeableConcept", "vaccineCode"]
        .iter()
        .map(|name| &record[*name])
        .find(|concept| concept.is_object());
    let codings = concept.and_then(|concept| concept["coding"].as_array());
    codings
        .into_iter()
        .flatten()
        .filter_map(|coding| coding["code"].as_str())
        .map(str::to_owned)
        .collect()
}

fn dates(record: &Value) -> Vec<String> {
    let members = [
        "onsetDateTime",
        "performedDateTime",
        "occurrenceDateTime",
        "effectiveDateTime",
        "recordedDate",
    ];
    let mut dates: Vec<&Value> = members.iter().map(|name| &record[*name]).collect();
    for period in [
        "onsetPeriod",
        "performedPeriod",
        "effectivePeriod",
        "occurrencePeriod",
    ] {
        dates.push(&record[period]["start"]);
        dates.push(&record[period]["end"]);
    }
    dates
        .into_iter()
        .filter_map(Value::as_str)
        .map(fhir_digits)
        .collect()
}

fn values(record: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut add = |quantity: &Value| {
        if let Some(number) = quantity.get("value").and_then(Value::as_f64) {
            let unit = quantity.get("unit").or(quantity.get("code"));
            let unit = unit.and_then(Value::as_str).unwrap_or_default();
            found.push(format!("{number} {unit}"));
            let code = quantity
                .get("code")
                .and_then(Value::as_str)
                .unwrap_or_default();
            found.push(format!("{number} {code}"));
        }
    };
    add(&record["valueQuantity"]);
    add(&record["doseQuantity"]);
    for dosage in record["dosageInstruction"].as_array().into_iter().flatten() {
        for dose in dosage["doseAndRate"].as_array().into_iter().flatten() {
            add(&dose["doseQuantity"]);
        }
    }
    found
}

fn negated(record: &Value) -> bool {
    let verification = record["verificationStatus"]["coding"][0]["code"].as_str();
    verification == Some("refuted")
        || record["status"] == "not-done"
        || record["status"] == "cancelled"
        || record["doNotPerform"] == true
        || none_known(record)
        || record["component"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|one| one["valueBoolean"] == false)
}

/// Whether a record says that there is nothing of its kind.
fn none_known(record: &Value) -> bool {
    let known = codes(record);
    let none = ["716186003", "160244002", "409137002", "160245001"];
    none.iter().any(|code| known.contains(*code))
}

/// Every id and name of the patient is in the chart's patient, and there is one patient.
fn identity(name: &str, document: &Document<'_>, charts: &[Value]) -> Vec<String> {
    let patients: Vec<&Value> = charts
        .iter()
        .filter(|record| record["resourceType"] == "Patient")
        .collect();
    let [patient] = patients.as_slice() else {
        return vec![format!("{name}: {} patients", patients.len())];
    };
    let mut wrong = Vec::new();
    let text = patient.to_string();
    let mut say = |part: &str, value: &str| {
        let shown = serde_json::to_string(value).unwrap();
        if !text.contains(&shown[1..shown.len() - 1]) {
            wrong.push(format!("{name}: {part} of the patient is lost"));
        }
    };
    let role = path(document.root_element(), &["recordTarget", "patientRole"]).unwrap();
    for id in children(role, "id") {
        if let Some(extension) = id.attribute("extension") {
            say("an id", extension.trim());
        }
    }
    let person = child(role, "patient").unwrap();
    for part in children(person, "name").flat_map(|name| name.children()) {
        // when a name was in use is no part of it
        if part.is_element() && part.tag_name().name() != "validTime" {
            say("a name", part.text().unwrap_or_default().trim());
        }
    }
    let birth = child(person, "birthTime").and_then(|birth| birth.attribute("value"));
    let shown = fhir_digits(patient["birthDate"].as_str().unwrap_or_default());
    if birth.map(digits).unwrap_or_default() != shown {
        wrong.push(format!("{name}: another birth date"));
    }
    wrong
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<&str> = self.codes.iter().map(String::as_str).collect();
        write!(
            f,
            "{} {} {:?} {:?} negated {}",
            self.kind,
            codes.join(" "),
            self.date,
            self.value,
            self.negated
        )
    }
}
