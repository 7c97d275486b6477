//! What the example programs share: where an export lies, the gates of a production run, the sample practice, charts as pages show
//! them, key services.

pub mod chart_page;
pub mod charts;
pub mod clock;
pub mod export;
pub mod input;
#[cfg(feature = "network")]
pub mod key_service;
pub mod production;
pub mod readiness;
pub mod round;
pub mod sample;
