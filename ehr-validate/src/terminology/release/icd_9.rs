//! ICD-9-CM: the titles of its last version (32), which CMS ships as `CMS32_DESC_LONG_DX.txt` for
//! diagnoses and `CMS32_DESC_LONG_SG.txt` for procedures.
//!
//! Code without dot, blanks, title; ISO-8859-1. Only codes that claims could carry are listed.

use std::io::BufRead;

use chrono::NaiveDate;
use encoding_rs::WINDOWS_1252;

use super::lines::Lines;
use super::{File, Release};
use crate::code_format::icd_9_cm;
use crate::terminology::concept::Validity;
use crate::terminology::{TableBuilder, TerminologyError, system};

/// Reads the titles of the diagnoses.
pub fn read_diagnoses(
    release: &Release,
    titles: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    read(system::ICD_9_CM, release, titles, |code| {
        icd_9_cm::parse(code).is_ok()
    })
}

/// Reads the titles of the procedures.
pub fn read_procedures(
    release: &Release,
    titles: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    read(system::ICD_9_PCS, release, titles, |code| {
        icd_9_cm::check_procedure(code).is_ok()
    })
}

fn read(
    system: &str,
    release: &Release,
    titles: File<impl BufRead>,
    is_code: impl Fn(&str) -> bool,
) -> Result<TableBuilder, TerminologyError> {
    let mut table = TableBuilder::new(system, release);
    let mut lines = Lines::of(titles, WINDOWS_1252);
    while let Some(line) = lines.next()? {
        let Some((code, title)) = line.text.split_once(' ') else {
            return Err(line.expected(1, "a code, blanks and a title"));
        };
        if !is_code(code) {
            return Err(line.expected(1, "a code without dot"));
        }
        let draft = table.draft(code);
        draft.display = Some(title.trim().to_owned());
        // 45 CFR 162.1002: services from 2015-10-01 on carry ICD-10.
        draft.validity = vec![Validity {
            from: None,
            to: NaiveDate::from_ymd_opt(2015, 9, 30),
            billable: true,
        }];
    }
    match table.is_empty() {
        true => Err(TerminologyError::NoCode {
            file: lines.name().to_owned(),
        }),
        false => Ok(table),
    }
}
