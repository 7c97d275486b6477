//! The comparison of two exports: real charts that were written as FHIR and read back, and the program.

mod program;
mod round_trip;
