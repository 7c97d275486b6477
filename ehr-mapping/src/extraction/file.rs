//! One file without an extraction: for a document that somebody uploads, not for an export.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ehr_model::record::RecordId;
use ehr_model::reject::Reject;
use ehr_model::source::Arena;

use super::identities::{self, Identities, Named};
use super::{
    Books, PATIENT_AMBIGUOUS, PATIENT_KEY_MISSING, PATIENT_NOT_FOUND, RECORD_WITHOUT_SOURCE,
};
use crate::Error;
use crate::format::{DETECT_BYTES, Format};
use crate::mapper::{At, Links, Mapper, PatientUnit, Row, SharedIndex};
use crate::plan::{PatientKey, Plan};
use crate::raw::{Position, RawRecord};
use crate::source::NoFiles;
use crate::tree::{self, TreeReader};

/// Maps one file whose records are trees, all of it in memory and without spill files.
///
/// No permit is asked for, because no system is extracted: the file is one that somebody handed over. Its books are
/// never those of a production run.
///
/// `work` gets what the records make that belong to no patient first, if there are any, then the
/// patients in the order of their ids. What belongs to no chart is returned.
///
/// # Errors
///
/// If the file is of no format that the plan reads, or cannot be read at all.
///
/// ```
/// use ehr_mapping::document::MappingDocument;
/// use ehr_mapping::extraction::map_file;
///
/// let document = MappingDocument::parse("tiny.toml", r#"
/// [document]
/// name = "tiny"
/// version = "1"
/// format = "hl7v2"
/// system = "https://legacy.example"
///
/// [[source]]
/// name = "messages"
/// format = "hl7v2"
/// patient = [["PID/PID-3/1"]]
///
/// [[map]]
/// from = "messages"
/// to = "Patient"
/// [map.fields]
/// "identifier[0].value" = "PID/PID-3/1"
/// "name[0].family" = "PID/PID-5/1"
/// "#)?;
/// let message = b"MSH|^~\\&|EHR\rPID|||7||Okafor^Ada\r";
/// let mut charts = Vec::new();
/// let rejects = map_file(&document.compile()?, "adt.hl7", message, |unit, _| charts.push(unit.chart))?;
/// assert_eq!((charts.len(), charts[0].records.len(), rejects.len()), (1, 1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn map_file(
    plan: &Plan,
    name: &str,
    bytes: &[u8],
    mut work: impl FnMut(PatientUnit<'_>, &Books<'_>),
) -> Result<Vec<Reject>, Error> {
    let name: Arc<str> = name.into();
    let start = &bytes[..bytes.len().min(DETECT_BYTES)];
    let format = Format::detect(start).filter(|format| plan.formats().contains(format));
    let reader = match format {
        Some(format) => TreeReader::new(format, bytes, &name)?.map(|reader| (format, reader)),
        None => None,
    };
    let Some((format, mut reader)) = reader else {
        return Err(Error::FormatUnknown { file: name });
    };
    let mut rejects = Vec::new();
    let mut texts: Vec<(String, Position, Links)> = Vec::new();
    while let Some((raw, around)) = reader.next_raw()? {
        match raw {
            RawRecord::Bad(bad) => rejects.push(bad.reject(&name)),
            RawRecord::Text(raw) => {
                let (text, position) = (raw.expose_text(), raw.position());
                let links = if around.is_empty() {
                    Links::default()
                } else {
                    let names = &plan.names;
                    tree::parse(format, text, &name, position, names, Arena::default())
                        .map(|record| around.links(&record))
                        .unwrap_or_default()
                };
                texts.push((text.to_owned(), position, links));
            }
        }
    }

    let bindings: Vec<_> = plan.tables.iter().map(|_| None).collect();
    let nothing = SharedIndex::default();
    let mapper = Mapper::new(plan, &bindings, &nothing, &NoFiles, false);
    let mut units: BTreeMap<Option<RecordId>, Vec<Row<'_>>> = BTreeMap::new();
    // records that name their patient through another one, by the key of that
    let mut waiting: Vec<(Vec<String>, Row<'_>)> = Vec::new();
    let mut patients: HashMap<String, RecordId> = HashMap::new();
    let mut identities = Identities::default();
    for (text, position, links) in &texts {
        let mut reject = |reason, leaves| {
            let bytes = text.as_bytes().to_vec();
            rejects.push(Reject::new(position.address(&name), reason, leaves, bytes));
        };
        let names = &plan.names;
        let record = match tree::parse(format, text, &name, *position, names, Arena::default()) {
            Ok(record) => record,
            Err(no) => {
                reject(no.reason, no.leaves);
                continue;
            }
        };
        if let Some(code) = tree::unusable(format, &record) {
            reject(code, record.filled_leaves().count() as u64);
            continue;
        }
        let mut row = Row::new(0, record);
        row.links = links.clone();
        let sources = plan.tables.iter().enumerate();
        let taken = sources
            .filter(|(_, table)| table.format == format)
            .find(|(number, table)| {
                row.table = *number;
                mapper.holds(&table.when, At::root(&row))
            });
        let leaves = || row.record.filled_leaves().count() as u64;
        let Some((_, table)) = taken else {
            reject(RECORD_WITHOUT_SOURCE, leaves());
            continue;
        };
        if let Some(code) = table.reject {
            reject(code, leaves());
            continue;
        }
        if !matches!(table.patient, PatientKey::Key(_)) {
            units.entry(None).or_default().push(row);
            continue;
        }
        match identities::named(plan, &mapper, At::root(&row)) {
            Named::Patient(named) => {
                let patient = named.first();
                if let Some(own) = row.own_key(format) {
                    patients.insert(own.to_owned(), patient);
                }
                identities.add(row.table, &named, || row.record.address());
                units.entry(Some(patient)).or_default().push(row);
                continue;
            }
            Named::Several => {
                reject(PATIENT_AMBIGUOUS, leaves());
                continue;
            }
            Named::Nothing => {}
        }
        let through = table.through.as_ref();
        match through.map(|key| mapper.keys(key, At::root(&row))) {
            Some(keys) if !keys.is_empty() => waiting.push((keys, row)),
            _ => reject(PATIENT_KEY_MISSING, leaves()),
        }
    }
    let (charts, issues) = identities.settle();
    if plan.has_aliases() {
        let apart = std::mem::take(&mut units);
        for (patient, mut rows) in apart {
            let patient = patient.map(|patient| charts.of(patient));
            units.entry(patient).or_default().append(&mut rows);
        }
    }
    for (keys, row) in waiting {
        let mut found: Vec<RecordId> = keys
            .iter()
            .filter_map(|key| Some(charts.of(*patients.get(key)?)))
            .collect();
        found.dedup();
        match found.as_slice() {
            [patient] => units.entry(Some(*patient)).or_default().push(row),
            found => rejects.push(Reject::new(
                row.record.address(),
                match found {
                    [] => PATIENT_NOT_FOUND,
                    _ => PATIENT_AMBIGUOUS,
                },
                row.record.filled_leaves().count() as u64,
                row.record.expose_text().as_bytes().to_vec(),
            )),
        }
    }
    let shared = SharedIndex::new(plan, &bindings, units.get(&None).map_or(&[], Vec::as_slice));
    let mapper = Mapper::new(plan, &bindings, &shared, &NoFiles, false);
    let books = Books {
        plan,
        bindings: &bindings,
    };
    for (patient, mut rows) in units {
        rows.sort_by_key(|row| (row.table, row.record.number()));
        for rows in rows.chunk_by_mut(|a, b| a.table == b.table) {
            mapper.order(rows);
        }
        let mut unit = mapper.map(patient, rows);
        let about = issues.iter().filter(|issue| issue.record == patient);
        unit.chart
            .issues
            .extend(about.filter(|_| patient.is_some()).cloned());
        work(unit, &books);
    }
    Ok(rejects)
}
