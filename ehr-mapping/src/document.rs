//! The mapping document: read, checked, and compiled to a [`Plan`].
//!
//! The language is described below. A document is read in two steps, so
//! that a program can show what is wrong before it opens any patient's data:
//! [`MappingDocument::parse`] reads TOML, [`MappingDocument::compile`] checks every line against
//! the catalogue of fields and returns all mistakes at once, each with line, column and a caret.
#![doc = ""]
#![doc = include_str!("../DOCUMENT.md")]

mod compile;
mod error;
mod read;

pub use error::{DocumentError, DocumentErrors};

use std::collections::BTreeMap;

use ehr_crypto::Digest;

use crate::plan::Plan;

/// A mapping document and the code map files that it names.
///
/// ```
/// use ehr_mapping::document::MappingDocument;
/// let text = r#"
/// [document]
/// name = "tiny"
/// version = "1"
/// format = "csv"
/// system = "https://legacy.example"
///
/// [[table]]
/// name = "people"
/// file = "people.csv"
/// columns = ["id", "surname"]
/// patient = "id"
///
/// [[map]]
/// from = "people"
/// to = "Patient"
/// key = ["id"]
///
/// [map.fields]
/// "identifier[0].value" = "id"
/// "name[0].familie" = "surname"
/// "#;
/// let mistake = MappingDocument::parse("tiny.toml", text).unwrap().compile().unwrap_err();
/// let shown = mistake.to_string();
/// assert!(shown.starts_with("tiny.toml:21:10: `name[0]` has no field `familie`"), "{shown}");
/// assert!(shown.contains("\n21 | \"name[0].familie\" = \"surname\"\n   |          ^^^^^^^"), "{shown}");
/// ```
#[derive(Debug, Clone)]
pub struct MappingDocument {
    name: String,
    text: String,
    files: BTreeMap<String, String>,
}

impl MappingDocument {
    /// Reads a document. `name` is what mistakes are reported under, such as a file name.
    pub fn parse(name: &str, text: &str) -> Result<Self, DocumentErrors> {
        let document = Self {
            name: name.to_owned(),
            text: text.to_owned(),
            files: BTreeMap::new(),
        };
        read::toml(&document)?;
        Ok(document)
    }

    /// The code map files that the document names, to be added with [`MappingDocument::with_file`].
    pub fn named_files(&self) -> Vec<String> {
        read::toml(self)
            .map(|root| read::named_files(root.get_ref()))
            .unwrap_or_default()
    }

    /// Adds the content of a code map file.
    pub fn with_file(mut self, name: impl Into<String>, content: impl Into<String>) -> Self {
        self.files.insert(name.into(), content.into());
        self
    }

    /// Checks every line and compiles the document.
    pub fn compile(&self) -> Result<Plan, DocumentErrors> {
        compile::compile(self)
    }

    /// What mistakes are reported under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The content of a code map file.
    pub(crate) fn file(&self, name: &str) -> Option<&str> {
        self.files.get(name).map(String::as_str)
    }

    /// The digest that a sign-off names: of the text and of every code map file.
    pub fn digest(&self) -> Digest {
        let mut all = Vec::new();
        for (name, content) in std::iter::once((&self.name, &self.text)).chain(&self.files) {
            // lengths keep one part from running into the next; the name of the document is no part of it
            let name = if std::ptr::eq(name, &raw const self.name) {
                ""
            } else {
                name.as_str()
            };
            for part in [name, content.as_str()] {
                all.extend_from_slice(&(part.len() as u64).to_le_bytes());
                all.extend_from_slice(part.as_bytes());
            }
        }
        Digest::sha256(&all)
    }
}
