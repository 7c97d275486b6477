//! What the example programs share: where an export lies, and the sample practice.

pub mod export;
pub mod sample;
