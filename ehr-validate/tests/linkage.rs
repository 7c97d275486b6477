//! Duplicate patients against the truth: FEBRL and generated households.

mod corpus;
mod generated;
mod households;
mod measure;
mod odd_input;
mod promises;
