//! FHIR R4 JSON: resources, Bundles, NDJSON.
//!
//! [`Reader`] cuts a file into resources and keeps the text of each as it was written; [`parse`]
//! turns that text into a [`SourceRecord`](ehr_model::source::SourceRecord). A file is NDJSON or
//! one document, compressed by gzip or not, with or without a byte order mark; [`detect`] knows
//! it by its first bytes.
//!
//! ```
//! use std::sync::Arc;
//! use ehr_mapping::fhir::{Reader, own_key, parse};
//! use ehr_mapping::raw::RawRecord;
//! use ehr_model::source::{Arena, Names};
//!
//! let export = r#"{"resourceType":"Bundle","type":"collection","entry":[
//!   {"fullUrl":"urn:uuid:0a1b","resource":{"resourceType":"Patient","id":"p1",
//!     "name":[{"family":"Okafor","given":["Ada",null],"_given":[null,{"id":"g2"}]}]}}]}"#;
//! let mut reader = Reader::new(export.as_bytes(), "chart.json")?;
//! let (source, names) = (reader.source().clone(), Arc::new(Names::default()));
//!
//! let Some(RawRecord::Text(bundle)) = reader.next_raw()? else { panic!("a Bundle was expected") };
//! assert_eq!(bundle.expose_text(), r#"{"resourceType":"Bundle","type":"collection"}"#);
//!
//! let Some(RawRecord::Text(entry)) = reader.next_raw()? else { panic!("an entry was expected") };
//! let record = parse(entry.expose_text(), &source, entry.position(), &names, Arena::default())?;
//! let leaves: Vec<_> = record
//!     .filled_leaves()
//!     .map(|leaf| (record.path(leaf), record.expose(leaf).unwrap()))
//!     .collect();
//! assert_eq!(leaves, [
//!     ("resourceType".into(), "Patient"),
//!     ("id".into(), "p1"),
//!     ("name/family".into(), "Okafor"),
//!     ("name/given".into(), "Ada"),
//!     ("name/_given/id".into(), "g2"),
//!     ("entry/fullUrl".into(), "urn:uuid:0a1b"),
//! ]);
//! assert_eq!(own_key(&record).as_deref(), Some("Patient/0a1b"));
//! assert_eq!(entry.position().line, 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The tree
//!
//! The members of a resource are the children of the root, under their own names, in their order.
//!
//! | JSON | nodes |
//! | --- | --- |
//! | object | a node with its members as children |
//! | `_birthDate` without `birthDate` | also a node `birthDate` without value, where a mapping looks for it |
//! | array | its items, one node each, all under the name of the array |
//! | string | a leaf with its text, escapes resolved |
//! | number, `true`, `false` | a leaf with the characters that stand there: `1.00` stays `1.00` |
//! | `null` in an array | a node without value and children, so that `given[1]` and `_given[1]` still belong together |
//! | `{}`, `[]` | a node without value and children: FHIR forbids them, and they hold nothing |
//! | array in an array | a node with the items of the inner one as children of the same name; FHIR has none |
//!
//! So `Patient.name[0].given[1]` is the second child `given` of the first child `name`, the
//! extensions of a primitive are below its sibling `_birthDate`, and a contained resource is a
//! node `contained` with its members. A value that exists once as an array item looks like one
//! that is no array, on purpose: a mapping need not know how often an element may repeat.
//!
//! # Bundles
//!
//! A Bundle is several records: first the Bundle without its member `entry` (the only text that
//! is not verbatim), then every entry. The members of an entry's resource are at the root exactly
//! as if it stood alone, and one more node [`entry`](ENTRY) holds what surrounds it: `fullUrl`,
//! `request`, `response`, `search`, `link`. An entry without a resource has only that node.
//! Bundles that are entries of a Bundle or lines of NDJSON are cut in the same way; Bundles in
//! other places (`contained`, `Parameters`) stay where they are.
//!
//! # References
//!
//! [`normalise`] tells what a reference means, and [`own_key`] under which key a resource is
//! meant. Both keys are the same unless a Bundle gives its entries a `urn:uuid:`, which does not
//! say the type; [`Reader::index`] leads from every key to the one of [`own_key`].
//!
//! # What becomes of what
//!
//! Every byte of the input ends in a record, or is whitespace or a line end between records, the
//! comma of an entry, or the byte order mark. Positions are those of the decompressed file.
//! Nothing is repaired:
//!
//! | in the record | what it becomes |
//! | --- | --- |
//! | no JSON, two members of one name, `null` where FHIR forbids it | [`JSON_NOT_WELL_FORMED`], [`JSON_DUPLICATE_MEMBER`], [`JSON_NULL_MEMBER`] |
//! | more than [`MAX_DEPTH`] levels, [`MAX_VALUES`] values, [`MAX_LINE`] bytes in a line | [`JSON_NESTED_TOO_DEEPLY`], [`JSON_TOO_MANY_VALUES`], [`RECORD_TOO_LONG`] |
//! | bytes that are not UTF-8 | [`UNDECODABLE_BYTES`] |
//! | JSON without `resourceType`, an entry that is no object | [`NOT_A_FHIR_RESOURCE`], [`NOT_A_BUNDLE_ENTRY`] |
//! | the manifest of a bulk export | [`BULK_EXPORT_MANIFEST`] |
//! | traces of another release of FHIR | [`FHIR_VERSION_DSTU2`], [`FHIR_VERSION_STU3`], [`FHIR_VERSION_R5`] |
//!
//! The next line is read as if nothing had happened. An entry that is damaged inside of its
//! brackets costs only itself; a Bundle whose brackets do not close is one bad record. A document
//! of more than [`MAX_DOCUMENT`] bytes that is no NDJSON is an [`Error`].
//!
//! A resource of a type that R4 does not know, and that no other release knows either, is read:
//! what no mapping takes is archived and counted.

mod bundle;
mod datatype;
mod detect;
mod error;
mod index;
mod input;
mod parser;
mod reader;
mod reason;
mod record;
mod reference;
mod resources;
mod structure;
mod version;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use detect::detect;
pub use error::Error;
pub use index::Index;
pub use input::{MAX_DOCUMENT, MAX_LINE};
pub use reader::Reader;
pub use reason::{
    BASE64_UNREADABLE, BULK_EXPORT_MANIFEST, CONTAINED_MISSING, FHIR_VERSION_DSTU2,
    FHIR_VERSION_R5, FHIR_VERSION_STU3, IMPLICIT_RULES, JSON_DUPLICATE_MEMBER,
    JSON_NESTED_TOO_DEEPLY, JSON_NOT_WELL_FORMED, JSON_NULL_MEMBER, JSON_NUMBER_TOO_LONG,
    JSON_TOO_MANY_VALUES, MODIFIER_EXTENSION, NOT_A_BUNDLE_ENTRY, NOT_A_FHIR_RESOURCE,
    RECORD_TOO_LONG, UNDECODABLE_BYTES,
};
pub use record::{ENTRY, MAX_DEPTH, MAX_VALUES, Unreadable, parse};
pub use reference::{Reference, normalise, own_key};

pub(crate) use datatype::DATATYPES;
pub(crate) use index::links;
pub(crate) use reference::reference_key;
use reference::typed_key;
pub(crate) use resources::Resources;
pub(crate) use vocabulary::vocabulary;
