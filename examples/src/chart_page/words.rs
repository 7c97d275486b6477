//! What FHIR values say, in words. Absence and negation are said, codes stand beside their text.

mod code;
mod names;

use serde_json::{Map, Value};

pub use names::Names;

pub(super) use names::title;

use code::{code, concept, is_concept};

const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
/// Where the writer keeps a date and time that FHIR has no form for, such as one without seconds.
const SOURCE_TIME: &str = "urn:ehr-model:source-date-time";

/// A value in few words: of a concept its text, without its codes.
pub(super) fn label(value: &Value, names: &Names) -> String {
    match value {
        Value::Array(list) => joined(list.iter().map(|value| label(value, names)), "; "),
        Value::Object(fields) if is_concept(fields) => {
            let codings = || value["coding"].as_array().into_iter().flatten();
            let display = codings().find_map(|coding| coding["display"].as_str());
            let code = || codings().find_map(|coding| coding["code"].as_str());
            value["text"]
                .as_str()
                .or(display)
                .or_else(code)
                .map_or_else(|| absence(value), str::to_owned)
        }
        _ => words(value, names),
    }
}

/// A value in all its words.
pub(super) fn words(value: &Value, names: &Names) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => (if *flag { "yes" } else { "no" }).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(list) => joined(list.iter().map(|value| words(value, names)), "; "),
        Value::Object(fields) => object(value, fields, names),
    }
}

fn object(value: &Value, fields: &Map<String, Value>, names: &Names) -> String {
    let text = |field: &str| value[field].as_str().unwrap_or_default();
    let said = |field: &str| words(&value[field], names);
    let has = |field: &str| fields.contains_key(field);
    if is_concept(fields) {
        return concept(value, names);
    }
    if has("reference") || has("display") && !has("system") {
        return [
            text("display"),
            names.of(text("reference")).unwrap_or_default(),
            text("reference"),
            text("code"),
        ]
        .into_iter()
        .find(|said| !said.is_empty())
        .map_or_else(String::new, str::to_owned);
    }
    if has("code") && has("system") && !has("value") {
        return joined([text("display").to_owned(), code(value)], " – ");
    }
    if has("family") || has("given") {
        let parts = ["prefix", "given", "family", "suffix"].map(|field| list(&value[field], names));
        let name = joined(parts, " ");
        return if name.is_empty() {
            said("text")
        } else {
            with_use(name, text("use"))
        };
    }
    if has("line") || has("postalCode") || has("city") {
        let place = joined(
            [text("state").to_owned(), text("postalCode").to_owned()],
            " ",
        );
        return with_use(
            joined(
                [
                    said("line"),
                    text("city").to_owned(),
                    place,
                    text("country").to_owned(),
                ],
                ", ",
            ),
            text("use"),
        );
    }
    if has("currency") {
        return joined([said("value"), said("currency")], " ");
    }
    if has("value")
        && ["phone", "fax", "email", "pager", "url", "sms", "other"].contains(&text("system"))
    {
        return with_use(format!("{} {}", text("system"), text("value")), text("use"));
    }
    if has("value") && (has("unit") || has("comparator") || has("code")) {
        return quantity(value);
    }
    if has("value")
        && fields.keys().all(|key| {
            ["value", "system", "type", "use", "period", "assigner"].contains(&key.as_str())
        })
    {
        return joined(
            [
                said("type"),
                said("value"),
                with_use(String::new(), text("use")),
            ],
            " ",
        );
    }
    if has("low") || has("high") {
        let words = [said("low"), said("high")];
        return match (words[0].as_str(), words[1].as_str()) {
            (low, "") => format!("from {low}"),
            ("", high) => format!("up to {high}"),
            (low, high) => format!("{low} to {high}"),
        };
    }
    if has("numerator") {
        return joined([said("numerator"), said("denominator")], " / ");
    }
    if has("start") || has("end") || has("_start") || has("_end") {
        let (start, end) = (field(value, "start", names), field(value, "end", names));
        return match (start.as_str(), end.as_str()) {
            (start, "") => format!("since {start}"),
            ("", end) => format!("until {end}"),
            (start, end) => format!("{start} to {end}"),
        };
    }
    if has("contentType") || has("data") {
        return joined([said("title"), said("contentType")], ", ");
    }
    if has("url")
        && !text("url").is_empty()
        && (has("extension") || fields.keys().any(|key| key.starts_with("value")))
    {
        return extension(value, fields, names);
    }
    if fields.len() == 1 && has("extension") {
        return absence(value);
    }
    if has("text") {
        return joined([said("text"), said("authorString"), said("time")], " – ");
    }
    let hidden = |name: &str| {
        ["id", "url", "extension", "modifierExtension"].contains(&name) || name.starts_with('_')
    };
    let parts = fields
        .iter()
        .filter(|(name, _)| !hidden(name))
        .map(|(name, value)| (name, words(value, names)));
    joined(
        parts
            .filter(|(_, said)| !said.is_empty())
            .map(|(name, said)| format!("{} {said}", spaced(name))),
        ", ",
    )
}

/// An extension by the end of its name: `outstanding: responsible payer, amount 0.00 USD`.
fn extension(value: &Value, fields: &Map<String, Value>, names: &Names) -> String {
    let url = value["url"].as_str().unwrap_or_default();
    let name = url
        .rsplit(['/', ':'])
        .next()
        .unwrap_or_default()
        .replace('-', " ");
    let inner = value["extension"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|value| words(value, names));
    let said = fields
        .iter()
        .filter(|(field, _)| field.starts_with("value"))
        .map(|(_, value)| words(value, names));
    format!("{name} {}", joined(said.chain(inner), ", "))
}

/// A field of a resource: its value, what the source wrote where FHIR has no form for it, or why there is none.
pub(super) fn field(resource: &Value, name: &str, names: &Names) -> String {
    let said = words(&resource[name], names);
    if said.is_empty() {
        absence(&resource[format!("_{name}")])
    } else {
        said
    }
}

/// What extensions say in place of a value.
fn absence(value: &Value) -> String {
    let extensions = value["extension"].as_array().into_iter().flatten();
    let said = extensions.filter_map(|extension| match extension["url"].as_str() {
        Some(SOURCE_TIME) => extension["valueString"].as_str().map(str::to_owned),
        Some(ABSENT) => extension["valueCode"]
            .as_str()
            .map(|reason| format!("({reason})")),
        _ => None,
    });
    joined(said, " ")
}

/// A date or period in pieces that stay whole on a page: `2020-09-15`, `14:45:00-05:00`.
pub fn pieces(date: &str) -> Vec<String> {
    let is_time = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    let spaced = date
        .match_indices('T')
        .filter(|(at, _)| *at >= 10 && is_time(&date[at + 1..]))
        .map(|(at, _)| at);
    let mut text = date.to_owned();
    for at in spaced.collect::<Vec<_>>() {
        text.replace_range(at..at + 1, " ");
    }
    text.split_whitespace().map(str::to_owned).collect()
}

fn quantity(value: &Value) -> String {
    let text = |field: &str| value[field].as_str().unwrap_or_default();
    let unit = if text("unit").is_empty() {
        text("code")
    } else {
        text("unit")
    };
    joined(
        [text("comparator"), text("value"), unit].map(str::to_owned),
        " ",
    )
}

fn with_use(said: String, usage: &str) -> String {
    if usage.is_empty() {
        said
    } else {
        format!("{said} ({usage})").trim().to_owned()
    }
}

fn list(value: &Value, names: &Names) -> String {
    match value {
        Value::Array(list) => joined(list.iter().map(|value| words(value, names)), " "),
        value => words(value, names),
    }
}

pub(super) fn joined(parts: impl IntoIterator<Item = String>, between: &str) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(between)
}

/// `lotNumber` as `lot number`.
fn spaced(name: &str) -> String {
    let letters = name.chars().flat_map(|letter| {
        let blank = letter.is_ascii_uppercase().then_some(' ');
        blank.into_iter().chain([letter.to_ascii_lowercase()])
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_say_what_they_are() {
        let mut names = Names::default();
        names.add(Some("urn:uuid:1"), &json!({"resourceType": "Practitioner", "id": "1", "name": [{"family": "Otter", "given": ["Phil"]}]}));
        for (value, said) in [
            (
                json!({"value": "4.10", "comparator": "<", "unit": "mg/dL"}),
                "< 4.10 mg/dL",
            ),
            (
                json!({"coding": [{"system": "http://snomed.info/sct", "code": "1", "display": "Fever"}], "text": "Hot"}),
                "Hot [Fever SNOMED CT 1]",
            ),
            (json!({"text": "Hot"}), "Hot"),
            (json!({"reference": "urn:uuid:1"}), "Phil Otter"),
            (json!({"reference": "Practitioner/9"}), "Practitioner/9"),
            (
                json!({"start": "2020", "end": "2021-01"}),
                "2020 to 2021-01",
            ),
            (json!({"end": "2021"}), "until 2021"),
            (json!({"low": {"value": "1", "unit": "g"}}), "from 1 g"),
            (
                json!({"system": "phone", "value": "555", "use": "home"}),
                "phone 555 (home)",
            ),
            (json!({"value": "12.50", "currency": "USD"}), "12.50 USD"),
            (
                json!({"line": ["1 Pier"], "city": "Bay", "state": "MA", "postalCode": "02199"}),
                "1 Pier, Bay, MA 02199",
            ),
            (
                json!({"extension": [{"url": ABSENT, "valueCode": "asked-declined"}]}),
                "(asked-declined)",
            ),
            (json!({"lotNumber": "7", "given": null}), ""),
            (json!([true, {"lotNumber": "7"}]), "yes; lot number 7"),
        ] {
            assert_eq!(words(&value, &names), said, "{value}");
        }
        let resource = json!({"_start": {"extension": [{"url": SOURCE_TIME, "valueString": "2021-02-01T10:00"}]}});
        assert_eq!(field(&resource, "start", &names), "2021-02-01T10:00");
    }
}
