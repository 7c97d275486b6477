//! The formats whose records are rows, behind one face.

use std::borrow::Cow;

use ehr_model::source::{Arena, SourceRecord};

use crate::csv::{self, Columns, Dialect};
use crate::raw::Position;
use crate::sqldump::{self, Variant};

/// How the cells of a row are told apart in its text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cells {
    /// Delimited text, and the rows of a sheet, which are written as such.
    Delimited(Dialect),
    /// The tuple or the line of a dump script.
    Dump(Variant),
}

impl Cells {
    /// How many cells a row has, and how many of them hold something.
    pub(crate) fn count(self, text: &str) -> (usize, u64) {
        let (mut found, mut filled) = (0, 0);
        let mut count = |cell: Cow<'_, str>| {
            found += 1;
            filled += u64::from(!cell.is_empty());
        };
        match self {
            Self::Delimited(dialect) => csv::fields(text, &dialect).for_each(&mut count),
            Self::Dump(variant) => sqldump::fields(text, variant).for_each(&mut count),
        }
        (found, filled)
    }

    /// The cell at a position, counted from 0.
    pub(crate) fn field(self, text: &str, position: usize) -> Option<Cow<'_, str>> {
        match self {
            Self::Delimited(dialect) => csv::field(text, &dialect, position),
            Self::Dump(variant) => sqldump::field(text, variant, position),
        }
    }

    /// The row as a flat record; `None` where it has more or fewer cells than the table columns.
    pub(crate) fn parse<'t>(
        self,
        text: &'t str,
        columns: &Columns,
        position: Position,
    ) -> Option<SourceRecord<'t>> {
        match self {
            Self::Delimited(dialect) => {
                csv::parse(text, &dialect, columns, position, Arena::default()).ok()
            }
            Self::Dump(variant) => {
                sqldump::parse(text, variant, columns, position, Arena::default()).ok()
            }
        }
    }
}
