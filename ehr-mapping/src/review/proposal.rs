//! The text that edits of code maps would make: everything else stays as it was written.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{CodeEdit, ReviewError};
use crate::document::MappingDocument;

/// What a reviewed document would become. Somebody looks at it, keeps it, and has it signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proposal {
    /// The text of the document.
    pub text: String,
    /// The code map files that would change, whole.
    pub files: BTreeMap<String, String>,
    /// How many rows of code maps would change.
    pub rows: usize,
}

impl Proposal {
    /// Whether nothing would change.
    pub fn is_unchanged(&self) -> bool {
        self.rows == 0
    }

    /// The document as it would be.
    pub fn apply(&self, document: &MappingDocument) -> MappingDocument {
        let changed = document.clone().with_text(self.text.clone());
        let files = self.files.iter();
        files.fold(changed, |document, (name, content)| {
            document.with_file(name, content)
        })
    }
}

/// Puts edits into a document, which must still compile with them.
pub(super) fn propose(
    document: &MappingDocument,
    edits: &[CodeEdit],
) -> Result<Proposal, ReviewError> {
    let root = document.toml()?;
    let mut text = Patches::new(document.text());
    let mut files: BTreeMap<String, Patches<'_>> = BTreeMap::new();
    for edit in edits {
        let shipped = || ReviewError::ShippedRow {
            id: format!("{}/{}", edit.map, edit.code),
            place: edit.place.clone(),
        };
        if edit.place.is_empty() {
            let cells = inline_cells(root.get_ref(), edit).ok_or_else(shipped)?;
            text.toml(&cells, edit);
        } else {
            let content = document.file(&edit.place).ok_or_else(shipped)?;
            let patches = files
                .entry(edit.place.clone())
                .or_insert_with(|| Patches::new(content));
            patches.csv(content, edit).ok_or_else(shipped)?;
        }
    }
    let files = files
        .into_iter()
        .map(|(name, patches)| (name, patches.finish()));
    let proposal = Proposal {
        text: text.finish(),
        files: files.collect(),
        rows: edits.len(),
    };
    proposal.apply(document).compile()?;
    Ok(proposal)
}

/// Replacements in a text.
struct Patches<'t> {
    text: &'t str,
    patches: Vec<(Range<usize>, String)>,
}

impl<'t> Patches<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            patches: Vec::new(),
        }
    }

    fn toml(&mut self, cells: &[Range<usize>], edit: &CodeEdit) {
        let mut target = quoted(&edit.target);
        match cells.get(2) {
            Some(display) => self.patches.push((display.clone(), quoted(&edit.display))),
            // a row of two cells gets its third
            None if !edit.display.is_empty() => {
                target = format!("{target}, {}", quoted(&edit.display));
            }
            None => {}
        }
        self.patches.push((cells[1].clone(), target));
    }

    /// `None` where the file has no such row, or no column for the display that it would need.
    fn csv(&mut self, content: &str, edit: &CodeEdit) -> Option<()> {
        let mut lines = lines(content);
        let header = cells(content, lines.next()?);
        let column = |name: &str| {
            header
                .iter()
                .position(|cell| unquoted(content, cell) == name)
        };
        let (code, target) = (column("code")?, column("target")?);
        let row = lines.map(|line| cells(content, line)).find(|row| {
            row.get(code)
                .is_some_and(|cell| unquoted(content, cell) == edit.code)
        })?;
        let mut changes = vec![(row.get(target)?.clone(), &edit.target)];
        match column("display").and_then(|display| row.get(display)) {
            Some(display) => changes.push((display.clone(), &edit.display)),
            None if edit.display.is_empty() => {}
            None => return None,
        }
        for (range, value) in changes {
            if unquoted(content, &range) != *value {
                self.patches.push((range, csv_cell(value)));
            }
        }
        Some(())
    }

    fn finish(mut self) -> String {
        self.patches.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(self.text.len());
        let mut done = 0;
        for (range, replacement) in &self.patches {
            out += &self.text[done..range.start];
            out += replacement;
            done = range.end;
        }
        out += &self.text[done..];
        out
    }
}

/// The places of the cells of a row that stands in the document.
fn inline_cells(root: &DeTable<'_>, edit: &CodeEdit) -> Option<Vec<Range<usize>>> {
    let table = |value: Option<&Spanned<DeValue<'_>>>| {
        matches!(value.map(Spanned::get_ref), Some(DeValue::Table(_)))
    };
    let maps = root.get("code-map").filter(|maps| table(Some(maps)))?;
    let DeValue::Table(maps) = maps.get_ref() else {
        return None;
    };
    let DeValue::Table(map) = maps.get(edit.map.as_str())?.get_ref() else {
        return None;
    };
    let DeValue::Array(rows) = map.get("rows")?.get_ref() else {
        return None;
    };
    rows.iter().find_map(|row| {
        let DeValue::Array(cells) = row.get_ref() else {
            return None;
        };
        let code = cells.first()?.get_ref().as_str()?;
        let places: Vec<_> = cells.iter().map(Spanned::span).collect();
        (code == edit.code && places.len() >= 2).then_some(places)
    })
}

/// The codes of a code map file, in its order.
pub(super) fn codes_of_file(content: &str) -> Vec<String> {
    let mut lines = lines(content);
    let header = lines
        .next()
        .map(|line| cells(content, line))
        .unwrap_or_default();
    let code = header
        .iter()
        .position(|cell| unquoted(content, cell) == "code");
    let Some(code) = code else {
        return Vec::new();
    };
    lines
        .filter_map(|line| {
            let row = cells(content, line);
            row.get(code).map(|cell| unquoted(content, cell))
        })
        .collect()
}

/// The lines that are not blank, as the compiler of documents reads them.
fn lines(content: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let start = content.as_ptr() as usize;
    content
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(move |line| {
            let at = line.as_ptr() as usize - start;
            at..at + line.len()
        })
}

/// The places of the cells of a line, quotes included.
fn cells(content: &str, line: Range<usize>) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let (mut start, mut quoted) = (line.start, false);
    for (at, byte) in content[line.clone()].bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                cells.push(start..line.start + at);
                start = line.start + at + 1;
            }
            _ => {}
        }
    }
    cells.push(start..line.end);
    cells
}

fn unquoted(content: &str, cell: &Range<usize>) -> String {
    let cell = content[cell.clone()].trim().trim_start_matches('\u{feff}');
    match cell
        .strip_prefix('"')
        .and_then(|cell| cell.strip_suffix('"'))
    {
        Some(inner) => inner.replace("\"\"", "\"").trim().to_owned(),
        None => cell.to_owned(),
    }
}

fn csv_cell(value: &str) -> String {
    match value.contains([',', '"']) {
        true => format!("\"{}\"", value.replace('"', "\"\"")),
        false => value.to_owned(),
    }
}

/// A TOML string. The escapes of JSON are among those of TOML.
fn quoted(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}
