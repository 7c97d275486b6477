//! Who holds which roles: slots are given out, taken back and replaced; no key changes.

use std::collections::{BTreeMap, BTreeSet};

use ehr_crypto::{Credential, Slot};

use super::SlotsFile;
use crate::keys::{Keys, Role, missing};
use crate::{Error, ErrorKind};

impl SlotsFile {
    /// Adds slots for a holder. Whoever grants a role must have it.
    pub(crate) fn grant(
        &mut self,
        keys: &Keys,
        label: &str,
        lock: Credential<'_>,
        roles: &[Role],
    ) -> Result<(), Error> {
        if label.is_empty() || label.len() > 200 || label.contains(char::is_control) {
            return Err(ErrorKind::Refused {
                reason: "a holder's label is one line of at most 200 bytes",
            }
            .into());
        }
        if !roles.contains(&Role::Log) {
            return Err(ErrorKind::Refused {
                reason: "a holder without the log's key can do nothing",
            }
            .into());
        }
        if self.labels().contains(label) {
            return Err(ErrorKind::Refused {
                reason: "there is a holder of this label",
            }
            .into());
        }
        let mut granted = Vec::new();
        for &role in roles {
            let key = keys.slot_keys.get(&role).ok_or_else(|| missing(role))?;
            let context = self.context(role);
            let slot = match lock {
                Credential::Key(lock) => Slot::for_key(label, lock, &context, key)?,
                Credential::Passphrase(passphrase) => {
                    Slot::for_passphrase(label, passphrase, &context, key)?
                }
                _ => {
                    return Err(ErrorKind::Refused {
                        reason: "a holder is granted a role by a key or a passphrase",
                    }
                    .into());
                }
            };
            granted.push((role, slot));
        }
        for (role, slot) in granted {
            self.roles
                .entry(role.as_str().to_owned())
                .or_default()
                .push(slot);
        }
        Ok(())
    }

    /// Removes the slots of a holder.
    pub(crate) fn revoke(&mut self, label: &str) -> Result<(), Error> {
        if !self.labels().contains(label) {
            return Err(ErrorKind::Refused {
                reason: "there is no holder of this label",
            }
            .into());
        }
        for slots in self.roles.values_mut() {
            slots.retain(|slot| slot.label() != label);
            if slots.is_empty() {
                return Err(ErrorKind::Refused {
                    reason: "nobody would be left with one of the roles",
                }
                .into());
            }
        }
        Ok(())
    }

    /// Gives a holder other slots for the same roles.
    pub(crate) fn replace(
        &mut self,
        keys: &Keys,
        label: &str,
        lock: Credential<'_>,
    ) -> Result<(), Error> {
        let roles = self.holders().remove(label).unwrap_or_default();
        let mut changed = self.clone();
        for slots in changed.roles.values_mut() {
            slots.retain(|slot| slot.label() != label);
        }
        changed.grant(keys, label, lock, &roles)?;
        *self = changed;
        Ok(())
    }

    /// The holders with their roles.
    pub(crate) fn holders(&self) -> BTreeMap<String, Vec<Role>> {
        let mut holders: BTreeMap<String, Vec<Role>> = BTreeMap::new();
        for role in Role::ALL {
            for slot in self.roles.get(role.as_str()).into_iter().flatten() {
                holders
                    .entry(slot.label().to_owned())
                    .or_default()
                    .push(role);
            }
        }
        holders
    }

    fn labels(&self) -> BTreeSet<String> {
        self.holders().into_keys().collect()
    }
}
