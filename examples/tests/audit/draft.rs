//! What the draft finds of what a person wrote, and that it compiles on tables of which only names
//! are known.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::suggest;
use ehr_model::profile::{ColumnProfile, Delimited, SourceProfile, TableFormat, TableProfile};

use super::{audit, corpus};

/// Table, kind, field and column of the lines that read one column.
fn lines(text: &str) -> BTreeSet<[String; 4]> {
    let document: toml::Table = text.parse().unwrap();
    let mut found = BTreeSet::new();
    for map in document["map"].as_array().unwrap() {
        let (Some(from), Some(to)) = (map.get("from"), map.get("to")) else {
            continue;
        };
        let Some(fields) = map.get("fields").and_then(|fields| fields.as_table()) else {
            continue;
        };
        for (field, value) in fields {
            let part = |name: &str| value.get(name).and_then(|value| value.as_str());
            let key = || value.get("key")?.as_array()?.first()?.as_str();
            let column = match value.as_str() {
                Some(column) => Some(column),
                None if value.get("join").is_some() => None,
                None => part("from").or(part("code")).or_else(key),
            };
            if let Some(column) = column {
                let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
                found.insert([text(from), text(to), field.clone(), column.to_owned()]);
            }
        }
    }
    found
}

#[test]
fn the_draft_finds_the_obvious_of_synthea() {
    let Some(source) = corpus("synthea-csv/ma-2024-11pts") else {
        return;
    };
    let (out, _) = audit(&source, &[]);
    let draft = fs::read_to_string(out.path().join("draft.toml")).unwrap();
    MappingDocument::parse("draft.toml", &draft)
        .unwrap()
        .compile()
        .unwrap();
    for (place, line) in draft.lines().enumerate() {
        // every guess is marked in the line above it
        if line.starts_with('"') {
            let above = draft.lines().nth(place - 1).unwrap();
            assert!(above.contains("REVIEW"), "line {}", place + 1);
        }
    }
    let manual =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../ehr-mapping/documents/synthea-csv.toml");
    let by_hand = lines(&fs::read_to_string(manual).unwrap());
    let drafted = lines(&draft);
    let both = by_hand.intersection(&drafted).count();
    println!(
        "{} lines by hand, {} drafted, {both} the same",
        by_hand.len(),
        drafted.len()
    );
    assert!(
        both * 100 >= drafted.len() * 80,
        "four of five drafted lines are right"
    );
    for obvious in [
        ["patients", "Patient", "birthDate", "BIRTHDATE"],
        ["patients", "Patient", "name[0].family", "LAST"],
        ["conditions", "Problem", "code", "CODE"],
        ["conditions", "Problem", "encounter", "ENCOUNTER"],
        [
            "medications",
            "Medication",
            "medicationCodeableConcept",
            "CODE",
        ],
        ["immunizations", "Immunization", "vaccineCode", "CODE"],
        ["allergies", "Allergy", "code", "CODE"],
        ["procedures", "Procedure", "code", "CODE"],
        ["encounters", "Encounter", "period.start", "START"],
    ] {
        assert!(drafted.contains(&obvious.map(str::to_owned)), "{obvious:?}");
    }
}

#[test]
fn five_hundred_tables_of_which_only_names_are_known_give_a_draft_that_compiles() {
    let Some(source) = corpus("legacy-exports") else {
        return;
    };
    let headers = fs::read_to_string(source.join("epic-ehi-headers.tsv")).unwrap();
    let mut profile = SourceProfile::default();
    for line in headers.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let file = Delimited::new(format!("{}.tsv", cells[0]), '\t', "utf-8", true);
        let mut table = TableProfile::new(cells[0], TableFormat::Csv(file));
        table.columns = cells[2].split('|').map(ColumnProfile::new).collect();
        profile.tables.push(table);
    }
    assert_eq!(profile.tables.len(), 550);
    let draft = suggest::draft(&profile, "https://legacy.example").expect("a table of patients");
    MappingDocument::parse("draft.toml", draft.text())
        .unwrap()
        .compile()
        .unwrap();
    let active = draft.lines().iter().filter(|line| line.active).count();
    println!(
        "{} tables with a map, {active} lines stand, of {} guesses",
        draft.tables(),
        draft.lines().len()
    );
    // most tables name their patient through another one, which names alone do not show
    let patient = draft.lines().iter().any(|line| {
        line.active
            && line.table == "PATIENT"
            && line.column == "BIRTH_DATE"
            && line.field == "birthDate"
    });
    let unplaced = draft.text().matches("no column finds the patient").count();
    println!("{unplaced} tables without a column of the patient");
    assert!(patient && active >= 10);
}
