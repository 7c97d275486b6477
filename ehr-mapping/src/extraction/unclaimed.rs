//! Files of the export that no table reads: they are part of the books too.

use std::collections::BTreeSet;
use std::sync::Arc;

use ehr_model::issue::{Issue, Severity};
use ehr_model::provenance::SourceAddress;
use ehr_model::source::Fate;
use ehr_model::tally::Tally;

use super::{SOURCE_FILE_EMPTY, SOURCE_FILE_OF_OTHER_FORMAT, SOURCE_FILE_UNCLAIMED};
use crate::Error;
use crate::csv::{self, Reader};
use crate::plan::Plan;
use crate::raw::RawRecord;
use crate::source::{ClaimedFiles, SourceFile, SourceFolder};

/// Documents are counted under one name: a file name may name a patient.
const DOCUMENTS: &str = "(documents)";

/// Tables that the document does not know: every value of them is unaccounted, by column.
///
/// File and columns are named by their place: the name of an unknown file may name a patient, and
/// its first line may be one.
pub(super) fn tables(
    plan: &Plan,
    read: &BTreeSet<&str>,
    folder: &dyn SourceFolder,
    files: &[SourceFile],
    tally: &mut Tally,
    issues: &mut Vec<Issue>,
) -> Result<(), Error> {
    for file in files
        .iter()
        .filter(|file| is_unknown_table(plan, read, &file.name))
    {
        // a folder need not list its files in order
        let before = files.iter().filter(|other| other.name < file.name);
        let place = before.count();
        let stream = folder
            .open(&file.name)
            .map_err(Error::io(&file.name, "opening a file of the export"))?;
        let name = numbered(place, files.len());
        let code = match file.bytes {
            0 => SOURCE_FILE_EMPTY,
            _ => SOURCE_FILE_UNCLAIMED,
        };
        issues.push(Issue::new(code, Severity::Fatal).at(SourceAddress::new(name.clone())));
        let mut counted = false;
        if let Ok(mut reader) = Reader::new(stream, name.clone(), plan.dialect) {
            while let Ok(Some(raw)) = reader.next_raw() {
                counted = true;
                tally.source(&name).records += unaccounted_record();
                let RawRecord::Text(row) = raw else {
                    tally.leaves(&name, &Arc::from("(record)"), Fate::Unaccounted, 1);
                    continue;
                };
                for (number, cell) in csv::fields(row.expose_text(), &plan.dialect).enumerate() {
                    if !cell.is_empty() {
                        let path = format!("column {}", number + 1);
                        tally.leaves(&name, &path.into(), Fate::Unaccounted, 1);
                    }
                }
            }
        }
        if !counted && file.bytes > 0 {
            tally.source(&name).records += unaccounted_record();
            tally.leaves(&name, &Arc::from("(file)"), Fate::Unaccounted, 1);
        }
    }
    Ok(())
}

/// Documents and other files: read by a row, taken by a rule, or unaccounted.
pub(super) fn documents(
    plan: &Plan,
    read: &BTreeSet<&str>,
    files: &ClaimedFiles<'_>,
    tally: &mut Tally,
    issues: &mut Vec<Issue>,
) {
    let source: Arc<str> = DOCUMENTS.into();
    let claimed = files.claimed();
    let names = files.names();
    for (place, file) in names.iter().copied().enumerate() {
        if read.contains(file) || is_unknown_table(plan, read, file) {
            continue;
        }
        let mut path = match file.rsplit_once('.') {
            Some((_, extension)) if extension.len() <= 5 => {
                format!("*.{}", extension.to_lowercase())
            }
            _ => "(no extension)".to_owned(),
        };
        let rule = plan.files.iter().find(|rule| rule.names(file));
        let mut counts = ehr_model::tally::RecordCounts::default();
        counts.read = 1;
        let fate = match (claimed.contains(file), rule) {
            (true, _) => {
                counts.mapped = 1;
                Fate::Mapped
            }
            (false, Some(rule)) => {
                counts.ignored = 1;
                tally.rule(&rule.reason, 1, 1);
                if rule.archive {
                    Fate::Archived
                } else {
                    Fate::Ignored
                }
            }
            (false, None) => {
                counts.unaccounted = 1;
                let code = if files.is_empty(file) {
                    path += ", empty";
                    SOURCE_FILE_EMPTY
                } else if let Some(format) = files.format(file) {
                    path = format!("{path}, of the format {}", format.name());
                    SOURCE_FILE_OF_OTHER_FORMAT
                } else {
                    SOURCE_FILE_UNCLAIMED
                };
                let address = SourceAddress::new(numbered(place, names.len()));
                issues.push(Issue::new(code, Severity::Fatal).at(address));
                Fate::Unaccounted
            }
        };
        tally.source(&source).records += counts;
        tally.leaves(&source, &path.into(), fate, 1);
    }
}

/// A file by its place among the names of all files, in their order: its name may name a patient.
fn numbered(place: usize, of: usize) -> Arc<str> {
    format!("(file {} of {of} in the export)", place + 1).into()
}

/// A file beside the tables with the extension of one of them, which no rule names.
fn is_unknown_table(plan: &Plan, read: &BTreeSet<&str>, file: &str) -> bool {
    let extension = |name: &str| {
        name.rsplit_once('.')
            .map(|(_, extension)| extension.to_lowercase())
    };
    !file.contains('/')
        && !read.contains(file)
        && !plan.files.iter().any(|rule| rule.names(file))
        && plan
            .tables
            .iter()
            .any(|table| extension(&table.file) == extension(file))
}

fn unaccounted_record() -> ehr_model::tally::RecordCounts {
    let mut counts = ehr_model::tally::RecordCounts::default();
    counts.read = 1;
    counts.unaccounted = 1;
    counts
}
