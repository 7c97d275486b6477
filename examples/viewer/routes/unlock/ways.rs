//! What the form asks for.

use ehr_crypto::slot::SlotKind;

use crate::options::Options;

/// The ways in which somebody can open this archive here. It is read anew for every form: slots come and go.
#[derive(Default)]
pub(crate) struct Ways {
    pub(crate) has_key: bool,
    pub(crate) has_passphrase: bool,
    /// How many people open it together; none if there are no such slots.
    pub(crate) shares: Vec<usize>,
    /// The key of Vault's Transit engine that this server was told of.
    pub(crate) vault: Option<String>,
}

impl Ways {
    /// By the slots of the archive. If they cannot be read, the form asks for a key, and opening says what is wrong.
    pub(crate) fn of(options: &Options) -> Self {
        let mut ways = Ways::default();
        for slot in ehr_archive::slots(&options.archive).unwrap_or_default() {
            match slot.kind() {
                SlotKind::Key => ways.has_key = true,
                SlotKind::Passphrase => ways.has_passphrase = true,
                SlotKind::Shares { needed } => {
                    let most = usize::from(needed).max(ways.shares.len());
                    ways.shares = (1..=most).collect();
                }
                SlotKind::Service { key, .. } if options.vault_key.as_deref() == Some(key) => {
                    ways.vault = Some(key.to_owned());
                }
                _ => {}
            }
        }
        let none = !ways.has_passphrase && ways.shares.is_empty() && ways.vault.is_none();
        ways.has_key |= none;
        ways
    }
}
