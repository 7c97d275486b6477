//! X12 interchanges: claims, payments and their acknowledgements.

mod context;
mod cut;
mod envelope;
mod error;
mod find;
mod guide;
mod input;
mod reader;
mod reason;
mod record;
mod segment;
mod separators;
mod split;
mod vocabulary;

pub use error::{Error, Unreadable};
pub use find::detect;
pub use input::{MAX_CONTEXT, MAX_RECORD};
pub use reader::Reader;
pub use reason::*;
pub use record::{Checked, own_text, parse, parse_with_issues};
pub use separators::{ISA_LENGTH, Separators};
pub use split::{Segment, Segments, Value, Values, segments};
pub use vocabulary::MAX_ELEMENTS;
