//! What the example programs share: where an export lies, the sample practice, charts as pages show them, key services.

pub mod chart_page;
pub mod charts;
pub mod export;
#[cfg(feature = "network")]
pub mod key_service;
pub mod round;
pub mod sample;
