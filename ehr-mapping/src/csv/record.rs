//! A record as the reader cut it, and as the tree that a mapping reads.

use std::sync::Arc;

use ehr_model::reject::Reject;
use ehr_model::source::{Arena, NameId, Names, SourceRecord, TreeBuilder};

use super::dialect::Dialect;
use super::error::Error;
use super::field::{Span, filled, span};
use super::quote::unescape;
use super::reason::RAGGED_ROW;
use crate::raw::Position;

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

    /// The id of the name of the column at a position.
    pub(crate) fn id(&self, position: usize) -> Option<NameId> {
        self.ids.get(position).copied()
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
