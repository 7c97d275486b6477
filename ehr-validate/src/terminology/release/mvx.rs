//! Manufacturers of vaccines: the MVX code set of CDC, as XML (`mvx.xml`) or text (`mvx.txt`).
//!
//! The text has the fields code, name, notes, status and the day of the last change, between bars.

use std::io::BufRead;

use encoding_rs::WINDOWS_1252;

use super::cvx::{day, status};
use super::lines::Lines;
use super::{File, Release, xml};
use crate::code_format::mvx;
use crate::terminology::{TableBuilder, TerminologyError, system};

/// Reads `mvx.xml`.
pub fn read_xml(
    release: &Release,
    codes: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    let (file, bytes) = codes.read_whole()?;
    let mut table = TableBuilder::new(system::MVX, release);
    for record in xml::records(&file, &bytes, "MVXInfo")? {
        let expected = |expected| TerminologyError::Layout {
            file: file.clone(),
            line: record.line,
            column: 1,
            expected,
        };
        let code = record.get("MVXCODE");
        if mvx::check(code).is_err() {
            return Err(expected("two or three capital letters in MVX_CODE"));
        }
        let draft = table.draft(code);
        draft.status = Some(status(record.get("Status")).ok_or_else(|| expected("a status"))?);
        draft.status_date = day(record.get("LastUpdated"));
        draft.display = Some(record.get("ManufacturerName").to_owned());
    }
    Ok(table)
}

/// Reads `mvx.txt`.
pub fn read_text(
    release: &Release,
    codes: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    let mut table = TableBuilder::new(system::MVX, release);
    let mut lines = Lines::of(codes, WINDOWS_1252);
    while let Some(line) = lines.next()? {
        let fields = line.fields('|', 5)?;
        let code = fields.get(0);
        if mvx::check(code).is_err() {
            return Err(fields.expected(0, "two or three capital letters"));
        }
        let Some(status) = status(fields.get(3)) else {
            return Err(fields.expected(3, "a status"));
        };
        let draft = table.draft(code);
        draft.status = Some(status);
        draft.status_date = day(fields.get(4));
        draft.display = Some(fields.get(1).to_owned());
    }
    match table.is_empty() {
        true => Err(TerminologyError::NoCode {
            file: lines.name().to_owned(),
        }),
        false => Ok(table),
    }
}
