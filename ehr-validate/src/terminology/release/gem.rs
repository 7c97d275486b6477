//! General Equivalence Mappings of CMS (`2018_I9gem.txt` and `2018_I10gem.txt`).
//!
//! Source, target and five digits, between blanks: approximate, no map, combination, scenario,
//! choice list. `NoDx` stands for no target.

use std::io::BufRead;

use encoding_rs::UTF_8;

use super::lines::Lines;
use super::{File, Release};
use crate::terminology::builder::Target;
use crate::terminology::{TableBuilder, TerminologyError, system};

/// Reads the map of diagnoses from ICD-9-CM to ICD-10-CM.
pub fn read_icd_9_to_10(
    release: &Release,
    gem: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    read(
        TableBuilder::map(system::ICD_9_CM, system::ICD_10_CM, release),
        gem,
    )
}

/// Reads the map of diagnoses from ICD-10-CM to ICD-9-CM.
pub fn read_icd_10_to_9(
    release: &Release,
    gem: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    read(
        TableBuilder::map(system::ICD_10_CM, system::ICD_9_CM, release),
        gem,
    )
}

fn read(mut map: TableBuilder, gem: File<impl BufRead>) -> Result<TableBuilder, TerminologyError> {
    let mut lines = Lines::of(gem, UTF_8);
    while let Some(line) = lines.next()? {
        let mut words = line.text.split_whitespace();
        let [Some(source), Some(target), Some(flags), None] =
            [words.next(), words.next(), words.next(), words.next()]
        else {
            return Err(line.expected(1, "source, target and flags"));
        };
        let digits: Vec<u8> = flags.bytes().map(|flag| flag.wrapping_sub(b'0')).collect();
        let [
            approximate @ 0..=1,
            no_map @ 0..=1,
            combination @ 0..=1,
            scenario @ 0..=9,
            choice @ 0..=9,
        ] = digits[..]
        else {
            let column = line.text.rfind(flags).unwrap_or_default() + 1;
            return Err(line.expected(column, "five digits of flags"));
        };
        let none = no_map == 1 || target.eq_ignore_ascii_case("NoDx");
        map.draft(source).targets.push(Target {
            code: if none {
                String::new()
            } else {
                target.to_owned()
            },
            approximate: approximate == 1,
            combination: combination == 1,
            scenario,
            choice,
        });
    }
    match map.is_empty() {
        true => Err(TerminologyError::NoCode {
            file: lines.name().to_owned(),
        }),
        false => Ok(map),
    }
}
