//! What the example programs share: where an export lies, and the sample practice.

pub mod charts;
pub mod export;
pub mod round;
pub mod sample;
