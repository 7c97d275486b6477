//! A record as the reader cut it, and as the tree that a mapping reads.

use std::fmt;
use std::sync::Arc;

use ehr_model::issue::IssueCode;
use ehr_model::provenance::SourceAddress;
use ehr_model::reject::Reject;
use ehr_model::source::{Arena, NameId, Names, SourceRecord, TreeBuilder};

use super::dialect::Dialect;
use super::error::Error;
use super::field::{Span, filled, span};
use super::quote::unescape;
use super::reason::RAGGED_ROW;

/// Where a record stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Position {
    /// The number of the record, counted from 1; the header and blank lines do not count.
    pub number: u64,
    /// The line on which it begins, counted from 1; LF, CRLF and CR each end one.
    pub line: u64,
    /// The byte of the file at which it begins, byte order mark included, in every encoding.
    pub byte: u64,
}

impl Position {
    /// The address in a source.
    pub fn address(self, source: &Arc<str>) -> SourceAddress {
        SourceAddress::new(source.clone())
            .record(self.number)
            .line(self.line)
            .byte(self.byte)
    }
}

/// What stands next in a file.
///
/// Exhaustive on purpose: a `_` arm would be a place where records get lost.
#[derive(Debug)]
pub enum RawRecord<'r> {
    /// A record whose extent and characters are beyond doubt. It may still be ragged.
    Row(Row<'r>),
    /// A piece of the file that cannot be read.
    Bad(BadRow<'r>),
}

/// The text of one record, without its line end. `Debug` shows only where it stands.
pub struct Row<'r> {
    pub(super) text: &'r str,
    pub(super) position: Position,
}

impl<'r> Row<'r> {
    /// The text as it is written, decoded to UTF-8. Every call is a place to review.
    pub fn expose_text(&self) -> &'r str {
        self.text
    }

    /// Where the record stands.
    pub fn position(&self) -> Position {
        self.position
    }
}

/// A piece of a file that cannot be read, and why. `Debug` shows only where it stands.
pub struct BadRow<'r> {
    pub(super) bytes: &'r [u8],
    pub(super) leaves: u64,
    pub(super) reason: IssueCode,
    pub(super) position: Position,
}

impl<'r> BadRow<'r> {
    /// The bytes as they stand in the file, in its own encoding, without the line end. Every
    /// call is a place to review.
    pub fn expose_bytes(&self) -> &'r [u8] {
        self.bytes
    }

    /// What is wrong with it; one of the constants of [`csv`](super).
    pub fn reason(&self) -> IssueCode {
        self.reason
    }

    /// Where it stands.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The same as a reject of this source.
    pub fn reject(&self, source: &Arc<str>) -> Reject {
        Reject::new(
            self.position.address(source),
            self.reason,
            self.leaves,
            self.bytes.to_vec(),
        )
    }
}

/// The columns of a table: what [`parse`] needs to know beside the text.
#[derive(Debug, Clone)]
pub struct Columns {
    source: Arc<str>,
    names: Arc<Names>,
    ids: Vec<NameId>,
}

impl Columns {
    /// The columns of a source, in the order of the file.
    ///
    /// # Errors
    ///
    /// If a name is empty or occurs twice.
    pub fn new<S: AsRef<str>>(source: impl Into<Arc<str>>, columns: &[S]) -> Result<Self, Error> {
        let source = source.into();
        let mut names = Names::default();
        let mut ids = Vec::with_capacity(columns.len());
        for (index, column) in columns.iter().enumerate() {
            let column = column.as_ref();
            if column.is_empty() {
                return Err(Error::EmptyColumnName {
                    source_name: source,
                    column: index + 1,
                });
            }
            let id = names.intern(column);
            if let Some(first) = ids.iter().position(|known| *known == id) {
                return Err(Error::DuplicateColumn {
                    source_name: source,
                    first: first + 1,
                    second: index + 1,
                });
            }
            ids.push(id);
        }
        Ok(Self {
            source,
            names: Arc::new(names),
            ids,
        })
    }

    /// The name of the source.
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// The name of the column at a position.
    ///
    /// # Panics
    ///
    /// If there is no such position.
    pub fn name(&self, position: usize) -> &Arc<str> {
        self.names.name(self.ids[position])
    }

    /// The names of the columns.
    pub fn names(&self) -> &Arc<Names> {
        &self.names
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no column.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The place of a column, counted from 0; its node in a record is one further.
    pub fn position(&self, name: &str) -> Option<usize> {
        let id = self.names.find(name)?;
        self.ids.iter().position(|known| *known == id)
    }
}

/// A row with more or fewer fields than its table has columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{found} fields where the table has {expected} columns")]
pub struct Ragged {
    /// How many fields the row has.
    pub found: usize,
    /// How many columns the table has.
    pub expected: usize,
}

impl Ragged {
    /// The row as a reject of this source. Its bytes are those of `raw`.
    pub fn reject(
        self,
        raw: &str,
        dialect: &Dialect,
        source: &Arc<str>,
        position: Position,
    ) -> Reject {
        let leaves = filled(raw.as_bytes(), dialect);
        Reject::new(
            position.address(source),
            RAGGED_ROW,
            leaves,
            raw.as_bytes().to_vec(),
        )
    }
}

/// Splits the text of one record into a tree with one leaf a column.
///
/// The leaf of column `i`, counted from 0, is `NodeId::at(i + 1)`. Leaves borrow from `raw`;
/// only a field with an escape is copied. `arena` may come from
/// [`SourceRecord::into_arena`], which saves its allocations.
///
/// # Errors
///
/// If the row has more or fewer fields than there are columns.
pub fn parse<'a>(
    raw: &'a str,
    dialect: &Dialect,
    columns: &Columns,
    position: Position,
    arena: Arena,
) -> Result<SourceRecord<'a>, Ragged> {
    let Position { number, line, byte } = position;
    let mut tree = TreeBuilder::new(columns.source.clone(), columns.names.clone(), raw, arena)
        .address(number, line, byte);
    let bytes = raw.as_bytes();
    let expected = columns.ids.len();
    let mut at = 0;
    let mut found = 0;
    loop {
        let (span, end) = span(bytes, at, dialect);
        if let Some(name) = columns.ids.get(found) {
            match span {
                Span::Plain { start, end } => tree.leaf(*name, start, end),
                Span::Escaped { quote, start, end } => {
                    tree.decoded_leaf(*name, &unescape(&raw[start..end], quote, dialect))
                }
            };
        }
        found += 1;
        if end == bytes.len() {
            break;
        }
        at = end + 1;
    }
    if found == expected {
        Ok(tree.finish())
    } else {
        Err(Ragged { found, expected })
    }
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for BadRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BadRow")
            .field("reason", &self.reason)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
