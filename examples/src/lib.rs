//! What the example programs share: where an export lies, the sample practice, key services.

pub mod charts;
pub mod export;
#[cfg(feature = "network")]
pub mod key_service;
pub mod round;
pub mod sample;
