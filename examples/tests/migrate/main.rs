//! The main job as its users see it: run, read, run again, given bad input, killed.

mod bad_input;
mod export;
mod program;
mod result;
mod sample;
mod sample_archive;
mod twice;
