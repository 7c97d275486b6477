//! Who has which key of the archive.

use std::collections::BTreeMap;

use ehr_crypto::Credential;

use super::Custodian;
use crate::Error;
use crate::audit_event::{Access, ChangeKind};
use crate::keys::{Role, SlotsFile};

impl Custodian {
    /// The holders by their labels, with their roles.
    pub fn holders(&self) -> BTreeMap<String, Vec<Role>> {
        self.reader.state.slots.holders()
    }

    /// Gives somebody roles, as far as the key that opened the archive has them. Every holder needs [`Role::Log`].
    pub fn grant(
        &mut self,
        label: &str,
        credential: Credential<'_>,
        roles: &[Role],
        access: &Access<'_>,
    ) -> Result<(), Error> {
        let mut slots = self.reader.state.slots.clone();
        slots.grant(&self.reader.state.keys, label, credential, roles)?;
        self.replace_slots(slots, access)
    }

    /// Gives roles to `count` people together, any `needed` of whom open the archive with them, and gives back the share of
    /// each: print it with [`Share::expose_code`](ehr_crypto::slot::Share::expose_code), hand it over, and forget it here.
    #[cfg(feature = "shamir")]
    pub fn grant_shares(
        &mut self,
        label: &str,
        (needed, count): (u8, u8),
        roles: &[Role],
        access: &Access<'_>,
    ) -> Result<Vec<ehr_crypto::slot::Share>, Error> {
        let mut slots = self.reader.state.slots.clone();
        let shares = slots.deal(&self.reader.state.keys, label, (needed, count), roles)?;
        self.replace_slots(slots, access)?;
        Ok(shares)
    }

    /// Takes somebody's roles away. Who has a copy of an older state can still open that: where that matters, a
    /// [shred](Self::shred) begins a new epoch, whose key is in the store alone.
    pub fn revoke(&mut self, label: &str, access: &Access<'_>) -> Result<(), Error> {
        let mut slots = self.reader.state.slots.clone();
        slots.revoke(label)?;
        self.replace_slots(slots, access)
    }

    /// Gives a holder another credential for the same roles. No object, no catalogue and no key of an entry is touched.
    pub fn rotate(
        &mut self,
        label: &str,
        credential: Credential<'_>,
        access: &Access<'_>,
    ) -> Result<(), Error> {
        let mut slots = self.reader.state.slots.clone();
        slots.replace(&self.reader.state.keys, label, credential)?;
        self.replace_slots(slots, access)
    }

    fn replace_slots(&mut self, slots: SlotsFile, access: &Access<'_>) -> Result<(), Error> {
        let json = slots.to_json()?;
        self.change(ChangeKind::ReKey, &[], access, |_, change| {
            change.write("slots", "json", &json)
        })?;
        self.reader.state.slots = slots;
        Ok(())
    }
}
