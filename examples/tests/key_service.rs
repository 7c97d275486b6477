//! The adapters of key services against stub servers that check every byte of the documented wire format.

mod kms;
pub(crate) mod stub;
pub(crate) mod vault;
