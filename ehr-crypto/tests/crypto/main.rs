//! The crate against programs that are not ours.

mod cobblestone;
mod merkle;
mod python;
#[cfg(feature = "tls")]
mod tls;
