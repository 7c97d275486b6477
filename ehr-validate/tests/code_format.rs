//! Check digits and shapes: published examples, laws, and the codes of real corpora.
#![expect(
    clippy::print_stderr,
    reason = "skipped tests say so; figures are shown"
)]

#[path = "code_format/billing.rs"]
mod billing;
#[path = "code_format/clinical.rs"]
mod clinical;
#[path = "code_format/corpus.rs"]
mod corpus;
#[path = "code_format/devices.rs"]
mod devices;
#[path = "code_format/drugs.rs"]
mod drugs;
#[path = "code_format/identity.rs"]
mod identity;
#[path = "code_format/laws.rs"]
mod laws;
#[path = "code_format/units.rs"]
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
