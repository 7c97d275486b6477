//! The formats whose records are trees, behind one face.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;

use ehr_model::element::{ElementSpec, ValueType};
use ehr_model::issue::IssueCode;
use ehr_model::record::Kind;
use ehr_model::source::{Arena, Names, SourceRecord};

use crate::format::Format;
use crate::mapper::Links;
use crate::raw::{Position, RawRecord};
use crate::{Error, ccda, fhir, hl7v2, x12};

/// Cuts a file of a tree format into raw records.
pub(crate) enum TreeReader<R> {
    Ccda(Box<ccda::Reader<R>>),
    Fhir(Box<fhir::Resources<R>>),
    Hl7v2(Box<hl7v2::Reader<R>>),
    X12(Box<x12::Reader<R>>),
}

/// What surrounds a record in its file, and tells what its references mean.
#[derive(Clone, Copy)]
pub(crate) struct Around<'r>(Option<&'r fhir::Index>);

impl Around<'_> {
    /// Whether nothing around a record says what its references mean.
    pub(crate) fn is_empty(self) -> bool {
        self.0.is_none_or(fhir::Index::is_empty)
    }

    /// What the references of the record mean, where it does not say so itself.
    pub(crate) fn links(self, record: &SourceRecord<'_>) -> Links {
        match self.0 {
            Some(index) if !index.is_empty() => fhir::links(index, record),
            _ => Links::default(),
        }
    }
}

/// Why a raw record is no tree, and how many values it holds, as far as that can be told.
pub(crate) struct NoTree {
    pub(crate) reason: IssueCode,
    pub(crate) leaves: u64,
}

impl<R: Read> TreeReader<R> {
    /// A reader of the format; `None` for formats that are tables.
    pub(crate) fn new(format: Format, inner: R, source: &Arc<str>) -> Result<Option<Self>, Error> {
        let source = source.clone();
        Ok(match format {
            Format::Ccda => Some(Self::Ccda(Box::new(ccda::Reader::new(inner, source)?))),
            Format::Fhir => Some(Self::Fhir(Box::new(fhir::Resources::new(inner, source)?))),
            Format::Hl7v2 => Some(Self::Hl7v2(Box::new(hl7v2::Reader::new(inner, source)?))),
            Format::X12 => Some(Self::X12(Box::new(x12::Reader::new(inner, source)?))),
            _ => None,
        })
    }

    /// The next record of the file, and what surrounds it.
    pub(crate) fn next_raw(&mut self) -> Result<Option<(RawRecord<'_>, Around<'_>)>, Error> {
        let raw = match self {
            Self::Ccda(reader) => reader.next_raw()?,
            Self::Fhir(resources) => {
                let next = resources.next()?;
                return Ok(next.map(|(raw, index)| (raw, Around(Some(index)))));
            }
            Self::Hl7v2(reader) => reader.next_raw()?,
            Self::X12(reader) => reader.next_raw()?,
        };
        Ok(raw.map(|raw| (raw, Around(None))))
    }

    /// What is wrong with the file as a whole, such as counts that disagree; after the last record.
    pub(crate) fn issues(&self) -> Vec<(IssueCode, Position)> {
        match self {
            Self::Ccda(_) | Self::Fhir(_) => Vec::new(),
            Self::Hl7v2(reader) => reader.issues().to_vec(),
            Self::X12(reader) => reader.issues().to_vec(),
        }
    }
}

/// The names of a plan, with those that the formats know beforehand: each name is then made once,
/// not once a record.
pub(crate) fn names(formats: &BTreeSet<Format>, plan: Names) -> Arc<Names> {
    let mut plan = plan;
    if formats.contains(&Format::Fhir) {
        for kind in Kind::ALL {
            intern(kind.spec(), &mut plan, 0);
        }
    }
    let plan = Arc::new(plan);
    if formats.contains(&Format::Hl7v2) {
        return hl7v2::vocabulary(&plan);
    }
    plan
}

/// How deep the fields of a kind are named: deeper ones repeat the names of datatypes.
const NAMED_DEPTH: usize = 4;

/// Stores the names that the fields of an element have in FHIR.
fn intern(spec: &'static ElementSpec, names: &mut Names, depth: usize) {
    for field in spec.fields {
        let stem = field.name.strip_suffix("[x]");
        if stem.is_none() {
            names.intern(field.name);
        }
        if let ValueType::Element(inner) = field.value {
            let inner = inner();
            if let Some(stem) = stem {
                for variant in inner.fields {
                    names.intern(&format!("{stem}{}", variant.name));
                }
            }
            if depth < NAMED_DEPTH {
                intern(inner, names, depth + 1);
            }
        }
    }
}

/// The key under which other records of the format refer to a record, where the format has such.
pub(crate) fn own_key(format: Format, record: &SourceRecord<'_>) -> Option<String> {
    match format {
        Format::Fhir => fhir::own_key(record),
        _ => None,
    }
}

/// Why a record that is a tree is nothing to map all the same.
pub(crate) fn unusable(format: Format, record: &SourceRecord<'_>) -> Option<IssueCode> {
    match format {
        Format::Ccda if ccda::is_part(record) => Some(ccda::PART_OF_DOCUMENT),
        _ => None,
    }
}

/// Parses the text of a raw record over the names of a plan.
pub(crate) fn parse<'t>(
    format: Format,
    text: &'t str,
    source: &Arc<str>,
    position: Position,
    names: &Arc<Names>,
    arena: Arena,
) -> Result<SourceRecord<'t>, NoTree> {
    match format {
        Format::Ccda => {
            ccda::parse(text, source, position, names, arena).map_err(|unreadable| NoTree {
                reason: unreadable.reason,
                leaves: unreadable.leaves,
            })
        }
        Format::Fhir => {
            fhir::parse(text, source, position, names, arena).map_err(|unreadable| NoTree {
                reason: unreadable.reason,
                leaves: unreadable.reject(text, source, position).leaves,
            })
        }
        Format::Hl7v2 => {
            hl7v2::parse(text, source, position, names, arena).map_err(|unreadable| NoTree {
                reason: unreadable.reason,
                leaves: unreadable.reject(text, source, position).leaves,
            })
        }
        Format::X12 => {
            x12::parse(text, source, position, names, arena).map_err(|unreadable| NoTree {
                reason: unreadable.reason,
                leaves: 1, // what has no separators has no values to count
            })
        }
        _ => unreachable!("tables are parsed by their columns"),
    }
}
