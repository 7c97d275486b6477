//! Which of the four classes a table or a path belongs to, and why.

use ehr_model::profile::{ColumnProfile, TableFormat, ValueShape};
use ehr_model::record::{DataClass, Kind};

use super::words::words;

/// Words in names that speak for a class. A word fits where a word of the name begins with it.
const WORDS: [(DataClass, &[&str]); 4] = [
    (
        DataClass::Billing,
        &[
            "claim",
            "charge",
            "payment",
            "payer",
            "payor",
            "insur",
            "coverage",
            "copay",
            "invoice",
            "remit",
            "era",
            "guarantor",
            "ledger",
            "billing",
            "bill",
            "balance",
            "adjust",
            "deduct",
            "subscriber",
            "fee",
            "transaction",
            "cost",
            "amount",
            "expense",
            "eob",
            "policy",
        ],
    ),
    (
        DataClass::StructuredClinical,
        &[
            "allerg",
            "medic",
            "rx",
            "prescri",
            "drug",
            "problem",
            "condition",
            "diagnos",
            "dx",
            "immun",
            "vaccin",
            "lab",
            "labord",
            "labres",
            "result",
            "observ",
            "vital",
            "proced",
            "proc",
            "careplan",
            "device",
            "implant",
            "supply",
            "supplies",
            "imaging",
            "order",
            "famhx",
            "history",
            "hx",
            "social",
            "symptom",
            "dose",
            "sig",
            "specimen",
            "goal",
            "referral",
            "screening",
            "flowsheet",
        ],
    ),
    (
        DataClass::Unstructured,
        &[
            "note",
            "document",
            "docindex",
            "letter",
            "scan",
            "attachment",
            "narrative",
            "blob",
            "fax",
            "transcription",
            "report",
            "message",
            "correspond",
        ],
    ),
    (
        DataClass::Administrative,
        &[
            "patient",
            "person",
            "provider",
            "practition",
            "physician",
            "organization",
            "facility",
            "location",
            "site",
            "department",
            "appt",
            "appointment",
            "schedule",
            "encounter",
            "visit",
            "user",
            "staff",
            "employ",
            "contact",
            "address",
            "phone",
            "zip",
            "pharmacy",
            "demograph",
        ],
    ),
];

/// What a word in the name of the table counts, beside one for a word in the name of a column.
/// It outweighs all columns: a claim has eight diagnoses and is a claim all the same.
const TABLE_NAME: u32 = 12;
/// What a column full of codes or of sentences counts.
const CONTENT: u32 = 2;
/// Columns beyond so many say nothing new of a class.
const MOST_COLUMNS: u32 = 3;
/// A narrative column has this many characters a value, or more.
const NARRATIVE: u64 = 200;

/// The class of a table, with the reasons, strongest first.
pub(super) fn of_table(
    name: &str,
    format: &TableFormat,
    columns: &[ColumnProfile],
) -> (DataClass, Vec<String>) {
    if let TableFormat::Lines = format {
        let reason = "lines of text without columns".to_owned();
        return (DataClass::Unstructured, vec![reason]);
    }
    let mut scores: Vec<(DataClass, u32, Vec<String>)> = WORDS
        .iter()
        .map(|(class, _)| (*class, 0, Vec::new()))
        .collect();
    let mut vote = |class: DataClass, points: u32, reason: Option<String>| {
        for (known, score, reasons) in &mut scores {
            if *known == class {
                *score += points;
                reasons.extend(reason.clone());
            }
        }
    };
    for word in words(name) {
        if let Some((class, stem)) = class_of_word(&word) {
            vote(
                class,
                TABLE_NAME,
                Some(format!("the table's name says `{stem}`")),
            );
        }
    }
    let mut named = [0u32; WORDS.len()];
    let mut coded = 0;
    for column in columns {
        for word in words(&column.name) {
            // nearly every table has the key of the patient and of the visit
            let is_key = column.shape == ValueShape::Uuid
                || words(&column.name).last().is_some_and(|last| last == "id");
            if let Some((class, _)) = class_of_word(&word).filter(|_| !is_key) {
                if let Some(place) = WORDS.iter().position(|(known, _)| *known == class) {
                    named[place] += 1;
                    vote(class, u32::from(named[place] <= MOST_COLUMNS), None);
                }
                break;
            }
        }
        let clinical = ["SNOMED CT", "LOINC", "RxNorm", "CVX", "ICD-10-CM", "NDC"];
        if let Some(code) = column.code()
            && clinical.contains(&code.name)
            && code.count * 2 > column.filled
        {
            coded += 1;
            if coded <= MOST_COLUMNS {
                let reason = format!("column `{}` holds {} codes", column.name, code.name);
                vote(DataClass::StructuredClinical, CONTENT, Some(reason));
            }
        }
        if column.shape == ValueShape::Narrative
            && column.lengths.total / column.filled.max(1) >= NARRATIVE
        {
            let reason = format!("column `{}` holds sentences", column.name);
            vote(DataClass::Unstructured, CONTENT * 2, Some(reason));
        }
    }
    for ((_, _, reasons), named) in scores.iter_mut().zip(named) {
        if named > 0 {
            reasons.push(format!("{named} names of columns"));
        }
    }
    scores.sort_by_key(|(_, score, _)| std::cmp::Reverse(*score));
    match scores.into_iter().next() {
        Some((class, score, reasons)) if score > 0 => (class, reasons),
        _ => (
            DataClass::Administrative,
            vec!["nothing tells; a person has to say".to_owned()],
        ),
    }
}

fn class_of_word(word: &str) -> Option<(DataClass, &'static str)> {
    WORDS.iter().find_map(|(class, stems)| {
        let stem = stems
            .iter()
            .find(|stem| word == **stem || stem.len() > 2 && word.starts_with(**stem))?;
        Some((*class, *stem))
    })
}

/// The class of the values at a path of a tree.
pub(super) fn of_path(format: &str, table: &str, path: &str) -> DataClass {
    match format {
        "ccda" => ccda(path),
        "fhir" => {
            let name = table.rsplit(' ').next().unwrap_or(table);
            let kind = Kind::ALL.iter().find(|kind| kind.fhir() == name);
            if path.starts_with("text/") || path.contains("/data") {
                return DataClass::Unstructured;
            }
            match name {
                "ExplanationOfBenefit" | "Account" | "Invoice" | "ChargeItem" => DataClass::Billing,
                _ => kind.map_or(DataClass::Administrative, |kind| kind.class()),
            }
        }
        "hl7v2" => match path.get(..3).unwrap_or(path) {
            "OBX" | "OBR" | "AL1" | "IAM" | "DG1" | "PR1" | "RXA" | "RXE" | "RXO" | "RXR"
            | "RXD" | "SPM" | "PRB" | "GOL" | "TQ1" | "ORC" | "RXC" => {
                DataClass::StructuredClinical
            }
            "FT1" | "IN1" | "IN2" | "IN3" | "GT1" => DataClass::Billing,
            "TXA" | "NTE" => DataClass::Unstructured,
            _ => DataClass::Administrative,
        },
        "x12" => DataClass::Billing,
        _ => {
            let found = words(path)
                .iter()
                .rev()
                .find_map(|word| class_of_word(word));
            found.map_or(DataClass::Administrative, |(class, _)| class)
        }
    }
}

fn ccda(path: &str) -> DataClass {
    if path.contains("/section/text") || path.contains("nonXMLBody") {
        DataClass::Unstructured
    } else if path.contains("/section/") {
        DataClass::StructuredClinical
    } else {
        DataClass::Administrative
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(name: &str, columns: &[&str]) -> DataClass {
        let columns: Vec<_> = columns
            .iter()
            .map(|name| ColumnProfile::new(*name))
            .collect();
        of_table(name, &TableFormat::SqlDump, &columns).0
    }

    #[test]
    fn names_tell_the_class() {
        assert_eq!(
            class("ALLERGY", &["ALLERGEN", "REACTION"]),
            DataClass::StructuredClinical
        );
        assert_eq!(
            class("claims_transactions", &["AMOUNT", "PAYMENTS"]),
            DataClass::Billing
        );
        assert_eq!(
            class("patients", &["FIRST", "ADDRESS"]),
            DataClass::Administrative
        );
        assert_eq!(
            class("DOCINDEX", &["FILE", "TYPE"]),
            DataClass::Unstructured
        );
        let nothing = of_table("xyz", &TableFormat::SqlDump, &[]);
        assert!(nothing.1[0].contains("a person has to say"));
    }
}
