//! C-CDA documents: HL7 CDA R2 XML.
//!
//! A file is one document and one record: [`Reader`] decodes it, [`parse`] turns its text into a
//! tree. Leaves borrow from the text, except where a reference such as `&amp;` was resolved.
//!
//! ```
//! use std::sync::Arc;
//!
//! use ehr_mapping::ccda::{NarrativeIndex, Reader, parse, plain_text};
//! use ehr_mapping::raw::RawRecord;
//! use ehr_model::source::{Arena, Names, NodeId};
//!
//! let file = r##"<?xml version="1.0"?>
//! <cda:ClinicalDocument xmlns:cda="urn:hl7-org:v3"
//!     xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
//!   <cda:text>Weight: <cda:content ID="w1">81 kg</cda:content></cda:text>
//!   <cda:value xsi:type="cda:PQ" value="81" unit="kg">
//!     <cda:originalText><cda:reference value="#w1"/></cda:originalText>
//!   </cda:value>
//! </cda:ClinicalDocument>"##;
//!
//! let mut reader = Reader::new(file.as_bytes(), "7.xml")?;
//! let Some(RawRecord::Text(raw)) = reader.next_raw()? else { panic!("a document was expected") };
//! let (source, names) = (Arc::from("7.xml"), Arc::new(Names::default()));
//! let record = parse(raw.expose_text(), &source, raw.position(), &names, Arena::default())?;
//!
//! let leaves: Vec<String> = record
//!     .filled_leaves()
//!     .map(|leaf| format!("{} = {}", record.path(leaf), record.expose(leaf).unwrap()))
//!     .collect();
//! assert_eq!(leaves, [
//!     "ClinicalDocument/text/#text = Weight: ",
//!     "ClinicalDocument/text/content = 81 kg",
//!     "ClinicalDocument/text/content/@ID = w1",
//!     "ClinicalDocument/value/@xsi:type = PQ",
//!     "ClinicalDocument/value/@value = 81",
//!     "ClinicalDocument/value/@unit = kg",
//!     "ClinicalDocument/value/originalText/reference/@value = #w1",
//! ]);
//! let place = NarrativeIndex::new(&record).find("#w1").expect("the reference is not broken");
//! assert_eq!(plain_text(&record, place), "81 kg");
//! # assert_eq!(record.address().to_string(), "7.xml: record 1, line 1, byte 0");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Names
//!
//! | in the file | name of the node |
//! | --- | --- |
//! | an element in `urn:hl7-org:v3`, or in no namespace | `observation` |
//! | an element in `urn:hl7-org:sdtc` | `sdtc:raceCode` |
//! | an element in any other namespace | `{http://www.w3.org/1999/xhtml}p` |
//! | an attribute without a prefix | `@code` |
//! | an attribute of XML Schema instances, of XML itself, of `sdtc` | `@xsi:type`, `@xml:id`, `@sdtc:valueSet` |
//! | an attribute with any other prefix | `@{urn:example}level` |
//! | text beside elements | `#text` |
//! | white space that parts two elements of one line | `#space`, always empty |
//!
//! Prefixes mean what the document declares. Where it declares nothing, as in fragments, `xsi`,
//! `sdtc`, `cda`, `hl7` and `xml` mean what they always mean, and a name with another prefix stays as
//! it is written (`acme:flag`). The value of `@xsi:type` is such a name: `cda:PQ` is `PQ`, a type of
//! `sdtc` begins with `sdtc:`, others keep what is written.
//!
//! # What becomes of what
//!
//! The root has one child, the document element. Attributes come before the other children, all in
//! the order of the document. The text of an element without child elements is the element's own
//! value; beside child elements each run of text is a `#text`, so that the narrative keeps its order
//! — base64 too, where a `reference` follows it. Values stand as they were written, with their white
//! space and line ends; text in pieces (entities, CDATA, comments between) is one value.
//!
//! No leaf becomes of syntax: declarations of namespaces, the XML declaration, comments, processing
//! instructions, and text of nothing but spaces, tabs and line ends. A no-break space is a value.
//!
//! Nothing is repaired. A document is rejected as a whole, its bytes verbatim:
//!
//! | in the document | reason |
//! | --- | --- |
//! | bytes that mean nothing in its encoding | [`UNDECODABLE_BYTES`] |
//! | a NUL character | [`NUL_BYTE`] |
//! | an encoding that nobody knows | [`UNKNOWN_ENCODING`] |
//! | tags that do not match, attributes twice or without quotes, a lone `&` | [`XML_NOT_WELL_FORMED`] |
//! | a document type | [`DOCTYPE_REFUSED`] |
//! | an entity beyond `lt gt amp quot apos` | [`UNKNOWN_ENTITY`] |
//! | more of something than any document needs | [`DOCUMENT_TOO_LARGE`], [`XML_TOO_DEEP`], [`XML_TOO_MANY_ATTRIBUTES`], [`XML_TOO_MANY_NAMES`], [`XML_TOO_MANY_NODES`] |
//!
//! Against the rules of XML, but read, because the meaning is beyond doubt: white space before the
//! declaration, two hyphens in a comment, `]]>` in a text, control characters other than NUL. The
//! encoding is that of the byte order mark, else of the declaration, else UTF-8; ISO-8859-1 is read
//! as Windows-1252, which has more characters and contradicts it nowhere that matters.
//!
//! # Memory
//!
//! A document is in memory once, as text. A node has 32 bytes and stands for 36 bytes of a common
//! document, so that text and tree together are about twice as long as the file.

mod attribute;
mod datatype;
mod detect;
mod document;
mod error;
mod escape;
mod input;
mod leaves;
mod name;
mod narrative;
mod reader;
mod reason;
mod record;
mod run;

#[cfg(test)]
mod tests;

pub use attribute::MAX_ATTRIBUTES;
pub use datatype::{
    ADDRESS_PART_UNKNOWN, BASE64_UNREADABLE, CODE_SYSTEM_UNREADABLE, CONTENT_COMPRESSED,
    DOSAGE_NOT_MERGED, EVENT_UNKNOWN, EXCLUSIVE_END, ID_NOT_SHOWN, INTERVAL_WIDTH,
    NULL_FLAVOR_BESIDE_VALUE, NULL_FLAVOR_UNKNOWN, NUMBER_UNREADABLE, OFFSET_UNREADABLE,
    PERIOD_UNIT_UNKNOWN, REFERENCE_AMBIGUOUS, REFERENCE_BROKEN, STATUS_CONTRADICTS_END,
    TEXT_DISAGREES, TIME_WITHOUT_MINUTES, TIMESTAMP_UNREADABLE, TIMING_NOT_MERGED, TIMING_PHASE,
    UNIT_NOT_UCUM, USE_UNKNOWN, VALUE_TYPE_UNKNOWN,
};
pub(crate) use datatype::{DATATYPES, parse_time};
pub(crate) use detect::is_part;
pub use detect::{detect, detect_part};
pub use document::{NotBase64, decode_base64};
pub use error::{Error, Unreadable};
pub use input::MAX_DOCUMENT;
pub use name::{MAX_NAME, MAX_NAMES, MAX_NAMESPACES};
pub use narrative::{NarrativeIndex, plain_text};
pub use reader::Reader;
pub use reason::{
    DOCTYPE_REFUSED, DOCUMENT_TOO_LARGE, NUL_BYTE, PART_OF_DOCUMENT, UNDECODABLE_BYTES,
    UNKNOWN_ENCODING, UNKNOWN_ENTITY, XML_NOT_WELL_FORMED, XML_TOO_DEEP, XML_TOO_MANY_ATTRIBUTES,
    XML_TOO_MANY_NAMES, XML_TOO_MANY_NODES,
};
pub use record::{MAX_DEPTH, MAX_NODES, parse};
