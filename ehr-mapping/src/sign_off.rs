//! Sign-off of a mapping document: who said of exactly these bytes that they may be used.
//!
//! A [`SignOff`] is a short text that a person can read, signed as a C2SP signed note with Ed25519. It names the digest
//! of the document and of each of its parts, so that a changed byte is found and the file it stands in is named. The
//! [`SignOffPolicy`] holds the keys that the embedder trusts and the roles that must have signed; only
//! [`SignOffPolicy::approve`] makes an [`Approval`], which a production reader asks for.
//!
//! ```
//! use ehr_crypto::{DataKey, SigningKey};
//! use ehr_mapping::document::MappingDocument;
//! use ehr_mapping::sign_off::{Decision, Role, SignOff, SignOffPolicy, TrustedReviewer};
//! use ehr_model::readiness::day;
//!
//! let document = MappingDocument::parse("tiny.toml", "[document]\nname = \"tiny\"\n")?;
//! let today = day("2026-03-01")?;
//! let mut policy = SignOffPolicy::default();
//! let mut notes = Vec::new();
//! for (person, role, seed) in [("A. Clinician", Role::CLINICIAN, 1), ("B. Lead", Role::MIGRATION_LEAD, 2)] {
//!     let key = SigningKey::from_seed(role, DataKey::from_bytes([seed; DataKey::LEN]))?;
//!     notes.push(SignOff::new(&document, person, Role::new(role)?, Decision::Accepted, today)?.sign(&key)?);
//!     policy = policy.trust(TrustedReviewer::new(person, key.verifying_key().clone()).in_role(Role::new(role)?));
//! }
//! let approval = policy.approve(&document, &notes, today)?;
//! assert_eq!(approval.digest(), document.digest());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod policy;
mod policy_file;
mod record;
mod refusal;
#[cfg(test)]
mod tests;

pub use policy::{Approval, SignOffPolicy, TrustedReviewer};
pub use policy_file::PolicyFileError;
pub use record::{Decision, Role, SignOff, SignOffError};
pub use refusal::{SignOffRefusal, SignOffRefusals};
