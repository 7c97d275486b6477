//! What stands in fields of a resource.

use serde_json::Value;

use crate::chart_page::Names;
use crate::chart_page::words::{field, joined, label, words};

/// The first of some fields that says something.
pub(in crate::chart_page) fn first(resource: &Value, fields: &[&str], names: &Names) -> String {
    fields
        .iter()
        .map(|name| field(resource, name, names))
        .find(|said| !said.is_empty())
        .unwrap_or_default()
}

/// How often and to whom a claim was sent fills a table; it stands on the page of the claim.
const DETAILS: [&str; 1] = ["urn:ehr-model:claim-billing"];

/// What fields below a resource say, by paths that walk through lists.
pub(super) fn all(resource: &Value, paths: &[&str], names: &Names) -> String {
    let said = paths.iter().map(|path| {
        let mut found = Vec::new();
        walk(resource, path, &mut found);
        let full = *path == "code"
            || path.ends_with("diagnosisCodeableConcept")
            || path.ends_with("productOrService");
        joined(
            found
                .into_iter()
                .filter(|value| !is_detail(value))
                .map(|value| match value {
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

fn is_detail(value: &Value) -> bool {
    value["url"]
        .as_str()
        .is_some_and(|url| DETAILS.contains(&url))
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
