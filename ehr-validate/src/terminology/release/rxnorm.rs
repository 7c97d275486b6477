//! RxNorm: the files of a full or current prescribable release, in rich release format.
//!
//! Fields end with a bar. `RXNCONSO` has the names, `RXNREL` what contains what, `RXNSAT` the National
//! Drug Codes, `RXNCUI` what became of concepts that are gone. Only the rows of RxNorm itself
//! (`SAB=RXNORM`) are read; those of its sources may be licensed.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use encoding_rs::UTF_8;

use super::lines::Lines;
use super::{File, Release};
use crate::code_format::ndc;
use crate::terminology::builder::Target;
use crate::terminology::concept::{Association, Status};
use crate::terminology::{Table, TableBuilder, TerminologyError, system};

/// Term types that are other names of a concept, not its own.
const NAMES: [&str; 4] = ["SY", "TMSY", "PSN", "ET"];

/// The relations that lead from a drug to what is in it, each from the second concept of its row to
/// the first.
const CONTAINS: [&str; 7] = [
    "has_ingredient",
    "has_ingredients",
    "has_precise_ingredient",
    "has_part",
    "consists_of",
    "contains",
    "tradename_of",
];

/// The files of a release.
#[derive(Debug)]
pub struct Files<R> {
    /// `RXNCONSO.RRF`.
    pub names: File<R>,
    /// `RXNREL.RRF`.
    pub relations: File<R>,
    /// `RXNSAT.RRF`.
    pub attributes: File<R>,
    /// `RXNCUI.RRF`, which only full releases have.
    pub history: Option<File<R>>,
}

/// What a release holds.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RxNorm {
    /// The concepts.
    pub concepts: TableBuilder,
    /// The map from National Drug Codes to concepts.
    pub ndc: TableBuilder,
}

/// Reads a release.
pub fn read(release: &Release, files: Files<impl BufRead>) -> Result<RxNorm, TerminologyError> {
    let mut concepts = TableBuilder::new(system::RXNORM, release);
    read_names(&mut concepts, files.names)?;
    read_ingredients(&mut concepts, files.relations)?;
    if let Some(history) = files.history {
        read_history(&mut concepts, history)?;
    }
    let mut ndc = TableBuilder::map(system::NDC, system::RXNORM, release);
    read_ndcs(&mut ndc, files.attributes)?;
    Ok(RxNorm { concepts, ndc })
}

impl RxNorm {
    /// With the schedules of the drug directory: a concept has the strictest of its packages.
    pub fn with_schedules(mut self, directory: &Table) -> Result<Self, TerminologyError> {
        let map = self.ndc.build()?;
        map.for_each(|code, packages| {
            let Some(schedule) = directory.get(code).and_then(|package| package.schedule()) else {
                return;
            };
            for target in packages.targets() {
                if let Some(draft) = self.concepts.existing(target.code) {
                    draft.schedule =
                        Some(draft.schedule.map_or(schedule, |known| known.min(schedule)));
                }
            }
        });
        Ok(self)
    }
}

fn read_names(
    concepts: &mut TableBuilder,
    names: File<impl BufRead>,
) -> Result<(), TerminologyError> {
    let mut lines = Lines::of(names, UTF_8);
    while let Some(line) = lines.next()? {
        let fields = line.fields('|', 18)?;
        if fields.get(11) != "RXNORM" {
            continue;
        }
        let status = match fields.get(16) {
            "N" => Status::Active,
            "O" => Status::Obsolete,
            "E" | "Y" => Status::Inactive,
            _ => return Err(fields.expected(16, "N, O, E or Y")),
        };
        let (term_type, name) = (fields.get(12), fields.get(14).to_owned());
        let draft = concepts.draft(fields.code(0)?);
        if NAMES.contains(&term_type) {
            draft.synonyms.push(name);
        } else if draft.status != Some(Status::Active) || status == Status::Active {
            // A name that is in use stands before one that is not.
            draft.display = Some(name);
            draft.term_type = Some(term_type.to_owned());
            draft.status = Some(status);
        }
    }
    match concepts.is_empty() {
        true => Err(TerminologyError::NoCode {
            file: lines.name().to_owned(),
        }),
        false => Ok(()),
    }
}

fn read_ingredients(
    concepts: &mut TableBuilder,
    relations: File<impl BufRead>,
) -> Result<(), TerminologyError> {
    let mut contains: HashMap<String, Vec<String>> = HashMap::new();
    let mut lines = Lines::of(relations, UTF_8);
    while let Some(line) = lines.next()? {
        let fields = line.fields('|', 16)?;
        let (part, whole) = (fields.get(0), fields.get(4));
        let counts = fields.get(10) == "RXNORM" && CONTAINS.contains(&fields.get(7));
        if counts && !part.is_empty() && !whole.is_empty() {
            contains
                .entry(whole.to_owned())
                .or_default()
                .push(part.to_owned());
        }
    }
    for drug in contains.keys() {
        let mut ingredients = Vec::new();
        let (mut seen, mut open) = (HashSet::new(), vec![drug.as_str()]);
        while let Some(concept) = open.pop() {
            if !seen.insert(concept) {
                continue;
            }
            let draft = concepts.existing(concept);
            if draft.is_some_and(|draft| draft.term_type.as_deref() == Some("IN")) {
                ingredients.push(concept.to_owned());
            }
            open.extend(
                contains
                    .get(concept)
                    .into_iter()
                    .flatten()
                    .map(String::as_str),
            );
        }
        ingredients.sort_unstable();
        ingredients.retain(|ingredient| ingredient != drug);
        if let Some(draft) = concepts.existing(drug) {
            draft.ingredients = ingredients;
        }
    }
    Ok(())
}

fn read_history(
    concepts: &mut TableBuilder,
    history: File<impl BufRead>,
) -> Result<(), TerminologyError> {
    let mut lines = Lines::of(history, UTF_8);
    while let Some(line) = lines.next()? {
        let fields = line.fields('|', 5)?;
        let (former, later) = (fields.code(0)?, fields.get(4));
        if later.is_empty() || later == former {
            continue;
        }
        let draft = concepts.draft(former);
        if draft.status != Some(Status::Active) {
            draft.status = Some(Status::Obsolete);
            draft
                .replacements
                .push((Association::RemappedTo, later.to_owned()));
        }
    }
    Ok(())
}

fn read_ndcs(
    map: &mut TableBuilder,
    attributes: File<impl BufRead>,
) -> Result<(), TerminologyError> {
    let mut lines = Lines::of(attributes, UTF_8);
    while let Some(line) = lines.next()? {
        let fields = line.fields('|', 12)?;
        if fields.get(8) != "NDC" || fields.get(9) != "RXNORM" || fields.get(11) == "O" {
            continue;
        }
        let Ok(code) = ndc::parse(fields.get(10)) else {
            return Err(fields.expected(10, "an NDC of eleven digits"));
        };
        map.draft(code.digits()).targets.push(Target {
            code: fields.code(0)?.to_owned(),
            approximate: false,
            combination: false,
            scenario: 0,
            choice: 0,
        });
    }
    Ok(())
}
