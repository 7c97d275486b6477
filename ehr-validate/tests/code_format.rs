//! Check digits and shapes: published examples, laws, and the codes of real corpora.
#![expect(
    clippy::print_stderr,
    reason = "skipped tests say so; figures are shown"
)]

mod billing;
mod clinical;
mod corpus;
mod devices;
mod drugs;
mod identity;
mod laws;
mod units;

use ehr_validate::code_format::{Fault, Malformed};

/// What is wrong, and the repair if one is certain.
fn wrong<T: std::fmt::Debug>(outcome: Result<T, Malformed>) -> (Fault, Option<String>) {
    let malformed = outcome.expect_err("well-formed");
    let repair = malformed.repair.map(|text| text.expose().to_owned());
    (malformed.fault, repair)
}

fn repaired(fault: Fault, repair: &str) -> (Fault, Option<String>) {
    (fault, Some(repair.to_owned()))
}

fn plain(fault: Fault) -> (Fault, Option<String>) {
    (fault, None)
}
