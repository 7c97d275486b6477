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

/// Collects mistakes while a document is read.
pub(super) struct Mistakes<'d> {
    document: &'d MappingDocument,
    errors: RefCell<Vec<DocumentError>>,
}

impl<'d> Mistakes<'d> {
    pub(super) fn new(document: &'d MappingDocument) -> Self {
        Self {
            document,
            errors: RefCell::default(),
        }
    }

    pub(super) fn add(&self, span: Range<usize>, message: impl Into<String>) {
        self.errors
            .borrow_mut()
            .push(DocumentError::new(self.document, span, message));
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_empty(&self) -> bool {
        self.errors.borrow().is_empty()
    }

    pub(super) fn line(&self, span: &Range<usize>) -> u32 {
        self.document.text()[..span.start].matches('\n').count() as u32 + 1
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

/// A table of the document with its place.
#[derive(Clone)]
pub(super) struct Table<'a, 'd> {
    pub(super) span: Range<usize>,
    table: &'a DeTable<'a>,
    mistakes: &'a Mistakes<'d>,
    /// What the table is, for messages.
    what: &'static str,
}

/// A value with its place.
pub(super) struct Value<'a, 'd> {
    pub(super) span: Range<usize>,
    pub(super) value: &'a DeValue<'a>,
    mistakes: &'a Mistakes<'d>,
    what: String,
}

/// A text with its place.
#[derive(Clone)]
pub(super) struct Str<'a> {
    pub(super) span: Range<usize>,
    pub(super) text: &'a str,
}

impl<'a, 'd> Table<'a, 'd> {
    pub(super) fn new(
        table: &'a DeTable<'a>,
        span: Range<usize>,
        what: &'static str,
        mistakes: &'a Mistakes<'d>,
    ) -> Self {
        Self {
            span,
            table,
            mistakes,
            what,
        }
    }

    /// Reports keys that the language does not know.
    pub(super) fn only(&self, known: &[&str]) {
        for (key, _) in self.table.iter() {
            if !known.contains(&key.get_ref().as_ref()) {
                self.mistakes.add(
                    key.span(),
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

    pub(super) fn get(&self, key: &str) -> Option<Value<'a, 'd>> {
        self.table.get(key).map(|value| Value {
            span: value.span(),
            value: value.get_ref(),
            mistakes: self.mistakes,
            what: format!("`{key}`"),
        })
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (Str<'a>, Value<'a, 'd>)> + '_ {
        self.table.iter().map(|(key, value)| {
            let name: &'a str = key.get_ref().as_ref();
            let value = Value {
                span: value.span(),
                value: value.get_ref(),
                mistakes: self.mistakes,
                what: format!("`{name}`"),
            };
            (
                Str {
                    span: key.span(),
                    text: name,
                },
                value,
            )
        })
    }

    pub(super) fn str(&self, key: &str) -> Option<Str<'a>> {
        self.get(key).and_then(|value| value.str())
    }

    pub(super) fn required_str(&self, key: &str) -> Option<Str<'a>> {
        if self.table.get(key).is_none() {
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

    /// The tables of `[[key]]`.
    pub(super) fn tables(&self, key: &str, what: &'static str) -> Vec<Table<'a, 'd>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        match value.value {
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| match item.get_ref() {
                    DeValue::Table(table) => {
                        Some(Table::new(table, item.span(), what, self.mistakes))
                    }
                    _ => {
                        self.mistakes.add(item.span(), format!("{what} is a table"));
                        None
                    }
                })
                .collect(),
            _ => {
                self.mistakes.add(
                    value.span,
                    format!("`{key}` is a list of tables: write `[[{key}]]`"),
                );
                Vec::new()
            }
        }
    }

    pub(super) fn table(&self, key: &str, what: &'static str) -> Option<Table<'a, 'd>> {
        self.get(key).and_then(|value| value.table(what))
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
                        span: item.span(),
                        text: text.as_ref(),
                    }),
                    _ => {
                        self.mistakes
                            .add(item.span(), format!("{} lists texts", self.what));
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

    pub(super) fn table(&self, what: &'static str) -> Option<Table<'a, 'd>> {
        match self.value {
            DeValue::Table(table) => {
                Some(Table::new(table, self.span.clone(), what, self.mistakes))
            }
            _ => {
                self.mistakes
                    .add(self.span.clone(), format!("{what} is a table"));
                None
            }
        }
    }

    pub(super) fn items(&self) -> Vec<Value<'a, 'd>> {
        match self.value {
            DeValue::Array(items) => items
                .iter()
                .map(|item| Value {
                    span: item.span(),
                    value: item.get_ref(),
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
