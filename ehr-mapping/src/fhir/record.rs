//! The text of a resource, and the tree that a mapping reads.

use std::sync::Arc;

use ehr_model::issue::IssueCode;
use ehr_model::reject::Reject;
use ehr_model::source::{Arena, Names, SourceRecord};

use super::input::MAX_DOCUMENT;
use super::parser::Parser;
use super::reason::{BULK_EXPORT_MANIFEST, NOT_A_FHIR_RESOURCE, RECORD_TOO_LONG};
use super::structure;
use super::version::foreign_release;
use crate::raw::Position;

/// How deep objects and arrays may stand inside one another.
///
/// The deepest resource of HL7's own examples has some twenty levels, and other JSON parsers stop
/// at the same place. The tree is built by recursion, so there must be an end.
pub const MAX_DEPTH: usize = 128;

/// How many values one record may hold: 8 million.
///
/// A whole code system has fewer. A node takes many times the two bytes of text that can make
/// one, so that memory must be bounded by their number as well.
pub const MAX_VALUES: usize = 8 << 20;

/// The node that holds what a Bundle says of a resource beside the resource.
pub const ENTRY: &str = "entry";

/// Members by which a Bundle entry without a resource is known (DELETE in a batch, a response).
const OF_AN_ENTRY: [&[u8]; 5] = [b"resource", b"fullUrl", b"request", b"response", b"search"];

/// Why a text is no resource of R4, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at line {line} of the record, byte {byte}")]
#[non_exhaustive]
pub struct Unreadable {
    /// What is wrong; one of the constants of this module.
    pub reason: IssueCode,
    /// The byte of the text at which it was noticed, counted from 0.
    pub byte: usize,
    /// The line of the text, counted from 1.
    pub line: u64,
}

impl Unreadable {
    fn new(reason: IssueCode, text: &str, byte: usize) -> Self {
        let before = &text.as_bytes()[..byte.min(text.len())];
        Self {
            reason,
            byte,
            line: 1 + structure::line_ends(before),
        }
    }

    /// The record as a reject of this source.
    pub fn reject(self, text: &str, source: &Arc<str>, position: Position) -> Reject {
        let bytes = text.as_bytes();
        let leaves = structure::leaves(bytes);
        Reject::new(
            position.address(source),
            self.reason,
            leaves,
            bytes.to_vec(),
        )
    }
}

/// Reads the text of one record: a resource, a Bundle without its entries, or an entry of one.
///
/// `names` are known to the caller, who need not look them up in every record. Leaves borrow from
/// `text` unless an escape was resolved. `arena` may come from [`SourceRecord::into_arena`],
/// which saves its allocations.
///
/// # Errors
///
/// If the text is not JSON, not FHIR, or of another release than R4.
pub fn parse<'t>(
    text: &'t str,
    source: &Arc<str>,
    position: Position,
    names: &Arc<Names>,
    arena: Arena,
) -> Result<SourceRecord<'t>, Unreadable> {
    if text.len() > MAX_DOCUMENT {
        return Err(Unreadable::new(RECORD_TOO_LONG, text, 0));
    }
    let mut parser = Parser::new(text, source, position, names, arena);
    let shape = shape(text);
    let read = match shape {
        Shape::Resource => parser.resource(),
        Shape::Entry => parser.entry(),
        Shape::Manifest => parser.no_resource(BULK_EXPORT_MANIFEST),
        Shape::Unknown => parser.no_resource(NOT_A_FHIR_RESOURCE),
    };
    if let Err((reason, byte)) = read {
        return Err(Unreadable::new(reason, text, byte));
    }
    let record = parser.finish();
    match foreign_release(&record) {
        Some(reason) => Err(Unreadable::new(reason, text, 0)),
        None => Ok(record),
    }
}

enum Shape {
    Resource,
    Entry,
    Manifest,
    Unknown,
}

/// What the members at the top make of a text. Only their names are looked at.
fn shape(text: &str) -> Shape {
    let bytes = text.as_bytes();
    let (mut of_entry, mut time, mut output, mut is_resource) = (false, false, false, false);
    structure::walk_object(bytes, structure::skip_space(bytes, 0), |member| {
        match member.name {
            b"resourceType" => {
                is_resource = bytes.get(member.value) == Some(&b'"');
                return None;
            }
            b"fullUrl" => {
                of_entry = true;
                return None;
            }
            b"transactionTime" => time = true,
            b"output" => output = true,
            name => of_entry |= OF_AN_ENTRY.contains(&name),
        }
        structure::skip_value(bytes, member.value)
    });
    match () {
        () if is_resource => Shape::Resource,
        () if time && output => Shape::Manifest,
        () if of_entry => Shape::Entry,
        () => Shape::Unknown,
    }
}
