//! What of a resource stands in which column.

use chrono::NaiveDate;
use serde_json::Value;

use crate::export::Resource;

/// A value of a row; `None` is null.
pub(super) enum Cell {
    Text(Option<String>),
    Integer(i64),
    Real(Option<f64>),
    Truth(Option<bool>),
    Day(Option<i32>),
}

/// The values of a row, in the order of its columns.
pub(super) type Row = Vec<Cell>;

/// What a resource is about, the first field that it has.
const CODES: [&str; 6] = [
    "code",
    "vaccineCode",
    "medicationCodeableConcept",
    "type",
    "relationship",
    "class",
];
/// Since when it was so, or when it took place.
const STARTS: [&str; 16] = [
    "onsetDateTime",
    "onsetPeriod",
    "effectiveDateTime",
    "effectiveInstant",
    "effectivePeriod",
    "occurrenceDateTime",
    "occurrencePeriod",
    "performedDateTime",
    "performedPeriod",
    "period",
    "billablePeriod",
    "start",
    "started",
    "startDate",
    "authoredOn",
    "date",
];
const ENDS: [&str; 8] = [
    "abatementDateTime",
    "abatementPeriod",
    "effectivePeriod",
    "occurrencePeriod",
    "performedPeriod",
    "period",
    "billablePeriod",
    "end",
];
/// When it was written down.
const RECORDED: [&str; 8] = [
    "recordedDate",
    "recorded",
    "issued",
    "authoredOn",
    "dateAsserted",
    "created",
    "paymentDate",
    "date",
];
const AMOUNTS: [&str; 3] = ["total", "paymentAmount", "totalGross"];

pub(super) fn of_resource(resource: &Resource<'_>) -> Row {
    let value = resource.value;
    let mut row = vec![
        text(Some(resource.kind)),
        text(value["id"].as_str()),
        text(resource.patient),
        Cell::Integer(i64::try_from(resource.entry).unwrap_or(i64::MAX)),
        text(
            value["status"]
                .as_str()
                .or(code_of(&value["clinicalStatus"])),
        ),
        text(code_of(&value["verificationStatus"])),
        Cell::Truth(value["doNotPerform"].as_bool()),
        text(code_of(first(&value["category"]))),
    ];
    row.extend(concept(
        main_code(value).map_or(&Value::Null, |(_, code)| code),
    ));
    row.extend(date(
        STARTS
            .iter()
            .find_map(|name| moment(&value[*name], "start")),
    ));
    row.extend(date(
        ENDS.iter().find_map(|name| moment(&value[*name], "end")),
    ));
    row.extend(date(RECORDED.iter().find_map(|name| value[*name].as_str())));
    let encounter = value["encounter"]["reference"]
        .as_str()
        .or(value["context"]["encounter"][0]["reference"].as_str());
    row.push(text(encounter.map(id_of)));
    row.extend(measured(value));
    row.push(text(code_of(first(&value["interpretation"]))));
    if resource.kind == "Patient" {
        row.extend(person(value));
    }
    row.push(text(Some(resource.line)));
    row
}

/// The components of an observation, such as the two of a blood pressure.
pub(super) fn of_components(resource: &Resource<'_>) -> Vec<Row> {
    let components = resource.value["component"].as_array().into_iter().flatten();
    let numbered = components.zip(0..);
    let rows = numbered.map(|(component, position)| {
        let mut row = vec![
            text(resource.value["id"].as_str()),
            text(resource.patient),
            Cell::Integer(position),
        ];
        row.extend(concept(&component["code"]));
        row.extend(measured(component));
        row
    });
    rows.collect()
}

/// All codings of what a resource is about and of what it found, beside the first that stands in its own row.
pub(super) fn of_codings(resource: &Resource<'_>) -> Vec<Row> {
    let value = resource.value;
    let found = ("valueCodeableConcept", &value["valueCodeableConcept"]);
    let fields = main_code(value).into_iter().chain([found]);
    let codings = fields.flat_map(|(field, concept)| {
        let listed = concept["coding"].as_array().into_iter().flatten();
        listed
            .zip(0..)
            .map(move |(coding, position)| (field, coding, position))
    });
    let rows = codings.map(|(field, coding, position)| {
        vec![
            text(Some(resource.kind)),
            text(value["id"].as_str()),
            text(resource.patient),
            text(Some(field)),
            Cell::Integer(position),
            text(coding["system"].as_str()),
            text(coding["code"].as_str()),
            text(coding["display"].as_str()),
        ]
    });
    rows.collect()
}

fn main_code(value: &Value) -> Option<(&'static str, &Value)> {
    let named = CODES.iter().map(|name| (*name, first(&value[*name])));
    named.into_iter().find(|(_, concept)| concept.is_object())
}

/// System, code and display of the first coding, and the text.
fn concept(concept: &Value) -> [Cell; 4] {
    // a coding by itself, as the class of an encounter is
    let coding = if concept["coding"].is_array() {
        &concept["coding"][0]
    } else {
        concept
    };
    [
        text(coding["system"].as_str()),
        text(coding["code"].as_str()),
        text(coding["display"].as_str()),
        text(concept["text"].as_str()),
    ]
}

/// A value: text, number, comparator, unit, code of the unit, system and code of a concept, why there is none.
fn measured(value: &Value) -> [Cell; 8] {
    let amount = AMOUNTS
        .iter()
        .map(|name| &value[*name])
        .find(|amount| amount["currency"].is_string());
    let quantity = Some(&value["valueQuantity"])
        .filter(|quantity| quantity.is_object())
        .or(amount)
        .unwrap_or(&Value::Null);
    let coded = &value["valueCodeableConcept"];
    let number = quantity["value"]
        .as_str()
        .or(value["valueInteger"].as_str());
    let said = number
        .or(value["valueString"].as_str())
        .or(value["valueDateTime"].as_str())
        .or(coded["text"].as_str())
        .or(coded["coding"][0]["display"].as_str())
        .map(str::to_owned)
        .or(value["valueBoolean"]
            .as_bool()
            .map(|truth| truth.to_string()));
    [
        Cell::Text(said),
        Cell::Real(
            number
                .and_then(|digits| digits.parse().ok())
                .filter(|number: &f64| number.is_finite()),
        ),
        text(quantity["comparator"].as_str()),
        text(quantity["unit"].as_str().or(quantity["currency"].as_str())),
        text(quantity["code"].as_str()),
        text(coded["coding"][0]["system"].as_str()),
        text(coded["coding"][0]["code"].as_str()),
        text(code_of(&value["dataAbsentReason"])),
    ]
}

fn person(patient: &Value) -> Vec<Cell> {
    let name = first(&patient["name"]);
    let given = name["given"].as_array().map(|given| {
        let given: Vec<&str> = given.iter().filter_map(Value::as_str).collect();
        given.join(" ")
    });
    let death = patient["deceasedDateTime"].as_str();
    let is_deceased = death.map(|_| true).or(patient["deceasedBoolean"].as_bool());
    let address = first(&patient["address"]);
    let mut cells = vec![
        text(name["family"].as_str()),
        Cell::Text(given),
        text(patient["gender"].as_str()),
    ];
    cells.extend(date(patient["birthDate"].as_str()));
    cells.push(Cell::Truth(is_deceased));
    cells.extend(date(death));
    cells.extend(["state", "postalCode", "country"].map(|field| text(address[field].as_str())));
    cells
}

/// A date as it was written, and its day if it says one.
fn date(written: Option<&str>) -> [Cell; 2] {
    // Arrow, DuckDB and Parquet count days from here.
    let epoch = NaiveDate::default();
    let day = written
        .and_then(|written| written.get(..10))
        .and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok())
        .and_then(|day| i32::try_from((day - epoch).num_days()).ok());
    [text(written), Cell::Day(day)]
}

/// A date, or one end of a period.
fn moment<'a>(value: &'a Value, end: &str) -> Option<&'a str> {
    value.as_str().or(value[end].as_str())
}

fn code_of(concept: &Value) -> Option<&str> {
    concept["coding"][0]["code"]
        .as_str()
        .or(concept.as_str())
        .or(concept["text"].as_str())
}

/// The first of a list, or the value itself.
fn first(value: &Value) -> &Value {
    match value {
        Value::Array(list) => list.first().unwrap_or(&Value::Null),
        value => value,
    }
}

/// The id that a reference ends with.
fn id_of(reference: &str) -> &str {
    reference.rsplit(['/', ':']).next().unwrap_or(reference)
}

fn text(text: Option<&str>) -> Cell {
    Cell::Text(text.map(str::to_owned))
}
