//! Typed reading of TOML that keeps the place of everything.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{DocumentError, DocumentErrors, MappingDocument};

/// Parses the text of a document.
pub(super) fn toml(document: &MappingDocument) -> Result<Spanned<DeTable<'_>>, DocumentErrors> {
    DeTable::parse(document.text()).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        DocumentErrors::new(vec![DocumentError::new(document, span, error.message())])
    })
}

/// The files named by `[code-map.*]` tables.
pub(super) fn named_files(root: &DeTable<'_>) -> Vec<String> {
    let Some(DeValue::Table(maps)) = root.get("code-map").map(Spanned::get_ref) else {
        return Vec::new();
    };
    let file = |map: &Spanned<DeValue<'_>>| match map.get_ref() {
        DeValue::Table(map) => map
            .get("file")
            .and_then(|file| file.get_ref().as_str())
            .map(str::to_owned),
        _ => None,
    };
    maps.iter().filter_map(|(_, map)| file(map)).collect()
}

/// The documents that `[document]` extends, and where it says so.
pub(super) fn extends(root: &DeTable<'_>) -> Vec<(String, Range<usize>)> {
    let head = match root.get("document").map(Spanned::get_ref) {
        Some(DeValue::Table(head)) => head,
        _ => return Vec::new(),
    };
    let text = |value: &Spanned<DeValue<'_>>| {
        let text = value.get_ref().as_str()?;
        Some((text.to_owned(), value.span()))
    };
    match head.get("extends") {
        None => Vec::new(),
        Some(value) => match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(text).collect(),
            _ => text(value).into_iter().collect(),
        },
    }
}

/// Collects mistakes while a document is read, with the documents that it extends.
///
/// Places of the document itself count from 0; those of each document that it extends begin
/// behind the one before, so that one range names a place in any of them.
pub(super) struct Mistakes<'d> {
    documents: Vec<(usize, &'d MappingDocument)>,
    /// Of each document, where its line ends are: every line of a plan has a number.
    line_ends: Vec<Vec<usize>>,
    errors: RefCell<Vec<DocumentError>>,
}

/// The bits of a line number that count lines; those above number the document.
const LINE_BITS: u32 = 20;

impl<'d> Mistakes<'d> {
    pub(super) fn new(document: &'d MappingDocument, extended: &[&'d MappingDocument]) -> Self {
        let mut start = 0;
        let mut documents = Vec::new();
        for document in std::iter::once(document).chain(extended.iter().copied()) {
            documents.push((start, document));
            start += document.text().len() + 1;
        }
        let line_ends = documents
            .iter()
            .map(|(_, document)| memchr::memchr_iter(b'\n', document.text().as_bytes()).collect());
        Self {
            line_ends: line_ends.collect(),
            documents,
            errors: RefCell::default(),
        }
    }

    /// Where the places of each document begin, the document itself first.
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> + '_ {
        self.documents.iter().map(|(start, _)| *start)
    }

    pub(super) fn add(&self, span: Range<usize>, message: impl Into<String>) {
        let (_, start, document) = self.document_at(span.start);
        let span = span.start - start..(span.end - start).min(document.text().len());
        self.errors
            .borrow_mut()
            .push(DocumentError::new(document, span, message));
    }

    fn document_at(&self, at: usize) -> (usize, usize, &'d MappingDocument) {
        let behind = self.documents.partition_point(|(start, _)| *start <= at);
        let number = behind.saturating_sub(1);
        let (start, document) = self.documents[number];
        (number, start, document)
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_empty(&self) -> bool {
        self.errors.borrow().is_empty()
    }

    /// The line of a place. Lines of documents that are extended carry the number of the document;
    /// [`split_line`] tells them apart.
    /// Whether a place stands in the document itself, and not in one that it extends.
    pub(super) fn is_own(&self, span: &Range<usize>) -> bool {
        self.document_at(span.start).0 == 0
    }

    pub(super) fn line(&self, span: &Range<usize>) -> u32 {
        let (number, start, _) = self.document_at(span.start);
        let at = span.start - start;
        let before = self.line_ends[number].partition_point(|end| *end < at);
        let line = before as u32 + 1;
        (number as u32) << LINE_BITS | line
    }

    pub(super) fn into_result<T>(self, value: T) -> Result<T, DocumentErrors> {
        let errors = self.errors.into_inner();
        if errors.is_empty() {
            Ok(value)
        } else {
            Err(DocumentErrors::new(errors))
        }
    }
}

/// The number of the document, 0 for the document itself, and the line in it.
pub(crate) fn split_line(line: u32) -> (usize, u32) {
    ((line >> LINE_BITS) as usize, line & ((1 << LINE_BITS) - 1))
}

/// A table of the document with its place.
///
/// Where a document extends others, a table has a layer in each that speaks of it; the last one
/// wins, key by key.
#[derive(Clone)]
pub(super) struct Table<'a, 'd> {
    pub(super) span: Range<usize>,
    layers: Vec<Layer<'a>>,
    mistakes: &'a Mistakes<'d>,
    /// What the table is, for messages.
    what: &'static str,
}

#[derive(Clone, Copy)]
struct Layer<'a> {
    table: &'a DeTable<'a>,
    /// Where the places of its document begin.
    start: usize,
}

/// A value with its place.
pub(super) struct Value<'a, 'd> {
    pub(super) span: Range<usize>,
    pub(super) value: &'a DeValue<'a>,
    start: usize,
    mistakes: &'a Mistakes<'d>,
    what: String,
}

/// A text with its place.
#[derive(Clone)]
pub(super) struct Str<'a> {
    pub(super) span: Range<usize>,
    pub(super) text: &'a str,
}

fn shift(span: Range<usize>, start: usize) -> Range<usize> {
    span.start + start..span.end + start
}

impl<'a, 'd> Table<'a, 'd> {
    /// The whole of a document: its own root last, those that it extends before.
    pub(super) fn root(
        roots: impl IntoIterator<Item = (usize, &'a DeTable<'a>)>,
        mistakes: &'a Mistakes<'d>,
    ) -> Self {
        let layers = roots
            .into_iter()
            .map(|(start, table)| Layer { table, start })
            .collect();
        Self {
            span: 0..0,
            layers,
            mistakes,
            what: "the document",
        }
    }

    /// Whether the last layer is of the document itself.
    pub(super) fn is_own(&self) -> bool {
        self.layers.last().is_some_and(|layer| layer.start == 0)
    }

    /// Reports keys that the language does not know.
    pub(super) fn only(&self, known: &[&str]) {
        for layer in &self.layers {
            for (key, _) in layer.table.iter() {
                if !known.contains(&key.get_ref().as_ref()) {
                    self.mistakes.add(
                        shift(key.span(), layer.start),
                        format!(
                            "{} has no key `{}`; it has {}",
                            self.what,
                            key.get_ref(),
                            known.join(", ")
                        ),
                    );
                }
            }
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<Value<'a, 'd>> {
        self.each(key).pop()
    }

    /// The values of a key in all layers, the last one last.
    pub(super) fn each(&self, key: &str) -> Vec<Value<'a, 'd>> {
        self.layers
            .iter()
            .filter_map(|layer| {
                layer
                    .table
                    .get(key)
                    .map(|value| self.value(layer, key, value))
            })
            .collect()
    }

    fn value(
        &self,
        layer: &Layer<'a>,
        key: &str,
        value: &'a Spanned<DeValue<'a>>,
    ) -> Value<'a, 'd> {
        Value {
            span: shift(value.span(), layer.start),
            value: value.get_ref(),
            start: layer.start,
            mistakes: self.mistakes,
            what: format!("`{key}`"),
        }
    }

    /// All keys with the value of the last layer that has them, in the order of their first layer.
    pub(super) fn entries(&self) -> impl Iterator<Item = (Str<'a>, Value<'a, 'd>)> {
        let mut entries: Vec<(Str<'a>, Value<'a, 'd>)> = Vec::new();
        for (number, layer) in self.layers.iter().enumerate() {
            for (key, value) in layer.table.iter() {
                let name: &'a str = key.get_ref().as_ref();
                let entry = (
                    Str {
                        span: shift(key.span(), layer.start),
                        text: name,
                    },
                    self.value(layer, name, value),
                );
                let known = (number > 0)
                    .then(|| entries.iter().position(|(known, _)| known.text == name))
                    .flatten();
                match known {
                    Some(known) => entries[known] = entry,
                    None => entries.push(entry),
                }
            }
        }
        entries.into_iter()
    }

    pub(super) fn str(&self, key: &str) -> Option<Str<'a>> {
        self.get(key).and_then(|value| value.str())
    }

    pub(super) fn required_str(&self, key: &str) -> Option<Str<'a>> {
        if self.get(key).is_none() {
            self.mistakes
                .add(self.span.clone(), format!("{} needs `{key}`", self.what));
        }
        self.str(key)
    }

    pub(super) fn bool(&self, key: &str, default: bool) -> bool {
        match self.get(key).map(|value| (value.span.clone(), value.value)) {
            None => default,
            Some((_, DeValue::Boolean(value))) => *value,
            Some((span, _)) => {
                self.mistakes.add(span, format!("`{key}` is true or false"));
                default
            }
        }
    }

    pub(super) fn strs(&self, key: &str) -> Vec<Str<'a>> {
        self.get(key).map(|value| value.strs()).unwrap_or_default()
    }

    /// The tables of `[[key]]` in all layers. Tables with one `name` are layers of one table.
    pub(super) fn tables(&self, key: &str, what: &'static str) -> Vec<Table<'a, 'd>> {
        let mut tables: Vec<Table<'a, 'd>> = Vec::new();
        for (number, value) in self.each(key).into_iter().enumerate() {
            for table in value.tables(key, what) {
                let name = table.name();
                let below = tables
                    .iter_mut()
                    .find(|below| number > 0 && name.is_some() && below.name() == name);
                match below {
                    Some(below) => {
                        below.span = table.span.clone();
                        below.layers.extend(table.layers);
                    }
                    None => tables.push(table),
                }
            }
        }
        tables
    }

    fn name(&self) -> Option<&'a str> {
        let layer = self.layers.last()?;
        layer.table.get("name")?.get_ref().as_str()
    }

    /// The table of a key, with all its layers.
    pub(super) fn table(&self, key: &str, what: &'static str) -> Option<Table<'a, 'd>> {
        let tables = self.each(key).into_iter().map(|value| value.table(what));
        let tables: Option<Vec<Table<'a, 'd>>> = tables.collect();
        tables?.into_iter().reduce(|below, table| Table {
            layers: below.layers.into_iter().chain(table.layers).collect(),
            ..table
        })
    }
}

impl<'a, 'd> Value<'a, 'd> {
    pub(super) fn str(&self) -> Option<Str<'a>> {
        match self.value {
            DeValue::String(text) => Some(Str {
                span: self.span.clone(),
                text,
            }),
            _ => {
                self.mistakes
                    .add(self.span.clone(), format!("{} is a text", self.what));
                None
            }
        }
    }

    /// A list of texts, or one text as a list of one.
    pub(super) fn strs(&self) -> Vec<Str<'a>> {
        match self.value {
            DeValue::String(text) => vec![Str {
                span: self.span.clone(),
                text,
            }],
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| match item.get_ref() {
                    DeValue::String(text) => Some(Str {
                        span: shift(item.span(), self.start),
                        text: text.as_ref(),
                    }),
                    _ => {
                        self.mistakes.add(
                            shift(item.span(), self.start),
                            format!("{} lists texts", self.what),
                        );
                        None
                    }
                })
                .collect(),
            _ => {
                self.mistakes.add(
                    self.span.clone(),
                    format!("{} is a list of texts", self.what),
                );
                Vec::new()
            }
        }
    }

    /// A list of lists of texts; one list of texts is a list of one.
    pub(super) fn lists(&self) -> Vec<Vec<Str<'a>>> {
        match self.value {
            DeValue::Array(items)
                if items
                    .iter()
                    .any(|item| matches!(item.get_ref(), DeValue::Array(_))) =>
            {
                self.items().iter().map(Self::strs).collect()
            }
            _ => vec![self.strs()],
        }
    }

    pub(super) fn table(&self, what: &'static str) -> Option<Table<'a, 'd>> {
        match self.value {
            DeValue::Table(table) => Some(self.layer(table, self.span.clone(), what)),
            _ => {
                self.mistakes
                    .add(self.span.clone(), format!("{what} is a table"));
                None
            }
        }
    }

    fn layer(
        &self,
        table: &'a DeTable<'a>,
        span: Range<usize>,
        what: &'static str,
    ) -> Table<'a, 'd> {
        Table {
            span,
            layers: vec![Layer {
                table,
                start: self.start,
            }],
            mistakes: self.mistakes,
            what,
        }
    }

    /// A list of tables.
    pub(super) fn tables(&self, key: &str, what: &'static str) -> Vec<Table<'a, 'd>> {
        match self.value {
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| {
                    let span = shift(item.span(), self.start);
                    match item.get_ref() {
                        DeValue::Table(table) => Some(self.layer(table, span, what)),
                        _ => {
                            self.mistakes.add(span, format!("{what} is a table"));
                            None
                        }
                    }
                })
                .collect(),
            _ => {
                self.mistakes.add(
                    self.span.clone(),
                    format!("`{key}` is a list of tables: write `[[{key}]]`"),
                );
                Vec::new()
            }
        }
    }

    pub(super) fn items(&self) -> Vec<Value<'a, 'd>> {
        match self.value {
            DeValue::Array(items) => items
                .iter()
                .map(|item| Value {
                    span: shift(item.span(), self.start),
                    value: item.get_ref(),
                    start: self.start,
                    mistakes: self.mistakes,
                    what: self.what.clone(),
                })
                .collect(),
            _ => {
                self.mistakes
                    .add(self.span.clone(), format!("{} is a list", self.what));
                Vec::new()
            }
        }
    }
}
