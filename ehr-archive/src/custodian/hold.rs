//! Placing and lifting holds.

use ehr_crypto::VerifyingKey;

use super::Custodian;
use crate::audit_event::{Access, ChangeKind};
use crate::holds::{self, Hold, HoldScope, Holds, STEM, SUFFIX};
use crate::state::{State, StateChange};
use crate::{Error, ErrorKind};

impl Custodian {
    /// The holds in force.
    pub fn holds(&self) -> Result<Vec<Hold>, Error> {
        Ok(Holds::read(&self.reader.state)?
            .active
            .into_values()
            .collect())
    }

    /// What a hold is about, in the words with which it was placed.
    pub fn expose_matter(&self, hold: &Hold) -> Result<String, Error> {
        hold.open_matter(&self.reader.state)
    }

    /// The people who can lift holds, by the names of their keys.
    pub fn signatories(&self) -> Result<Vec<String>, Error> {
        let holds = Holds::read(&self.reader.state)?;
        Ok(holds
            .signatories
            .iter()
            .map(|key| key.name().to_owned())
            .collect())
    }

    /// What two people who are appointed already sign to appoint a third.
    pub fn appoint_text(&self, key: &VerifyingKey, recorded: &str) -> String {
        holds::appoint_text(&self.reader.state.archive, key, recorded)
    }

    /// Appoints somebody who can lift holds together with another. Appoint at least three: when one of two loses the key, no
    /// hold can ever be lifted.
    ///
    /// `consents` are signed notes over [`appoint_text`](Self::appoint_text) with the time of `access`; the first two
    /// appointments need none.
    pub fn appoint(
        &mut self,
        key: &VerifyingKey,
        consents: &[&str],
        access: &Access<'_>,
    ) -> Result<(), Error> {
        let text = self.appoint_text(key, access.recorded);
        self.append(ChangeKind::Appoint, &text, consents, access)
    }

    /// Forbids erasing until two people lift it. `matter` says what it is about; it is kept encrypted.
    pub fn place_hold(
        &mut self,
        scope: HoldScope,
        matter: &str,
        access: &Access<'_>,
    ) -> Result<u64, Error> {
        let state = &self.reader.state;
        let id = Holds::read(state)?.next_id();
        let text = holds::hold_text(state, id, scope, matter, access.recorded)?;
        self.append(ChangeKind::Hold, &text, &[], access)?;
        Ok(id)
    }

    /// What two people sign to lift a hold, as of a time that [`lift_hold`](Self::lift_hold) is then given too. Each signs it
    /// with their own key: [`SigningKey::sign`](ehr_crypto::SigningKey::sign).
    pub fn lift_text(&self, hold: u64, recorded: &str) -> Result<String, Error> {
        Holds::read(&self.reader.state)?.lift_text(&self.reader.state.archive, hold, recorded)
    }

    /// Lifts a hold by the signed notes of two people who were appointed, over [`lift_text`](Self::lift_text).
    pub fn lift_hold(
        &mut self,
        hold: u64,
        signed: &[&str],
        recorded: &str,
        access: &Access<'_>,
    ) -> Result<(), Error> {
        let text = self.lift_text(hold, recorded)?;
        self.append(ChangeKind::Lift, &text, signed, access)
    }

    fn append(
        &mut self,
        kind: ChangeKind,
        text: &str,
        others: &[&str],
        access: &Access<'_>,
    ) -> Result<(), Error> {
        let state = &self.reader.state;
        let own = state.keys.signing()?.sign(text)?;
        let note = holds::join(&own, text, others)?;
        let mut holds = Holds::read(state)?;
        // What would not be accepted on reading is not written.
        holds.apply(&note, &state.archive, state.keys.verifying_key())?;
        let line = serde_json::to_string(&note).map_err(|_| {
            Error::from(ErrorKind::Malformed {
                what: "the log of holds",
            })
        })?;
        holds.lines.push(line);
        let content: String = holds.lines.iter().map(|line| format!("{line}\n")).collect();
        self.change(
            kind,
            &[],
            access,
            |_: &State, change: &mut StateChange<'_>| {
                change.write(STEM, SUFFIX, content.as_bytes())
            },
        )
    }
}
