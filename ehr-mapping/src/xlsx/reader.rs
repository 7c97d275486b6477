//! The rows of a sheet as records of delimited text.

use std::fmt;
use std::sync::Arc;

use ehr_model::issue::{Issue, IssueCode, Severity};

use super::error::Error;
use super::reason::{FORMULA_WITHOUT_VALUE, MERGED_CELLS};
use super::workbook::{Cell, Cells};
use crate::raw::{Position, RawRecord, RawText};

/// The rows of one sheet.
pub struct Reader {
    source: Arc<str>,
    cells: Cells,
    header: Vec<String>,
    /// The first column of the table.
    first: u32,
    width: u32,
    /// Where the next row begins among the cells.
    next: usize,
    number: u64,
    text: String,
    issues: Vec<Issue>,
    /// Places of what is odd beside errors, in their order.
    odd: Vec<((u32, u32), IssueCode)>,
    next_odd: usize,
}

impl Reader {
    pub(super) fn over(cells: Cells, source_name: Arc<str>) -> Result<Self, Error> {
        let Some(first_row) = cells.cells.first().map(|cell| cell.row) else {
            return Err(Error::EmptySheet { source_name });
        };
        // a formula that lost its value may be all that a column has
        let columns = cells.cells.iter().map(|cell| cell.column);
        let columns = columns.chain(cells.formulas.iter().map(|place| place.1));
        let (first, last) = columns.fold((u32::MAX, 0), |(first, last), column| {
            (first.min(column), last.max(column))
        });
        let width = last - first + 1;
        let header_end = cells.cells.partition_point(|cell| cell.row == first_row);
        let mut header: Vec<String> = (0..width)
            .map(|place| format!("column{}", place + 1))
            .collect();
        for cell in &cells.cells[..header_end] {
            let name = cells.text[cell.start..cell.end].trim();
            if !name.is_empty() {
                header[(cell.column - first) as usize] = name.to_owned();
            }
        }
        let merged = cells.merged.iter().map(|place| (*place, MERGED_CELLS));
        let formulas = cells
            .formulas
            .iter()
            .map(|place| (*place, FORMULA_WITHOUT_VALUE));
        let mut odd: Vec<_> = merged
            .chain(formulas)
            .filter(|(place, _)| place.0 > first_row)
            .collect();
        odd.sort_unstable();
        Ok(Self {
            source: source_name,
            cells,
            header,
            first,
            width,
            next: header_end,
            number: 0,
            text: String::new(),
            issues: Vec::new(),
            odd,
            next_odd: 0,
        })
    }

    /// The name of the source: that of the workbook with the number of the sheet.
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// The names of the columns, without spaces around them: the first row that holds something.
    ///
    /// A column without a name is called `column` and its place in the table, counted from 1.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The next row that holds something, as a record of delimited text in the default
    /// [`Dialect`](crate::csv::Dialect). Its line is the row of the sheet.
    pub fn next_raw(&mut self) -> Option<RawRecord<'_>> {
        let row = self.cells.cells.get(self.next)?.row;
        let length = self.cells.cells[self.next..].partition_point(|cell| cell.row == row);
        let cells = &self.cells.cells[self.next..self.next + length];
        self.next += length;
        self.number += 1;
        let position = Position {
            number: self.number,
            line: u64::from(row) + 1,
            byte: 0,
        };
        let address = position.address(&self.source);
        self.text.clear();
        let mut column = self.first;
        for cell in cells {
            self.text.extend((column..cell.column).map(|_| ','));
            column = cell.column;
            push_cell(&mut self.text, cell, &self.cells.text);
            if let Some(code) = cell.odd {
                let name = &*self.header[(column - self.first) as usize];
                let issue = Issue::new(code, Severity::Warning);
                self.issues.push(issue.at(address.clone()).field(name));
            }
        }
        self.text
            .extend((column..self.first + self.width - 1).map(|_| ','));
        while let Some(((odd_row, column), code)) = self.odd.get(self.next_odd)
            && *odd_row <= row
        {
            self.next_odd += 1;
            let issue = Issue::new(*code, Severity::Warning);
            let place = column.checked_sub(self.first).map(|place| place as usize);
            let address = Position {
                line: u64::from(*odd_row) + 1,
                ..position
            }
            .address(&self.source);
            let issue = issue.at(address);
            self.issues
                .push(match place.and_then(|place| self.header.get(place)) {
                    Some(name) => issue.field(&**name),
                    None => issue,
                });
        }
        Some(RawRecord::Text(RawText {
            text: &self.text,
            position,
        }))
    }

    /// What was odd in the rows since the last call.
    pub fn take_issues(&mut self) -> Vec<Issue> {
        std::mem::take(&mut self.issues)
    }
}

fn push_cell(record: &mut String, cell: &Cell, text: &str) {
    let text = &text[cell.start..cell.end];
    if memchr::memchr3(b',', b'"', b'\n', text.as_bytes()).is_some() || text.contains('\r') {
        record.push('"');
        record.push_str(&text.replace('"', "\"\""));
        record.push('"');
    } else {
        record.push_str(text);
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("source", &self.source)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
