//! What stands between rows: comments, lines for a client, and statements that are held as a whole.

use std::io::Read;

use ehr_model::issue::IssueCode;
use memchr::{memchr, memmem};

use super::error::Error;
use super::lexer::{Kind, Lexer, is_word, skip_space, word_end};
use super::reader::{Reader, State, Step, Tool};
use super::reason::{
    RECORD_TOO_LONG, STATEMENT_CHANGES_DATA, STATEMENT_CHANGES_TABLE, UNKNOWN_STATEMENT,
    UNTERMINATED_STATEMENT,
};
use super::schema::{Created, Name, create_table, lossy, token};
use super::statement::{self, Action, End, action, ends_line};
use super::variant::Variant;
use crate::csv::encoding::Charset;

impl<R: Read> Reader<R> {
    /// Passes over whitespace and comments; `false` if more input is needed.
    pub(super) fn space(&mut self) -> bool {
        let last = self.last();
        let rest = self.input.rest();
        let Some(end) = skip_space(rest, 0, self.variant, last) else {
            return false;
        };
        let comments = &rest[..end];
        if comments.len() > 8 {
            let has = |mark: &[u8]| memmem::find(comments, mark).is_some();
            if self.tool.is_none() {
                self.tool = if has(b"-- MySQL dump") || has(b"-- MariaDB dump") {
                    Some(Tool::MySqlDump)
                } else if has(b"-- PostgreSQL database cluster dump") {
                    Some(Tool::PgDumpAll)
                } else if has(b"-- PostgreSQL database dump") {
                    Some(Tool::PgDump)
                } else {
                    None
                };
            }
            self.complete |= match self.tool {
                Some(Tool::MySqlDump) => has(b"-- Dump completed"),
                Some(Tool::PgDump) => has(b"-- PostgreSQL database dump complete"),
                Some(Tool::PgDumpAll) => has(b"-- PostgreSQL database cluster dump complete"),
                None => false,
            };
        }
        self.consume(end);
        true
    }

    pub(super) fn statement(&mut self) -> Result<Step, Error> {
        if self.in_long {
            return Ok(self.rest_of_long());
        }
        if !self.space() {
            return Ok(Step::More);
        }
        let last = self.last();
        let rest = self.input.rest();
        let Some(&first) = rest.first() else {
            return Ok(if self.input.ended() {
                Step::End
            } else {
                Step::More
            });
        };
        if rest.starts_with(&self.delimiter) {
            self.consume(self.delimiter.len());
            return Ok(Step::On);
        }
        // a byte order mark between files that were joined, and the end mark of DOS
        if rest.starts_with("\u{FEFF}".as_bytes()) {
            self.consume(3);
            return Ok(Step::On);
        }
        if first == 0x1A && rest.len() == 1 && self.input.ended() {
            self.consume(1);
            return Ok(Step::On);
        }
        if first == b'\\' && self.variant == Variant::PostgreSql {
            return Ok(self.client_line("psql command"));
        }
        if is_word(first) {
            let end = word_end(rest, 0);
            if end == rest.len() && !last {
                return Ok(Step::More);
            }
            let word = &rest[..end];
            let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
            match self.variant {
                Variant::MySql if is("DELIMITER") => return Ok(self.client_line("DELIMITER")),
                Variant::SqlServer if is("GO") => return Ok(self.client_line("GO")),
                Variant::PostgreSql if is("COPY") => return self.copy(),
                _ if is("INSERT") => return self.insert(false),
                Variant::MySql if is("REPLACE") => return self.insert(true),
                _ => {}
            }
        }
        Ok(self.whole_statement())
    }

    /// A line for the program that runs the script.
    pub(super) fn client_line(&mut self, kind: &'static str) -> Step {
        let rest = self.input.rest();
        let end = match memchr(b'\n', rest) {
            Some(end) => end,
            None if self.last() => rest.len(),
            None => return Step::More,
        };
        let line = rest[..end].trim_ascii();
        let go = kind == "GO" && !ends_line(&rest[2..]);
        let mut words = line
            .split(|byte| byte.is_ascii_whitespace())
            .filter(|word| !word.is_empty());
        let (command, argument) = (words.next(), words.next());
        if go {
            return self.whole_statement();
        }
        match (command, argument) {
            (Some(b"\\connect" | b"\\c"), Some(name)) => {
                let name = lossy(name).trim_matches('"').to_owned();
                self.tables.database = Some(name);
            }
            (Some(_), Some(delimiter)) if kind == "DELIMITER" => {
                self.delimiter = delimiter.to_vec()
            }
            _ => {}
        }
        self.skipped.add(kind);
        self.consume(end);
        Step::On
    }

    /// A statement that is held as a whole: it has no rows.
    pub(super) fn whole_statement(&mut self) -> Step {
        let last = self.last();
        let rest = self.input.rest();
        let (text, next) = match statement::end(rest, self.variant, &self.delimiter, last) {
            End::At { text, next } => (text, next),
            End::More => return Step::More,
        };
        let cut_off = next == rest.len() && !rest[text..].ends_with(&self.delimiter);
        if cut_off && !self.input.ended() {
            self.in_long = true;
            return self.bad(None, next, 1, RECORD_TOO_LONG);
        }
        let statement = &rest[..text];
        let action = match action(statement, self.variant) {
            Action::Skip(kind) if !swallows(statement, kind) => Action::Skip(kind),
            Action::Bad(reason) if !cut_off => Action::Bad(reason),
            Action::CreateTable if !cut_off && !swallows(statement, "") => Action::CreateTable,
            // SQL Server's statements need no end
            action if cut_off && self.variant == Variant::SqlServer => action,
            _ if cut_off => Action::Bad(UNTERMINATED_STATEMENT),
            Action::Skip(_) | Action::CreateTable => Action::Bad(UNKNOWN_STATEMENT),
            action => action,
        };
        let skipped = match action {
            Action::Skip(kind) => Ok(kind),
            Action::Bad(reason) => Err(reason),
            Action::CreateTable => self.create(text),
            Action::DropTable => self.drop(text),
            Action::Use => {
                let charset = self.input.charset();
                let decode = |bytes: &[u8]| decode_name(charset, bytes);
                let mut lexer = Lexer {
                    bytes: statement,
                    at: 3,
                    variant: self.variant,
                    last: true,
                };
                if let Ok((name, _)) = Name::read(&mut lexer, &decode) {
                    self.tables.database = Some(name.table().to_owned());
                }
                Ok("USE")
            }
        };
        match skipped {
            Ok(kind) => {
                self.skipped.add(kind);
                self.consume(next);
                Step::On
            }
            Err(reason) => self.bad(None, text, 1, reason),
        }
    }

    /// What stands here up to the end of the statement, which is none.
    pub(super) fn bad_statement(&mut self, table: Option<usize>, reason: IssueCode) -> Step {
        let last = self.last();
        match statement::end(self.input.rest(), self.variant, &self.delimiter, last) {
            End::At { text, .. } => {
                self.state = State::Statements;
                self.bad(table, text, 1, reason)
            }
            End::More => Step::More,
        }
    }

    pub(super) fn create(&mut self, length: usize) -> Result<&'static str, IssueCode> {
        let statement = &self.input.rest()[..length];
        let charset = self.input.charset();
        let decode = |bytes: &[u8]| decode_name(charset, bytes);
        let mut lexer = Lexer {
            bytes: statement,
            at: 0,
            variant: self.variant,
            last: true,
        };
        while let Ok(Some(word)) = token(&mut lexer) {
            if lexer.is(word, "TABLE") {
                break;
            }
        }
        if_exists(&mut lexer, 3);
        let Ok((name, next)) = Name::read(&mut lexer, &decode) else {
            return Err(STATEMENT_CHANGES_DATA);
        };
        // a part has the columns of the whole
        let columns = match create_table(&mut lexer, next, &decode) {
            Created::Columns(columns) => columns,
            Created::Inherits(own, parents) => {
                let mut columns = self.tables.inherited(&parents);
                let own = own
                    .into_iter()
                    .filter(|own| !columns.iter().any(|known| known.name == own.name));
                let own: Vec<_> = own.collect();
                columns.extend(own);
                columns
            }
            Created::Unknown => return Err(STATEMENT_CHANGES_DATA),
        };
        self.head = None;
        match self.tables.declare(&name, columns) {
            true => Ok("CREATE TABLE"),
            false => Err(STATEMENT_CHANGES_TABLE),
        }
    }

    pub(super) fn drop(&mut self, length: usize) -> Result<&'static str, IssueCode> {
        let statement = &self.input.rest()[..length];
        let charset = self.input.charset();
        let decode = |bytes: &[u8]| decode_name(charset, bytes);
        let mut lexer = Lexer {
            bytes: statement,
            at: 0,
            variant: self.variant,
            last: true,
        };
        while let Ok(Some(word)) = token(&mut lexer) {
            if lexer.is(word, "TABLE") {
                break;
            }
        }
        if_exists(&mut lexer, 2);
        self.head = None;
        while let Ok((name, next)) = Name::read(&mut lexer, &decode) {
            if !name.is_empty() && !self.tables.forget(&name) {
                return Err(STATEMENT_CHANGES_DATA);
            }
            if next.is_none_or(|next| next.kind != Kind::Sign(b',')) {
                break;
            }
        }
        Ok("DROP TABLE")
    }
}

/// Whether a statement holds rows, because a quote in it is not closed. Bodies of programs and
/// descriptions may hold statements.
fn swallows(statement: &[u8], kind: &str) -> bool {
    let bodies = [
        "TRIGGER",
        "FUNCTION",
        "PROCEDURE",
        "VIEW",
        "EVENT",
        "RULE",
        "EXEC",
        "COMMENT",
        "PREPARE",
        "POLICY",
    ];
    if bodies.iter().any(|body| kind.contains(body)) {
        return false;
    }
    memmem::find_iter(statement, b"\nINSERT ").next().is_some()
        || memmem::find(statement, b"\nCOPY ").is_some()
        || memmem::find(statement, b"INSERT INTO ").is_some()
}

/// Goes past `IF [NOT] EXISTS`, and `ONLY`.
fn if_exists(lexer: &mut Lexer<'_>, words: usize) {
    for _ in 0..words {
        let before = lexer.at;
        let known = matches!(token(lexer), Ok(Some(word)) if ["IF", "NOT", "EXISTS", "ONLY"]
            .iter()
            .any(|known| lexer.is(word, known)));
        if !known {
            lexer.at = before;
            return;
        }
    }
}

pub(super) fn decode_name(charset: &Charset, bytes: &[u8]) -> String {
    let mut buffer = String::new();
    match charset.decode(bytes, &mut buffer) {
        Some(name) => name.to_owned(),
        None => lossy(bytes).into_owned(),
    }
}
