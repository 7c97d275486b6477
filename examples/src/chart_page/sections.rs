//! The sections of a chart as tables: which resources, in which columns, the latest first.

use std::cmp::Reverse;

use serde_json::Value;

use super::words::{field, joined, label, words};
use super::{Chart, Names, kind};

/// A table of a chart.
pub(crate) struct Section {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) headings: Vec<&'static str>,
    pub(crate) rows: Vec<Row>,
}

/// A line of it.
pub(crate) struct Row {
    /// The number of the resource.
    pub(crate) number: usize,
    pub(crate) date: String,
    pub(crate) title: String,
    pub(crate) statuses: Vec<Status>,
    pub(crate) cells: Vec<String>,
}

/// A word for the state of something.
pub(crate) struct Status {
    pub(crate) text: String,
    /// It turns the meaning round: not done, refuted, an error.
    pub(crate) turns: bool,
}

struct Layout {
    id: &'static str,
    title: &'static str,
    kinds: &'static [&'static str],
    /// Fields that date a resource, the first that says something.
    dates: &'static [&'static str],
    columns: &'static [(&'static str, &'static [&'static str])],
}

/// In the order in which a clinician looks. Observations and documents have pages of their own making.
const LAYOUTS: [Layout; 13] = [
    Layout {
        id: "problems",
        title: "Problems",
        kinds: &["Condition"],
        dates: &[
            "onsetDateTime",
            "onsetPeriod",
            "onsetAge",
            "onsetRange",
            "onsetString",
            "recordedDate",
        ],
        columns: &[
            (
                "Until",
                &[
                    "abatementDateTime",
                    "abatementPeriod",
                    "abatementAge",
                    "abatementString",
                ],
            ),
            ("Codes", &["code"]),
            ("Severity, site, notes", &["severity", "bodySite", "note"]),
        ],
    },
    Layout {
        id: "allergies",
        title: "Allergies and intolerances",
        kinds: &["AllergyIntolerance"],
        dates: &[
            "onsetDateTime",
            "onsetPeriod",
            "onsetString",
            "recordedDate",
        ],
        columns: &[
            (
                "Reaction",
                &[
                    "reaction.manifestation",
                    "reaction.severity",
                    "reaction.description",
                ],
            ),
            ("Criticality", &["criticality"]),
            ("Codes", &["code"]),
            ("Notes", &["category", "note"]),
        ],
    },
    Layout {
        id: "medications",
        title: "Medications",
        kinds: &[
            "MedicationRequest",
            "MedicationStatement",
            "MedicationAdministration",
            "MedicationDispense",
        ],
        dates: &[
            "authoredOn",
            "effectiveDateTime",
            "effectivePeriod",
            "whenHandedOver",
            "dateAsserted",
        ],
        columns: &[
            (
                "Sig",
                &[
                    "dosageInstruction.text",
                    "dosage.text",
                    "dosageInstruction.doseAndRate",
                    "dosage.dose",
                ],
            ),
            (
                "Supply",
                &[
                    "dispenseRequest.quantity",
                    "dispenseRequest.numberOfRepeatsAllowed",
                    "quantity",
                    "daysSupply",
                ],
            ),
            ("By", &["requester", "informationSource", "performer.actor"]),
            ("Reason, notes", &["reasonCode", "statusReason", "note"]),
        ],
    },
    Layout {
        id: "immunizations",
        title: "Immunizations",
        kinds: &["Immunization"],
        dates: &["occurrenceDateTime", "occurrenceString", "recorded"],
        columns: &[
            (
                "Dose",
                &[
                    "doseQuantity",
                    "protocolApplied.doseNumberPositiveInt",
                    "lotNumber",
                    "expirationDate",
                ],
            ),
            ("Site, route", &["site", "route"]),
            ("By", &["performer.actor", "manufacturer"]),
            ("Reason, notes", &["statusReason", "note"]),
        ],
    },
    Layout {
        id: "procedures",
        title: "Procedures",
        kinds: &["Procedure"],
        dates: &[
            "performedDateTime",
            "performedPeriod",
            "performedString",
            "performedAge",
        ],
        columns: &[
            ("Codes", &["code"]),
            ("By", &["performer.actor", "recorder"]),
            (
                "Reason, outcome, notes",
                &["reasonCode", "statusReason", "outcome", "bodySite", "note"],
            ),
        ],
    },
    Layout {
        id: "reports",
        title: "Reports and orders",
        kinds: &["DiagnosticReport", "ServiceRequest", "ImagingStudy"],
        dates: &[
            "effectiveDateTime",
            "effectivePeriod",
            "issued",
            "authoredOn",
            "started",
        ],
        columns: &[
            (
                "Conclusion",
                &["conclusion", "conclusionCode", "description"],
            ),
            ("Results", &["result"]),
            ("By", &["performer", "requester"]),
            ("Reason, notes", &["reasonCode", "priority", "note"]),
        ],
    },
    Layout {
        id: "encounters",
        title: "Encounters and appointments",
        kinds: &["Encounter", "Appointment"],
        dates: &["period", "start", "created"],
        columns: &[
            (
                "Reason",
                &["reasonCode", "reasonReference", "description", "comment"],
            ),
            ("With", &["participant.individual", "participant.actor"]),
            ("Where", &["location.location", "serviceProvider"]),
            (
                "Diagnosis",
                &[
                    "diagnosis.condition",
                    "hospitalization.dischargeDisposition",
                ],
            ),
        ],
    },
    Layout {
        id: "history",
        title: "Family history",
        kinds: &["FamilyMemberHistory"],
        dates: &["date"],
        columns: &[
            (
                "Conditions",
                &[
                    "condition.code",
                    "condition.onsetAge",
                    "condition.onsetString",
                ],
            ),
            (
                "Died",
                &[
                    "deceasedBoolean",
                    "deceasedAge",
                    "deceasedDate",
                    "deceasedString",
                ],
            ),
            ("Notes", &["note"]),
        ],
    },
    Layout {
        id: "plans",
        title: "Plans, goals, care team",
        kinds: &[
            "CarePlan",
            "Goal",
            "CareTeam",
            "SupplyDelivery",
            "NutritionOrder",
        ],
        dates: &["period", "startDate", "created"],
        columns: &[
            (
                "What",
                &[
                    "description",
                    "activity.detail.code",
                    "target",
                    "suppliedItem",
                ],
            ),
            ("Who", &["participant.member", "author", "expressedBy"]),
            ("Notes", &["addresses", "note"]),
        ],
    },
    Layout {
        id: "devices",
        title: "Implants and devices",
        kinds: &["Device", "DeviceUseStatement"],
        dates: &["timingDateTime", "timingPeriod", "manufactureDate"],
        columns: &[
            (
                "UDI",
                &["udiCarrier.carrierHRF", "udiCarrier.deviceIdentifier"],
            ),
            (
                "Maker, lot, serial",
                &["manufacturer", "lotNumber", "serialNumber"],
            ),
            ("Expires", &["expirationDate"]),
        ],
    },
    Layout {
        id: "insurance",
        title: "Insurance",
        kinds: &["Coverage"],
        dates: &["period"],
        columns: &[
            ("Payer", &["payor"]),
            ("Member", &["subscriberId", "subscriber", "relationship"]),
            ("Plan", &["class", "type"]),
            ("Order", &["order"]),
        ],
    },
    Layout {
        id: "claims",
        title: "Claims and payments",
        kinds: &[
            "Claim",
            "ClaimResponse",
            "ExplanationOfBenefit",
            "PaymentReconciliation",
            "Invoice",
            "Account",
        ],
        dates: &["billablePeriod", "paymentDate", "created", "date"],
        columns: &[
            (
                "Amount",
                &["total", "paymentAmount", "payment.amount", "totalGross"],
            ),
            (
                "Services, adjustments",
                &[
                    "item.productOrService",
                    "item.net",
                    "detail.type",
                    "detail.amount",
                ],
            ),
            (
                "Diagnoses",
                &[
                    "diagnosis.diagnosisCodeableConcept",
                    "diagnosis.diagnosisReference",
                ],
            ),
            (
                "Insurer, provider",
                &["insurer", "paymentIssuer", "provider"],
            ),
            ("Outcome, balance", &["outcome", "disposition", "extension"]),
        ],
    },
    Layout {
        id: "people",
        title: "People and places",
        kinds: &[
            "Practitioner",
            "PractitionerRole",
            "Organization",
            "Location",
            "RelatedPerson",
        ],
        dates: &[],
        columns: &[
            (
                "Role",
                &["relationship", "specialty", "qualification", "practitioner"],
            ),
            ("Contact", &["telecom"]),
            ("Address", &["address"]),
        ],
    },
];

/// Shown elsewhere: in the head, as results, as documents.
const ELSEWHERE: [&str; 3] = ["Patient", "Observation", "DocumentReference"];

/// Codes of states that turn the meaning of an entry round.
const TURNS: [&str; 9] = [
    "not-done",
    "refuted",
    "entered-in-error",
    "not-taken",
    "cancelled",
    "declined",
    "rejected",
    "aborted",
    "noshow",
];

/// Codes of states in which something counts today; all others stand below.
const CURRENT: [&str; 7] = [
    "active",
    "recurrence",
    "relapse",
    "on-hold",
    "completed",
    "finished",
    "in-progress",
];

/// The tables of a chart that hold something; what fits none stands in the last one.
pub(crate) fn sections(chart: &Chart) -> Vec<Section> {
    let mut sections: Vec<Section> = LAYOUTS
        .iter()
        .map(|layout| section(chart, layout))
        .collect();
    let is_listed = |kind: &str| {
        LAYOUTS.iter().any(|layout| layout.kinds.contains(&kind)) || ELSEWHERE.contains(&kind)
    };
    let others = chart
        .resources
        .iter()
        .filter(|(_, resource)| !is_listed(kind(resource)));
    let rows = others.map(|(number, resource)| Row {
        number: *number,
        date: first(resource, &["recorded", "date", "created"], &chart.names),
        title: joined([kind(resource).to_owned(), chart.title(resource)], ": "),
        statuses: statuses(resource),
        cells: Vec::new(),
    });
    sections.push(Section {
        id: "others",
        title: "Other entries",
        headings: Vec::new(),
        rows: rows.collect(),
    });
    sections
}

fn section(chart: &Chart, layout: &Layout) -> Section {
    let names = &chart.names;
    let found = chart
        .resources
        .iter()
        .filter(|(_, resource)| layout.kinds.contains(&kind(resource)));
    let mut rows: Vec<Row> = found
        .map(|(number, resource)| {
            let title = chart.title(resource);
            let shown =
                if layout.kinds.len() > 1 && (title.is_empty() || layout.id != "medications") {
                    joined([spaced_kind(kind(resource)), title], ": ")
                } else {
                    title
                };
            Row {
                number: *number,
                date: first(resource, layout.dates, names),
                title: if shown.is_empty() {
                    "(without a name)".to_owned()
                } else {
                    shown
                },
                statuses: statuses(resource),
                cells: layout
                    .columns
                    .iter()
                    .map(|(_, paths)| all(resource, paths, names))
                    .collect(),
            }
        })
        .collect();
    let is_past = |row: &Row| {
        !row.statuses.is_empty()
            && !row
                .statuses
                .iter()
                .any(|status| CURRENT.contains(&status.text.as_str()))
    };
    rows.sort_by_key(|row| (is_past(row), Reverse(row.date.clone())));
    // A column that says nothing about anybody is left out.
    let kept: Vec<usize> = (0..layout.columns.len())
        .filter(|column| rows.iter().any(|row| !row.cells[*column].is_empty()))
        .collect();
    for row in &mut rows {
        row.cells = kept
            .iter()
            .map(|column| std::mem::take(&mut row.cells[*column]))
            .collect();
    }
    Section {
        id: layout.id,
        title: layout.title,
        headings: kept
            .iter()
            .map(|column| layout.columns[*column].0)
            .collect(),
        rows,
    }
}

/// The states of a resource, and that something is not to be done.
pub(super) fn statuses(resource: &Value) -> Vec<Status> {
    let named = [
        "clinicalStatus",
        "verificationStatus",
        "status",
        "docStatus",
    ]
    .map(|field| match &resource[field] {
        Value::String(code) => code.clone(),
        concept => concept["coding"][0]["code"]
            .as_str()
            .or(concept["text"].as_str())
            .unwrap_or_default()
            .to_owned(),
    });
    let denied = if resource["doNotPerform"] == true {
        "do not give"
    } else {
        ""
    };
    let said = named
        .into_iter()
        .chain([denied.to_owned()])
        .filter(|text| !text.is_empty());
    said.map(|text| Status {
        turns: TURNS.contains(&text.as_str()) || text == "do not give",
        text,
    })
    .collect()
}

/// The first of some fields that says something.
pub(super) fn first(resource: &Value, fields: &[&str], names: &Names) -> String {
    fields
        .iter()
        .map(|name| field(resource, name, names))
        .find(|said| !said.is_empty())
        .unwrap_or_default()
}

/// What fields below a resource say, by paths that walk through lists.
fn all(resource: &Value, paths: &[&str], names: &Names) -> String {
    let said = paths.iter().map(|path| {
        let mut found = Vec::new();
        walk(resource, path, &mut found);
        let full = *path == "code"
            || path.ends_with("diagnosisCodeableConcept")
            || path.ends_with("productOrService");
        joined(
            found.into_iter().map(|value| match value {
                Value::Array(_) | Value::Object(_) if path.ends_with("extension") => {
                    words(value, names)
                }
                value if full => words(value, names),
                value => label(value, names),
            }),
            "; ",
        )
    });
    joined(said, " · ")
}

fn walk<'a>(value: &'a Value, path: &str, found: &mut Vec<&'a Value>) {
    if let Value::Array(list) = value {
        list.iter().for_each(|value| walk(value, path, found));
        return;
    }
    match path.split_once('.') {
        _ if path.is_empty() => found.push(value),
        Some((name, rest)) => walk(&value[name], rest, found),
        None => walk(&value[path], "", found),
    }
}

/// `ServiceRequest` as `Service request`.
fn spaced_kind(kind: &str) -> String {
    let mut out = String::new();
    for (at, letter) in kind.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            out.push(' ');
            out.push(letter.to_ascii_lowercase());
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUNDLE: &str = r#"{"resourceType": "Bundle", "entry": [
        {"resource": {"resourceType": "Condition", "code": {"text": "Gout"}, "onsetDateTime": "2001",
            "clinicalStatus": {"coding": [{"code": "resolved"}]}}},
        {"resource": {"resourceType": "Condition", "code": {"text": "Asthma"}, "onsetDateTime": "1999-05",
            "clinicalStatus": {"coding": [{"code": "active"}]}}},
        {"resource": {"resourceType": "Immunization", "status": "not-done", "vaccineCode": {"text": "Flu"}}},
        {"resource": {"resourceType": "Basic", "code": {"text": "Else"}}}]}"#;

    #[test]
    fn every_resource_has_a_row_and_what_counts_stands_first() {
        let chart = Chart::read(BUNDLE.as_bytes(), 1, false, &Names::default()).unwrap();
        let sections = sections(&chart);
        let rows: usize = sections.iter().map(|section| section.rows.len()).sum();
        assert_eq!(rows, 4);
        let problems: Vec<_> = sections[0]
            .rows
            .iter()
            .map(|row| (row.title.as_str(), row.date.as_str()))
            .collect();
        assert_eq!(problems, [("Asthma", "1999-05"), ("Gout", "2001")]);
        assert!(
            sections[3].rows[0].statuses[0].turns,
            "not done is not given"
        );
        assert_eq!(sections.last().unwrap().rows[0].title, "Basic: Else");
    }
}
