//! `CAST` and `CONVERT` around a literal.

use super::binary::Moment;
use super::cell::{Cell, Form, Literal, Scan, inner};
use super::lexer::skip_space;
use super::variant::Variant;

/// `CAST(literal AS type)`, `CONVERT(literal, type)` or `CONVERT(type, literal, style)`: the
/// literal, which is what the database would store once its type is that of the column.
pub(super) fn cast(
    bytes: &[u8],
    open: usize,
    variant: Variant,
    last: bool,
    depth: usize,
) -> Literal {
    macro_rules! go {
        ($option:expr) => {
            match $option {
                Some(value) => value,
                None => return Literal::More,
            }
        };
    }
    let mut at = go!(skip_space(bytes, open, variant, last));
    if *go!(bytes.get(at)) != b'(' {
        return Literal::None;
    }
    at = go!(skip_space(bytes, at + 1, variant, last));
    // a type first, as in CONVERT(datetime, ..)
    let mut sql_type = None;
    let (literal, after) = match inner(bytes, at, variant, last, depth) {
        Literal::Cell(cell, after) => (cell, after),
        Literal::More => return Literal::More,
        Literal::None => {
            let (name, comma) = match type_until(bytes, at, variant, last) {
                Scan::Cell(name, after) => (name, after),
                Scan::More => return Literal::More,
                Scan::Computed(_) | Scan::Broken(_) => return Literal::None,
            };
            if *go!(bytes.get(comma)) != b',' || variant != Variant::SqlServer {
                return Literal::None;
            }
            sql_type = Some(&bytes[name.start..name.end]);
            at = go!(skip_space(bytes, comma + 1, variant, last));
            match inner(bytes, at, variant, last, depth) {
                Literal::Cell(cell, after) => (cell, after),
                other => return other,
            }
        }
    };
    let next = go!(skip_space(bytes, after, variant, last));
    let close = match type_until(bytes, next, variant, last) {
        Scan::Cell(rest, close) => {
            let rest = &bytes[rest.start..rest.end];
            if sql_type.is_none()
                && let Some((b"AS" | b"as" | b"As", name)) = rest.split_at_checked(2)
            {
                sql_type = Some(name.trim_ascii());
            }
            close
        }
        Scan::More => return Literal::More,
        Scan::Computed(_) | Scan::Broken(_) => return Literal::None,
    };
    // the style of a CONVERT, or the type of one in MySQL
    let close = match *go!(bytes.get(close)) {
        b')' => close,
        _ => match type_until(bytes, close + 1, variant, last) {
            Scan::Cell(_, close) if *go!(bytes.get(close)) == b')' => close,
            Scan::More => return Literal::More,
            _ => return Literal::None,
        },
    };
    let form = match (literal.form, sql_type.and_then(Moment::of_type)) {
        (Form::Hex, Some(moment)) if variant == Variant::SqlServer => Form::Moment(moment),
        (form, _) => form,
    };
    Literal::Cell(Cell { form, ..literal }, close + 1)
}

/// The text up to the next `,` or `)` outside of parentheses, if there is no quote in it.
pub(super) fn type_until(bytes: &[u8], at: usize, variant: Variant, last: bool) -> Scan {
    let mut depth = 0;
    let mut end = at;
    loop {
        match bytes.get(end) {
            None if last => return Scan::Broken(end),
            None => return Scan::More,
            Some(b'(') => depth += 1,
            Some(b',' | b')') if depth == 0 => {
                let cell = Cell {
                    form: Form::Plain,
                    start: at,
                    end,
                };
                return Scan::Cell(cell, end);
            }
            Some(b')') => depth -= 1,
            Some(b'"') if variant == Variant::PostgreSql => {}
            Some(b'\'' | b'"' | b';') => return Scan::Computed(end),
            Some(_) => {}
        }
        end += 1;
    }
}
