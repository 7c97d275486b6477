//! Who may open the archive, with what.

use std::fs;

use ehr_archive::custodian::Custodian;
use ehr_crypto::{Credential, DataKey, key};
use examples::export::Failure;
use zeroize::Zeroizing;

use crate::options::{Grant, Session};

fn open(session: &Session) -> Result<Custodian, Failure> {
    let unlock = session.unlock()?;
    Ok(Custodian::open(
        &session.archive,
        unlock,
        &session.access(),
    )?)
}

pub(crate) fn list(session: &Session) -> Result<bool, Failure> {
    for slot in ehr_archive::slots(&session.archive)? {
        println!("{}  {}", slot.label(), slot.description());
    }
    for (label, roles) in open(session)?.holders() {
        let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        println!("{label}  {}", roles.join(", "));
    }
    Ok(true)
}

pub(crate) fn grant(session: &Session, grant: &Grant) -> Result<bool, Failure> {
    let mut custodian = open(session)?;
    let (label, roles, access) = (&grant.label, &grant.roles, session.access());
    if let Some(path) = &grant.lock.new_key {
        let new = DataKey::generate()?;
        // The file first: a key that is in force must not be lost.
        key::file::create(
            path,
            &new,
            "Opens an archive. Keep it apart from the archive.",
        )?;
        custodian.grant(label, Credential::Key(&new), roles, &access)?;
    }
    if let Some(path) = &grant.lock.passphrase {
        let text = Zeroizing::new(fs::read_to_string(path)?);
        let passphrase = text.lines().next().ok_or("the file holds no passphrase")?;
        custodian.grant(label, Credential::Passphrase(passphrase), roles, &access)?;
    }
    if let Some(group) = grant.lock.shares {
        for share in custodian.grant_shares(label, group, roles, &access)? {
            println!(
                "share {} of {}: {}",
                share.number(),
                group.1,
                *share.expose_code()
            );
        }
        println!(
            "hand each to one person; any {} of them open the archive together",
            group.0
        );
    }
    println!("{label} can open the archive");
    Ok(true)
}

pub(crate) fn revoke(session: &Session, label: &str) -> Result<bool, Failure> {
    open(session)?.revoke(label, &session.access())?;
    println!(
        "{label} has no key of the archive any more; copies of the archive from before still open with the old one"
    );
    Ok(true)
}
