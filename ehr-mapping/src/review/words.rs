//! The right side of a line in words.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What the right side of a line says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// Columns or paths that are read.
    pub(super) reads: Vec<String>,
    /// Through what the value goes, and when.
    pub(super) transform: String,
    pub(super) code_map: Option<String>,
}

/// The right side of a line.
pub(super) fn right_side(value: &DeValue<'_>) -> Words {
    match value {
        DeValue::String(column) => Words {
            reads: vec![column.to_string()],
            transform: "as it stands".to_owned(),
            code_map: None,
        },
        DeValue::Array(choices) => {
            let mut words = Words::default();
            let mut all = Vec::new();
            for (number, choice) in choices.iter().enumerate() {
                let one = right_side(choice.get_ref());
                all.push(format!("({}) {}", number + 1, one.transform));
                words.reads.extend(one.reads);
                words.code_map = words.code_map.or(one.code_map);
            }
            words.transform = format!("the first that finds something: {}", all.join("; "));
            words
        }
        DeValue::Table(table) => of_table(table),
        DeValue::Boolean(false) => Words {
            transform: "the line of the extended document is taken away".to_owned(),
            ..Words::default()
        },
        _ => Words::default(),
    }
}

fn of_table(table: &DeTable<'_>) -> Words {
    let text = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
    let mut reads = Vec::new();
    let mut says = Vec::new();
    let mut code_map = None;
    if let Some(constant) = table.get("value") {
        says.push(format!("always {}", constant_words(constant.get_ref())));
    }
    for key in ["from", "code", "file", "inline"] {
        reads.extend(text(key).map(str::to_owned));
    }
    if table.get("file").is_some() {
        says.push("the document that is named".to_owned());
    }
    if table.get("inline").is_some() {
        says.push("the text as a document".to_owned());
    }
    if table.get("withdraw").is_some() {
        says.push("what earlier records said no longer holds".to_owned());
    }
    if let Some(datatype) = text("as") {
        says.push(format!("read as the datatype {datatype}"));
    }
    for step in strings(table.get("via")) {
        says.push(transform_words(&step));
    }
    for key in ["map", "translate", "system-map"] {
        if let Some(map) = text(key) {
            says.push(match key {
                "map" => format!("through the code map {map}"),
                "translate" => format!("the code stays; code map {map} gives its translation"),
                _ => format!("the code system through the code map {map}"),
            });
            code_map = Some(map.to_owned());
        }
    }
    if let Some(system) = text("system") {
        says.push(format!("a code of {system}"));
    }
    for (key, what) in [
        ("system-from", "code system"),
        ("display", "display"),
        ("text", "text"),
    ] {
        if let Some(column) = text(key) {
            says.push(format!("{what} from {column}"));
            reads.push(column.to_owned());
        }
    }
    if let Some(kind) = text("reference") {
        let kind = if kind == "*" { "entry" } else { kind };
        reads.extend(strings(table.get("key")));
        says.push(match text("at") {
            Some(node) => format!("refers to the {kind} that was made at {node}"),
            None => format!("refers to the {kind} with this key"),
        });
    }
    if let Some(DeValue::Table(join)) = table.get("join").map(Spanned::get_ref) {
        let part = |key: &str| join.get(key).and_then(|value| value.get_ref().as_str());
        says.push(format!(
            "looked up in {} by {}",
            part("table").unwrap_or("?"),
            part("on").unwrap_or("?")
        ));
    }
    if says.is_empty() {
        says.push("as it stands".to_owned());
    }
    if let Some(reason) = text("absent") {
        says.push(format!("where it is empty: absent, {reason}"));
    }
    let conditions = conditions(table.get("when"));
    if !conditions.is_empty() {
        says.push(format!("only where {conditions}"));
    }
    Words {
        reads,
        transform: says.join("; "),
        code_map,
    }
}

/// A list of conditions, all of which must hold.
pub(super) fn conditions(value: Option<&Spanned<DeValue<'_>>>) -> String {
    let Some(DeValue::Array(items)) = value.map(Spanned::get_ref) else {
        return String::new();
    };
    let one = |item: &Spanned<DeValue<'_>>| {
        let DeValue::Table(table) = item.get_ref() else {
            return None;
        };
        let text = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
        let what = text("column").or_else(|| text("path"))?;
        let test = |key: &str| table.get(key).is_some();
        Some(match () {
            () if test("in") => format!("{what} is {}", strings(table.get("in")).join(" or ")),
            () if test("not-in") => {
                format!(
                    "{what} is not {}",
                    strings(table.get("not-in")).join(" or ")
                )
            }
            () if test("filled") => format!("{what} is filled"),
            () => format!("{what} is empty"),
        })
    };
    let all: Vec<String> = items.iter().filter_map(one).collect();
    all.join(" and ")
}

/// The texts of a list, also of a list of lists, or one text.
pub(super) fn strings(value: Option<&Spanned<DeValue<'_>>>) -> Vec<String> {
    match value.map(Spanned::get_ref) {
        Some(DeValue::String(text)) => vec![text.to_string()],
        Some(DeValue::Array(items)) => items.iter().flat_map(|item| strings(Some(item))).collect(),
        _ => Vec::new(),
    }
}

fn constant_words(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("“{text}”"),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        _ => String::new(),
    }
}

fn transform_words(step: &str) -> String {
    let (name, argument) = match step.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')').unwrap_or(rest)),
        None => (step, ""),
    };
    match name {
        "trim" => "blanks around it dropped".into(),
        "upper" => "in capital letters".into(),
        "lower" => "in small letters".into(),
        "collapse-spaces" => "several blanks become one".into(),
        "digits" => "its digits only".into(),
        "prefix" => format!("with “{argument}” before it"),
        "strip-prefix" => format!("without “{argument}” before it"),
        "strip-suffix" => format!("without “{argument}” behind it"),
        "date" => format!("read as a date written {argument}"),
        "two-digit-years" => format!("years of two digits begin with {argument}"),
        "date-part" => "its day; the time of day is dropped".into(),
        "decimal" => "read as a number".into(),
        "decimal-comma" => "read as a number with a decimal comma".into(),
        "money" => "read as an amount of money".into(),
        "integer" => "read as a whole number".into(),
        "boolean" => format!("read as yes or no ({argument})"),
        "split" => format!("split at “{argument}”"),
        "gs1" => format!("part {argument} of the device identifier"),
        "gs1-date" => "read as the date of a device identifier".into(),
        "zip" => "read as a ZIP code".into(),
        "last-word" => "its last word".into(),
        "all-but-last-word" => "all words but the last".into(),
        "comparator" => "its comparator, such as <".into(),
        "after-comparator" => "what follows the comparator".into(),
        "reference-key" => "the key that the reference means".into(),
        _ => step.to_owned(),
    }
}
