//! Whose signatures count, and which are needed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use ehr_crypto::{Digest, VerifyingKey};
use serde::Serialize;

use super::{Decision, Role, SignOff, SignOffRefusal, SignOffRefusals};
use crate::document::MappingDocument;

/// A person whose key the embedder trusts.
#[derive(Clone)]
pub struct TrustedReviewer {
    name: String,
    key: VerifyingKey,
    roles: BTreeSet<Role>,
    revoked: bool,
}

/// Whose signatures count, and which roles must have signed.
#[derive(Clone)]
pub struct SignOffPolicy {
    reviewers: Vec<TrustedReviewer>,
    required: BTreeSet<Role>,
}

/// A mapping document that everyone who must has signed, as these very bytes.
///
/// Only [`SignOffPolicy::approve`] makes one; it is written to records and not read back from them.
///
/// ```compile_fail
/// let forged: ehr_mapping::sign_off::Approval = serde_json::from_str("{}").unwrap();
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Approval {
    digest: Digest,
    sign_offs: Vec<SignOff>,
}

impl TrustedReviewer {
    /// A person with their key, in no role yet.
    pub fn new(name: &str, key: VerifyingKey) -> Self {
        Self {
            name: name.trim().to_owned(),
            key,
            roles: BTreeSet::new(),
            revoked: false,
        }
    }

    /// In a further role.
    pub fn in_role(mut self, role: Role) -> Self {
        self.roles.insert(role);
        self
    }

    /// With a key that no longer counts, for sign-offs of any date: who has a lost key can write any date.
    pub fn revoked(mut self) -> Self {
        self.revoked = true;
        self
    }
}

impl Default for SignOffPolicy {
    /// A clinician and a migration lead must sign; nobody is trusted yet.
    fn default() -> Self {
        let roles = [Role::CLINICIAN, Role::MIGRATION_LEAD].map(Role::new);
        Self {
            reviewers: Vec::new(),
            required: roles.into_iter().flatten().collect(),
        }
    }
}

impl SignOffPolicy {
    /// With a person whose key is trusted.
    pub fn trust(mut self, reviewer: TrustedReviewer) -> Self {
        self.reviewers.push(reviewer);
        self
    }

    /// With a further role that must sign. A clinician and a migration lead always must.
    pub fn require(mut self, role: Role) -> Self {
        self.required.insert(role);
        self
    }

    /// Holds signed notes against a document. Every note must be good: one that is not is a reason to ask, not to
    /// look away. For each role that is needed, another person must have signed.
    ///
    /// # Errors
    ///
    /// Every reason why the document is not approved.
    pub fn approve<N: AsRef<str>>(
        &self,
        document: &MappingDocument,
        notes: &[N],
        today: NaiveDate,
    ) -> Result<Approval, SignOffRefusals> {
        let (digest, parts) = (document.digest(), document.parts());
        let mut refusals = Vec::new();
        let mut accepted = Vec::new();
        for (note, number) in notes.iter().zip(1..) {
            let signed = self
                .open(note.as_ref(), number)
                .and_then(|signed| in_order(signed, digest, &parts, today));
            match signed {
                Ok(sign_off) => accepted.push(sign_off),
                Err(refusal) => refusals.push(refusal),
            }
        }
        self.roles_that_signed(&accepted, &mut refusals);
        if !refusals.is_empty() {
            return Err(SignOffRefusals::new(refusals));
        }
        Ok(Approval {
            digest,
            sign_offs: accepted,
        })
    }

    /// The record in a note, if the person whom it names signed it in a role that they hold.
    fn open(&self, note: &str, number: usize) -> Result<SignOff, SignOffRefusal> {
        let mut bad = SignOffRefusal::UnknownReviewer { number };
        for reviewer in &self.reviewers {
            let text = match reviewer.key.verify(note) {
                Ok(text) => text,
                Err(ehr_crypto::Error::UnknownSigner) => continue,
                Err(ehr_crypto::Error::BadSignature) => {
                    bad = SignOffRefusal::BadSignature { number };
                    continue;
                }
                Err(error) => {
                    bad = SignOffRefusal::Unreadable {
                        number,
                        source: error.into(),
                    };
                    continue;
                }
            };
            let unreadable = |source| SignOffRefusal::Unreadable { number, source };
            let record = SignOff::from_text(text).map_err(unreadable)?;
            let name = record.reviewer.clone();
            if name != reviewer.name {
                bad = SignOffRefusal::ReviewerOfAnotherKey {
                    number,
                    reviewer: name,
                };
                continue;
            }
            if reviewer.revoked {
                return Err(SignOffRefusal::Revoked { reviewer: name });
            }
            if !reviewer.roles.contains(&record.role) {
                return Err(SignOffRefusal::RoleNotHeld {
                    reviewer: name,
                    role: record.role,
                });
            }
            return Ok(record);
        }
        Err(bad)
    }

    /// Whether each role that is needed has a person of its own.
    fn roles_that_signed(&self, accepted: &[SignOff], refusals: &mut Vec<SignOffRefusal>) {
        let mut signers: BTreeMap<&Role, BTreeSet<&str>> = BTreeMap::new();
        for one in accepted {
            signers
                .entry(&one.role)
                .or_default()
                .insert(self.person(&one.reviewer));
        }
        let mut everybody_signed = true;
        for role in &self.required {
            if !signers.contains_key(role) {
                everybody_signed = false;
                refusals.push(SignOffRefusal::RoleMissing { role: role.clone() });
            }
        }
        let people = people_for(&self.required, &signers);
        if everybody_signed && people < self.required.len() {
            refusals.push(SignOffRefusal::TooFewPeople {
                roles: self.required.len(),
                people,
            });
        }
    }

    /// One name for a person, however many names share a key.
    fn person<'a>(&'a self, name: &'a str) -> &'a str {
        let key = |name: &str| {
            let mut reviewers = self.reviewers.iter();
            reviewers
                .find(|reviewer| reviewer.name == name)
                .map(|reviewer| &reviewer.key)
        };
        let own = key(name);
        let mut reviewers = self.reviewers.iter();
        reviewers
            .find(|reviewer| Some(&reviewer.key) == own)
            .map_or(name, |reviewer| &reviewer.name)
    }
}

impl Approval {
    /// The digest of the document that was approved.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Who signed.
    pub fn sign_offs(&self) -> &[SignOff] {
        &self.sign_offs
    }
}

/// Whether a record that is genuine speaks for this document today.
fn in_order(
    sign_off: SignOff,
    digest: Digest,
    parts: &BTreeMap<String, Digest>,
    today: NaiveDate,
) -> Result<SignOff, SignOffRefusal> {
    let reviewer = sign_off.reviewer.clone();
    if sign_off.date > today {
        let date = sign_off.date;
        return Err(SignOffRefusal::InFuture { reviewer, date });
    }
    if sign_off.digest != digest || sign_off.parts != *parts {
        let names: BTreeSet<&String> = sign_off.parts.keys().chain(parts.keys()).collect();
        let parts = names
            .into_iter()
            .filter(|name| sign_off.parts.get(*name) != parts.get(*name))
            .cloned()
            .collect();
        return Err(SignOffRefusal::DocumentChanged { reviewer, parts });
    }
    match sign_off.decision {
        Decision::Accepted => Ok(sign_off),
        Decision::Rejected => Err(SignOffRefusal::Rejected {
            reviewer,
            role: sign_off.role,
        }),
    }
}

/// For how many of the roles a person of their own can be found: a matching, role by role.
fn people_for(roles: &BTreeSet<Role>, signers: &BTreeMap<&Role, BTreeSet<&str>>) -> usize {
    fn place<'a>(
        role: &'a Role,
        signers: &BTreeMap<&Role, BTreeSet<&'a str>>,
        taken: &mut BTreeMap<&'a str, &'a Role>,
        asked: &mut BTreeSet<&'a str>,
    ) -> bool {
        for person in signers.get(role).into_iter().flatten() {
            if !asked.insert(person) {
                continue;
            }
            let free = match taken.get(person).copied() {
                None => true,
                Some(other) => place(other, signers, taken, asked),
            };
            if free {
                taken.insert(person, role);
                return true;
            }
        }
        false
    }
    let mut taken = BTreeMap::new();
    let mut placed = 0;
    for role in roles {
        placed += usize::from(place(role, signers, &mut taken, &mut BTreeSet::new()));
    }
    placed
}
