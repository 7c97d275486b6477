//! Keys that can be destroyed: the joint for erasure.
//!
//! Whoever seals data under an epoch's key and later destroys that key has erased every copy of the data at once,
//! backups included, as far as the store's promise goes. A store says with a [receipt](DestructionReceipt) what it did
//! and under which conditions that amounts to erasure. A key service promises most; the two stores of this module less:
//!
//! | store | destroys by | does not reach |
//! | --- | --- | --- |
//! | [`FileEpochStore`] | overwriting and removing a file | copies, snapshots, journals, worn flash cells |
//! | [`PaperEpochStore`] | asking a person to destroy a sheet | copies of the sheet, the person's word |
//! | a key service, such as AWS KMS or Vault | the service's own deletion | what the service documents |

mod file;
mod paper;
mod receipt;

pub use file::FileEpochStore;
pub use paper::{CodeHolder, PaperEpochStore};
pub use receipt::{DestructionMethod, DestructionReceipt};

use crate::{DataKey, Error};

/// Makes, gives out and destroys the key of each epoch.
///
/// An epoch has one key, once: `create` refuses an epoch that has or had one, and nothing brings a destroyed key back.
pub trait EpochStore {
    /// Makes the key of a new epoch; it is durable when this returns.
    fn create(&mut self, epoch: u32) -> Result<DataKey, Error>;

    /// The key of an epoch.
    fn get(&self, epoch: u32) -> Result<DataKey, Error>;

    /// Destroys the key of an epoch. After a crash in between the same call finishes the work; where the store keeps a
    /// record, a call for a destroyed epoch gives its receipt again.
    fn destroy(&mut self, epoch: u32) -> Result<DestructionReceipt, Error>;
}
