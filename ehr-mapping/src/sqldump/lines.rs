//! Rows of a `COPY .. FROM stdin`: its head and its lines.

use std::io::Read;

use memchr::memchr;

use super::copy;
use super::error::Error;
use super::lexer::{Kind, Lexer};
use super::normalise;
use super::reader::{Reader, State, Step, Text, trim_line_end, without_nul};
use super::reason::{
    COPY_FORMAT, RECORD_TOO_LONG, UNDECODABLE_BYTES, UNKNOWN_COLUMN, UNTERMINATED_STATEMENT,
};
use super::schema::{Name, name_list, token};
use super::script::decode_name;
use super::statement::{self, End};
use super::table::Order;

impl<R: Read> Reader<R> {
    /// The head of a `COPY`.
    pub(super) fn copy(&mut self) -> Result<Step, Error> {
        let last = self.last();
        let rest = self.input.rest();
        let (text, behind) = match statement::end(rest, self.variant, &self.delimiter, last) {
            End::At { text, next } => (text, next),
            End::More => return Ok(Step::More),
        };
        let Some(line) = memchr(b'\n', &rest[behind..]) else {
            if !last {
                return Ok(Step::More);
            }
            return Ok(self.bad(None, text, 1, UNTERMINATED_STATEMENT));
        };
        let charset = self.input.charset();
        let decode = |bytes: &[u8]| decode_name(charset, bytes);
        let mut lexer = Lexer {
            bytes: &rest[..text],
            at: 4,
            variant: self.variant,
            last: true,
        };
        let Ok((name, mut next)) = Name::read(&mut lexer, &decode) else {
            return Ok(self.whole_statement());
        };
        let mut list = None;
        if next.is_some_and(|next| next.kind == Kind::Sign(b'(')) {
            list = name_list(&mut lexer, &decode).ok().flatten();
            next = token(&mut lexer).ok().flatten();
        }
        let words = [next, token(&mut lexer).ok().flatten()];
        let stdin = matches!(words, [Some(from), Some(stdin)] if lexer.is(from, "FROM") && lexer.is(stdin, "STDIN"));
        if !stdin || name.is_empty() {
            return Ok(self.whole_statement());
        }
        let plain = matches!(token(&mut lexer), Ok(None));
        let (table, order) = self.tables.filled(&name, list.as_deref());
        (self.order, self.head) = (order, None);
        self.state = State::Lines { table, text: plain };
        self.consume(behind + line + 1);
        Ok(Step::On)
    }

    pub(super) fn lines(&mut self) -> Result<Step, Error> {
        let State::Lines { table, text: plain } = self.state else {
            return Ok(Step::On);
        };
        let last = self.last();
        let rest = self.input.rest();
        let end = match copy::line_end(rest) {
            Some(end) => end,
            None if !last => return Ok(Step::More),
            None => {
                let length = rest.len();
                let end_mark = !self.in_long && trim_line_end(rest) == br"\.";
                if self.input.ended() {
                    self.state = State::Statements;
                } else {
                    self.in_long = true;
                }
                if end_mark && self.input.ended() {
                    self.consume(length);
                    return Ok(Step::On);
                }
                let reason = if self.in_long {
                    RECORD_TOO_LONG
                } else {
                    UNTERMINATED_STATEMENT
                };
                return Ok(self.bad(Some(table), length, 1, reason));
            }
        };
        if self.in_long {
            self.in_long = false;
            let line = trim_line_end(&rest[..=end]).len();
            return Ok(self.row(Some(table), line, end + 1 - line, 1, Err(RECORD_TOO_LONG)));
        }
        let line = trim_line_end(&rest[..=end]);
        let length = line.len();
        if line == br"\." {
            self.state = State::Statements;
            self.consume(end + 1);
            return Ok(Step::On);
        }
        let known = &self.tables.list[table];
        let has_binary = known.binary.contains(&true);
        let listed = matches!(self.order, Order::Listed { .. });
        let text = if !plain {
            Err(COPY_FORMAT)
        } else if matches!(self.order, Order::Unknown) {
            Err(UNKNOWN_COLUMN)
        } else if copy::has_numbers(line) && std::str::from_utf8(&copy::unescape(line)).is_err() {
            Err(UNDECODABLE_BYTES)
        } else if line.first() == Some(&b'(') || has_binary || listed {
            match self.input.charset().decode(line, &mut self.decoded) {
                None => Err(UNDECODABLE_BYTES),
                Some(text) if listed || normalise::is_needed_for_line(text, &known.binary) => {
                    normalise::line(text, &self.order, &known.binary, &mut self.written)
                        .and_then(|()| without_nul(line, Text::Anew))
                }
                Some(_) => without_nul(line, Text::InFile),
            }
        } else {
            without_nul(line, Text::InFile)
        };
        let leaves = if text.is_err() { copy::filled(line) } else { 0 };
        if text.is_ok() {
            let known = &mut self.tables.list[table];
            if known.schema.columns.is_empty() {
                known.number_columns(line.split(|byte| *byte == b'\t').count());
            }
            known.rows += 1;
        }
        Ok(self.row(Some(table), length, end + 1 - length, leaves, text))
    }
}
