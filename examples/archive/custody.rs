//! What changes the archive: holds, rules, erasure, keys.

use std::fs;
use std::path::Path;

use ehr_archive::RetentionRules;
use ehr_archive::custodian::{Custodian, HoldScope, ShredRequest};
use ehr_crypto::epoch::FileEpochStore;
use ehr_crypto::{Credential, DataKey, SigningKey, key};
use examples::export::Failure;

use crate::options::{Hold, Session};
use crate::reading::line;

fn open(session: &Session) -> Result<Custodian, Failure> {
    Ok(Custodian::open(
        &session.archive,
        session.unlock()?,
        &session.access(),
    )?)
}

pub(crate) fn hold(session: &Session, hold: &Hold) -> Result<bool, Failure> {
    let mut custodian = open(session)?;
    let access = session.access();
    if let Some(person) = &hold.appoint {
        custodian.appoint(signatory(person)?.verifying_key(), &[], &access)?;
    }
    if let Some(matter) = &hold.matter {
        let scope = match hold.entry {
            Some(entry) => {
                let entry = custodian.reader().entry(entry, &access)?;
                HoldScope::Patient(entry.patient_id().ok_or("this entry is of no patient")?)
            }
            None if hold.all => HoldScope::Archive,
            None => return Err("say --entry or --all".into()),
        };
        let number = custodian.place_hold(scope, matter, &access)?;
        println!("hold {number} is in force");
    }
    if let Some(number) = hold.lift {
        let text = custodian.lift_text(number, access.recorded)?;
        let signed: Vec<String> = hold
            .signed_by
            .iter()
            .map(|person| Ok(signatory(person)?.sign(&text)?))
            .collect::<Result<_, Failure>>()?;
        let signed: Vec<&str> = signed.iter().map(String::as_str).collect();
        custodian.lift_hold(number, &signed, access.recorded, &access)?;
        println!("hold {number} is lifted");
    }
    for hold in custodian.holds()? {
        let scope = if hold.is_for_archive {
            "everything"
        } else {
            "a patient"
        };
        println!(
            "{:>4}  {}  {scope}  {}",
            hold.id,
            hold.recorded,
            custodian.expose_matter(&hold)?
        );
    }
    println!("can lift holds: {}", custodian.signatories()?.join(", "));
    Ok(true)
}

pub(crate) fn retain(
    session: &Session,
    rules: Option<&Path>,
    from: u64,
    limit: usize,
) -> Result<bool, Failure> {
    let mut custodian = open(session)?;
    if let Some(path) = rules {
        let rules = RetentionRules::from_json(&fs::read(path)?)?;
        custodian.set_rules(&rules, &session.access())?;
    }
    for review in custodian.review(from, limit, &session.access())? {
        let due = if review.is_due() {
            "may be erased"
        } else {
            "keep"
        };
        println!(
            "{}\n          {due}; {} holds; {}",
            line(&review.entry),
            review.holds.len(),
            review.assessment
        );
    }
    Ok(true)
}

pub(crate) fn shred(
    session: &Session,
    entries: &[u64],
    order: Option<&str>,
    keep_index: bool,
    purge: bool,
) -> Result<bool, Failure> {
    let folder = session
        .epoch_keys
        .as_deref()
        .ok_or("this needs --epoch-keys: a folder that no backup reaches")?;
    let mut store = FileEpochStore::new(folder);
    let mut custodian = open(session)?;
    let mut request = match order {
        Some(order) => ShredRequest::against_retention(entries, order),
        None => ShredRequest::expired(entries),
    };
    if keep_index {
        request = request.keep_index();
    }
    let certificate = custodian.shred(&request, &mut store, &session.access())?;
    println!("{}", certificate.note());
    if purge {
        for path in custodian.purge(&session.access())? {
            println!("purged {path}");
        }
    }
    Ok(true)
}

pub(crate) fn rotate(session: &Session, label: &str, new_key: &Path) -> Result<bool, Failure> {
    let mut custodian = open(session)?;
    let key = DataKey::generate()?;
    // The file first: a key that is in force must not be lost.
    key::file::create(
        new_key,
        &key,
        "Opens an archive. Keep it apart from the archive.",
    )?;
    custodian.rotate(label, Credential::Key(&key), &session.access())?;
    println!(
        "{label} has a new key; copies of the archive from before still open with the old one: destroy it"
    );
    Ok(true)
}

/// Somebody's signing key: NAME=FILE.
fn signatory(person: &str) -> Result<SigningKey, Failure> {
    let (name, file) = person.split_once('=').ok_or("a signatory is NAME=FILE")?;
    Ok(SigningKey::from_seed(
        name,
        key::file::read(Path::new(file))?,
    )?)
}
