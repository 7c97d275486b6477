//! Why sign-offs do not approve a document.

use std::fmt;

use chrono::NaiveDate;

use super::{Role, SignOffError};

/// One reason; its message begins with a permanent code.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignOffRefusal {
    /// A note that is no sign-off.
    #[error("sign-off-unreadable: sign-off {number}: {source}")]
    Unreadable {
        /// Which of the notes, counted from 1.
        number: usize,
        /// What is wrong with it.
        #[source]
        source: SignOffError,
    },
    /// No trusted key signed it.
    #[error("reviewer-unknown: sign-off {number} is signed by no trusted key")]
    UnknownReviewer {
        /// Which of the notes, counted from 1.
        number: usize,
    },
    /// It carries the name of a trusted key, whose signature it is not.
    #[error("signature-invalid: sign-off {number} was changed after it was signed")]
    BadSignature {
        /// Which of the notes, counted from 1.
        number: usize,
    },
    /// The key is another person's.
    #[error(
        "reviewer-of-another-key: sign-off {number} names {reviewer}, whose key did not sign it"
    )]
    ReviewerOfAnotherKey {
        /// Which of the notes, counted from 1.
        number: usize,
        /// The name in the record.
        reviewer: String,
    },
    /// The key of the reviewer was revoked.
    #[error("reviewer-revoked: the key of {reviewer} is revoked")]
    Revoked {
        /// The reviewer.
        reviewer: String,
    },
    /// The reviewer may not sign in this role.
    #[error("role-not-held: {reviewer} may not sign as {role}")]
    RoleNotHeld {
        /// The reviewer.
        reviewer: String,
        /// The role.
        role: Role,
    },
    /// It was signed on a day that has not come.
    #[error("sign-off-in-future: {reviewer} signed on {date}")]
    InFuture {
        /// The reviewer.
        reviewer: String,
        /// The day.
        date: NaiveDate,
    },
    /// The document is not the one that was signed.
    #[error("document-changed: {reviewer} signed another document: {} changed", .parts.join(", "))]
    DocumentChanged {
        /// The reviewer.
        reviewer: String,
        /// The parts that differ: changed, added or left out.
        parts: Vec<String>,
    },
    /// A reviewer rejected the document.
    #[error("document-rejected: {reviewer} rejected it as {role}")]
    Rejected {
        /// The reviewer.
        reviewer: String,
        /// The role.
        role: Role,
    },
    /// A role that must sign did not.
    #[error("role-missing: nobody signed as {role}")]
    RoleMissing {
        /// The role.
        role: Role,
    },
    /// Fewer people signed than there are roles that must.
    #[error(
        "reviewers-too-few: {roles} roles must be signed for by as many people; {people} signed"
    )]
    TooFewPeople {
        /// Roles that must sign.
        roles: usize,
        /// People that signed for them.
        people: usize,
    },
}

impl SignOffRefusal {
    /// The permanent code with which its message begins.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "sign-off-unreadable",
            Self::UnknownReviewer { .. } => "reviewer-unknown",
            Self::BadSignature { .. } => "signature-invalid",
            Self::ReviewerOfAnotherKey { .. } => "reviewer-of-another-key",
            Self::Revoked { .. } => "reviewer-revoked",
            Self::RoleNotHeld { .. } => "role-not-held",
            Self::InFuture { .. } => "sign-off-in-future",
            Self::DocumentChanged { .. } => "document-changed",
            Self::Rejected { .. } => "document-rejected",
            Self::RoleMissing { .. } => "role-missing",
            Self::TooFewPeople { .. } => "reviewers-too-few",
        }
    }
}

/// All reasons; at least one.
#[derive(Debug)]
pub struct SignOffRefusals(Vec<SignOffRefusal>);

impl SignOffRefusals {
    pub(super) fn new(refusals: Vec<SignOffRefusal>) -> Self {
        Self(refusals)
    }

    /// The reasons, in the order of the notes; what is missing comes last.
    pub fn iter(&self) -> impl Iterator<Item = &SignOffRefusal> {
        self.0.iter()
    }
}

impl fmt::Display for SignOffRefusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the mapping document is not approved")?;
        self.0.iter().try_for_each(|one| write!(f, "\n  {one}"))
    }
}

impl std::error::Error for SignOffRefusals {}
