//! HCPCS level II: the alpha-numeric file of CMS (`HCPC2024_JUL_ANWEB.txt`).
//!
//! Fixed width of 320: code (1–5; a modifier in 4–5), record (11: 3 and 7 begin a code and a modifier,
//! 4 and 8 continue its title), long title (12–91), short title (92–119), added (269–276),
//! terminated (285–292).

use std::io::BufRead;

use chrono::NaiveDate;
use encoding_rs::WINDOWS_1252;

use super::lines::{Line, Lines};
use super::{File, Release};
use crate::terminology::concept::Validity;
use crate::terminology::{TableBuilder, TerminologyError, system};

/// Reads codes and modifiers.
pub fn read(
    release: &Release,
    codes: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    let mut table = TableBuilder::new(system::HCPCS, release);
    let mut lines = Lines::of(codes, WINDOWS_1252);
    while let Some(line) = lines.next()? {
        let code = line.columns(1, 5);
        let long = line.columns(12, 91);
        let malformed = code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if malformed {
            return Err(line.expected(1, "a code"));
        }
        match line.columns(11, 11) {
            "3" | "7" => {
                let (from, to) = (day(&line, 269)?, day(&line, 285)?);
                let short = line.columns(92, 119);
                let draft = table.draft(code);
                draft.display = Some(long.to_owned());
                if !short.is_empty() {
                    draft.synonyms = vec![short.to_owned()];
                }
                let billable = true;
                draft.validity = vec![Validity { from, to, billable }];
            }
            "4" | "8" => match table
                .existing(code)
                .and_then(|draft| draft.display.as_mut())
            {
                Some(title) => {
                    title.push(' ');
                    title.push_str(long);
                }
                None => return Err(line.expected(11, "the first line of the code before this one")),
            },
            _ => return Err(line.expected(11, "3, 4, 7 or 8")),
        }
    }
    match table.is_empty() {
        true => Err(TerminologyError::NoCode {
            file: lines.name().to_owned(),
        }),
        false => Ok(table),
    }
}

fn day(line: &Line<'_>, column: usize) -> Result<Option<NaiveDate>, TerminologyError> {
    let text = line.columns(column, column + 7);
    if text.is_empty() {
        return Ok(None);
    }
    match NaiveDate::parse_from_str(text, "%Y%m%d") {
        Ok(day) => Ok(Some(day)),
        Err(_) => Err(line.expected(column, "a date of eight digits")),
    }
}
