//! Looking at what a run wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

/// Every file below a folder, by its path with `/`; folders without a file count as well.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((path, name)) = open.pop() {
        let mut empty = true;
        for entry in fs::read_dir(&path).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{name}{}", entry.file_name().to_str().unwrap());
            empty = false;
            if entry.file_type().unwrap().is_dir() {
                open.push((entry.path(), name + "/"));
            } else {
                found.insert(name, fs::read(entry.path()).unwrap());
            }
        }
        if empty {
            found.insert(name, Vec::new());
        }
    }
    found
}

/// Names of files and folders in a folder.
pub(crate) fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// `report.json`.
pub(crate) fn report(out: &Path) -> Value {
    serde_json::from_slice(&fs::read(out.join("report/report.json")).unwrap()).unwrap()
}

/// A count of the books, summed over all sources.
pub(crate) fn total(report: &Value, of: &str, fate: &str) -> u64 {
    let sources = report["sources"].as_array().unwrap().iter();
    sources
        .map(|source| source[of][fate].as_u64().unwrap())
        .sum()
}

/// How many issues of a code the report counts.
pub(crate) fn issues(report: &Value, code: &str) -> u64 {
    let mut issues = report["issues"].as_array().unwrap().iter();
    issues
        .find(|issue| issue["code"] == code)
        .map_or(0, |issue| issue["count"].as_u64().unwrap())
}

/// The resources of one type; empty where there is no such file.
pub(crate) fn resources(out: &Path, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(out.join(format!("fhir/{name}.ndjson"))).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The one resource whose value at a JSON pointer is this.
pub(crate) fn one<'r>(resources: &'r [Value], pointer: &str, value: &str) -> &'r Value {
    let mut found = resources
        .iter()
        .filter(|resource| resource.pointer(pointer).and_then(Value::as_str) == Some(value));
    let first = found.next();
    assert!(
        found.next().is_none(),
        "{value} stands in several resources"
    );
    first.unwrap_or_else(|| panic!("no resource has {value} at {pointer}"))
}

/// `Patient/<id>`.
pub(crate) fn reference(resource: &Value) -> String {
    let name = resource["resourceType"].as_str().unwrap();
    format!("{name}/{}", resource["id"].as_str().unwrap())
}
