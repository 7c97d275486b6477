//! Observations by test: the latest value, the earlier ones, and how they went.

use std::collections::BTreeMap;

use serde_json::Value;

use super::sections::{Status, first, statuses};
use super::trend::{Point, Trend};
use super::words::{field, joined, label, words};
use super::{Chart, Names};

/// All observations of a category: laboratory, vital signs, social history.
pub struct ResultGroup {
    /// Its name in addresses.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// By name.
    pub tests: Vec<Test>,
}

/// All observations of a test, the latest first.
pub struct Test {
    /// What was tested.
    pub name: String,
    /// The codes, where they say more.
    pub codes: String,
    /// Each observation.
    pub values: Vec<Measured>,
    /// One of each quantity that was measured twice.
    pub trends: Vec<Trend>,
}

/// One observation.
pub struct Measured {
    /// The number of the resource.
    pub number: usize,
    /// When, as the source says it.
    pub date: String,
    /// The value, or why there is none.
    pub value: String,
    /// What the interpretation says.
    pub flag: String,
    /// Whether any interpretation is not a normal one.
    pub is_abnormal: bool,
    /// The reference range.
    pub range: String,
    /// States that limit what the value says.
    pub statuses: Vec<Status>,
    /// Notes, and the site.
    pub note: String,
}

const DATES: [&str; 5] = [
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "effectiveTiming",
    "issued",
];
/// Interpretations that are as they should be.
const NORMAL: [&str; 4] = ["N", "NEG", "ND", "NR"];
/// States that say nothing, and those in which the reader must not rely on the value.
const SETTLED: [&str; 3] = ["final", "amended", "corrected"];
/// What is said of nothing is not in a trend.
const VOID: [&str; 3] = ["entered-in-error", "cancelled", "unknown"];

/// Categories in the order in which a clinician looks.
const CATEGORIES: [(&str, &str); 5] = [
    ("laboratory", "Laboratory results"),
    ("vital-signs", "Vital signs"),
    ("imaging", "Imaging findings"),
    ("social-history", "Social history"),
    ("survey", "Surveys and scores"),
];

/// Observations with their numbers, by test.
type Tests<'a> = BTreeMap<String, Vec<(usize, &'a Value)>>;

/// The observations of a chart, by category and test.
pub fn results(chart: &Chart) -> Vec<ResultGroup> {
    let mut groups: BTreeMap<(usize, String), Tests<'_>> = BTreeMap::new();
    for (number, observation) in chart.of_type("Observation") {
        let tests = groups.entry(category(observation)).or_default();
        tests
            .entry(test_key(observation))
            .or_default()
            .push((number, observation));
    }
    let groups = groups.into_iter().map(|((place, title), tests)| {
        let mut tests: Vec<Test> = tests
            .into_values()
            .map(|found| test(found, &chart.names))
            .collect();
        tests.sort_by_key(|test| test.name.to_lowercase());
        ResultGroup {
            id: format!("results-{place}"),
            title,
            tests,
        }
    });
    groups.collect()
}

fn category(observation: &Value) -> (usize, String) {
    let codings = observation["category"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|concept| concept["coding"].as_array())
        .flatten();
    let codes: Vec<&str> = codings
        .filter_map(|coding| coding["code"].as_str())
        .collect();
    let known = CATEGORIES.iter().position(|(code, _)| codes.contains(code));
    match known {
        Some(place) => (place, CATEGORIES[place].1.to_owned()),
        None => (CATEGORIES.len(), "Other observations".to_owned()),
    }
}

/// Observations of one test have one code; without a code their text decides.
fn test_key(observation: &Value) -> String {
    let codings = || {
        observation["code"]["coding"]
            .as_array()
            .into_iter()
            .flatten()
    };
    let loinc = codings()
        .find(|coding| coding["system"] == "http://loinc.org")
        .or_else(|| codings().next());
    match loinc {
        Some(coding) => joined(
            [&coding["system"], &coding["code"]]
                .map(|part| part.as_str().unwrap_or_default().to_owned()),
            "|",
        ),
        None => observation["code"]["text"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
    }
}

fn test(mut found: Vec<(usize, &Value)>, names: &Names) -> Test {
    found.sort_by_key(|(_, observation)| std::cmp::Reverse(first(observation, &DATES, names)));
    let code = found
        .first()
        .map(|(_, observation)| &observation["code"])
        .unwrap_or(&Value::Null);
    let name = label(code, names);
    let codes = words(code, names);
    let trends = trends(&found, names);
    Test {
        codes: if codes == name { String::new() } else { codes },
        name: if name.is_empty() {
            "(without a name)".to_owned()
        } else {
            name
        },
        values: found
            .into_iter()
            .map(|(number, observation)| measured(number, observation, names))
            .collect(),
        trends,
    }
}

fn measured(number: usize, observation: &Value, names: &Names) -> Measured {
    let components = observation["component"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|component| {
            let value = value(component, names);
            format!("{}: {value}", label(&component["code"], names))
        });
    let values = [value(observation, names)].into_iter().chain(components);
    let interpretations = || {
        observation["interpretation"]
            .as_array()
            .into_iter()
            .flatten()
    };
    let code = |concept: &Value| {
        let codings = concept["coding"].as_array().into_iter().flatten();
        codings
            .last()
            .and_then(|coding| coding["code"].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    Measured {
        number,
        date: first(observation, &DATES, names),
        value: joined(values, "; "),
        flag: joined(interpretations().map(|concept| flag(concept, names)), ", "),
        is_abnormal: interpretations().any(|concept| !NORMAL.contains(&code(concept).as_str())),
        range: joined(
            observation["referenceRange"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|range| words(range, names)),
            "; ",
        ),
        statuses: statuses(observation)
            .into_iter()
            .filter(|status| !SETTLED.contains(&status.text.as_str()))
            .collect(),
        note: joined(
            [
                words(&observation["note"], names),
                words(&observation["bodySite"], names),
            ],
            " · ",
        ),
    }
}

fn flag(concept: &Value, names: &Names) -> String {
    let codings = concept["coding"].as_array().into_iter().flatten();
    let said = codings
        .last()
        .and_then(|coding| coding["display"].as_str().or(coding["code"].as_str()));
    said.map_or_else(|| label(concept, names), str::to_owned)
}

/// The value of an observation or a component, or why there is none.
fn value(observation: &Value, names: &Names) -> String {
    let fields = observation.as_object().into_iter().flatten();
    let mut named = fields.filter_map(|(name, _)| {
        let bare = name.strip_prefix('_').unwrap_or(name);
        bare.starts_with("value")
            .then(|| field(observation, bare, names))
    });
    match named.find(|said| !said.is_empty()) {
        Some(said) => said,
        None if observation["dataAbsentReason"].is_null() => String::new(),
        None => format!(
            "no value: {}",
            label(&observation["dataAbsentReason"], names)
        ),
    }
}

/// One line for each measured quantity: of the observation itself and of its components.
fn trends(found: &[(usize, &Value)], names: &Names) -> Vec<Trend> {
    let mut series: BTreeMap<(String, String), Vec<Point>> = BTreeMap::new();
    let mut ranges = BTreeMap::new();
    for (_, observation) in found.iter().filter(|(_, observation)| {
        !observation["status"]
            .as_str()
            .is_some_and(|status| VOID.contains(&status))
    }) {
        let date = first(observation, &DATES, names);
        let components = observation["component"].as_array().into_iter().flatten();
        let parts = components.map(|component| (label(&component["code"], names), component));
        for (part, measured) in [(String::new(), *observation)].into_iter().chain(parts) {
            let quantity = &measured["valueQuantity"];
            let unit = quantity["unit"]
                .as_str()
                .or(quantity["code"].as_str())
                .unwrap_or_default();
            if let Some(point) = Point::of(&date, quantity) {
                let key = (part, unit.to_owned());
                // The latest range is the one that is drawn.
                ranges
                    .entry(key.clone())
                    .or_insert_with(|| range(measured, unit));
                series.entry(key).or_default().push(point);
            }
        }
    }
    let drawn = series.into_iter().filter_map(|((part, unit), points)| {
        let range = ranges.get(&(part.clone(), unit.clone())).copied().flatten();
        Trend::draw(part, unit, points, range)
    });
    drawn.collect()
}

/// The reference range if it has both ends in the unit of the value.
fn range(measured: &Value, unit: &str) -> Option<(f64, f64)> {
    let end = |side: &str| {
        let quantity = &measured["referenceRange"][0][side];
        let same = [quantity["unit"].as_str(), quantity["code"].as_str()].contains(&Some(unit));
        quantity["value"].as_str().filter(|_| same)?.parse().ok()
    };
    end("low").zip(end("high"))
}
