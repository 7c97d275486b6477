//! Words for the state of an entry.

use serde_json::Value;

/// A word for the state of something.
pub struct Status {
    /// The code that stands for it.
    pub text: String,
    /// It turns the meaning round: not done, refuted, an error.
    pub turns: bool,
}

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
pub(super) const CURRENT: [&str; 7] = [
    "active",
    "recurrence",
    "relapse",
    "on-hold",
    "completed",
    "finished",
    "in-progress",
];

/// The states of a resource, and that something is not to be done.
pub(in crate::chart_page) fn statuses(resource: &Value) -> Vec<Status> {
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
