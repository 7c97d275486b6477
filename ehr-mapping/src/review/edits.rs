//! A workbook that comes back: judgements, comments, and codes that somebody would have otherwise.

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;

use calamine::{Data, Range, Reader as _, Xlsx};
use ehr_crypto::Digest;
use serde::Serialize;

use super::workbook::{
    ABOUT, CODE_COLUMNS, CODES, Column, DIGEST_AT, LINE_COLUMNS, LINES, REVIEWER_AT, Role,
    code_cells, line_cells,
};
use super::{Proposal, ReviewError, ReviewSheet, proposal};
use crate::document::MappingDocument;

/// What a reviewer says of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Judgement {
    /// It is right.
    Accept,
    /// It should be otherwise; the comment says how.
    Change,
    /// It should not be.
    Reject,
}

/// A line or a row of a code map about which a reviewer said something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LineReview {
    /// The id of the line or row.
    pub id: String,
    /// The judgement, if there is one.
    pub judgement: Option<Judgement>,
    /// The comment; empty where there is none.
    pub comment: String,
}

/// A row of a code map that a reviewer would have otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CodeEdit {
    /// The code map.
    pub map: String,
    /// The code of the source.
    pub code: String,
    /// The target as it is.
    pub was: String,
    /// The target as it should be.
    pub target: String,
    /// What the target means.
    pub display: String,
    /// The file or extended document in which the row stands; empty for the document itself.
    pub place: String,
}

/// What a reviewer said of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Review {
    /// The digest of the document that was reviewed.
    pub digest: Digest,
    /// Who reviewed, as written into the workbook. A name in a cell is no signature.
    pub reviewer: String,
    /// Lines of the document with a judgement or a comment.
    pub lines: Vec<LineReview>,
    /// Rows of code maps with a judgement or a comment.
    pub codes: Vec<LineReview>,
    /// Rows of code maps that should be otherwise.
    pub edits: Vec<CodeEdit>,
    /// Lines and rows without a judgement.
    pub open: usize,
}

impl Review {
    /// Reads a workbook that was written for this very document.
    ///
    /// # Errors
    ///
    /// A workbook of another document, with rows that are gone or strange, or with a change to a cell that is not for
    /// reviewers, is refused with the cell.
    pub fn from_xlsx(bytes: &[u8], document: &MappingDocument) -> Result<Self, ReviewError> {
        let sheet = ReviewSheet::new(document)?;
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
        let mut range = |name: &'static str| {
            let missing = |_| ReviewError::SheetMissing { sheet: name };
            workbook.worksheet_range(name).map_err(missing)
        };
        let about = range(ABOUT)?;
        let found = text(&about, DIGEST_AT);
        if found.is_empty() {
            let (sheet, cell) = (ABOUT, name_of(DIGEST_AT));
            return Err(ReviewError::DigestMissing { sheet, cell });
        }
        if found != sheet.digest.to_string() {
            let document = sheet.digest;
            return Err(ReviewError::OtherDocument {
                sheet: found,
                document,
            });
        }
        let written = sheet.lines.iter().map(|line| line_cells(line).to_vec());
        let lines = Table::read(LINES, &LINE_COLUMNS, written, &range(LINES)?)?;
        let written = sheet.codes.iter().map(|row| code_cells(row).to_vec());
        let codes = Table::read(CODES, &CODE_COLUMNS, written, &range(CODES)?)?;
        let mut edits = Vec::new();
        for row in &sheet.codes {
            if let Some((target, display)) = codes.edits.get(&row.id) {
                edits.push(CodeEdit {
                    map: row.map.clone(),
                    code: row.code.clone(),
                    was: row.target.clone(),
                    target: target.clone(),
                    display: display.clone(),
                    place: row.place.clone(),
                });
            }
        }
        Ok(Self {
            digest: sheet.digest,
            reviewer: text(&about, REVIEWER_AT),
            open: lines.open + codes.open,
            lines: lines.reviews,
            codes: codes.reviews,
            edits,
        })
    }

    /// The text that the edits of code maps would make, which must compile. Judgements and comments change nothing.
    pub fn propose(&self, document: &MappingDocument) -> Result<Proposal, ReviewError> {
        let now = document.digest();
        if now != self.digest {
            return Err(ReviewError::OtherDocument {
                sheet: self.digest.to_string(),
                document: now,
            });
        }
        proposal::propose(document, &self.edits)
    }
}

/// What stands in a sheet beside what was written.
#[derive(Default)]
struct Table {
    reviews: Vec<LineReview>,
    /// Target and display that differ, by the id of the row.
    edits: BTreeMap<String, (String, String)>,
    open: usize,
}

impl Table {
    fn read(
        sheet: &'static str,
        columns: &[Column],
        written: impl Iterator<Item = Vec<String>>,
        range: &Range<Data>,
    ) -> Result<Self, ReviewError> {
        for (number, (_, title, _)) in (0..).zip(columns) {
            if text(range, (0, number)) != *title {
                let cell = name_of((0, number));
                return Err(ReviewError::Altered { sheet, cell });
            }
        }
        // sorting moves rows: they are found by their ids
        let mut rows: HashMap<String, u32> = HashMap::new();
        let end = range.end().map_or(0, |(row, _)| row);
        for row in 1..=end {
            let id = text(range, (row, 0));
            let blank = (0..)
                .zip(columns)
                .all(|(at, _)| text(range, (row, at)).is_empty());
            if blank {
                continue;
            }
            if rows.insert(id, row).is_some() {
                return Err(ReviewError::Row {
                    sheet,
                    cell: name_of((row, 0)),
                    problem: "another row has the same id",
                });
            }
        }
        let mut table = Self::default();
        let mut missing = Vec::new();
        for cells in written {
            match rows.remove(&cells[0]) {
                Some(row) => table.row(sheet, columns, &cells, range, row)?,
                None => missing.push(cells[0].clone()),
            }
        }
        if let Some(row) = rows.into_values().min() {
            return Err(ReviewError::Row {
                sheet,
                cell: name_of((row, 0)),
                problem: "the document has no such line",
            });
        }
        match missing.first() {
            None => Ok(table),
            Some(first) => Err(ReviewError::RowsMissing {
                sheet,
                missing: missing.len(),
                first: first.clone(),
            }),
        }
    }

    fn row(
        &mut self,
        sheet: &'static str,
        columns: &[Column],
        written: &[String],
        range: &Range<Data>,
        row: u32,
    ) -> Result<(), ReviewError> {
        let mut review = LineReview {
            id: written[0].clone(),
            judgement: None,
            comment: String::new(),
        };
        let (mut target, mut display) = (None, None);
        let mut display_cell = String::new();
        for ((number, (role, ..)), was) in (0..).zip(columns).zip(written) {
            let (now, cell) = (text(range, (row, number)), name_of((row, number)));
            match role {
                Role::Id | Role::Shown => {}
                Role::Fixed if now != was.trim() => {
                    return Err(ReviewError::Altered { sheet, cell });
                }
                Role::Fixed => {}
                Role::Judgement => review.judgement = judgement(&now, sheet, cell)?,
                Role::Comment => review.comment = now,
                Role::Target => {
                    if !matches!(
                        range.get_value((row, number)),
                        None | Some(Data::String(_) | Data::Empty)
                    ) {
                        return Err(ReviewError::TargetNumber { sheet, cell });
                    }
                    if now.is_empty() || now.chars().any(char::is_control) {
                        return Err(ReviewError::Target { sheet, cell });
                    }
                    target = Some((now != was.trim(), now));
                }
                Role::Display => {
                    if now.chars().any(char::is_control) {
                        return Err(ReviewError::Target { sheet, cell });
                    }
                    display_cell = cell;
                    display = Some((now != was.trim(), now));
                }
            }
        }
        if let (Some((new_target, target)), Some((new_display, display))) = (target, display) {
            if new_target && !new_display && !display.is_empty() {
                return Err(ReviewError::DisplayStale {
                    sheet,
                    cell: display_cell,
                });
            }
            if new_target || new_display {
                self.edits.insert(review.id.clone(), (target, display));
            }
        }
        self.open += usize::from(review.judgement.is_none());
        if review.judgement.is_some() || !review.comment.is_empty() {
            self.reviews.push(review);
        }
        Ok(())
    }
}

fn judgement(
    text: &str,
    sheet: &'static str,
    cell: String,
) -> Result<Option<Judgement>, ReviewError> {
    match text.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "accept" => Ok(Some(Judgement::Accept)),
        "change" => Ok(Some(Judgement::Change)),
        "reject" => Ok(Some(Judgement::Reject)),
        _ => Err(ReviewError::Judgement { sheet, cell }),
    }
}

/// The text of a cell.
fn text(range: &Range<Data>, at: (u32, u32)) -> String {
    match range.get_value(at) {
        None | Some(Data::Empty) => String::new(),
        Some(value) => value.to_string().replace("\r\n", "\n").trim().to_owned(),
    }
}

/// `B4`.
fn name_of((row, column): (u32, u32)) -> String {
    let letter = char::from(b'A' + u8::try_from(column % 26).unwrap_or_default());
    format!("{letter}{}", row + 1)
}
