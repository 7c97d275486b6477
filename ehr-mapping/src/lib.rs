//! Readers for legacy EHR exports and the mapping documents that turn them into charts.

pub mod csv;
