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
mod shipped;

pub use error::{DocumentError, DocumentErrors};
pub(crate) use read::split_line;

use std::collections::BTreeMap;

use ehr_crypto::Digest;

use crate::format::Format;
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

    /// A mapping document that comes with this crate, such as `ccda-r2.1`.
    pub fn shipped(name: &str) -> Option<Self> {
        shipped::find(name)
    }

    /// The names of the mapping documents that come with this crate.
    pub fn shipped_names() -> impl Iterator<Item = &'static str> {
        shipped::names()
    }

    /// The shipped documents of several formats as one document of a source system, whose URI
    /// decides all ids. `None` where no shipped document reads any of the formats.
    pub fn for_formats(formats: impl IntoIterator<Item = Format>, system: &str) -> Option<Self> {
        shipped::for_formats(formats, system)
    }

    /// The documents that this one extends, from the first to the last to be applied.
    pub(crate) fn extended(&self) -> Result<Vec<Self>, DocumentErrors> {
        let mut found: Vec<Self> = Vec::new();
        let mut open: Vec<Self> = vec![self.clone()];
        while let Some(document) = open.pop() {
            let root = read::toml(&document)?;
            for (name, span) in read::extends(root.get_ref()) {
                let Some(base) = Self::shipped(&name) else {
                    let names: Vec<&str> = Self::shipped_names().collect();
                    let message = format!(
                        "there is no shipped document `{name}`; there are {}",
                        names.join(", ")
                    );
                    let error = DocumentError::new(&document, span, message);
                    return Err(DocumentErrors::new(vec![error]));
                };
                if !found.iter().any(|known| known.name == base.name) {
                    found.push(base.clone());
                    open.push(base);
                }
            }
        }
        Ok(found)
    }

    /// The document as TOML with the place of everything.
    #[cfg(feature = "review-sheet")]
    pub(crate) fn toml(&self) -> Result<toml::Spanned<toml::de::DeTable<'_>>, DocumentErrors> {
        read::toml(self)
    }

    /// The same document with another text.
    #[cfg(feature = "review-sheet")]
    pub(crate) fn with_text(mut self, text: String) -> Self {
        self.text = text;
        self
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

    /// The code map files that were added, with their content.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter();
        files.map(|(name, content)| (name.as_str(), content.as_str()))
    }

    /// The content of a code map file.
    pub(crate) fn file(&self, name: &str) -> Option<&str> {
        self.files.get(name).map(String::as_str)
    }

    /// The digest that a sign-off names: of the text, of every code map file, and of the documents
    /// that it extends.
    pub fn digest(&self) -> Digest {
        self.digest_with(&self.extended().unwrap_or_default())
    }

    /// The digest of each part that [`MappingDocument::digest`] covers: the text as `(document)`, the code map files
    /// and the documents that it extends by their names.
    pub fn parts(&self) -> BTreeMap<String, Digest> {
        let digest = |content: &String| Digest::sha256(content.as_bytes());
        let own = self
            .files
            .iter()
            .map(|(name, content)| (name.clone(), digest(content)));
        let extended = self.extended().unwrap_or_default();
        let extended = extended.iter().flat_map(|base| {
            let files = base.files.iter();
            std::iter::once((base.name.clone(), digest(&base.text))).chain(
                files.map(|(name, content)| (format!("{}: {name}", base.name), digest(content))),
            )
        });
        std::iter::once(("(document)".to_owned(), digest(&self.text)))
            .chain(own)
            .chain(extended)
            .collect()
    }

    /// The digest of the document and of those that it extends.
    fn digest_with(&self, extended: &[Self]) -> Digest {
        let mut all = Vec::new();
        let extended = extended
            .iter()
            .flat_map(|base| std::iter::once((&base.name, &base.text)).chain(&base.files));
        for (name, content) in std::iter::once((&self.name, &self.text))
            .chain(&self.files)
            .chain(extended)
        {
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
