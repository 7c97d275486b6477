//! What a caller gives to the archive: the entry of one patient, with its objects.

use std::fmt;

use uuid::Uuid;

use crate::{Error, ErrorKind, RetentionFacts};

/// Everything the archive keeps of one patient, as far as it is appended at once.
///
/// A patient may have several entries. Each has a key of its own; a search finds them all.
pub struct PatientEntry<'a> {
    /// The patient's id in the canonical chart.
    pub patient_id: Uuid,
    /// Medical record numbers, by which the entry is found.
    pub mrns: &'a [&'a str],
    /// Names, by which the entry is found: each as a person would write it, in any order of its words.
    pub names: &'a [&'a str],
    /// Date of birth as `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, never padded.
    pub birth_date: Option<&'a str>,
    /// Retention cohort: what expires together and shares packs. See [`Cohort`].
    pub cohort: Cohort<'a>,
    /// What the retention rules need to know; what is not known keeps the entry.
    pub facts: RetentionFacts,
    /// The objects.
    pub objects: &'a [ObjectEntry<'a>],
}

/// One file of an entry: a chart, the verbatim source rows, a document.
#[derive(Clone, Copy)]
pub struct ObjectEntry<'a> {
    /// What it is to the archive.
    pub class: ObjectClass,
    /// Media type of `bytes`, such as `application/fhir+json`.
    pub media_type: &'a str,
    /// What the source called it: a file name, a table and key. Kept encrypted.
    pub source_id: &'a str,
    /// The content, kept to the last byte.
    pub bytes: &'a [u8],
}

/// What an object is to the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ObjectClass {
    /// The chart as a FHIR R4 Bundle.
    Chart,
    /// Verbatim source records.
    Source,
    /// A document: PDF, image, C-CDA, note.
    Document,
    /// Decisions that people took about the patient's data.
    Decisions,
    /// Records that could not be read, verbatim and with the reason.
    Rejects,
    /// Shared records: practitioners, organizations, locations.
    Directory,
    /// The migration's evidence.
    Report,
}

/// A retention cohort such as `2034` or `2041-minor`: the year of expiry and the class of rule, nothing else.
///
/// It stands in clear in the archive, so it must not tell anything about one person. It has 1 to 32 lower-case letters,
/// digits, dots and hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cohort<'a>(&'a str);

impl ObjectClass {
    pub(crate) const ALL: [ObjectClass; 7] = [
        ObjectClass::Chart,
        ObjectClass::Source,
        ObjectClass::Document,
        ObjectClass::Decisions,
        ObjectClass::Rejects,
        ObjectClass::Directory,
        ObjectClass::Report,
    ];

    /// The word that stands for it in the archive.
    pub fn as_str(self) -> &'static str {
        match self {
            ObjectClass::Chart => "chart",
            ObjectClass::Source => "source",
            ObjectClass::Document => "document",
            ObjectClass::Decisions => "decisions",
            ObjectClass::Rejects => "rejects",
            ObjectClass::Directory => "directory",
            ObjectClass::Report => "report",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == word)
    }
}

impl<'a> Cohort<'a> {
    /// The cohort of what is kept until somebody decides: unknown means keep.
    pub const KEEP: Cohort<'static> = Cohort("keep");

    /// Checks the form of a cohort.
    pub fn new(cohort: &'a str) -> Result<Self, Error> {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
        if (1..=32).contains(&cohort.len()) && cohort.bytes().all(is_plain) {
            Ok(Cohort(cohort))
        } else {
            Err(ErrorKind::Refused {
                reason: "a cohort is 1 to 32 lower-case letters, digits, dots and hyphens",
            }
            .into())
        }
    }

    /// The cohort as text.
    pub fn as_str(self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for PatientEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientEntry")
            .field("objects", &self.objects.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ObjectEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectEntry")
            .field("class", &self.class)
            .field("media_type", &self.media_type)
            .field("len", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_go_round() {
        for class in ObjectClass::ALL {
            assert_eq!(ObjectClass::parse(class.as_str()), Some(class));
        }
        assert_eq!(ObjectClass::parse("Chart"), None);
    }

    #[test]
    fn cohorts() {
        assert_eq!(Cohort::new("2041-minor").unwrap().as_str(), "2041-minor");
        for wrong in ["", "a b", "Adult", "../x", &"9".repeat(33)] {
            assert!(Cohort::new(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let objects = [ObjectEntry {
            class: ObjectClass::Chart,
            media_type: "text/plain",
            source_id: "CANARY",
            bytes: b"CANARY",
        }];
        let entry = PatientEntry {
            patient_id: Uuid::nil(),
            mrns: &["CANARY"],
            names: &["CANARY"],
            birth_date: Some("CANARY"),
            cohort: Cohort::KEEP,
            facts: RetentionFacts::default(),
            objects: &objects,
        };
        assert!(!format!("{entry:?} {objects:?}").contains("CANARY"));
    }
}
