//! The main job as its users see it: run, read, run again, given bad input, killed.

mod bad_input;
mod canary;
mod corpus;
mod export;
mod killed;
mod odd_files;
pub(crate) mod program;
mod result;
mod retention;
mod sample;
mod sample_archive;
mod scope;
mod twice;
