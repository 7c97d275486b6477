//! A chart as a page that people read and print: one file, no script, everything that came from a chart escaped.

use askama::Template;
use serde_json::Value;

use super::period::day_of;

/// Sections in the order in which a clinician looks; what fits none comes last, under its own type.
const SECTIONS: [(&str, &[&str]); 13] = [
    ("Allergies and intolerances", &["AllergyIntolerance"]),
    ("Problems", &["Condition"]),
    (
        "Medications",
        &[
            "MedicationRequest",
            "MedicationStatement",
            "MedicationAdministration",
            "MedicationDispense",
        ],
    ),
    ("Immunizations", &["Immunization"]),
    ("Procedures", &["Procedure", "ServiceRequest"]),
    (
        "Results and vital signs",
        &["Observation", "DiagnosticReport"],
    ),
    ("Encounters and appointments", &["Encounter", "Appointment"]),
    (
        "Notes and documents",
        &["DocumentReference", "Composition", "Communication"],
    ),
    ("Family history", &["FamilyMemberHistory"]),
    (
        "Plans, goals and care team",
        &["CarePlan", "Goal", "CareTeam"],
    ),
    ("Insurance", &["Coverage"]),
    (
        "Claims and payments",
        &[
            "Claim",
            "ClaimResponse",
            "ExplanationOfBenefit",
            "PaymentReconciliation",
            "Invoice",
        ],
    ),
    (
        "People and places",
        &[
            "Practitioner",
            "PractitionerRole",
            "Organization",
            "Location",
            "RelatedPerson",
        ],
    ),
];

/// Statuses that turn the meaning round: they are shown so that nobody reads past them.
const TURNS: [&str; 8] = [
    "not-done",
    "refuted",
    "entered-in-error",
    "not-taken",
    "cancelled",
    "declined",
    "rejected",
    "aborted",
];

/// Fields that say what a resource is about, the first that is there.
const TITLES: [&str; 15] = [
    "code",
    "vaccineCode",
    "medicationCodeableConcept",
    "medicationReference",
    "type",
    "serviceType",
    "class",
    "relationship",
    "description",
    "title",
    "name",
    "category",
    "payor",
    "subscriberId",
    "specialty",
];

/// Fields that are shown in a column of their own or say nothing to people.
const HIDDEN: [&str; 14] = [
    "resourceType",
    "id",
    "meta",
    "text",
    "contained",
    "extension",
    "modifierExtension",
    "implicitRules",
    "language",
    "subject",
    "patient",
    "clinicalStatus",
    "verificationStatus",
    "status",
];

#[derive(Template)]
#[template(path = "chart.html")]
pub(super) struct ChartPage {
    pub(super) patient: Vec<Detail>,
    pub(super) about: Vec<Detail>,
    pub(super) sections: Vec<Section>,
    pub(super) documents: Vec<DocumentLink>,
}

pub(super) struct Section {
    title: String,
    rows: Vec<Row>,
}

struct Row {
    day: String,
    title: String,
    status: String,
    turns: bool,
    details: Vec<Detail>,
}

/// A name and what is said.
pub(super) struct Detail {
    pub(super) name: String,
    pub(super) value: String,
}

/// A file of the package.
pub(super) struct DocumentLink {
    pub(super) file: String,
    pub(super) source: String,
    pub(super) media_type: String,
}

/// The patients' fields and the sections of a chart.
pub(super) fn sections(resources: &[Value]) -> (Vec<Detail>, Vec<Section>) {
    let kind = |resource: &Value| {
        resource["resourceType"]
            .as_str()
            .unwrap_or("Resource")
            .to_owned()
    };
    let patient = resources
        .iter()
        .filter(|resource| kind(resource) == "Patient")
        .flat_map(details)
        .collect();
    let mut sections: Vec<Section> = Vec::new();
    let known: Vec<&str> = SECTIONS
        .iter()
        .flat_map(|(_, kinds)| kinds.iter().copied())
        .chain(["Patient"])
        .collect();
    let mut others: Vec<String> = resources
        .iter()
        .map(kind)
        .filter(|kind| !known.contains(&kind.as_str()))
        .collect();
    others.sort_unstable();
    others.dedup();
    let listed = SECTIONS.iter().map(|(title, kinds)| {
        (
            (*title).to_owned(),
            kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        )
    });
    let listed: Vec<(String, Vec<String>)> = listed
        .chain(others.into_iter().map(|kind| (kind.clone(), vec![kind])))
        .collect();
    for (title, kinds) in listed {
        let mut rows: Vec<Row> = resources
            .iter()
            .filter(|resource| kinds.contains(&kind(resource)))
            .map(row)
            .collect();
        // The latest first; what has no date last.
        rows.sort_by(|a, b| b.day.cmp(&a.day));
        sections.push(Section { title, rows });
    }
    sections.retain(|section| !section.rows.is_empty());
    (patient, sections)
}

fn row(resource: &Value) -> Row {
    let statuses: Vec<String> = ["clinicalStatus", "verificationStatus", "status"]
        .iter()
        .map(|name| words(&resource[*name]))
        .filter(|word| !word.is_empty())
        .collect();
    let codes: Vec<&str> = ["clinicalStatus", "verificationStatus", "status"]
        .iter()
        .filter_map(|name| {
            resource[*name]
                .as_str()
                .or_else(|| resource[*name]["coding"][0]["code"].as_str())
        })
        .collect();
    let titles = TITLES
        .iter()
        .map(|name| words(&resource[*name]))
        .find(|title| !title.is_empty());
    Row {
        day: day_of(resource).unwrap_or_default(),
        title: titles.unwrap_or_else(|| "(without a name)".to_owned()),
        status: statuses.join(", "),
        turns: codes.iter().any(|code| TURNS.contains(code)),
        details: details(resource),
    }
}

fn details(resource: &Value) -> Vec<Detail> {
    let fields = resource.as_object().into_iter().flatten();
    fields
        .filter(|(name, _)| !HIDDEN.contains(&name.as_str()) && !name.starts_with('_'))
        .map(|(name, value)| Detail {
            name: spaced(name),
            value: words(value),
        })
        .filter(|detail| !detail.value.is_empty())
        .collect()
}

/// What a FHIR value says, in words. Numbers stand as they were written.
fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(list) => joined(list.iter().map(words), "; "),
        Value::Object(fields) => object_words(value, fields),
    }
}

fn object_words(value: &Value, fields: &serde_json::Map<String, Value>) -> String {
    let text = |name: &str| value[name].as_str().unwrap_or_default();
    // Attachments are files of the package; their bytes are no words.
    if fields.contains_key("contentType") || fields.contains_key("data") {
        return joined(
            [words(&value["title"]), text("contentType").to_owned()],
            ", ",
        );
    }
    if fields.contains_key("coding")
        || fields.contains_key("text") && !fields.contains_key("status")
    {
        let codings = value["coding"].as_array().into_iter().flatten();
        let codes = joined(
            codings.map(|coding| joined([words(&coding["display"]), words(&coding["code"])], " ")),
            " / ",
        );
        return match (text("text"), codes.as_str()) {
            ("", codes) => codes.to_owned(),
            (text, "") => text.to_owned(),
            (text, codes) => format!("{text} ({codes})"),
        };
    }
    if fields.contains_key("reference") || fields.contains_key("display") {
        return [text("display"), text("reference"), text("code")]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default()
            .to_owned();
    }
    if fields.contains_key("value")
        && (fields.contains_key("unit")
            || fields.contains_key("code")
            || fields.contains_key("comparator"))
    {
        let unit = if text("unit").is_empty() {
            text("code")
        } else {
            text("unit")
        };
        return joined(
            [text("comparator"), &words(&value["value"]), unit].map(str::to_owned),
            " ",
        );
    }
    if fields.contains_key("start") || fields.contains_key("end") {
        return format!("{} to {}", text("start"), text("end"))
            .trim()
            .to_owned();
    }
    let parts = fields.iter().filter(|(name, _)| {
        !HIDDEN[..8].contains(&name.as_str()) && !name.starts_with('_') && *name != "system"
    });
    joined(
        parts.map(|(name, value)| match words(value) {
            said if said.is_empty() => said,
            said => format!("{}: {said}", spaced(name)),
        }),
        ", ",
    )
}

fn joined(parts: impl IntoIterator<Item = String>, between: &str) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(between)
}

/// `valueQuantity` as `value quantity`.
fn spaced(name: &str) -> String {
    let mut spaced = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            spaced.push(' ');
        }
        spaced.push(letter.to_ascii_lowercase());
    }
    spaced
}
