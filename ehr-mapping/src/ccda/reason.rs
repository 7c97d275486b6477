//! Why a document was rejected. The codes are permanent.

use ehr_model::issue::IssueCode;

/// Bytes that mean nothing in the encoding of the document.
pub const UNDECODABLE_BYTES: IssueCode = IssueCode::new("undecodable-bytes");

/// A NUL character, which text never holds.
pub const NUL_BYTE: IssueCode = IssueCode::new("nul-byte");

/// The document declares an encoding that nobody knows.
pub const UNKNOWN_ENCODING: IssueCode = IssueCode::new("unknown-encoding");

/// A mistake in the grammar of XML: tags that do not match, a second document element, no element
/// at all.
pub const XML_NOT_WELL_FORMED: IssueCode = IssueCode::new("xml-not-well-formed");

/// A document type declaration. No C-CDA document needs one, and entities that it declares can
/// blow a document up or read other files.
pub const DOCTYPE_REFUSED: IssueCode = IssueCode::new("doctype-refused");

/// An entity other than the five that every XML document knows. Its text stands elsewhere.
pub const UNKNOWN_ENTITY: IssueCode = IssueCode::new("unknown-entity");

/// A section, an entry or another part of a document in a file of its own. Without the document
/// nobody knows whose it is.
pub const PART_OF_DOCUMENT: IssueCode = IssueCode::new("part-of-document");

/// More than [`MAX_DOCUMENT`](super::MAX_DOCUMENT) bytes of text.
pub const DOCUMENT_TOO_LARGE: IssueCode = IssueCode::new("document-too-large");

/// Elements nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
pub const XML_TOO_DEEP: IssueCode = IssueCode::new("xml-too-deep");

/// An element with more than [`MAX_ATTRIBUTES`](super::MAX_ATTRIBUTES) attributes, or namespaces
/// declared beyond [`MAX_NAMESPACES`](super::MAX_NAMESPACES).
pub const XML_TOO_MANY_ATTRIBUTES: IssueCode = IssueCode::new("xml-too-many-attributes");

/// More than [`MAX_NAMES`](super::MAX_NAMES) different names, or one longer than
/// [`MAX_NAME`](super::MAX_NAME).
pub const XML_TOO_MANY_NAMES: IssueCode = IssueCode::new("xml-too-many-names");

/// More than [`MAX_NODES`](super::MAX_NODES) elements, attributes and texts.
pub const XML_TOO_MANY_NODES: IssueCode = IssueCode::new("xml-too-many-nodes");
