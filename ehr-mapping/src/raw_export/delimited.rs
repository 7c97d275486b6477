//! Delimited text: which character stands between cells, and whether the first line names them.

use encoding_rs::Encoding;

use super::RawKind;
use crate::csv::{Dialect, Escape, fields};

/// Characters that stand between cells.
const DELIMITERS: [u8; 5] = [b',', b'\t', b'|', b';', b'^'];
/// How many lines are looked at.
const LINES: usize = 200;
/// A text is a table where so many in a hundred lines have as many cells as the first.
const ALIKE: usize = 90;
/// Names of columns are shorter.
const LONGEST_NAME: usize = 80;

/// A table, or lines of text where nothing shows columns.
pub(super) fn table(text: &str, encoding: &'static Encoding, whole: bool) -> RawKind {
    let text = text.trim_start_matches('\u{feff}');
    let best = DELIMITERS
        .into_iter()
        .filter_map(|delimiter| try_delimiter(text, delimiter, encoding, whole))
        .max_by_key(|(cells, ..)| *cells);
    let Some((cells, dialect, first)) = best else {
        return RawKind::Lines;
    };
    if names_columns(&first) {
        return RawKind::Delimited {
            dialect,
            columns: named(first),
        };
    }
    RawKind::Delimited {
        dialect: dialect.with_header(false),
        columns: (1..=cells).map(|place| format!("column {place}")).collect(),
    }
}

/// How many cells lines have with a delimiter, if they agree.
fn try_delimiter(
    text: &str,
    delimiter: u8,
    encoding: &'static Encoding,
    whole: bool,
) -> Option<(usize, Dialect, Vec<String>)> {
    let dialect = Dialect::new(delimiter, Some(b'"'), Escape::Doubled)
        .ok()?
        .with_encoding(encoding)
        .ok()?;
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().take(LINES) {
        if !line.trim().is_empty() {
            lines.push(line);
        }
    }
    if !whole && lines.len() > 1 && lines.len() < LINES {
        lines.pop(); // it may be cut
    }
    let first: Vec<String> = fields(lines.first()?, &dialect)
        .map(|cell| cell.trim().to_owned())
        .collect();
    let cells = first.len();
    if cells < 2 {
        return None;
    }
    // a cell with a line end makes two lines of a row: these are not held against it
    let told = lines
        .iter()
        .filter(|line| line.matches('"').count() % 2 == 0);
    let (mut all, mut alike) = (0, 0);
    for line in told {
        all += 1;
        alike += usize::from(fields(line, &dialect).count() == cells);
    }
    // one line alone must look like names
    let enough = match all {
        0 | 1 => names_columns(&first) && cells > 2,
        _ => alike * 100 >= all * ALIKE,
    };
    enough.then_some((cells, dialect, first))
}

/// Whether a line names columns: all cells are names, no two are the same, and none is a number, a
/// date or the number of somebody.
fn names_columns(cells: &[String]) -> bool {
    let mut seen: Vec<&str> = Vec::new();
    let mut named = 0;
    for cell in cells {
        if cell.is_empty() {
            continue;
        }
        let letters = cell.chars().filter(|letter| letter.is_alphabetic()).count();
        let digits = cell.chars().filter(char::is_ascii_digit).count();
        let is_name = letters > 0 && letters > digits && cell.len() <= LONGEST_NAME;
        if !is_name || cell.contains('@') || seen.contains(&cell.as_str()) {
            return false;
        }
        seen.push(cell);
        named += 1;
    }
    // a blank name now and then is a column without one
    named * 2 > cells.len() && says_of_columns(cells)
}

/// Words of which names of columns of health records are made. Without one of them a first line
/// is taken for data: it may be the first patient.
const SPEAKING: [&str; 60] = [
    "id",
    "no",
    "num",
    "name",
    "date",
    "time",
    "code",
    "type",
    "status",
    "patient",
    "pat",
    "first",
    "last",
    "dob",
    "birth",
    "sex",
    "gender",
    "addr",
    "city",
    "state",
    "zip",
    "phone",
    "email",
    "ssn",
    "mrn",
    "desc",
    "amount",
    "value",
    "unit",
    "provider",
    "prov",
    "encounter",
    "visit",
    "start",
    "stop",
    "end",
    "dx",
    "icd",
    "cpt",
    "ndc",
    "key",
    "file",
    "path",
    "note",
    "text",
    "comment",
    "result",
    "dose",
    "sig",
    "drug",
    "allerg",
    "payer",
    "insur",
    "claim",
    "charge",
    "table",
    "column",
    "system",
    "category",
    "title",
];

fn says_of_columns(cells: &[String]) -> bool {
    let speaking = cells.iter().filter(|cell| {
        let cell = cell.to_lowercase();
        let words = cell.split(|letter: char| !letter.is_alphanumeric());
        let mut words = words.chain([cell.as_str()]);
        words.any(|word| {
            SPEAKING.iter().any(|known| {
                word == *known
                    || known.len() > 2 && (word.starts_with(known) || word.ends_with(known))
            })
        }) || ["id", "no"].iter().any(|end| cell.ends_with(end)) && cell.len() <= 12
    });
    speaking.count() * 3 >= cells.len()
}

/// Names of columns without a blank one.
fn named(names: Vec<String>) -> Vec<String> {
    let named = names.into_iter().enumerate();
    named
        .map(|(place, name)| match name.as_str() {
            "" => format!("column {}", place + 1),
            _ => name,
        })
        .collect()
}
