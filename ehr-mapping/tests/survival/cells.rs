//! The cells of CSV files, by nothing but commas and quotation marks.

use super::Value;

/// Every filled cell of a file, under the name of its column.
pub(crate) fn values(file: &str, bytes: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(bytes);
    let mut rows = rows(text.trim_start_matches('\u{FEFF}')).into_iter();
    let header = rows.next().unwrap_or_default();
    let mut values = Vec::new();
    for row in rows {
        for (column, cell) in header.iter().zip(row) {
            if !cell.is_empty() {
                values.push(Value {
                    file: file.to_owned(),
                    path: column.clone(),
                    text: cell,
                });
            }
        }
    }
    values
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            _ => cell.push(letter),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}
