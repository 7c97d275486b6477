//! A compiled mapping document. A plan that exists is valid.

mod block;
mod condition;
mod dispatch;
mod field;
mod key;
mod rule;
mod table;

pub(crate) use block::{Block, Each, SameKey};
pub(crate) use condition::{Condition, Test};
pub(crate) use dispatch::{Dispatch, Turns};
pub(crate) use field::{
    CodeSystemSource, CodedSource, ConceptPaths, Constant, ConstantMap, DatatypeSource, FieldMap,
    FieldSource, FileSource, ReadInto, ReferenceSource, ValueSource,
};
pub(crate) use key::{Alias, KEY_SEPARATOR, Key, KeyPart};
pub(crate) use rule::{FileRule, Rule};
pub(crate) use table::{Column, ColumnSpec, Join, PatientKey, Table};

use std::sync::Arc;

use ehr_crypto::Digest;
use ehr_model::record::{Kind, Namespace, RecordId};

use ehr_model::source::Names;

use crate::code_map::CodeMap;
use crate::csv::Dialect;
use crate::format::Format;

/// A compiled mapping document.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The name of the document.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// Its title.
    pub(crate) title: String,
    /// The URI of the source system.
    pub(crate) system: String,
    pub(crate) namespace: Namespace,
    pub(crate) digest: Digest,
    /// Minutes east of UTC for times that carry no offset.
    pub(crate) time_zone: Option<i16>,
    /// Spellings of "no value".
    pub(crate) missing: Vec<String>,
    pub(crate) dialect: Dialect,
    pub(crate) tables: Vec<Table>,
    pub(crate) blocks: Vec<Block>,
    /// Of each table, which blocks may have work for a record.
    pub(crate) dispatch: Vec<Dispatch>,
    pub(crate) code_maps: Vec<CodeMap>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) files: Vec<FileRule>,
    pub(crate) joins: Vec<Join>,
    /// Whether a key that is a UUID is the id of its record.
    pub(crate) keep_uuids: bool,
    /// The names that paths speak of; trees are parsed over them.
    pub(crate) names: Arc<Names>,
    /// The documents that this one extends, in the order of their numbers from 1.
    pub(crate) extended: Vec<String>,
}

impl Plan {
    /// The name of the document.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version of the document.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The title of the document.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The URI of the source system.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// The digest that a sign-off names.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The document and the line in it that a line number of provenance or lineage names: `None` for
    /// the document itself, else the shipped document that it extends.
    pub fn line(&self, line: u32) -> (Option<&str>, u32) {
        let (document, line) = crate::document::split_line(line);
        let name = document
            .checked_sub(1)
            .and_then(|number| self.extended.get(number));
        (name.map(String::as_str), line)
    }

    /// The formats that the document reads.
    pub fn formats(&self) -> std::collections::BTreeSet<Format> {
        self.tables.iter().map(|table| table.format).collect()
    }

    /// Whether records may name several identifiers of their patient.
    pub(crate) fn has_aliases(&self) -> bool {
        self.tables.iter().any(|table| !table.also.is_empty())
    }

    /// The namespace from which the ids of all records derive.
    pub fn namespace(&self) -> Namespace {
        self.namespace
    }

    /// The code systems that the document declares as the source's own: those whose URI begins
    /// with that of the source system.
    pub fn local_systems(&self) -> Vec<String> {
        let constants = self
            .blocks
            .iter()
            .flat_map(|block| &block.constants)
            .filter_map(
                |constant| match (&constant.value, constant.path.spec().name) {
                    (Constant::Text(text), "system") => Some(text.as_str()),
                    _ => None,
                },
            );
        let coded = self
            .blocks
            .iter()
            .flat_map(|block| &block.fields)
            .filter_map(|field| match &field.source {
                FieldSource::Coded(source) => match &source.system {
                    CodeSystemSource::Constant(system) => Some(system.as_str()),
                    _ => None,
                },
                _ => None,
            });
        let mapped = self
            .code_maps
            .iter()
            .flat_map(CodeMap::targets)
            .flat_map(|(_, target)| {
                // a map may give systems as targets, or codes of a local system
                [target.system.as_str(), target.code.as_str()]
            });
        let mut systems: Vec<String> = constants
            .chain(coded)
            .chain(mapped)
            .filter(|system| system.starts_with(&self.system))
            .map(str::to_owned)
            .collect();
        systems.sort_unstable();
        systems.dedup();
        systems
    }

    /// The id of the record with a key.
    ///
    /// Keys of what belongs to a patient count within that patient: an export that gives one visit
    /// number to two patients then makes two visits, and a row that names the visit of another
    /// patient points at nothing, which is an issue and not a chart of the wrong person.
    pub(crate) fn record_id(&self, kind: Kind, key: &str, patient: Option<RecordId>) -> RecordId {
        if self.keep_uuids
            && let Some(kept) = kept_uuid(key)
        {
            return kept;
        }
        match patient {
            Some(patient) if !kind.is_shared() && kind != Kind::Patient => {
                self.namespace.id_within(patient, kind, key)
            }
            _ => self.namespace.id(kind, key),
        }
    }
}

/// The UUID that ends a key such as `Patient/0a1b…`.
fn kept_uuid(key: &str) -> Option<RecordId> {
    let end = key.rsplit('/').next().unwrap_or(key);
    let uuid = uuid::Uuid::try_parse(end).ok()?;
    (end.len() == uuid::fmt::Hyphenated::LENGTH).then(|| RecordId::from(uuid))
}
