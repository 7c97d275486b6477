//! Every test in one program: one link instead of one per file.

mod canary;
mod code_format;
mod compare;
mod dose_laws;
mod faults;
mod linkage;
mod report;
mod requirements;
mod sigs;
mod sigs_corpus;
mod terminology;
