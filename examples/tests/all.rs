//! Every test in one program: one link instead of one per file.

mod after_go_live;
mod archive_program;
mod audit;
#[cfg(feature = "network")]
mod browser;
mod codes;
mod compare;
#[cfg(feature = "network")]
mod key_service;
mod linkage;
mod manifests;
mod migrate;
mod production;
mod program;
mod readiness;
mod review_sheet;
mod rules_on_corpora;
mod tables;
#[cfg(feature = "network")]
mod viewer;
