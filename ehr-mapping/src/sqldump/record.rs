//! The text of a row, and the tree that a mapping reads.

use std::borrow::Cow;
use std::sync::Arc;

use ehr_model::reject::Reject;
use ehr_model::source::{Arena, SourceRecord, TreeBuilder};

use super::cell::{Cell, Form, Scan, scan};
use super::copy::{self, cell_end};
use super::lexer::skip_space;
use super::reason::RAGGED_ROW;
use super::variant::Variant;
use crate::csv::{Columns, Ragged};
use crate::raw::Position;

/// The cells of one row, in order. Made by [`fields`].
///
/// The items are a patient's data.
#[derive(Clone)]
pub struct Fields<'a> {
    cells: Cells<'a>,
}

/// The cells of a row as [`RawText::expose_text`](crate::raw::RawText::expose_text) gives it.
pub fn fields(raw: &str, variant: Variant) -> Fields<'_> {
    Fields {
        cells: Cells::new(raw, variant),
    }
}

/// The cell at a position, counted from 0, or `None` if the row is shorter.
///
/// Reads no further than that cell, and copies only what an escape changed.
///
/// ```
/// use ehr_mapping::sqldump::{Variant, field};
/// assert_eq!(field(r"(17,'O\'Brien',NULL)", Variant::MySql, 1).as_deref(), Some("O'Brien"));
/// assert_eq!(field("17\tO'Brien\t\\N", Variant::PostgreSql, 2).as_deref(), Some(""));
/// assert_eq!(field("(17)", Variant::SqlServer, 1), None);
/// ```
pub fn field(raw: &str, variant: Variant, index: usize) -> Option<Cow<'_, str>> {
    let cell = Cells::new(raw, variant).nth(index)?;
    Some(cell.content(raw))
}

/// A cell of a tuple or of a line of `COPY`.
#[derive(Clone, Copy)]
enum Written {
    Tuple(Cell),
    Copy { start: usize, end: usize },
}

#[derive(Clone)]
struct Cells<'a> {
    raw: &'a str,
    variant: Variant,
    tuple: bool,
    next: Option<usize>,
}

impl<'a> Cells<'a> {
    fn new(raw: &'a str, variant: Variant) -> Self {
        let tuple = raw.starts_with('(');
        let empty = tuple && raw[1..].trim_ascii_start().starts_with(')');
        Self {
            raw,
            variant,
            tuple,
            next: (!empty).then_some(usize::from(tuple)),
        }
    }
}

impl Iterator for Cells<'_> {
    type Item = Written;

    #[inline]
    fn next(&mut self) -> Option<Written> {
        let bytes = self.raw.as_bytes();
        let start = self.next?;
        if !self.tuple {
            let end = cell_end(bytes, start);
            self.next = (end < bytes.len()).then_some(end + 1);
            return Some(Written::Copy { start, end });
        }
        let start = match bytes.get(start) {
            Some(b' ' | b'\n' | b'\r' | b'\t' | b'-' | b'/' | b'#') | None => {
                skip_space(bytes, start, self.variant, true)?
            }
            Some(_) => start,
        };
        match scan(bytes, start, self.variant, true) {
            Scan::Cell(cell, after) => {
                self.next = (bytes[after] == b',').then_some(after + 1);
                Some(Written::Tuple(cell))
            }
            // no row that the reader gave: its text as it stands
            Scan::Computed(end) => {
                self.next = (bytes[end] == b',').then_some(end + 1);
                let form = Form::Plain;
                Some(Written::Tuple(Cell { form, start, end }))
            }
            Scan::More | Scan::Broken(_) => {
                self.next = None;
                let (form, end) = (Form::Plain, bytes.len());
                Some(Written::Tuple(Cell { form, start, end }))
            }
        }
    }
}

impl Written {
    fn content(self, raw: &str) -> Cow<'_, str> {
        match self {
            Self::Tuple(cell) => cell.content(raw),
            Self::Copy { start, end } => copy::content(&raw[start..end]),
        }
    }

    fn is_filled(self, raw: &str) -> bool {
        match self {
            Self::Tuple(cell) => cell.is_filled(),
            Self::Copy { start, end } => start < end && &raw[start..end] != r"\N",
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Self::Item> {
        let raw = self.cells.raw;
        Some(self.cells.next()?.content(raw))
    }
}

impl std::fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fields(..)")
    }
}

/// Splits the text of a row into a tree with one leaf a column.
///
/// The leaf of column `i`, counted from 0, is `NodeId::at(i + 1)`. Leaves borrow from `raw`;
/// only a cell with an escape is copied.
///
/// # Errors
///
/// If the row has more or fewer cells than there are columns.
pub fn parse<'a>(
    raw: &'a str,
    variant: Variant,
    columns: &Columns,
    position: Position,
    arena: Arena,
) -> Result<SourceRecord<'a>, Ragged> {
    let Position { number, line, byte } = position;
    let mut tree = TreeBuilder::new(
        columns.source().clone(),
        columns.names().clone(),
        raw,
        arena,
    )
    .address(number, line, byte);
    let expected = columns.len();
    let mut found = 0;
    for cell in Cells::new(raw, variant) {
        if let Some(name) = columns.id(found) {
            match (cell, cell.content(raw)) {
                (
                    Written::Tuple(Cell { start, end, .. }) | Written::Copy { start, end },
                    Cow::Borrowed(text),
                ) => {
                    let end = if text.is_empty() { start } else { end };
                    tree.leaf(name, start, end)
                }
                (_, Cow::Owned(text)) => tree.decoded_leaf(name, &text),
            };
        }
        found += 1;
    }
    if found == expected {
        Ok(tree.finish())
    } else {
        Err(Ragged { found, expected })
    }
}

/// A row that [`parse`] found ragged, as a reject of this source. Its bytes are those of `raw`.
pub fn reject(raw: &str, variant: Variant, source: &Arc<str>, position: Position) -> Reject {
    let cells = Cells::new(raw, variant);
    let leaves = cells.filter(|cell| cell.is_filled(raw)).count() as u64;
    let address = position.address(source);
    Reject::new(address, RAGGED_ROW, leaves, raw.as_bytes().to_vec())
}
