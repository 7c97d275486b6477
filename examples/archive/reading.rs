//! What changes nothing but the access log.

use std::fs;
use std::io::Write;
use std::path::Path;

use ehr_archive::{
    ArchiveReader, CatalogueEntry, MAX_FOUND, Match, Search, verify_against, verify_unlocked,
};
use examples::chart_page::patient::{masked, with_hyphens};
use examples::export::Failure;

use crate::options::Session;

pub(crate) fn open(session: &Session) -> Result<ArchiveReader, Failure> {
    Ok(ArchiveReader::open(
        &session.archive,
        session.unlock()?,
        &session.access(),
    )?)
}

pub(crate) fn list(session: &Session, from: u64, limit: usize) -> Result<bool, Failure> {
    let mut reader = open(session)?;
    for entry in reader.list(from, limit.min(MAX_FOUND), &session.access())? {
        println!("{}", line(&entry));
    }
    Ok(true)
}

pub(crate) fn find(
    session: &Session,
    mrn: Option<&str>,
    name: Option<&str>,
    born: Option<&str>,
    tolerant: bool,
) -> Result<bool, Failure> {
    let mut search = Search::new();
    if let Some(mrn) = mrn {
        search = search.mrn(mrn);
    }
    if let Some(name) = name {
        search = search.name(name);
    }
    if let Some(born) = born {
        search = search.birth_date(born);
    }
    if tolerant {
        search = search.tolerant();
    }
    let mut reader = open(session)?;
    let mut found = reader.find(&search, &session.access())?;
    if let Some(mrn) = mrn.and_then(with_hyphens)
        && found.is_empty()
    {
        found = reader.find(&search.mrn(&mrn), &session.access())?;
    }
    for found in &found {
        let fits = match found.fits {
            Match::Exact => String::new(),
            Match::Typo(slips) => format!("  ({slips} slips)"),
            _ => "  (sounds alike)".to_owned(),
        };
        println!("{}{fits}", line(&found.entry));
    }
    Ok(!found.is_empty())
}

pub(crate) fn show(session: &Session, ordinal: u64, object: Option<&str>) -> Result<bool, Failure> {
    let mut reader = open(session)?;
    let entry = reader.entry(ordinal, &session.access())?;
    let open = reader.open_entry(&entry, &session.access())?;
    if let Some(id) = object {
        let object = open.read(id.parse()?)?;
        std::io::stdout().write_all(object.bytes())?;
        return Ok(true);
    }
    println!("{}", line(&entry));
    for info in open.objects() {
        let object = open.read(info.id)?;
        let class = info.class.map_or("unknown", |class| class.as_str());
        let (kind, source) = (object.media_type(), object.source_id());
        println!(
            "  {}  {class:<10} {:>9} bytes  {kind}  {source}",
            info.id,
            object.bytes().len()
        );
    }
    Ok(true)
}

pub(crate) fn verify(session: &Session, kept: Option<&Path>) -> Result<bool, Failure> {
    let unlock = session.key.as_ref().map(|_| session.unlock()).transpose()?;
    let report = match (kept, unlock) {
        (Some(kept), unlock) => {
            verify_against(&session.archive, unlock, &fs::read_to_string(kept)?)
        }
        (None, Some(unlock)) => verify_unlocked(&session.archive, unlock),
        (None, None) => ehr_archive::verify(&session.archive, None),
    };
    println!("{report}");
    Ok(report.is_sound())
}

pub(crate) fn log(session: &Session) -> Result<bool, Failure> {
    let mut reader = open(session)?;
    reader.read_log(&session.access(), |_, event| {
        println!("{}", String::from_utf8_lossy(event));
        Ok(())
    })?;
    eprintln!(
        "keep this checkpoint elsewhere:\n{}",
        reader.log_checkpoint()
    );
    Ok(true)
}

/// An entry on one line, for the person who asked.
pub(crate) fn line(entry: &CatalogueEntry) -> String {
    let kind = match (entry.erased(), entry.is_patient()) {
        (Some(_), _) => "erased",
        (None, true) => "patient",
        (None, false) => "no patient",
    };
    let born = entry.birth_date().unwrap_or("");
    let (mrns, names) = (masked(entry.mrns()), entry.names().join(" | "));
    format!(
        "{:>8}  {kind:<10}  {born:<10}  {mrns:<16}  {names}",
        entry.ordinal()
    )
}
