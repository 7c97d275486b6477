//! Which kind of record a table may hold, and how its rows find their patient.

use ehr_model::profile::{SourceProfile, TableFormat, TableProfile, ValueShape};
use ehr_model::record::Kind;

use super::synonyms::squashed;
use super::usual_dialect;

/// Words in the names of tables, the more telling first.
const WORDS: [(&str, Kind); 32] = [
    ("patenc", Kind::Encounter),
    ("allerg", Kind::Allergy),
    ("immun", Kind::Immunization),
    ("vaccin", Kind::Immunization),
    ("medication", Kind::Medication),
    ("meds", Kind::Medication),
    ("prescri", Kind::Medication),
    ("ordermed", Kind::Medication),
    ("problem", Kind::Problem),
    ("condition", Kind::Problem),
    ("diagnos", Kind::Problem),
    ("procedure", Kind::Procedure),
    ("proced", Kind::Procedure),
    ("observation", Kind::Observation),
    ("labres", Kind::Observation),
    ("result", Kind::Observation),
    ("vital", Kind::Observation),
    ("careplan", Kind::CarePlan),
    ("device", Kind::Device),
    ("implant", Kind::Device),
    ("payertransition", Kind::Coverage),
    ("coverage", Kind::Coverage),
    ("insurance", Kind::Coverage),
    ("claims", Kind::Claim),
    ("appointment", Kind::Appointment),
    ("appt", Kind::Appointment),
    ("encounter", Kind::Encounter),
    ("visit", Kind::Encounter),
    ("provider", Kind::Practitioner),
    ("organization", Kind::Organization),
    ("payer", Kind::Organization),
    ("patient", Kind::Patient),
];

/// Words that say that a table only adds to records of another one, or holds something else.
const OTHER: [&str; 6] = ["transaction", "line", "expense", "history", "audit", "log"];

/// Names of the column with the number of the patient.
const PATIENT: [&str; 11] = [
    "patient",
    "patientid",
    "patid",
    "patno",
    "patientno",
    "mrn",
    "chartno",
    "chartnumber",
    "pid",
    "patientnumber",
    "chart",
];

/// A table with what is guessed of it.
pub(super) struct Guessed<'p> {
    pub(super) profile: &'p TableProfile,
    pub(super) kind: Option<Kind>,
    /// Why it is of this kind.
    pub(super) reason: String,
    /// The column with the patient's number, and why.
    pub(super) patient: Option<(String, String)>,
    /// The columns that tell its records apart.
    pub(super) key: Vec<String>,
}

/// The tables that one document can read; `None` without a table of patients.
pub(super) fn tables(profile: &SourceProfile) -> Option<Vec<Guessed<'_>>> {
    let usual = usual_dialect(profile);
    let readable = |table: &&TableProfile| match &table.format {
        TableFormat::Csv(file) => {
            file.header
                && file.files == 1
                && usual.is_some_and(|usual| usual.delimiter == file.delimiter)
        }
        TableFormat::SqlDump | TableFormat::Xlsx { .. } => true,
        _ => false,
    };
    let readable = || profile.tables.iter().filter(readable);
    let patients = readable()
        .filter(|table| kind_of(table).0 == Some(Kind::Patient))
        .max_by_key(|table| {
            let is_named_so = ["patient", "patients"].contains(&squashed(&table.name).as_str());
            (is_named_so, own_key(table).is_some(), table.columns.len())
        })?;
    let guessed = readable().map(|table| {
        let (mut kind, mut reason) = kind_of(table);
        if kind == Some(Kind::Patient) && table.name != patients.name {
            (kind, reason) = (None, "another table holds the patients".to_owned());
        }
        let patient = match kind {
            Some(Kind::Patient) => {
                own_key(table).map(|key| (key, "the table's own key".to_owned()))
            }
            Some(kind) if kind.is_shared() => None,
            _ => patient_of(profile, table, patients),
        };
        let key = match own_key(table) {
            Some(key) => vec![key],
            None => table
                .columns
                .iter()
                .filter(|column| column.filled > 0 || table.records == 0)
                .map(|column| column.name.to_string())
                .take(6)
                .collect(),
        };
        Guessed {
            profile: table,
            kind,
            reason,
            patient,
            key,
        }
    });
    Some(guessed.collect())
}

fn kind_of(table: &TableProfile) -> (Option<Kind>, String) {
    let name = squashed(&table.name);
    if OTHER.iter().any(|word| name.contains(word)) {
        return (
            None,
            "its name says that it is no table of records".to_owned(),
        );
    }
    let mut found: Vec<_> = WORDS
        .iter()
        .filter(|(word, _)| name.contains(word))
        .collect();
    // `payer_transitions` is coverage though it says payer: the longest word counts
    found.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    if let Some((word, kind)) = found.first() {
        return (Some(*kind), format!("its name says `{word}`"));
    }
    let has = |names: &[&str]| {
        let mut columns = table.columns.iter().map(|column| squashed(&column.name));
        columns.any(|column| names.contains(&column.as_str()))
    };
    if has(&["dob", "birthdate", "dateofbirth"]) && has(&["last", "lastname", "lname", "surname"]) {
        let reason = "its columns name a person with a birth date".to_owned();
        return (Some(Kind::Patient), reason);
    }
    (None, "nothing tells its kind".to_owned())
}

/// The column that is the key of the table: by its values, or by its name where there are none.
fn own_key(table: &TableProfile) -> Option<String> {
    let named = |name: &str| {
        let name = squashed(name);
        let singular = squashed(&table.name);
        let singular = singular.strip_suffix('s').unwrap_or(&singular).to_owned();
        ["id", "no", "key"].contains(&name.as_str())
            || name == format!("{singular}id")
            || name == format!("{singular}no")
            || PATIENT[1..].contains(&name.as_str()) && singular.contains("pat")
    };
    let mut unique = table.columns.iter().filter(|column| {
        column.unique
            && matches!(
                column.shape,
                ValueShape::Uuid | ValueShape::Integer | ValueShape::Code
            )
    });
    let by_value = unique
        .clone()
        .find(|column| named(&column.name))
        .or_else(|| unique.find(|column| column.shape == ValueShape::Uuid));
    let by_name = || {
        let mut columns = table.columns.iter();
        columns.find(|column| column.filled == 0 && named(&column.name))
    };
    by_value
        .or_else(by_name)
        .map(|column| column.name.to_string())
}

/// The column of a table with the number of the patient.
fn patient_of(
    profile: &SourceProfile,
    table: &TableProfile,
    patients: &TableProfile,
) -> Option<(String, String)> {
    for column in &table.columns {
        let to = profile
            .references(&table.name, &column.name)
            .find(|relation| relation.to_table == patients.name);
        if let Some(relation) = to {
            let reason = format!(
                "{} of 1000 values are keys of `{}`",
                relation.per_mille(),
                patients.name
            );
            return Some((column.name.to_string(), reason));
        }
    }
    let by_name = table
        .columns
        .iter()
        .find(|column| PATIENT.contains(&squashed(&column.name).as_str()))?;
    Some((
        by_name.name.to_string(),
        "the name of the column".to_owned(),
    ))
}
