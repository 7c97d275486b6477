//! The list of what did not become part of a chart: which file, where in it, and why.
//!
//! The name of a file may name a patient, so that the report, which travels, has none. A file is
//! known by its number among all files in the order of their names:
//!
//! ```text
//! find . -type f | cut -c3- | LC_ALL=C sort | sed -n 12p
//! ```
//!
//! The archive keeps the names, and every record with its bytes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ehr_mapping::Error;
use ehr_mapping::extraction::{
    SOURCE_FILE_EMPTY, SOURCE_FILE_OF_OTHER_FORMAT, SOURCE_FILE_UNCLAIMED,
};
use ehr_mapping::source::SourceFolder;
use ehr_model::issue::{Issue, IssueCode};
use ehr_model::reject::Reject;

use crate::Failure;
use crate::staging::at;

/// The name of the list, in the folder of the report.
pub(crate) const LIST: &str = "set-aside.tsv";

/// Issues of whole files.
const OF_FILES: [IssueCode; 3] = [
    SOURCE_FILE_EMPTY,
    SOURCE_FILE_OF_OTHER_FORMAT,
    SOURCE_FILE_UNCLAIMED,
];

/// What was set aside, a line each.
pub(crate) struct SetAside {
    /// The number of each file.
    numbers: HashMap<String, usize>,
    lines: Vec<String>,
}

impl SetAside {
    /// Numbers the files of the export.
    pub(crate) fn new(folder: &dyn SourceFolder) -> Result<Self, Failure> {
        let files = folder.list().map_err(Error::stage)?;
        let mut names: Vec<String> = files.into_iter().map(|file| file.name).collect();
        names.sort();
        let numbers = names.into_iter().enumerate();
        Ok(Self {
            numbers: numbers.map(|(place, name)| (name, place + 1)).collect(),
            lines: Vec::new(),
        })
    }

    /// A record that could not be read or placed.
    pub(crate) fn reject(&mut self, reject: &Reject) {
        let address = &reject.address;
        let file = address.source.split('#').next().unwrap_or_default();
        let number = self.numbers.get(&*address.source);
        let number = number.or_else(|| self.numbers.get(file));
        let number = number.map_or_else(String::new, usize::to_string);
        let part = |number: Option<u64>| number.map_or_else(String::new, |n| n.to_string());
        self.lines.push(format!(
            "{number}\t{}\t{}\t{}",
            part(address.record),
            part(address.line),
            reject.reason
        ));
    }

    /// Files that nothing read.
    pub(crate) fn files(&mut self, issues: &[Issue]) {
        for issue in issues.iter().filter(|issue| OF_FILES.contains(&issue.code)) {
            // "(file 12 of 40 in the export)", or the table of a file of several
            let source = issue
                .address
                .as_ref()
                .map_or("", |address| &*address.source);
            let number = source.strip_prefix("(file ");
            let number = number.and_then(|rest| rest.split(' ').next());
            self.lines.push(format!(
                "{}\t\t\t{}",
                number.unwrap_or_default(),
                issue.code
            ));
        }
    }

    /// How many files and records there are.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Writes the list, if there is something in it.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Failure> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let mut text = String::from("file\trecord\tline\treason\n");
        for line in &self.lines {
            let _ = writeln!(text, "{line}");
        }
        let path = folder.join(LIST);
        fs::write(&path, text).map_err(at(&path))
    }
}
