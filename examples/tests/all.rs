//! Every test in one program: one link instead of one per file.

mod audit;
mod codes;
mod linkage;
mod manifests;
mod migrate;
mod rules_on_corpora;
mod viewer;
