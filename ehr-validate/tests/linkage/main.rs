//! Duplicate patients against the truth: FEBRL and generated households.

mod households;
mod look;
mod measure;
