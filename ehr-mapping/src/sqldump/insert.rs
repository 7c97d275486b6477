//! Rows of an `INSERT`: its head, its tuples, and what may follow them.

use std::io::Read;

use memchr::memmem;

use super::cell::Form;
use super::error::Error;
use super::escape::unescape_postgresql;
use super::lexer::{Kind, Lexer, Next, skip_space};
use super::normalise;
use super::reader::{Head, Reader, State, Step, Text, without_nul};
use super::reason::{
    MALFORMED_TUPLE, RECORD_TOO_LONG, STATEMENT_CHANGES_DATA, UNDECODABLE_BYTES, UNKNOWN_COLUMN,
    UNTERMINATED_STATEMENT,
};
use super::schema::{Decode, Incomplete, Name, name_list, token};
use super::script::decode_name;
use super::split::{self, Piece, Split, split};
use super::statement::{self, End};
use super::table::Order;
use super::variant::Variant;
use crate::csv::encoding::Charset;

impl<R: Read> Reader<R> {
    /// The head of an `INSERT`, up to its first tuple.
    pub(super) fn insert(&mut self, replace: bool) -> Result<Step, Error> {
        let last = self.last();
        let rest = self.input.rest();
        if let Some(head) = &self.head
            && rest.starts_with(&head.text)
            && rest.get(head.text.len()) == Some(&b'(')
        {
            let (table, length) = (head.table, head.text.len());
            self.state = State::Values {
                table,
                replace,
                first: true,
            };
            self.consume(length);
            return Ok(Step::On);
        }
        let charset = self.input.charset();
        let decode = |bytes: &[u8]| decode_name(charset, bytes);
        let mut lexer = Lexer {
            bytes: rest,
            at: 0,
            variant: self.variant,
            last,
        };
        match head(&mut lexer, &decode) {
            Err(Incomplete) => Ok(Step::More),
            Ok(None) => Ok(self.whole_statement()),
            Ok(Some(Into { name, list, length })) => {
                let text = rest[..length].to_vec();
                let (table, order) = self.tables.filled(&name, list.as_deref());
                self.order = order;
                self.head = Some(Head { text, table });
                self.state = State::Values {
                    table,
                    replace,
                    first: true,
                };
                self.consume(length);
                Ok(Step::On)
            }
        }
    }

    pub(super) fn values(&mut self) -> Result<Step, Error> {
        let State::Values {
            table,
            replace,
            first,
        } = self.state
        else {
            return Ok(Step::On);
        };
        if self.in_long {
            return Ok(self.rest_of_long());
        }
        let last = self.last();
        // `,(` with nothing between is what nearly all rows begin with
        let rest = self.input.rest();
        let comma = usize::from(!first && rest.first() == Some(&b','));
        let begin = match skip_space(rest, comma, self.variant, last) {
            Some(begin) => begin,
            None => return Ok(Step::More),
        };
        let Some(&byte) = rest.get(begin) else {
            if !last {
                return Ok(Step::More);
            }
            // SQL Server's statements need no end
            let open = first || comma == 1 || self.variant != Variant::SqlServer;
            self.state = State::Statements;
            self.consume(begin);
            return Ok(match open && self.input.ended() {
                true => self.bad(Some(table), 0, 0, UNTERMINATED_STATEMENT),
                false => Step::On,
            });
        };
        if !first && comma == 0 {
            return Ok(self.behind_values(table));
        }
        if byte != b'(' {
            return Ok(self.bad_statement(Some(table), MALFORMED_TUPLE));
        }
        let tuple = &rest[begin..];
        let found = split(tuple, self.variant, last, &mut self.cells);
        let (end, reason) = match found {
            Split::More => return Ok(Step::More),
            Split::Tuple { end, bad } => (end, bad),
            Split::Broken { at, reason } => match split::resume(tuple, at, self.variant, last) {
                Some(end) => (end, Some(reason)),
                None if !last => return Ok(Step::More),
                None => {
                    let ended = self.input.ended();
                    self.in_long = !ended;
                    let reason = if ended { reason } else { RECORD_TOO_LONG };
                    if ended {
                        self.state = State::Statements;
                    } else if let State::Values { first, .. } = &mut self.state {
                        *first = false;
                    }
                    self.consume(begin);
                    let length = self.input.rest().len();
                    return Ok(self.bad(Some(table), length, 1, reason));
                }
            },
        };
        let leaves = split::filled(&self.cells);
        let bytes = &tuple[..end];
        let known = &self.tables.list[table];
        let charset = self.input.charset();
        let text = if let Some(reason) = reason {
            Err(reason)
        } else if replace {
            Err(STATEMENT_CHANGES_DATA)
        } else if matches!(self.order, Order::Unknown) {
            Err(UNKNOWN_COLUMN)
        } else if matches!(self.order, Order::Listed { .. })
            || normalise::is_needed(bytes, &self.cells, &known.binary, self.variant)
        {
            let (order, written) = (&self.order, &mut self.written);
            normalise::tuple(
                bytes,
                &self.cells,
                order,
                &known.binary,
                self.variant,
                charset,
                written,
            )
            .and_then(|()| without_nul(written.as_bytes(), Text::Anew))
        } else if self
            .cells
            .iter()
            .any(|piece| is_broken_escape(bytes, piece, charset))
        {
            Err(UNDECODABLE_BYTES)
        } else {
            without_nul(bytes, Text::InFile)
        };
        if text.is_ok() {
            let count = self.cells.len();
            self.tables.list[table].number_columns(count);
            self.tables.list[table].rows += 1;
        }
        if let State::Values { first, .. } = &mut self.state {
            *first = false;
        }
        self.consume(begin);
        Ok(self.row(Some(table), end, 0, leaves, text))
    }

    /// What follows the last tuple.
    pub(super) fn behind_values(&mut self, table: usize) -> Step {
        if !self.space() {
            return Step::More;
        }
        let (variant, last) = (self.variant, self.last());
        let rest = self.input.rest();
        let mut lexer = Lexer {
            bytes: rest,
            at: 0,
            variant,
            last,
        };
        let token = match lexer.next() {
            Next::Token(token) => token,
            Next::More => return Step::More,
            Next::End => return self.bad_statement(Some(table), MALFORMED_TUPLE),
        };
        if !last && rest.len() < token.start + self.delimiter.len() {
            return Step::More;
        }
        if rest[token.start..].starts_with(&self.delimiter) || variant == Variant::SqlServer {
            self.state = State::Statements;
            return Step::On;
        }
        let known = ["ON", "AS", "RETURNING"]
            .iter()
            .any(|tail| lexer.is(token, tail));
        if !known {
            return self.bad_statement(Some(table), MALFORMED_TUPLE);
        }
        match statement::end(rest, variant, &self.delimiter, last) {
            End::More => Step::More,
            End::At { text, next } => {
                let upper = rest[..text].to_ascii_uppercase();
                if memmem::find(&upper, b"UPDATE").is_some() {
                    return self.bad_statement(Some(table), STATEMENT_CHANGES_DATA);
                }
                self.state = State::Statements;
                self.skipped.add("ON CONFLICT");
                self.consume(next);
                Step::On
            }
        }
    }
}

/// What the head of an `INSERT` says, and its length.
struct Into {
    name: Name,
    list: Option<Vec<String>>,
    length: usize,
}

fn head(lexer: &mut Lexer<'_>, decode: Decode<'_>) -> Result<Option<Into>, Incomplete> {
    token(lexer)?; // INSERT
    let mut before = lexer.at;
    while let Some(word) = token(lexer)? {
        let noise = ["INTO", "IGNORE", "LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY"];
        if !noise.iter().any(|noise| lexer.is(word, noise)) {
            break;
        }
        before = lexer.at;
    }
    lexer.at = before;
    let (name, mut next) = Name::read(lexer, decode)?;
    let mut list = None;
    if next.is_some_and(|next| next.kind == Kind::Sign(b'(')) {
        list = name_list(lexer, decode)?;
        if list.is_none() {
            return Ok(None);
        }
        next = token(lexer)?;
    }
    while let Some(word) = next {
        if lexer.is(word, "VALUES") || lexer.is(word, "VALUE") {
            let length =
                skip_space(lexer.bytes, lexer.at, lexer.variant, lexer.last).ok_or(Incomplete)?;
            if length == lexer.bytes.len() && !lexer.last {
                return Err(Incomplete);
            }
            let tuple = lexer.bytes.get(length) == Some(&b'(');
            let list = list.filter(|list| !list.is_empty());
            let into = Into { name, list, length };
            return Ok((tuple && !into.name.is_empty()).then_some(into));
        }
        // OVERRIDING SYSTEM VALUE says only that generated keys are kept
        if !["OVERRIDING", "SYSTEM", "USER"]
            .iter()
            .any(|noise| lexer.is(word, noise))
        {
            return Ok(None);
        }
        next = token(lexer)?;
        if next.is_some_and(|next| lexer.is(next, "VALUE")) {
            next = token(lexer)?;
        }
    }
    Ok(None)
}

/// Whether a text of PostgreSQL has escapes by number that make no text.
fn is_broken_escape(bytes: &[u8], piece: &Piece, charset: &Charset) -> bool {
    let Some(cell) = piece.cell.filter(|cell| cell.form == Form::EscapeString) else {
        return false;
    };
    let mut buffer = String::new();
    let content = charset.decode(&bytes[cell.start..cell.end], &mut buffer);
    content.is_some_and(|content| {
        std::str::from_utf8(&unescape_postgresql(content.as_bytes())).is_err()
    })
}
