//! What the access log says of one access: a FHIR R4 AuditEvent in the shape of IHE's Basic Audit Log Patterns (who, when,
//! why, whose data, which data).

mod agents;
mod codes;
mod entities;

use ehr_crypto::Digest;
use serde_json::json;
use uuid::Uuid;

use crate::{Error, ErrorKind, names};

use codes::{PROFILE, REASON, coding};
pub(crate) use entities::change_done;

const SOFTWARE: &str = concat!("ehr-archive ", env!("CARGO_PKG_VERSION"));

/// An entry of the log holds at most 64 KiB; who and what is asked must leave room for the rest.
const MAX_TEXT_LEN: usize = 2000;

/// Who accesses the archive, when and why. The access log keeps it; nothing is read without it.
#[derive(Clone, Debug)]
pub struct Access<'a> {
    /// The user's id in the organization, such as a login name.
    pub agent: &'a str,
    /// Point in time, as `2026-01-31T09:30:00-05:00`.
    pub recorded: &'a str,
    /// Why.
    pub purpose: Purpose,
}

/// Why somebody accesses a chart, as HL7's ActReason codes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// Treatment of the patient (`TREAT`).
    Treatment,
    /// Payment (`HPAYMT`).
    Payment,
    /// Operation of the practice, such as verifying a migration (`HOPERAT`).
    Operations,
    /// The patient asked for the record (`PATRQT`).
    PatientRequest,
    /// A legal proceeding (`HLEGAL`).
    Legal,
    /// An emergency that breaks the glass (`BTG`).
    BreakGlass,
}

/// What happened.
pub(crate) enum Event<'a> {
    /// The archive was opened.
    Open,
    /// Somebody opened the archive in an emergency, for this reason.
    BreakGlass { reason: &'a str },
    /// Somebody tried to open the archive with a wrong key, so often.
    FailedUnlock { attempts: u64 },
    /// Somebody searched: with what words.
    Search { query: &'a str },
    /// The key of an entry was released.
    Read { patient: Option<Uuid>, ordinal: u64 },
    /// The access log itself was read.
    ReadLog,
    /// Everything was written out in clear.
    Export,
    /// The archive was verified with its key.
    Verify,
    /// A patient's data goes to somebody.
    Disclosure(Disclosure<'a>),
    /// The archive's state is about to be changed, or was.
    Change(Change<'a>),
}

/// A release of information.
pub(crate) struct Disclosure<'a> {
    pub(crate) patient: Uuid,
    pub(crate) ordinals: &'a [u64],
    pub(crate) recipient: &'a str,
    pub(crate) authorized_by: Option<&'a str>,
    /// Digest of the manifest of what is released.
    pub(crate) manifest: Digest,
}

/// A change of the archive's state.
pub(crate) struct Change<'a> {
    pub(crate) kind: ChangeKind,
    /// The number that the state has after it.
    pub(crate) number: u64,
    /// Whether it is done; before, it is announced.
    pub(crate) done: bool,
    pub(crate) ordinals: &'a [u64],
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ChangeKind {
    Hold,
    Lift,
    Appoint,
    Rules,
    Shred,
    Purge,
    ReKey,
    Accession,
    /// A change that was in force and not confirmed: a crash came between.
    Confirmation,
}

impl ChangeKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Hold => "hold",
            ChangeKind::Lift => "lift",
            ChangeKind::Appoint => "appoint",
            ChangeKind::Rules => "rules",
            ChangeKind::Shred => "shred",
            ChangeKind::Purge => "purge",
            ChangeKind::ReKey => "re-key",
            ChangeKind::Accession => "accession",
            ChangeKind::Confirmation => "confirmation",
        }
    }
}

impl Event<'_> {
    /// The event as FHIR JSON.
    pub(crate) fn to_json(&self, access: &Access<'_>, archive: &str) -> Result<Vec<u8>, Error> {
        names::check_instant(access.recorded)?;
        let is_text = |text: &str| (1..=MAX_TEXT_LEN).contains(&text.len());
        let texts = match self {
            Event::Search { query } => vec![*query],
            Event::BreakGlass { reason } => vec![*reason],
            Event::Disclosure(disclosure) => [Some(disclosure.recipient), disclosure.authorized_by]
                .into_iter()
                .flatten()
                .collect(),
            _ => vec![],
        };
        if !texts.into_iter().chain([access.agent]).all(is_text) {
            return Err(ErrorKind::Refused {
                reason: "agent, query, reason and recipient have 1 to 2000 bytes",
            }
            .into());
        }
        let (kind, subtype, action) = self.codes();
        let mut event = json!({
            "resourceType": "AuditEvent",
            "type": kind,
            "subtype": [subtype],
            "action": action,
            "recorded": access.recorded,
            "outcome": if matches!(self, Event::FailedUnlock { .. }) { "4" } else { "0" },
            "purposeOfEvent": [{"coding": [coding(REASON, access.purpose.code())]}],
            "agent": self.agents(access, archive),
            "source": {"observer": {"display": SOFTWARE}, "site": archive},
        });
        if let Some(profile) = self.profile() {
            event["meta"] = json!({"profile": [format!("{PROFILE}.{profile}")]});
        }
        let entities = self.entities();
        if !entities.is_empty() {
            event["entity"] = entities.into();
        }
        serde_json::to_vec(&event).map_err(|_| {
            ErrorKind::Malformed {
                what: "an audit event",
            }
            .into()
        })
    }
}

#[cfg(test)]
mod tests;
