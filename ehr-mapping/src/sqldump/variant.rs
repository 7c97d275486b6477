//! Which database wrote a dump, and in which encoding.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use memchr::memmem;

use crate::csv::encoding::binary_format;

/// The database whose syntax a dump script is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// MySQL and MariaDB: a backslash escapes, `"` quotes text, `#` begins a comment.
    MySql,
    /// PostgreSQL, and standard SQL such as SQLite writes: `COPY`, `E'..'`, `$tag$`.
    PostgreSql,
    /// Microsoft SQL Server: `[names]`, `N'..'`, `GO`; statements need no end.
    SqlServer,
}

/// What only one database writes, at the beginning of a line.
const MARKS: [(&[u8], Variant); 23] = [
    (b"-- mysql dump", Variant::MySql),
    (b"-- mariadb dump", Variant::MySql),
    (b"-- phpmyadmin", Variant::MySql),
    (b"/*!40", Variant::MySql),
    (b"/*!50", Variant::MySql),
    (b"/*!80", Variant::MySql),
    (b"/*m!", Variant::MySql),
    (b"insert into `", Variant::MySql),
    (b"replace into `", Variant::MySql),
    (b"create table `", Variant::MySql),
    (b"create table if not exists `", Variant::MySql),
    (b"lock tables `", Variant::MySql),
    (b"-- postgresql database", Variant::PostgreSql),
    (b"set standard_conforming_strings", Variant::PostgreSql),
    (b"select pg_catalog.", Variant::PostgreSql),
    (b"copy ", Variant::PostgreSql),
    (b"/****** object:", Variant::SqlServer),
    (b"set identity_insert", Variant::SqlServer),
    (b"set ansi_nulls", Variant::SqlServer),
    (b"insert [", Variant::SqlServer),
    (b"insert into [", Variant::SqlServer),
    (b"create table [", Variant::SqlServer),
    (b"use [", Variant::SqlServer),
];

/// Statements that any database writes, at the beginning of a line, and what must follow soon:
/// a patient's note may begin with the same words.
const STATEMENTS: [(&[u8], &[u8]); 4] = [
    (b"insert into ", b"values"),
    (b"create table ", b"("),
    (b"begin transaction;", b""),
    (b"copy ", b" from stdin"),
];

/// How far away that may be.
const SOON: usize = 2000;

impl Variant {
    /// The variant of a file that begins with `start`, or `None` if it is no dump script.
    ///
    /// The mark that stands first wins: what follows may be a patient's note about databases.
    pub fn detect(start: &[u8]) -> Option<Self> {
        if binary_format(start).is_some() || start.starts_with(b"PGDMP") {
            return None;
        }
        let text = match unmarked_utf16(start).or_else(|| Encoding::for_bom(start).map(|(e, _)| e))
        {
            Some(encoding) if encoding != UTF_8 => {
                let (text, _) = encoding.decode_with_bom_removal(start);
                text.into_owned().into_bytes()
            }
            _ => start
                .strip_prefix(b"\xEF\xBB\xBF")
                .unwrap_or(start)
                .to_vec(),
        };
        let text = text.to_ascii_lowercase();
        if text
            .trim_ascii_start()
            .first()
            .is_some_and(|byte| b"<{".contains(byte))
        {
            return None; // XML, HTML, JSON
        }
        let follows = |at: usize, next: &[u8]| {
            let soon = &text[at..text.len().min(at + SOON)];
            memmem::find(soon, next).is_some()
        };
        let marks = MARKS.iter().filter_map(|(mark, variant)| {
            let next: &[u8] = if *mark == b"copy " {
                b" from stdin"
            } else {
                b""
            };
            let at = memmem::find_iter(&text, mark)
                .find(|at| begins_line(&text, *at) && follows(*at, next))?;
            Some((at, *variant))
        });
        let marked = marks.min_by_key(|(at, _)| *at).map(|(_, variant)| variant);
        marked.or_else(|| {
            let plain = STATEMENTS.iter().any(|(statement, next)| {
                memmem::find_iter(&text, statement)
                    .any(|at| begins_line(&text, at) && follows(at, next))
            });
            let go = [&b"\ngo\n"[..], b"\ngo\r"]
                .iter()
                .any(|go| memmem::find(&text, go).is_some());
            plain.then_some(if go {
                Self::SqlServer
            } else {
                Self::PostgreSql
            })
        })
    }

    /// Whether a backslash escapes inside of `'..'`.
    pub(super) fn backslash(self) -> bool {
        self == Self::MySql
    }
}

fn begins_line(text: &[u8], at: usize) -> bool {
    let before = text[..at].iter().rev().find(|byte| !b" \t".contains(byte));
    before.is_none_or(|byte| b"\r\n;".contains(byte))
}

/// UTF-16 that does not say so: a script begins with characters of ASCII.
pub(super) fn unmarked_utf16(start: &[u8]) -> Option<&'static Encoding> {
    match start {
        [(1..), 0, (1..), 0, ..] => Some(UTF_16LE),
        [0, (1..), 0, (1..), ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding that the first statements of a script name; its own name of it if it is unknown.
pub(super) fn encoding(start: &[u8], variant: Variant) -> Result<&'static Encoding, String> {
    let marker: &[u8] = match variant {
        Variant::MySql => b"set names ",
        Variant::PostgreSql => b"set client_encoding = ",
        Variant::SqlServer => return Ok(UTF_8),
    };
    let start = start.to_ascii_lowercase();
    let Some(at) = memmem::find(&start, marker) else {
        return Ok(UTF_8);
    };
    let name: String = start[at + marker.len()..]
        .iter()
        .skip_while(|byte| b"' \"".contains(byte))
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
        .take(24)
        .map(|byte| char::from(*byte))
        .collect();
    let label = match (variant, &*name) {
        (
            _,
            "utf8" | "utf-8" | "utf8mb3" | "utf8mb4" | "unicode" | "ascii" | "us-ascii" | "binary",
        )
        | (_, "sql_ascii" | "default" | "") => return Ok(UTF_8),
        // what MySQL calls latin1 is Windows-1252, and so is what WHATWG calls it
        (Variant::MySql, "latin5") => "iso-8859-9",
        (Variant::MySql, "latin7") => "iso-8859-13",
        (Variant::MySql, "greek") => "iso-8859-7",
        (Variant::MySql, "hebrew") => "iso-8859-8",
        (Variant::MySql, "koi8r") => "koi8-r",
        (Variant::MySql, "koi8u") => "koi8-u",
        (Variant::MySql, "macroman") => "macintosh",
        (Variant::PostgreSql, "latin5") => "iso-8859-9",
        (Variant::PostgreSql, "latin6") => "iso-8859-10",
        (Variant::PostgreSql, "latin7") => "iso-8859-13",
        (Variant::PostgreSql, "latin8") => "iso-8859-14",
        (Variant::PostgreSql, "latin9") => "iso-8859-15",
        (Variant::PostgreSql, "latin10") => "iso-8859-16",
        (Variant::PostgreSql, "koi8r") => "koi8-r",
        (Variant::PostgreSql, "koi8u") => "koi8-u",
        (Variant::PostgreSql, win) if win.starts_with("win12") => &name.replace("win", "windows-"),
        (Variant::PostgreSql, iso) if iso.starts_with("iso_8859_") => &name.replace('_', "-"),
        (_, name) => name,
    };
    match Encoding::for_label(label.as_bytes()) {
        Some(encoding) if encoding == UTF_8 || encoding.is_single_byte() => Ok(encoding),
        _ => Err(name),
    }
}
