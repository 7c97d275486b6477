//! Writes a row anew where its own text would not say what the table holds.
//!
//! That is: if the statement lists other columns than the table has, or in another order; and if
//! bytes stand in it as if they were text, which they need not be in any encoding. All other cells
//! keep their text.

use ehr_model::issue::IssueCode;

use super::binary;
use super::cell::Form;
use super::copy;
use super::escape::{unescape_mysql, unescape_postgresql};
use super::reason::{RAGGED_ROW, UNDECODABLE_BYTES};
use super::split::Piece;
use super::table::Order;
use super::variant::Variant;
use crate::csv::encoding::Charset;

/// Whether a tuple in the order of the table must be written anew.
pub(super) fn is_needed(bytes: &[u8], cells: &[Piece], binary: &[bool], variant: Variant) -> bool {
    cells.iter().enumerate().any(|(place, piece)| {
        let Some(cell) = piece.cell else { return false };
        match cell.form {
            Form::Binary(_) => bytes[cell.start..cell.end]
                .iter()
                .any(|byte| *byte >= 0x80 || *byte == 0),
            _ => binary.get(place) == Some(&true) && is_text(bytes, piece, variant),
        }
    })
}

/// Whether a cell of a binary column is written as if it were text.
fn is_text(bytes: &[u8], piece: &Piece, variant: Variant) -> bool {
    let Some(cell) = piece.cell else { return false };
    match cell.form {
        Form::Doubled(_) | Form::Backslash(_) | Form::EscapeString => true,
        Form::Plain => match variant {
            // `b'101'` and numbers stay
            Variant::MySql => matches!(bytes[piece.start], b'\'' | b'"'),
            Variant::PostgreSql => bytes[cell.start..cell.end].starts_with(b"\\x"),
            Variant::SqlServer => false,
        },
        _ => false,
    }
}

/// The text of a tuple in the order of its table.
pub(super) fn tuple(
    bytes: &[u8],
    cells: &[Piece],
    order: &Order,
    binary: &[bool],
    variant: Variant,
    charset: &Charset,
    out: &mut String,
) -> Result<(), IssueCode> {
    out.clear();
    out.push('(');
    let mut write = |column: usize, value: Option<usize>| {
        if column > 0 {
            out.push(',');
        }
        match value.map(|value| cells.get(value)) {
            None => out.push_str("DEFAULT"),
            Some(None) => return Err(RAGGED_ROW),
            Some(Some(piece)) => {
                let is_binary = binary.get(column) == Some(&true);
                self::cell(bytes, piece, is_binary, variant, charset, out)?;
            }
        }
        Ok(())
    };
    match order {
        Order::Listed { places, values } => {
            if *values != cells.len() {
                return Err(RAGGED_ROW);
            }
            for (column, value) in places.iter().enumerate() {
                write(column, *value)?;
            }
        }
        Order::Same | Order::Unknown => {
            for column in 0..cells.len() {
                write(column, Some(column))?;
            }
        }
    }
    out.push(')');
    Ok(())
}

fn cell(
    bytes: &[u8],
    piece: &Piece,
    is_binary: bool,
    variant: Variant,
    charset: &Charset,
    out: &mut String,
) -> Result<(), IssueCode> {
    let hex = piece.cell.and_then(|cell| {
        let content = &bytes[cell.start..cell.end];
        match (cell.form, variant) {
            (Form::Binary(quote), _) => Some(hex_of(content, quote)),
            _ if !is_binary || !is_text(bytes, piece, variant) => None,
            (Form::Backslash(quote) | Form::Doubled(quote), Variant::MySql) => {
                Some(hex_of(content, quote))
            }
            (Form::Plain, Variant::MySql) => Some(binary::to_hex(content)),
            (Form::EscapeString, Variant::PostgreSql) => {
                let text = String::from_utf8(unescape_postgresql(content)).ok();
                text.and_then(|text| text.strip_prefix("\\x").map(str::to_owned))
            }
            (Form::Plain, Variant::PostgreSql) => {
                std::str::from_utf8(&content[2..]).ok().map(str::to_owned)
            }
            _ => None,
        }
    });
    match hex.filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        Some(hex) => {
            out.push_str("x'");
            out.push_str(&hex);
            out.push('\'');
        }
        None => {
            let mut buffer = String::new();
            let text = charset.decode(&bytes[piece.start..piece.end], &mut buffer);
            out.push_str(text.ok_or(UNDECODABLE_BYTES)?);
        }
    }
    Ok(())
}

fn hex_of(content: &[u8], quote: u8) -> String {
    let mut bytes = Vec::with_capacity(content.len());
    unescape_mysql(content, quote, &mut bytes);
    binary::to_hex(&bytes)
}

/// Whether a line of `COPY` in the order of the table must be written anew.
///
/// A parenthesis at its beginning would make it a tuple; with a backslash it says the same.
pub(super) fn is_needed_for_line(line: &str, binary: &[bool]) -> bool {
    line.starts_with('(')
        || binary.contains(&true)
            && cells(line)
                .enumerate()
                .any(|(place, cell)| binary.get(place) == Some(&true) && cell.starts_with(r"\\x"))
}

/// The text of a line of `COPY` in the order of its table.
pub(super) fn line(
    line: &str,
    order: &Order,
    binary: &[bool],
    out: &mut String,
) -> Result<(), IssueCode> {
    out.clear();
    let mut write = |column: usize, cell: Option<&str>| {
        if column > 0 {
            out.push('\t');
        }
        let is_binary = binary.get(column) == Some(&true);
        match cell {
            None => out.push_str(r"\N"),
            Some(cell) => match cell.strip_prefix(r"\\x").filter(|_| is_binary) {
                Some(digits) => out.push_str(digits),
                None => {
                    if column == 0 && cell.starts_with('(') {
                        out.push('\\');
                    }
                    out.push_str(cell);
                }
            },
        }
    };
    match order {
        Order::Listed { places, values } => {
            let cells: Vec<_> = cells(line).collect();
            if *values != cells.len() {
                return Err(RAGGED_ROW);
            }
            for (column, value) in places.iter().enumerate() {
                write(column, value.map(|value| cells[value]));
            }
        }
        Order::Same | Order::Unknown => {
            for (column, cell) in cells(line).enumerate() {
                write(column, Some(cell));
            }
        }
    }
    Ok(())
}

fn cells(line: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let end = copy::cell_end(line.as_bytes(), start);
        next = (end < line.len()).then_some(end + 1);
        Some(&line[start..end])
    })
}
