//! What the example programs share: the sample practice.

pub mod sample;
