//! SNOMED CT: a release in format 2, snapshot view.
//!
//! Tab-separated with a header: concepts (`sct2_Concept_Snapshot`), descriptions
//! (`sct2_Description_Snapshot-en`) and the historical associations
//! (`der2_cRefset_AssociationSnapshot`).

use std::io::BufRead;

use encoding_rs::UTF_8;

use super::lines::Lines;
use super::{File, Release};
use crate::terminology::concept::{Association, Status};
use crate::terminology::{TableBuilder, TerminologyError, system};

/// The type of the one name that is unique, which ends with a tag such as `(disorder)`.
const FULLY_SPECIFIED_NAME: &str = "900000000000003001";

/// The reference sets of history, and what they say.
const HISTORY: [(&str, Association); 9] = [
    ("900000000000527005", Association::SameAs),
    ("900000000000526001", Association::ReplacedBy),
    ("900000000000523009", Association::PossiblyEquivalentTo),
    ("1186921001", Association::PossiblyReplacedBy),
    ("1186924009", Association::PartiallyEquivalentTo),
    ("900000000000528000", Association::WasA),
    ("900000000000524003", Association::MovedTo),
    ("900000000000525002", Association::MovedTo),
    ("900000000000530003", Association::Alternative),
];

/// The files of a release.
#[derive(Debug)]
pub struct Files<R> {
    /// The concepts.
    pub concepts: File<R>,
    /// The descriptions, of one language or more.
    pub descriptions: Vec<File<R>>,
    /// The historical associations.
    pub associations: File<R>,
}

/// Reads a release.
pub fn read(
    release: &Release,
    files: Files<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    let mut table = TableBuilder::new(system::SNOMED_CT, release);
    let mut lines = Lines::of(files.concepts, UTF_8);
    let [id, time, active] = lines.header('\t', ["id", "effectiveTime", "active"])?;
    while let Some(line) = lines.next()? {
        let fields = line.fields('\t', 5)?;
        let status = match fields.get(active) {
            "1" => Status::Active,
            "0" => Status::Inactive,
            _ => return Err(fields.expected(active, "0 or 1")),
        };
        let day = fields.day(time, "%Y%m%d")?;
        let draft = table.draft(fields.code(id)?);
        draft.status = Some(status);
        draft.status_date = day;
    }
    if table.is_empty() {
        return Err(TerminologyError::NoCode {
            file: lines.name().to_owned(),
        });
    }
    for descriptions in files.descriptions {
        describe(&mut table, descriptions)?;
    }
    associate(&mut table, files.associations)?;
    Ok(table)
}

fn describe(
    table: &mut TableBuilder,
    descriptions: File<impl BufRead>,
) -> Result<(), TerminologyError> {
    let mut lines = Lines::of(descriptions, UTF_8);
    let columns = ["active", "conceptId", "typeId", "term"];
    let [active, concept, kind, term] = lines.header('\t', columns)?;
    while let Some(line) = lines.next()? {
        let fields = line.fields('\t', 8)?;
        if fields.get(active) != "1" {
            continue;
        }
        // A module may describe concepts of an edition that is not loaded.
        let Some(draft) = table.existing(fields.code(concept)?) else {
            continue;
        };
        let term = fields.get(term).to_owned();
        match fields.get(kind) {
            FULLY_SPECIFIED_NAME => draft.display = Some(term),
            _ => draft.synonyms.push(term),
        }
    }
    Ok(())
}

fn associate(
    table: &mut TableBuilder,
    associations: File<impl BufRead>,
) -> Result<(), TerminologyError> {
    let mut lines = Lines::of(associations, UTF_8);
    let columns = [
        "active",
        "refsetId",
        "referencedComponentId",
        "targetComponentId",
    ];
    let [active, refset, from, to] = lines.header('\t', columns)?;
    while let Some(line) = lines.next()? {
        let fields = line.fields('\t', 7)?;
        let history = HISTORY.iter().find(|(id, _)| *id == fields.get(refset));
        let (Some((_, association)), "1") = (history, fields.get(active)) else {
            continue;
        };
        let target = fields.code(to)?.to_owned();
        if let Some(draft) = table.existing(fields.code(from)?) {
            draft.replacements.push((*association, target));
        }
    }
    Ok(())
}
