//! Rotation: the same key in a new slot.

use super::{Credential, Slot, first_opened};
use crate::{DataKey, Error};

/// Replaces the slot that `credential` opens by the one that `wrap` makes for the same key; all other slots stay.
///
/// This changes the lock and no data, whatever their amount. It does not take back what somebody has copied: an old
/// copy of the slots still opens for the old credential. After a leak, make a new key (an archive: a new epoch) instead.
///
/// ```
/// use ehr_crypto::{Credential, DataKey, Slot, slot};
///
/// let [data, old, new] = [DataKey::generate()?, DataKey::generate()?, DataKey::generate()?];
/// let slots = [Slot::for_key("office", &old, b"archive 7", &data)?];
/// let slots = slot::rewrap(&slots, Credential::Key(&old), b"archive 7", |key| {
///     Slot::for_key("office", &new, b"archive 7", key)
/// })?;
/// assert!(slot::open_any(&slots, Credential::Key(&new), b"archive 7").is_ok());
/// assert!(slot::open_any(&slots, Credential::Key(&old), b"archive 7").is_err());
/// # Ok::<(), ehr_crypto::Error>(())
/// ```
pub fn rewrap(
    slots: &[Slot],
    credential: Credential<'_>,
    context: &[u8],
    wrap: impl FnOnce(&DataKey) -> Result<Slot, Error>,
) -> Result<Vec<Slot>, Error> {
    let (place, key) = first_opened(slots, credential, context)?;
    let mut slots = slots.to_vec();
    slots[place] = wrap(&key)?;
    Ok(slots)
}
