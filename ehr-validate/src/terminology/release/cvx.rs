//! Vaccines administered: the CVX code set of CDC, as XML (`cvx.xml`) or text (`cvx.txt`).
//!
//! The text has the fields code, short description, full name, notes, status, whether it is no
//! vaccine, and the day of the last change, between bars.

use std::io::BufRead;

use chrono::NaiveDate;
use encoding_rs::WINDOWS_1252;

use super::lines::Lines;
use super::{File, Release, xml};
use crate::code_format::cvx;
use crate::terminology::builder::Draft;
use crate::terminology::concept::Status;
use crate::terminology::{TableBuilder, TerminologyError, system};

/// Reads `cvx.xml`.
pub fn read_xml(
    release: &Release,
    codes: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    let (file, bytes) = codes.read_whole()?;
    let mut table = TableBuilder::new(system::CVX, release);
    for record in xml::records(&file, &bytes, "CVXInfo")? {
        let expected = |expected| TerminologyError::Layout {
            file: file.clone(),
            line: record.line,
            column: 1,
            expected,
        };
        let code = record.get("CVXCode");
        if cvx::check(code).is_err() {
            return Err(expected("two or three digits in CVXCode"));
        }
        let draft = table.draft(code);
        draft.status = Some(status(record.get("Status")).ok_or_else(|| expected("a status"))?);
        draft.status_date = day(record.get("LastUpdated"));
        name(
            draft,
            record.get("FullVaccinename"),
            record.get("ShortDescription"),
        );
    }
    Ok(table)
}

/// Reads `cvx.txt`.
pub fn read_text(
    release: &Release,
    codes: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    let mut table = TableBuilder::new(system::CVX, release);
    let mut lines = Lines::of(codes, WINDOWS_1252);
    while let Some(line) = lines.next()? {
        let fields = line.fields('|', 7)?;
        let code = fields.get(0);
        if cvx::check(code).is_err() {
            return Err(fields.expected(0, "two or three digits"));
        }
        let Some(status) = status(fields.get(4)) else {
            return Err(fields.expected(4, "a status"));
        };
        let draft = table.draft(code);
        draft.status = Some(status);
        draft.status_date = day(fields.get(6));
        name(draft, fields.get(2), fields.get(1));
    }
    match table.is_empty() {
        true => Err(TerminologyError::NoCode {
            file: lines.name().to_owned(),
        }),
        false => Ok(table),
    }
}

/// The name, or where there is none the description.
pub(super) fn name(draft: &mut Draft, full: &str, short: &str) {
    let display = if full.is_empty() { short } else { full };
    draft.display = Some(display.to_owned());
    if short != display && !short.is_empty() {
        draft.synonyms = vec![short.to_owned()];
    }
}

pub(super) fn status(text: &str) -> Option<Status> {
    match text.to_ascii_lowercase().as_str() {
        "active" => Some(Status::Active),
        "inactive" => Some(Status::Inactive),
        "pending" => Some(Status::Pending),
        "never active" => Some(Status::NeverActive),
        "non-us" => Some(Status::NonUs),
        _ => None,
    }
}

/// The day, which CDC writes in several ways; what is no day is none, since it decides nothing alone.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let text = text.split_whitespace().next()?;
    ["%m/%d/%Y", "%Y/%m/%d", "%Y-%m-%d"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
}
