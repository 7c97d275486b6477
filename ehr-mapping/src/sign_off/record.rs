//! The record that is signed, as text of one shape.

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;

use chrono::NaiveDate;
use ehr_crypto::{Digest, SigningKey};
use ehr_model::readiness::day;
use serde::Serialize;

use crate::document::MappingDocument;

/// The first line of a record, with the version of its shape.
const HEAD: &str = "ehr mapping document sign-off v1";

/// In which role somebody signs: lower-case words joined by `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Role(String);

/// What a reviewer decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Decision {
    /// The document may be used.
    Accepted,
    /// The document may not be used.
    Rejected,
}

/// What one reviewer said of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SignOff {
    /// The digest of the document, as [`MappingDocument::digest`] gives it.
    pub digest: Digest,
    /// The digest of each part: the text, its code map files, the documents that it extends.
    pub parts: BTreeMap<String, Digest>,
    /// Who.
    pub reviewer: String,
    /// In which role.
    pub role: Role,
    /// What they decided.
    pub decision: Decision,
    /// When.
    #[serde(serialize_with = "as_text")]
    pub date: NaiveDate,
    /// What they accept although they would have it otherwise, or why they reject.
    pub exceptions: Vec<String>,
}

/// A sign-off that cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignOffError {
    /// A role of another shape.
    #[error("a role is lower-case words joined by `-`")]
    Role,
    /// A text that would not stand on one line.
    #[error("`{field}` of a sign-off is one line of text, and not empty")]
    Line {
        /// Which text.
        field: &'static str,
    },
    /// A record that is not of the one shape that is written.
    #[error("line {line} of the sign-off should be `{expected}`")]
    Shape {
        /// The line, counted from 1.
        line: usize,
        /// How it begins.
        expected: &'static str,
    },
    /// Signing or verifying failed.
    #[error(transparent)]
    Crypto(#[from] ehr_crypto::Error),
}

impl Role {
    /// Who answers for the meaning of the charts.
    pub const CLINICIAN: &str = "clinician";
    /// Who answers for the migration.
    pub const MIGRATION_LEAD: &str = "migration-lead";

    /// A role.
    pub fn new(name: &str) -> Result<Self, SignOffError> {
        let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
        match name.split('-').all(word) {
            true => Ok(Self(name.to_owned())),
            false => Err(SignOffError::Role),
        }
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Decision {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }
}

impl SignOff {
    /// A decision about a document as it is now.
    pub fn new(
        document: &MappingDocument,
        reviewer: &str,
        role: Role,
        decision: Decision,
        date: NaiveDate,
    ) -> Result<Self, SignOffError> {
        Ok(Self {
            digest: document.digest(),
            parts: document.parts(),
            reviewer: one_line("reviewer", reviewer)?,
            role,
            decision,
            date,
            exceptions: Vec::new(),
        })
    }

    /// With an exception.
    pub fn exception(mut self, text: &str) -> Result<Self, SignOffError> {
        self.exceptions.push(one_line("exception", text)?);
        Ok(self)
    }

    /// The record as a signed note. The seed of the key serves this alone.
    pub fn sign(&self, key: &SigningKey) -> Result<String, SignOffError> {
        Ok(key.sign(&self.to_text()?)?)
    }

    /// The text that is signed.
    pub fn to_text(&self) -> Result<String, SignOffError> {
        let mut text = format!(
            "{HEAD}\nreviewer: {}\nrole: {}\ndecision: {}\ndate: {}\nsha256: {}\n",
            one_line("reviewer", &self.reviewer)?,
            self.role,
            self.decision.as_str(),
            self.date,
            self.digest,
        );
        for (name, digest) in &self.parts {
            let name = one_line("part", name)?;
            writeln!(text, "part: {digest} {name}").expect("a String takes any text");
        }
        for exception in &self.exceptions {
            let exception = one_line("exception", exception)?;
            writeln!(text, "exception: {exception}").expect("a String takes any text");
        }
        Ok(text)
    }

    /// Reads the text of a note. There is one way to write a record, and no other is read.
    pub(super) fn from_text(text: &str) -> Result<Self, SignOffError> {
        let mut lines = text.lines().zip(1..);
        let mut next = |start: &'static str| {
            let shape = |line| SignOffError::Shape {
                line,
                expected: start,
            };
            let (line, number) = lines.next().ok_or_else(|| shape(0))?;
            let rest = line.strip_prefix(start).ok_or_else(|| shape(number))?;
            Ok::<_, SignOffError>((rest, shape(number)))
        };
        next(HEAD)?;
        let (reviewer, _) = next("reviewer: ")?;
        let (role, _) = next("role: ")?;
        let (decision, bad) = next("decision: ")?;
        let decision = match decision {
            "accepted" => Decision::Accepted,
            "rejected" => Decision::Rejected,
            _ => return Err(bad),
        };
        let (date, bad) = next("date: ")?;
        let date = day(date).map_err(|_| bad)?;
        let (digest, bad) = next("sha256: ")?;
        let mut record = Self {
            digest: digest.parse().map_err(|_| bad)?,
            parts: BTreeMap::new(),
            reviewer: reviewer.to_owned(),
            role: Role::new(role)?,
            decision,
            date,
            exceptions: Vec::new(),
        };
        for (line, number) in lines {
            let shape = SignOffError::Shape {
                line: number,
                expected: "part: or exception: ",
            };
            if let Some(text) = line.strip_prefix("exception: ") {
                record.exceptions.push(text.to_owned());
                continue;
            }
            let part = line.strip_prefix("part: ");
            let Some((digest, name)) = part.and_then(|part| part.split_once(' ')) else {
                return Err(shape);
            };
            let digest = digest.parse().map_err(|_| shape)?;
            record.parts.insert(name.to_owned(), digest);
        }
        match record.to_text()? == text {
            true => Ok(record),
            false => Err(SignOffError::Shape {
                line: 1,
                expected: HEAD,
            }),
        }
    }
}

fn one_line(field: &'static str, text: &str) -> Result<String, SignOffError> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(SignOffError::Line { field });
    }
    Ok(text.to_owned())
}

fn as_text<S: serde::Serializer>(date: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}
