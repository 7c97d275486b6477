//! Whose signatures count, as a file that the practice keeps.

use ehr_crypto::VerifyingKey;
use serde::Deserialize;

use super::{Role, SignOffPolicy, TrustedReviewer};

/// The version of the file. Another one is refused.
const FORMAT: &str = "ehr-reviewers/1";

/// A file of trusted reviewers that cannot be used. Shows no content of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyFileError {
    /// It is no such file, or only a part of one.
    #[error("the file of reviewers is damaged at line {line}, column {column}")]
    Damaged {
        /// The line, from 1.
        line: usize,
        /// The column.
        column: usize,
    },
    /// It is of another version.
    #[error("the file of reviewers is not of the format {FORMAT}")]
    UnknownFormat,
    /// A reviewer without a name.
    #[error("reviewer {number}: no name")]
    Name {
        /// Which, from 1.
        number: usize,
    },
    /// A key that is none.
    #[error("reviewer {number}: the key is not of the form name+id+key")]
    Key {
        /// Which, from 1.
        number: usize,
    },
    /// A role of another shape.
    #[error("{}: a role is lower-case words joined by `-`", .number.map_or("require".to_owned(), |number| format!("reviewer {number}")))]
    Role {
        /// Of which reviewer, from 1; of none where it is a role that must sign.
        number: Option<usize>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    #[serde(default)]
    require: Vec<String>,
    reviewers: Vec<Reviewer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reviewer {
    name: String,
    key: String,
    roles: Vec<String>,
    #[serde(default)]
    revoked: bool,
}

impl SignOffPolicy {
    /// Reads the file in which a practice lists the people whose signatures count: `format`,
    /// `reviewers` with `name`, `key` (as [`VerifyingKey`] is shown), `roles` and `revoked`, and in
    /// `require` the roles that must sign besides clinician and migration lead.
    ///
    /// ```
    /// use ehr_crypto::{DataKey, SigningKey};
    /// use ehr_mapping::sign_off::SignOffPolicy;
    ///
    /// let key = SigningKey::from_seed("a.clinician", DataKey::from_bytes([1; DataKey::LEN]))?;
    /// let file = format!(
    ///     r#"{{"format": "ehr-reviewers/1", "reviewers": [
    ///         {{"name": "A. Clinician", "key": "{}", "roles": ["clinician"]}}]}}"#,
    ///     key.verifying_key(),
    /// );
    /// let policy = SignOffPolicy::from_json(file.as_bytes())?;
    /// let wrong = SignOffPolicy::from_json(file.replace("clinician\"]", "Clinician\"]").as_bytes());
    /// assert_eq!(wrong.err().unwrap().to_string(), "reviewer 1: a role is lower-case words joined by `-`");
    /// # let _ = policy;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is damaged or of another format, or a name, key or role is none.
    pub fn from_json(bytes: &[u8]) -> Result<Self, PolicyFileError> {
        let file: File =
            serde_json::from_slice(bytes).map_err(|error| PolicyFileError::Damaged {
                line: error.line(),
                column: error.column(),
            })?;
        if file.format != FORMAT {
            return Err(PolicyFileError::UnknownFormat);
        }
        let role =
            |name: &String, number| Role::new(name).map_err(|_| PolicyFileError::Role { number });
        let mut policy = Self::default();
        for name in &file.require {
            policy = policy.require(role(name, None)?);
        }
        for (number, reviewer) in (1..).zip(&file.reviewers) {
            if reviewer.name.trim().is_empty() {
                return Err(PolicyFileError::Name { number });
            }
            let key: VerifyingKey = reviewer
                .key
                .parse()
                .map_err(|_| PolicyFileError::Key { number })?;
            let mut trusted = TrustedReviewer::new(&reviewer.name, key);
            for name in &reviewer.roles {
                trusted = trusted.in_role(role(name, Some(number))?);
            }
            policy = policy.trust(match reviewer.revoked {
                true => trusted.revoked(),
                false => trusted,
            });
        }
        Ok(policy)
    }
}
