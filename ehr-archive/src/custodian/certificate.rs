//! The certificate of an erasure: a signed statement of what was erased, how, and on what conditions nobody can open it.

use std::fmt::Write;

use ehr_crypto::epoch::DestructionReceipt;

use crate::audit_event::Access;
use crate::catalogue::{BY_ORDINAL, Person};
use crate::error::Located;
use crate::keys::BegunErasure;
use crate::state::State;
use crate::{Error, ErrorKind, ranges};

pub(super) const STEM: &str = "certificates";
pub(super) const SUFFIX: &str = "log";

/// What remains of an epoch that had no store, and what no archive can reach.
const NO_STORE: &str = "the archive had no store before this erasure: every key that opened it until now is destroyed, or no \
                        copy of its state from before exists";
const COPIES: &str =
    "no release, export or print of the erased entries counts: they are not part of the archive";
const MEMORY: &str = "no program that had the archive open before is still running";

/// A certificate: a C2SP signed note that anyone with the archive's verifying key can check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    note: String,
    ordinals: Vec<u64>,
}

impl Certificate {
    /// The signed note.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The entries that were erased.
    pub fn ordinals(&self) -> &[u64] {
        &self.ordinals
    }

    /// The conditions under which nobody can open the erased entries any more.
    pub fn conditions(&self) -> impl Iterator<Item = &str> {
        self.note
            .lines()
            .filter_map(|line| line.strip_prefix("condition "))
    }

    fn of_note(note: String) -> Result<Self, Error> {
        let entries = note.lines().find_map(|line| line.strip_prefix("entries "));
        let ordinals = entries.and_then(ranges::of_text).ok_or_else(malformed)?;
        Ok(Certificate { note, ordinals })
    }
}

/// The certificate, and the log of all certificates with it.
pub(super) fn write(
    state: &State,
    begun: &BegunErasure,
    receipts: &[DestructionReceipt],
    access: &Access<'_>,
) -> Result<(Certificate, String), Error> {
    let mut certificates = read(state)?;
    let certified: std::collections::BTreeSet<u64> = certificates
        .iter()
        .flat_map(|certificate| certificate.ordinals.clone())
        .collect();
    let (mut ordinals, mut kept) = (Vec::new(), 0);
    for line in state.lines(BY_ORDINAL)? {
        let (ordinal, person) = Person::of_line(&line?).in_file(state.file(BY_ORDINAL))?;
        if person.erased.is_some() && !certified.contains(&ordinal) {
            ordinals.push(ordinal);
            kept += usize::from(person.patient_id.is_some());
        }
    }
    let mut text = format!(
        "{}/certificate\nrecorded {}\n",
        state.archive.signer(),
        access.recorded
    );
    let _ = writeln!(text, "entries {}", ranges::to_text(&ordinals));
    let _ = writeln!(text, "index {}", if kept > 0 { "kept" } else { "erased" });
    match &begun.order {
        Some(order) => drop(writeln!(text, "order {order}")),
        None => text.push_str("ground retention has run out\n"),
    }
    let _ = writeln!(text, "state {}", state.current.change);
    for receipt in receipts {
        let fingerprint = receipt
            .fingerprint
            .map_or_else(|| "unknown".to_owned(), |digest| digest.to_string());
        let method = serde_json::to_string(&receipt.method).map_err(|_| malformed())?;
        let _ = writeln!(
            text,
            "destroyed epoch {} fingerprint {fingerprint} {method}",
            receipt.epoch
        );
    }
    let mut conditions: Vec<&str> = receipts
        .iter()
        .flat_map(|receipt| receipt.method.conditions())
        .copied()
        .collect();
    conditions.extend((!begun.had_store).then_some(NO_STORE));
    conditions.extend([MEMORY, COPIES]);
    conditions.sort_unstable();
    conditions.dedup();
    for condition in conditions {
        let _ = writeln!(text, "condition {condition}");
    }
    let certificate = Certificate {
        note: state.keys.signing()?.sign(&text)?,
        ordinals,
    };
    certificates.push(certificate.clone());
    let lines: Result<Vec<String>, _> = certificates
        .iter()
        .map(|certificate| serde_json::to_string(&certificate.note))
        .collect();
    let lines = lines.map_err(|_| malformed())?;
    Ok((
        certificate,
        lines.iter().map(|line| format!("{line}\n")).collect(),
    ))
}

/// Reads all certificates and verifies their signatures.
pub(super) fn read(state: &State) -> Result<Vec<Certificate>, Error> {
    let Some(bytes) = state.small_file(STEM)? else {
        return Ok(Vec::new());
    };
    let path = state
        .current
        .small_file(STEM)
        .map(|(_, path)| path.clone())
        .unwrap_or_default();
    let read = |line: &str| -> Result<Certificate, Error> {
        let note: String = serde_json::from_str(line).map_err(|_| malformed())?;
        state.keys.verifying_key().verify(&note)?;
        Certificate::of_note(note)
    };
    let text = String::from_utf8(bytes)
        .map_err(|_| malformed())
        .in_file(&path)?;
    text.lines()
        .map(read)
        .collect::<Result<_, _>>()
        .in_file(&path)
}

fn malformed() -> Error {
    ErrorKind::Malformed {
        what: "a certificate",
    }
    .into()
}
