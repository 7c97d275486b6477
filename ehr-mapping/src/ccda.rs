//! C-CDA documents: HL7 CDA R2 XML.

mod attribute;
mod detect;
mod error;
mod escape;
mod input;
mod leaves;
mod name;
mod reader;
mod reason;
mod record;
mod run;

pub use attribute::MAX_ATTRIBUTES;
pub use detect::detect;
pub use error::{Error, Unreadable};
pub use input::MAX_DOCUMENT;
pub use name::{MAX_NAME, MAX_NAMES, MAX_NAMESPACES};
pub use reader::Reader;
pub use reason::{
    DOCTYPE_REFUSED, DOCUMENT_TOO_LARGE, UNDECODABLE_BYTES, UNKNOWN_ENCODING, UNKNOWN_ENTITY,
    XML_NOT_WELL_FORMED, XML_TOO_DEEP, XML_TOO_MANY_ATTRIBUTES, XML_TOO_MANY_NAMES,
    XML_TOO_MANY_NODES,
};
pub use record::{MAX_DEPTH, MAX_NODES, parse};
