//! What was sent to unlock with.

use ehr_crypto::slot::Share;
use ehr_crypto::{Credential, DataKey};
use examples::key_service::VaultTransit;
use zeroize::Zeroizing;

use crate::options::Options;
use crate::problem::Problem;

/// The secrets of a form, wiped when the request is over.
#[derive(Default)]
pub(super) struct Secrets {
    key_file: Zeroizing<String>,
    code: Zeroizing<String>,
    passphrase: Zeroizing<String>,
    shares: Vec<Zeroizing<String>>,
    vault_token: Zeroizing<String>,
}

/// One of them, read.
pub(super) enum Given {
    Key(DataKey),
    Passphrase(Zeroizing<String>),
    Shares(Vec<Share>),
    Vault(VaultTransit),
}

impl Secrets {
    /// Takes a field that is a secret, and gives back any other.
    pub(super) fn take(&mut self, name: &str, text: String) -> Option<String> {
        match name {
            "key-file" => self.key_file = text.into(),
            "code" => self.code = text.into(),
            "passphrase" => self.passphrase = text.into(),
            "share" if text.trim().is_empty() => {}
            "share" => self.shares.push(text.into()),
            "vault-token" => self.vault_token = text.into(),
            _ => return Some(text),
        }
        None
    }

    pub(super) fn given(&self, options: &Options) -> Result<Given, Problem> {
        const ONE: Problem = Problem::Input("Give one of them, and only one.");
        let token = self.vault_token.trim();
        let here = [
            !self.key_file.trim().is_empty(),
            !self.code.trim().is_empty(),
            !self.passphrase.is_empty(),
            !self.shares.is_empty(),
            !token.is_empty(),
        ];
        if here.iter().filter(|is_here| **is_here).count() != 1 {
            return Err(ONE);
        }
        match here {
            [true, ..] => key(&self.key_file, true),
            [_, true, ..] => key(&self.code, false),
            [_, _, true, ..] => Ok(Given::Passphrase(self.passphrase.clone())),
            [_, _, _, true, _] => {
                let shares = self.shares.iter().map(|code| Share::from_code(code));
                let shares = shares.collect::<Result<_, _>>().map_err(Problem::Code)?;
                Ok(Given::Shares(shares))
            }
            _ => {
                let vault = options.vault(token.to_owned())?;
                Ok(Given::Vault(vault.ok_or(ONE)?))
            }
        }
    }
}

impl Given {
    pub(super) fn credential(&self) -> Credential<'_> {
        match self {
            Given::Key(key) => Credential::Key(key),
            Given::Passphrase(passphrase) => Credential::Passphrase(passphrase),
            Given::Shares(shares) => Credential::Shares(shares),
            Given::Vault(vault) => Credential::Service(vault),
        }
    }
}

/// The key of a recovery code, or of a file that holds one beside its comment lines.
fn key(text: &str, is_file: bool) -> Result<Given, Problem> {
    let mut lines = text
        .trim()
        .lines()
        .map(str::trim)
        .filter(|line| !is_file || !line.is_empty() && !line.starts_with('#'));
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return Err(Problem::Input(
            "A key file holds one recovery code beside its comment lines.",
        ));
    };
    DataKey::from_recovery_code(line)
        .map(Given::Key)
        .map_err(Problem::Code)
}
