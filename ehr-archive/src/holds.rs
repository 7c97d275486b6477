//! Legal holds: signed statements, one a line in `state/holds.N.log`, each a C2SP signed note in a JSON string.
//!
//! A hold is placed with the archive's key. It is lifted by two of the people who were appointed for that, each with a
//! signing key of their own that the archive never sees. The first two are appointed with the archive's key, every further
//! one by two who are appointed already.

use std::collections::{BTreeMap, BTreeSet};

use ehr_crypto::{DataKey, Digest, DigestAlgorithm, VerifyingKey};
use uuid::Uuid;

use crate::error::Located;
use crate::hex::{from_hex, to_hex};
use crate::keys::Keys;
use crate::state::State;
use crate::{ArchiveId, Error, ErrorKind};

pub(crate) const STEM: &str = "holds";
pub(crate) const SUFFIX: &str = "log";
/// Signatures that lift a hold.
pub(crate) const SIGNATURES: usize = 2;
const MAX_MATTER_LEN: usize = 2000;

/// What a hold protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HoldScope {
    /// Every entry of a patient, also those of later accessions.
    Patient(Uuid),
    /// Everything.
    Archive,
}

/// A hold that is in force.
#[derive(Clone)]
#[non_exhaustive]
pub struct Hold {
    /// Its number.
    pub id: u64,
    /// When it was placed.
    pub recorded: String,
    /// Whether it protects everything.
    pub is_for_archive: bool,
    pub(crate) token: Option<String>,
    sealed_matter: String,
    /// Digest of the note that placed it.
    digest: Digest,
}

/// The log of holds as it stands.
pub(crate) struct Holds {
    pub(crate) lines: Vec<String>,
    pub(crate) active: BTreeMap<u64, Hold>,
    pub(crate) signatories: Vec<VerifyingKey>,
}

impl Holds {
    /// No holds, and nobody who could lift one.
    pub(crate) fn empty() -> Self {
        Holds {
            lines: Vec::new(),
            active: BTreeMap::new(),
            signatories: Vec::new(),
        }
    }

    /// Reads the log and verifies every signature in it.
    pub(crate) fn read(state: &State) -> Result<Self, Error> {
        let mut holds = Holds::empty();
        let Some(bytes) = state.small_file(STEM)? else {
            return Ok(holds);
        };
        let path = state
            .current
            .small_file(STEM)
            .map(|(_, path)| path.clone())
            .unwrap_or_default();
        let text = String::from_utf8(bytes)
            .map_err(|_| malformed())
            .in_file(&path)?;
        for line in text.lines() {
            let note: String = serde_json::from_str(line)
                .map_err(|_| malformed())
                .in_file(&path)?;
            holds
                .apply(&note, &state.archive, state.keys.verifying_key())
                .in_file(&path)?;
            holds.lines.push(line.to_owned());
        }
        Ok(holds)
    }

    /// Takes in one more signed statement.
    pub(crate) fn apply(
        &mut self,
        note: &str,
        archive: &ArchiveId,
        key: &VerifyingKey,
    ) -> Result<(), Error> {
        let text = key.verify(note)?;
        let mut lines = text.lines();
        let mut next = |word: &str| {
            let line = lines.next()?;
            line.strip_prefix(word).map(str::to_owned)
        };
        let heading = next("").unwrap_or_default();
        let kind = heading
            .strip_prefix(&format!("{}/", archive.signer()))
            .ok_or_else(malformed)?;
        match kind {
            "appoint" => {
                let new: VerifyingKey = next("key ").ok_or_else(malformed)?.parse()?;
                if self.signatories.len() >= SIGNATURES {
                    self.check_signatures(note)?;
                }
                if self
                    .signatories
                    .iter()
                    .any(|known| known == &new || known.name() == new.name())
                    || new == *key
                {
                    return Err(ErrorKind::Refused {
                        reason: "a signatory of this name or key was appointed already",
                    }
                    .into());
                }
                self.signatories.push(new);
            }
            "hold" => {
                let id = next("hold ")
                    .and_then(|id| id.parse().ok())
                    .ok_or_else(malformed)?;
                let scope = next("scope ").ok_or_else(malformed)?;
                let sealed_matter = next("matter ").ok_or_else(malformed)?;
                let recorded = next("recorded ").ok_or_else(malformed)?;
                let token = scope.strip_prefix("patient ").map(str::to_owned);
                if token.is_none() && scope != "archive" || self.active.contains_key(&id) {
                    return Err(malformed());
                }
                let hold = Hold {
                    id,
                    recorded,
                    is_for_archive: token.is_none(),
                    token,
                    sealed_matter,
                    digest: Digest::sha256(text.as_bytes()),
                };
                self.active.insert(id, hold);
            }
            "lift" => {
                let id: u64 = next("hold ")
                    .and_then(|id| id.parse().ok())
                    .ok_or_else(malformed)?;
                let digest: Digest = next("sha256 ").ok_or_else(malformed)?.parse()?;
                self.check_signatures(note)?;
                if self
                    .active
                    .get(&id)
                    .is_none_or(|hold| hold.digest != digest)
                {
                    return Err(malformed());
                }
                self.active.remove(&id);
            }
            _ => return Err(ErrorKind::LaterVersion.into()),
        }
        Ok(())
    }

    /// The holds that protect a patient, or somebody unknown.
    pub(crate) fn on<'a>(
        &'a self,
        patient: Option<Uuid>,
        keys: &Keys,
    ) -> Result<Vec<&'a Hold>, Error> {
        let token = patient.map(|patient| token(keys, patient)).transpose()?;
        let protects =
            |hold: &&Hold| hold.is_for_archive || (token.is_some() && hold.token == token);
        Ok(self.active.values().filter(protects).collect())
    }

    /// What people sign to lift a hold.
    pub(crate) fn lift_text(
        &self,
        archive: &ArchiveId,
        id: u64,
        recorded: &str,
    ) -> Result<String, Error> {
        let hold = self.active.get(&id).ok_or(ErrorKind::Refused {
            reason: "there is no hold of this number in force",
        })?;
        Ok(format!(
            "{}/lift\nhold {id}\nsha256 {}\nrecorded {recorded}\n",
            archive.signer(),
            hold.digest
        ))
    }

    pub(crate) fn next_id(&self) -> u64 {
        // Every line may be a hold; numbers are never used twice.
        self.lines.len() as u64 + 1
    }

    /// Two different people who were appointed have signed.
    fn check_signatures(&self, note: &str) -> Result<(), Error> {
        let mut signed = BTreeSet::new();
        for signatory in &self.signatories {
            match signatory.verify(note) {
                Ok(_) => drop(signed.insert(signatory.name())),
                Err(ehr_crypto::Error::UnknownSigner) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if signed.len() < SIGNATURES {
            return Err(ErrorKind::Refused {
                reason: "this takes the signatures of two people who were appointed",
            }
            .into());
        }
        Ok(())
    }
}

impl Hold {
    /// What the hold is about. It is sealed in the archive, since it may name people.
    pub(crate) fn open_matter(&self, state: &State) -> Result<String, Error> {
        let context = matter_context(&state.archive, self.id);
        let matter = ehr_crypto::open(
            &matter_key(&state.keys)?,
            &context,
            &from_hex(&self.sealed_matter)?,
        )?;
        String::from_utf8(matter).map_err(|_| malformed())
    }
}

/// The text that places a hold.
pub(crate) fn hold_text(
    state: &State,
    id: u64,
    scope: HoldScope,
    matter: &str,
    recorded: &str,
) -> Result<String, Error> {
    if matter.trim().is_empty() || matter.len() > MAX_MATTER_LEN {
        return Err(ErrorKind::Refused {
            reason: "the matter of a hold has 1 to 2000 bytes",
        }
        .into());
    }
    let scope = match scope {
        HoldScope::Patient(patient) => format!("patient {}", token(&state.keys, patient)?),
        HoldScope::Archive => "archive".to_owned(),
    };
    let sealed = ehr_crypto::seal(
        &matter_key(&state.keys)?,
        &matter_context(&state.archive, id),
        matter.as_bytes(),
    )?;
    Ok(format!(
        "{}/hold\nhold {id}\nscope {scope}\nmatter {}\nrecorded {recorded}\n",
        state.archive.signer(),
        to_hex(&sealed)
    ))
}

/// The text that appoints somebody.
pub(crate) fn appoint_text(archive: &ArchiveId, key: &VerifyingKey, recorded: &str) -> String {
    format!(
        "{}/appoint\nkey {key}\nrecorded {recorded}\n",
        archive.signer()
    )
}

/// One note with the signatures of several notes over the same text.
pub(crate) fn join(own: &str, text: &str, others: &[&str]) -> Result<String, Error> {
    let mut joined = own.to_owned();
    for other in others {
        let signatures = other
            .strip_prefix(text)
            .and_then(|rest| rest.strip_prefix('\n'));
        joined.push_str(signatures.ok_or(ErrorKind::Refused {
            reason: "a signature is for another text",
        })?);
    }
    Ok(joined)
}

/// Names a patient in the holds without saying who it is.
fn token(keys: &Keys, patient: Uuid) -> Result<String, Error> {
    let key: DataKey = keys.lasting(b"ehr-archive patients in holds")?;
    let digest = Digest::keyed(DigestAlgorithm::Sha256, &key, &[patient.as_bytes()]);
    Ok(digest.to_string()[..32].to_owned())
}

fn matter_key(keys: &Keys) -> Result<DataKey, Error> {
    keys.lasting(b"ehr-archive matters of holds")
}

fn matter_context(archive: &ArchiveId, id: u64) -> Vec<u8> {
    archive.context(format_args!("hold {id}"))
}

fn malformed() -> Error {
    ErrorKind::Malformed {
        what: "the log of holds",
    }
    .into()
}

impl std::fmt::Debug for Hold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hold")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
