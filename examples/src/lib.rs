//! What the example programs share: where an export lies, the sample practice, key services.

pub mod export;
pub mod key_service;
pub mod sample;
