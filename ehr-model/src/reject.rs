//! Source records that could not be read or placed, kept byte for byte.

use crate::issue::IssueCode;
use crate::provenance::SourceAddress;
use crate::value::Phi;

/// A source record that did not become part of a chart. Its bytes go to the encrypted archive.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reject {
    /// Where it stands in the source.
    pub address: SourceAddress,
    /// Why it was rejected.
    pub reason: IssueCode,
    /// How many of its leaves were not empty, as far as it could be split.
    pub leaves: u64,
    /// The bytes as they stand in the source.
    pub verbatim: Phi<Vec<u8>>,
}

impl Reject {
    /// A record that did not become part of a chart, and why.
    pub fn new(address: SourceAddress, reason: IssueCode, leaves: u64, verbatim: Vec<u8>) -> Self {
        Self {
            address,
            reason,
            leaves,
            verbatim: Phi::new(verbatim),
        }
    }
}
