//! Who holds which slots.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ehr_crypto::{Credential, DataKey, Slot};

use super::SlotsFile;
use crate::current::Current;
use crate::files::Folder;
use crate::keys::{Keys, Role, missing};
use crate::state::{check_is_archive, slots_path};
use crate::{Error, ErrorKind};

/// A slot of each holder, by which a program can tell what to ask for: with a key, a passphrase, so many shares, a key
/// service.
///
/// Nothing is unlocked and nothing is checked: whoever can write to the archive can make it ask for something else.
pub fn slots(path: &Path) -> Result<Vec<Slot>, Error> {
    let folder = Folder::new(path);
    check_is_archive(&folder)?;
    let file = SlotsFile::read(&folder, &slots_path(&Current::read_unverified(&folder)?)?)?;
    // Every holder has this role.
    let mut roles = file.roles;
    Ok(roles.remove(Role::Log.as_str()).unwrap_or_default())
}

/// A role, the context of its slots, and its key.
type Grantable<'k> = (Role, Vec<u8>, &'k DataKey);

impl SlotsFile {
    /// Adds slots for a holder. Whoever grants a role must have it.
    pub(crate) fn grant(
        &mut self,
        keys: &Keys,
        label: &str,
        lock: Credential<'_>,
        roles: &[Role],
    ) -> Result<(), Error> {
        let mut granted = Vec::new();
        for (role, context, key) in self.grantable(keys, label, roles)? {
            let slot = match lock {
                Credential::Key(lock) => Slot::for_key(label, lock, &context, key)?,
                Credential::Passphrase(passphrase) => {
                    Slot::for_passphrase(label, passphrase, &context, key)?
                }
                Credential::Service(service) => Slot::for_service(label, service, &context, key)?,
                _ => {
                    return Err(ErrorKind::Refused {
                        reason: "a holder is granted a role by a key, a passphrase or a key service; shares are dealt",
                    }
                    .into());
                }
            };
            granted.push((role, slot));
        }
        self.add(granted);
        Ok(())
    }

    /// Adds slots that several people open together, and gives back the share of each.
    #[cfg(feature = "shamir")]
    pub(crate) fn deal(
        &mut self,
        keys: &Keys,
        label: &str,
        (needed, count): (u8, u8),
        roles: &[Role],
    ) -> Result<Vec<ehr_crypto::slot::Share>, Error> {
        let grantable = self.grantable(keys, label, roles)?;
        let wrapped: Vec<(&[u8], &DataKey)> = grantable
            .iter()
            .map(|(_, context, key)| (context.as_slice(), *key))
            .collect();
        let (slots, shares) = Slot::for_shares_of_all(label, (needed, count), &wrapped)?;
        let roles = grantable.iter().map(|(role, ..)| *role);
        self.add(roles.zip(slots).collect());
        Ok(shares)
    }

    /// The key of each role with its context, if somebody of this label may be granted them.
    fn grantable<'k>(
        &self,
        keys: &'k Keys,
        label: &str,
        roles: &[Role],
    ) -> Result<Vec<Grantable<'k>>, Error> {
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
        let with_key = |&role: &Role| {
            let key = keys.slot_keys.get(&role).ok_or_else(|| missing(role))?;
            Ok((role, self.context(role), key))
        };
        roles.iter().map(with_key).collect()
    }

    fn add(&mut self, granted: Vec<(Role, Slot)>) {
        for (role, slot) in granted {
            self.roles
                .entry(role.as_str().to_owned())
                .or_default()
                .push(slot);
        }
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
