//! Cuts a script into rows and keeps the text of each.
//!
//! Long because the state of the reader and what all of its parts do with it stand together; the
//! parts are `script` (between rows), `insert` and `lines`.

use std::fmt;
use std::io::Read;
use std::sync::Arc;

use ehr_model::issue::IssueCode;
use encoding_rs::{Encoding, UTF_8};
use memchr::{memchr, memchr2_iter, memmem};

use super::error::Error;
use super::reason::{NUL_BYTE, RECORD_TOO_LONG, UNDECODABLE_BYTES};
use super::schema::TableSchema;
use super::skipped::Skipped;
use super::split::{self, Piece};
use super::table::{Order, Tables};
use super::variant::{self, Variant};
use crate::csv::encoding::binary_format;
use crate::csv::input::{Input, Limits};
use crate::raw::{BadRecord, Position, RawRecord, RawText};

/// The longest row or statement, in bytes of UTF-8: 64 MiB.
///
/// A server takes no longer one unless it is told to, and a scanned document of 32 megabytes fits
/// in hex digits. Beyond that a missing quote is the likelier cause, and memory must stay bounded.
/// The rows of one `INSERT` are cut one by one: together they may be as long as they like.
pub const MAX_RECORD: usize = 64 << 20;

const BLOCK: usize = 64 << 10;

/// Reads a dump script row by row, in bounded memory.
pub struct Reader<R> {
    pub(super) input: Input<R>,
    pub(super) source: Arc<str>,
    pub(super) variant: Variant,
    pub(super) tables: Tables,
    pub(super) skipped: Skipped,
    pub(super) state: State,
    pub(super) delimiter: Vec<u8>,
    /// Of the values of the statement that is being read.
    pub(super) order: Order,
    /// The last head of an `INSERT`: often the next one is the same.
    pub(super) head: Option<Head>,
    pub(super) number: u64,
    pub(super) line: u64,
    pub(super) after_cr: bool,
    pub(super) in_long: bool,
    pub(super) tool: Option<Tool>,
    pub(super) complete: bool,
    pub(super) cells: Vec<Piece>,
    pub(super) decoded: String,
    pub(super) written: String,
    pub(super) original: Vec<u8>,
}

/// What stands next in a script.
#[derive(Debug)]
pub struct TableRow<'r> {
    /// The name of the table that the row belongs to; `None` for a statement that cannot be read.
    pub table: Option<&'r Arc<str>>,
    /// The row.
    pub record: RawRecord<'r>,
}

#[derive(Clone, Copy)]
pub(super) enum State {
    Statements,
    /// Inside of an `INSERT`, before or behind a tuple.
    Values {
        table: usize,
        replace: bool,
        first: bool,
    },
    /// Inside of a `COPY`.
    Lines {
        table: usize,
        text: bool,
    },
}

/// The head of an `INSERT` as it is written, for which [`Reader::order`] holds.
pub(super) struct Head {
    pub(super) text: Vec<u8>,
    pub(super) table: usize,
}

/// Programs that write how a whole dump ends.
#[derive(Clone, Copy)]
pub(super) enum Tool {
    MySqlDump,
    PgDump,
    PgDumpAll,
}

/// A piece of the file that is no syntax. It was consumed, and still stands before the rest.
pub(super) struct Cut {
    pub(super) table: Option<usize>,
    pub(super) length: usize,
    /// The length of the line end behind.
    pub(super) tail: usize,
    pub(super) line: u64,
    pub(super) byte: u64,
    pub(super) leaves: u64,
    pub(super) text: Result<Text, IssueCode>,
}

/// Where the text of a row is.
pub(super) enum Text {
    InFile,
    /// Written anew.
    Anew,
}

impl<R: Read> Reader<R> {
    /// Opens a source under its name in the export, and finds out which database wrote it.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::NotScript`], [`Error::UnknownVariant`] and [`Error::Encoding`].
    pub fn new(inner: R, source: impl Into<Arc<str>>) -> Result<Self, Error> {
        Self::with_limits(inner, source.into(), None, Self::limits())
    }

    /// Opens a source whose variant is known.
    ///
    /// # Errors
    ///
    /// Those of [`Reader::new`].
    pub fn with_variant(
        inner: R,
        source: impl Into<Arc<str>>,
        variant: Variant,
    ) -> Result<Self, Error> {
        Self::with_limits(inner, source.into(), Some((variant, None)), Self::limits())
    }

    /// Opens a source whose variant is known, and the encoding that it has without a byte order
    /// mark, whatever it says itself.
    ///
    /// # Errors
    ///
    /// Those of [`Reader::new`].
    pub fn with_encoding(
        inner: R,
        source: impl Into<Arc<str>>,
        variant: Variant,
        encoding: &'static Encoding,
    ) -> Result<Self, Error> {
        let choice = Some((variant, Some(encoding)));
        Self::with_limits(inner, source.into(), choice, Self::limits())
    }

    fn limits() -> Limits {
        Limits {
            block: BLOCK,
            record: MAX_RECORD,
        }
    }

    pub(super) fn with_limits(
        inner: R,
        source_name: Arc<str>,
        choice: Option<(Variant, Option<&'static Encoding>)>,
        limits: Limits,
    ) -> Result<Self, Error> {
        let io = |source| Error::Io {
            source_name: source_name.clone(),
            source,
        };
        let mut input = Input::open(inner, limits).map_err(io)?;
        let found = binary_format(input.rest()).or_else(|| {
            let custom = input.rest().starts_with(b"PGDMP");
            custom.then_some(
                "a dump of PostgreSQL in its own format, which pg_restore turns into a script",
            )
        });
        if let Some(found) = found {
            return Err(Error::NotScript { source_name, found });
        }
        let (variant, encoding) = match choice {
            Some((variant, encoding)) => (variant, encoding),
            None => match Variant::detect(input.rest()) {
                Some(variant) => (variant, None),
                None => return Err(Error::UnknownVariant { source_name }),
            },
        };
        let encoding = match encoding.or_else(|| variant::unmarked_utf16(input.rest())) {
            Some(encoding) => encoding,
            None if Encoding::for_bom(input.rest()).is_some() => UTF_8,
            None => match variant::encoding(input.rest(), variant) {
                Ok(encoding) => encoding,
                Err(encoding) => {
                    return Err(Error::Encoding {
                        source_name,
                        encoding,
                    });
                }
            },
        };
        input.decode(encoding);
        Ok(Self {
            input,
            source: source_name,
            variant,
            tables: Tables::new(variant),
            skipped: Skipped::default(),
            state: State::Statements,
            delimiter: b";".to_vec(),
            order: Order::Same,
            head: None,
            number: 0,
            line: 1,
            after_cr: false,
            in_long: false,
            tool: None,
            complete: false,
            cells: Vec::new(),
            decoded: String::new(),
            written: String::new(),
            original: Vec::new(),
        })
    }

    /// With tables that are known before, as [`tables`] lists them: what the script says about
    /// them is not asked. Needed where a table has no `CREATE TABLE` and its statements list
    /// different columns.
    #[must_use]
    pub fn with_tables(mut self, tables: Vec<TableSchema>) -> Self {
        self.tables.preset(tables);
        self
    }

    /// The name of the source.
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// The database whose syntax the script is written in.
    pub fn variant(&self) -> Variant {
        self.variant
    }

    /// The tables that have occurred so far.
    pub fn tables(&self) -> impl Iterator<Item = &TableSchema> {
        self.tables.list.iter().map(|table| &table.schema)
    }

    /// The statements that were passed over so far.
    pub fn skipped(&self) -> &Skipped {
        &self.skipped
    }

    /// Once the end is reached: whether the script ends with the line that its program writes
    /// last. `None` for programs that write none. A dump that was cut off has rows missing.
    pub fn is_complete(&self) -> Option<bool> {
        self.tool.map(|_| self.complete)
    }

    /// The next row, or the next statement that cannot be read; `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`]. What is wrong with one row is a [`BadRecord`].
    pub fn next_raw(&mut self) -> Result<Option<TableRow<'_>>, Error> {
        let Some(cut) = self.cut()? else {
            return Ok(None);
        };
        self.number += 1;
        let position = Position {
            number: self.number,
            line: cut.line,
            byte: cut.byte,
        };
        let bytes = &self.input.consumed(cut.length + cut.tail)[..cut.length];
        let table = cut.table.map(|place| &self.tables.list[place].name);
        let text = match cut.text {
            Ok(Text::Anew) => Ok(&*self.written),
            Ok(Text::InFile) => {
                let text = self.input.charset().decode(bytes, &mut self.decoded);
                text.ok_or(UNDECODABLE_BYTES)
            }
            Err(reason) => Err(reason),
        };
        let record = match text {
            Ok(text) => RawRecord::Text(RawText { text, position }),
            Err(reason) => {
                let bytes = match self.input.charset().original(bytes) {
                    Some(original) => {
                        self.original = original;
                        &self.original
                    }
                    None => bytes,
                };
                RawRecord::Bad(BadRecord {
                    bytes,
                    leaves: cut.leaves,
                    reason,
                    position,
                })
            }
        };
        Ok(Some(TableRow { table, record }))
    }

    /// Goes to the next row and past it.
    fn cut(&mut self) -> Result<Option<Cut>, Error> {
        loop {
            let found = match self.state {
                State::Statements => self.statement()?,
                State::Values { .. } => self.values()?,
                State::Lines { .. } => self.lines()?,
            };
            match found {
                Step::Cut(cut) => return Ok(Some(cut)),
                Step::On => {}
                Step::More => self.more()?,
                Step::End => return Ok(None),
            }
        }
    }

    /// Whether what is in memory is all there will be for the next row or statement.
    pub(super) fn last(&self) -> bool {
        self.input.ended() || self.input.full()
    }

    pub(super) fn more(&mut self) -> Result<(), Error> {
        self.input.more().map_err(|source| Error::Io {
            source_name: self.source.clone(),
            source,
        })
    }

    /// Further pieces of a row or statement that is too long.
    pub(super) fn rest_of_long(&mut self) -> Step {
        let table = match self.state {
            State::Values { table, .. } => Some(table),
            _ => None,
        };
        let last = self.last();
        let rest = self.input.rest();
        if rest.is_empty() && self.input.ended() {
            self.in_long = false;
            self.state = State::Statements;
            return Step::On;
        }
        let end = match table {
            Some(_) => split::resume(rest, 0, self.variant, last),
            None => memmem::find(rest, b";\n").map(|at| at + 1),
        };
        match end {
            Some(end) => {
                self.in_long = false;
                self.bad(table, end, 1, RECORD_TOO_LONG)
            }
            None if last => {
                self.in_long = !self.input.ended();
                if !self.in_long {
                    self.state = State::Statements;
                }
                let length = rest.len();
                self.bad(table, length, 1, RECORD_TOO_LONG)
            }
            None => Step::More,
        }
    }

    pub(super) fn bad(
        &mut self,
        table: Option<usize>,
        length: usize,
        leaves: u64,
        reason: IssueCode,
    ) -> Step {
        self.row(table, length, 0, leaves, Err(reason))
    }

    pub(super) fn row(
        &mut self,
        table: Option<usize>,
        length: usize,
        tail: usize,
        leaves: u64,
        text: Result<Text, IssueCode>,
    ) -> Step {
        let (line, byte) = (self.line, self.input.byte());
        self.consume(length + tail);
        Step::Cut(Cut {
            table,
            length,
            tail,
            line,
            byte,
            leaves,
            text,
        })
    }

    /// Consumes bytes and counts the line ends among them.
    pub(super) fn consume(&mut self, length: usize) {
        let bytes = &self.input.rest()[..length];
        for at in memchr2_iter(b'\r', b'\n', bytes) {
            let after_cr = match at.checked_sub(1) {
                Some(before) => bytes[before] == b'\r',
                None => self.after_cr,
            };
            self.line += u64::from(bytes[at] == b'\r' || !after_cr);
        }
        if let Some(end) = bytes.last() {
            self.after_cr = *end == b'\r';
        }
        self.input.consume(length);
    }
}

pub(super) enum Step {
    Cut(Cut),
    On,
    More,
    End,
}

/// The tables of a script with their columns, by reading all of it.
///
/// A table without `CREATE TABLE` has every column that any of its statements lists; the rows are
/// then read by [`Reader::with_tables`].
///
/// # Errors
///
/// Those of [`Reader::new`], and [`Error::Io`].
pub fn tables<R: Read>(inner: R) -> Result<Vec<TableSchema>, Error> {
    let mut reader = Reader::new(inner, "dump")?;
    reader.tables.collect = true;
    while reader.next_raw()?.is_some() {}
    Ok(reader
        .tables
        .list
        .into_iter()
        .map(|table| table.schema)
        .collect())
}

pub(super) fn without_nul(bytes: &[u8], text: Text) -> Result<Text, IssueCode> {
    match memchr(0, bytes) {
        Some(_) => Err(NUL_BYTE),
        None => Ok(text),
    }
}

pub(super) fn trim_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("source", &self.source)
            .field("variant", &self.variant)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
