//! The rules, one file each; the doc comment of a rule is its page.

mod birth_date_in_future;
mod identifier_shared_by_patients;

pub use birth_date_in_future::BirthDateInFuture;
pub use identifier_shared_by_patients::IdentifierSharedByPatients;

use crate::rule::Rule;

/// Every rule of this crate, in alphabetical order of the codes.
pub fn all() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(BirthDateInFuture),
        Box::new(IdentifierSharedByPatients),
    ]
}
