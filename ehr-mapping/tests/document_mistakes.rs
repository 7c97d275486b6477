//! Every kind of mistake that a mapping document can have, each in a vector of its own.
//!
//! A file of `tests/document` is a document. Its first comments say which mistakes it has
//! (`# expect: line:column: how the message starts`, in order), why (`# why:`), and which code map
//! files come with it (`# with: name: content`, line ends written as `\n`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ehr_mapping::document::{DocumentErrors, MappingDocument};

#[test]
fn every_mistake_is_told_at_its_place() {
    let mut failures = Vec::new();
    for path in vectors() {
        let vector = Vector::read(&path);
        let found: Vec<String> = match vector.compile() {
            Ok(()) => Vec::new(),
            Err(mistakes) => mistakes
                .iter()
                .map(|one| format!("{}:{}: {}", one.line, one.column, one.message))
                .collect(),
        };
        let fits = found.len() == vector.expected.len()
            && found
                .iter()
                .zip(&vector.expected)
                .all(|(found, expected)| found.starts_with(expected));
        if !fits {
            failures.push(format!("{}:\n  {}", vector.name, found.join("\n  ")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_vector_is_a_mistake_with_a_reason() {
    let vectors: Vec<Vector> = vectors().iter().map(|path| Vector::read(path)).collect();
    assert!(vectors.len() >= 120, "{} vectors", vectors.len());
    for vector in &vectors {
        assert!(
            !vector.expected.is_empty(),
            "{} expects nothing",
            vector.name
        );
        assert!(vector.text.contains("# why: "), "{} says why", vector.name);
    }
}

#[test]
fn a_caret_stands_under_what_is_wrong() {
    let path = folder().join("path-unknown-field.toml");
    let shown = Vector::read(&path).compile().unwrap_err().to_string();
    let line = shown.lines().nth(2).unwrap();
    let caret = shown.lines().nth(3).unwrap();
    let under: String = line
        .chars()
        .zip(caret.chars())
        .filter(|(_, mark)| *mark == '^')
        .map(|(letter, _)| letter)
        .collect();
    assert_eq!(under, "familie", "{shown}");
    assert_eq!(line.find('|'), caret.find('|'));
}

#[test]
fn several_mistakes_are_shown_one_below_the_other() {
    let vector = Vector::read(&folder().join("several-mistakes.toml"));
    let shown = vector.compile().unwrap_err().to_string();
    let heads: Vec<&str> = shown
        .split("\n\n")
        .map(|part| part.lines().next().unwrap())
        .collect();
    assert_eq!(heads.len(), vector.expected.len());
    for (head, expected) in heads.iter().zip(&vector.expected) {
        assert!(
            head.starts_with(&format!("{}:{expected}", vector.name)),
            "{head}"
        );
    }
}

/// Every message of the compiler, without its variable parts, stands in some vector.
#[test]
fn no_message_is_without_a_vector() {
    let vectors: Vec<Vector> = vectors().iter().map(|path| Vector::read(path)).collect();
    let expected: String = vectors
        .iter()
        .flat_map(|one| one.expected.clone())
        .collect();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/document");
    let mut missing = BTreeSet::new();
    for file in [
        "compile.rs",
        "read.rs",
        "compile/fields.rs",
        "compile/head.rs",
    ]
    .iter()
    .chain(&["compile/tables.rs", "compile/code_maps.rs"])
    {
        let code = fs::read_to_string(source.join(file)).unwrap();
        for literal in literals(&code) {
            let words = longest_fixed_part(&literal);
            if words.split_whitespace().count() >= 3 && !expected.contains(words.trim()) {
                missing.insert(literal);
            }
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

/// String literals on lines that are no comments.
fn literals(code: &str) -> Vec<String> {
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| {
            let plain = line.replace("\\\"", "'");
            let parts: Vec<String> = plain.split('"').map(str::to_owned).collect();
            parts.into_iter().skip(1).step_by(2).collect::<Vec<_>>()
        })
        .filter(|literal| !literal.ends_with("were read"))
        .collect()
}

/// What a message says whatever it is about: the longest part between its braces.
fn longest_fixed_part(message: &str) -> String {
    message
        .split(['{', '}', '\''])
        .filter(|part| part.contains(' '))
        .max_by_key(|part| part.len())
        .unwrap_or("")
        .to_owned()
}

struct Vector {
    name: String,
    text: String,
    expected: Vec<String>,
    files: Vec<(String, String)>,
}

impl Vector {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let said = |what: &str| -> Vec<String> {
            let start = format!("# {what}: ");
            let lines = text.lines().take_while(|line| line.starts_with('#'));
            lines
                .filter_map(|line| line.strip_prefix(&start).map(str::to_owned))
                .collect()
        };
        let files = said("with").into_iter().map(|file| {
            let (name, content) = file.split_once(": ").expect("name: content");
            (name.to_owned(), content.replace("\\n", "\n"))
        });
        Self {
            name: path.file_name().unwrap().to_str().unwrap().to_owned(),
            expected: said("expect"),
            files: files.collect(),
            text: text.clone(),
        }
    }

    fn compile(&self) -> Result<(), DocumentErrors> {
        let mut document = MappingDocument::parse(&self.name, &self.text)?;
        for (name, content) in &self.files {
            document = document.with_file(name, content);
        }
        document.compile().map(|_| ())
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/document")
}

fn vectors() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}
