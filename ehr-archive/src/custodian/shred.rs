//! Erasing: a new keyring without some keys, under a new epoch key, and then the old epoch key is destroyed.

use std::collections::BTreeSet;

use ehr_crypto::epoch::{DestructionReceipt, EpochStore};

use super::Custodian;
use super::certificate::{self, Certificate};
use crate::Error;
use crate::ErrorKind;
use crate::audit_event::{Access, ChangeKind};
use crate::epoch_files::{Erasure, erase};
use crate::keys::{Role, copy, missing};

/// What is to be erased, and on what ground.
#[derive(Clone, Copy, Debug)]
pub struct ShredRequest<'a> {
    ordinals: &'a [u64],
    keep_index: bool,
    order: Option<&'a str>,
}

impl<'a> ShredRequest<'a> {
    /// Erases entries whose retention has run out.
    pub fn expired(ordinals: &'a [u64]) -> Self {
        ShredRequest {
            ordinals,
            keep_index: false,
            order: None,
        }
    }

    /// Erases entries whatever the retention rules say, by the order of somebody who may give it. Holds still forbid it. The
    /// order stands in the certificate, in clear: it must not name a patient.
    pub fn against_retention(ordinals: &'a [u64], order: &'a str) -> Self {
        ShredRequest {
            order: Some(order),
            ..Self::expired(ordinals)
        }
    }

    /// Keeps names, numbers and dates of birth in the catalogue: an index may have to outlive its chart.
    #[must_use]
    pub fn keep_index(self) -> Self {
        ShredRequest {
            keep_index: true,
            ..self
        }
    }
}

impl Custodian {
    /// Erases entries. Afterwards nobody can open them: not with this archive, nor with any older copy of its folder together
    /// with all keys that are left. The certificate says on what conditions.
    ///
    /// `store` is the archive's; an archive that had none has this one from now on.
    pub fn shred(
        &mut self,
        request: &ShredRequest<'_>,
        store: &mut dyn EpochStore,
        access: &Access<'_>,
    ) -> Result<Certificate, Error> {
        self.refuse_during_accession()?;
        for role in [Role::Catalogue, Role::Epoch, Role::Signing] {
            if !self.reader.has_role(role) {
                return Err(missing(role));
            }
        }
        let ordinals: BTreeSet<u64> = request.ordinals.iter().copied().collect();
        if ordinals.is_empty() {
            return Err(ErrorKind::Refused {
                reason: "there is nothing to erase",
            }
            .into());
        }
        let is_line = |order: &str| {
            (1..=500).contains(&order.trim().len()) && !order.contains(char::is_control)
        };
        if request.order.is_some_and(|order| !is_line(order)) {
            return Err(ErrorKind::Refused {
                reason: "an order is one line of 1 to 500 bytes",
            }
            .into());
        }
        let list: Vec<u64> = ordinals.iter().copied().collect();
        self.check_may_be_erased(&list, request.order.is_none(), access)?;
        if self.reader.state.slots.erasure.is_some() {
            // The certificate of an earlier shred comes first.
            self.finish_shred(store, access)?;
        }
        let had_store = self.reader.state.slots.store.is_some();
        let mut slots = self.reader.state.slots.clone();
        slots.renew(
            self.reader.state.keys.slot_keys(),
            slots.next_epoch(),
            store,
        )?;
        slots.begin_erasure(had_store, request.order);
        let slot_keys = self
            .reader
            .state
            .keys
            .slot_keys()
            .iter()
            .map(|(role, key)| (*role, copy(key)))
            .collect();
        let keys = slots.keys_of(slot_keys, Some(&*store))?;
        let json = slots.to_json()?;
        self.change(ChangeKind::Shred, &list, access, |state, change| {
            let erasure = Erasure {
                ordinals: &ordinals,
                change: change.number(),
                keep_index: request.keep_index,
            };
            let files = erase(state, &keys, change.generation(), &erasure)?;
            change.set_generation(files);
            change.write("slots", "json", &json)
        })?;
        (self.reader.state.slots, self.reader.state.keys) = (slots, keys);
        self.finish_shred(store, access)
    }

    /// The epochs whose keys are still to be destroyed, because a shred was interrupted after its entries were gone from the
    /// keyring: until then, old copies of the archive still open them.
    pub fn unfinished_shred(&self) -> &[u32] {
        &self.reader.state.slots.retiring
    }

    /// Does the last step of a shred that was interrupted: destroys the old epoch's key, and certifies.
    pub fn finish_shred(
        &mut self,
        store: &mut dyn EpochStore,
        access: &Access<'_>,
    ) -> Result<Certificate, Error> {
        let Some(begun) = self.reader.state.slots.erasure.clone() else {
            return Err(ErrorKind::Refused {
                reason: "no shred was begun",
            }
            .into());
        };
        let mut slots = self.reader.state.slots.clone();
        let receipts: Vec<DestructionReceipt> = std::mem::take(&mut slots.retiring)
            .into_iter()
            .map(|epoch| store.destroy(epoch))
            .collect::<Result<_, _>>()?;
        slots.erasure = None;
        let (text, lines) = certificate::write(&self.reader.state, &begun, &receipts, access)?;
        let json = slots.to_json()?;
        self.change(ChangeKind::Shred, &[], access, |_, change| {
            change.write("slots", "json", &json)?;
            change.write(certificate::STEM, certificate::SUFFIX, lines.as_bytes())
        })?;
        self.reader.state.slots = slots;
        Ok(text)
    }

    /// The certificates of all erasures.
    pub fn certificates(&self) -> Result<Vec<Certificate>, Error> {
        certificate::read(&self.reader.state)
    }
}
