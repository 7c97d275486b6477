//! LOINC: `Loinc.csv` and `MapTo.csv` of a release.

use std::io::BufRead;

use csv::StringRecord;

use super::{File, Release};
use crate::terminology::concept::{Association, Status};
use crate::terminology::{TableBuilder, TerminologyError, system};

/// Reads the terms.
pub fn read(
    release: &Release,
    terms: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    let mut table = TableBuilder::new(system::LOINC, release);
    let columns = [
        "LOINC_NUM",
        "LONG_COMMON_NAME",
        "COMPONENT",
        "SHORTNAME",
        "STATUS",
    ];
    rows(
        terms,
        columns,
        |[code, name, component, short, status], expected| {
            let status = match status {
                "ACTIVE" => Status::Active,
                "TRIAL" => Status::Trial,
                "DISCOURAGED" => Status::Discouraged,
                "DEPRECATED" => Status::Deprecated,
                _ => return Err(expected(4, "a status")),
            };
            if code.is_empty() {
                return Err(expected(0, "a code"));
            }
            let draft = table.draft(code);
            draft.status = Some(status);
            draft.display = Some(name.to_owned());
            for synonym in [component, short] {
                if !synonym.is_empty() && synonym != name {
                    draft.synonyms.push(synonym.to_owned());
                }
            }
            Ok(())
        },
    )?;
    Ok(table)
}

/// Adds what takes the place of retired terms.
pub fn read_map_to(
    mut terms: TableBuilder,
    map_to: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    rows(map_to, ["LOINC", "MAP_TO"], |[code, target], expected| {
        if code.is_empty() || target.is_empty() {
            return Err(expected(1, "a code"));
        }
        if let Some(draft) = terms.existing(code) {
            let replacement = (Association::ReplacedBy, target.to_owned());
            draft.replacements.push(replacement);
        }
        Ok(())
    })?;
    Ok(terms)
}

/// Visits the rows with their wanted columns, and a way to say what is wrong with one of them.
pub(super) fn rows<const N: usize>(
    file: File<impl BufRead>,
    wanted: [&'static str; N],
    mut visit: impl FnMut(
        [&str; N],
        &dyn Fn(usize, &'static str) -> TerminologyError,
    ) -> Result<(), TerminologyError>,
) -> Result<(), TerminologyError> {
    let File { name, reader } = file;
    let mut rows = csv::Reader::from_reader(reader);
    let header = rows
        .headers()
        .map_err(|error| unreadable(&name, &error))?
        .clone();
    let mut places = [0; N];
    for (place, column) in places.iter_mut().zip(wanted) {
        let found = header
            .iter()
            .position(|name| name.trim_start_matches('\u{feff}') == column);
        *place = found.ok_or_else(|| TerminologyError::MissingColumn {
            file: name.clone(),
            column,
        })?;
    }
    let mut row = StringRecord::new();
    let mut any = false;
    while rows
        .read_record(&mut row)
        .map_err(|error| unreadable(&name, &error))?
    {
        any = true;
        let line = row.position().map_or(0, csv::Position::line);
        let expected = |wanted: usize, expected| TerminologyError::Layout {
            file: name.clone(),
            line,
            column: places[wanted] + 1,
            expected,
        };
        visit(
            places.map(|place| row.get(place).unwrap_or_default().trim()),
            &expected,
        )?;
    }
    match any {
        true => Ok(()),
        false => Err(TerminologyError::NoCode { file: name }),
    }
}

fn unreadable(file: &str, error: &csv::Error) -> TerminologyError {
    let (expected, column) = match error.kind() {
        csv::ErrorKind::Utf8 { err, .. } => ("UTF-8", err.field() + 1),
        csv::ErrorKind::UnequalLengths { len, .. } => {
            ("as many fields as the header has", *len as usize)
        }
        _ => ("a row that can be read", 1),
    };
    TerminologyError::Layout {
        file: file.to_owned(),
        line: error.position().map_or(0, csv::Position::line),
        column,
        expected,
    }
}
