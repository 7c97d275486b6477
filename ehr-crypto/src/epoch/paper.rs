//! Keys that stand on sheets of paper only.

use zeroize::Zeroizing;

use super::{DestructionMethod, DestructionReceipt, EpochStore};
use crate::{DataKey, Error};

/// Keeps no key at all: a person does, as a recovery code.
///
/// It knows of no epoch's past either. Number epochs in ascending order and never twice.
#[derive(Debug)]
pub struct PaperEpochStore<H> {
    holder: H,
}

/// The conversation with the person who keeps recovery codes.
pub trait CodeHolder {
    /// Prints the code of an epoch, once; returns when the person has it safely. An error means that it has not been
    /// kept, and the epoch is not begun.
    fn keep(&mut self, epoch: u32, code: &str) -> Result<(), Error>;

    /// Asks for the code of an epoch; `None` if there is none to be had.
    fn ask(&self, epoch: u32) -> Option<Zeroizing<String>>;

    /// Asks the person to destroy the sheet; the answer is who says that this was done, or `None`.
    fn attest_destroyed(&mut self, epoch: u32) -> Option<String>;
}

impl<H: CodeHolder> PaperEpochStore<H> {
    /// A store that talks to `holder`.
    pub fn new(holder: H) -> Self {
        PaperEpochStore { holder }
    }
}

impl<H: CodeHolder> EpochStore for PaperEpochStore<H> {
    fn create(&mut self, epoch: u32) -> Result<DataKey, Error> {
        let key = DataKey::generate()?;
        self.holder.keep(epoch, &key.expose_recovery_code())?;
        Ok(key)
    }

    fn get(&self, epoch: u32) -> Result<DataKey, Error> {
        let code = self
            .holder
            .ask(epoch)
            .ok_or(Error::EpochUnknown { epoch })?;
        DataKey::from_recovery_code(&code)
    }

    fn destroy(&mut self, epoch: u32) -> Result<DestructionReceipt, Error> {
        let by = self
            .holder
            .attest_destroyed(epoch)
            .filter(|by| !by.trim().is_empty())
            .ok_or(Error::NotAttested { epoch })?;
        Ok(DestructionReceipt {
            epoch,
            fingerprint: None,
            method: DestructionMethod::Attested { by },
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Default)]
    struct Drawer {
        sheets: BTreeMap<u32, String>,
        signs: bool,
    }

    impl CodeHolder for Drawer {
        fn keep(&mut self, epoch: u32, code: &str) -> Result<(), Error> {
            self.sheets.insert(epoch, code.to_owned());
            Ok(())
        }

        fn ask(&self, epoch: u32) -> Option<Zeroizing<String>> {
            self.sheets.get(&epoch).cloned().map(Zeroizing::new)
        }

        fn attest_destroyed(&mut self, epoch: u32) -> Option<String> {
            self.signs.then(|| {
                self.sheets.remove(&epoch);
                "the records clerk".to_owned()
            })
        }
    }

    #[test]
    fn a_person_keeps_gives_and_destroys() {
        let mut store = PaperEpochStore::new(Drawer::default());
        let key = store.create(1).unwrap();
        assert_eq!(store.get(1).unwrap().expose_bytes(), key.expose_bytes());
        assert!(matches!(
            store.destroy(1),
            Err(Error::NotAttested { epoch: 1 })
        ));
        store.holder.signs = true;
        let receipt = store.destroy(1).unwrap();
        let by = "the records clerk".to_owned();
        assert_eq!(receipt.method, DestructionMethod::Attested { by });
        assert!(matches!(
            store.get(1),
            Err(Error::EpochUnknown { epoch: 1 })
        ));
    }
}
