//! The table whose rows name the files of a folder.

mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Read};

use super::table::{Row, Table, each_table, is_table, may_be_index};
use crate::csv::Dialect;
use crate::raw::Position;
use crate::source::{SourceFolder, normalised};
use names::Names;

/// The largest file that is tried: 64 MiB, a million rows.
const MAX_INDEX: u64 = 64 << 20;

/// How many rows are tried before a table without any name of a file is given up.
const PATIENCE: u64 = 2000;

/// The index of a folder of documents.
///
/// `Debug` shows the names of files and columns, and no cell.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Index {
    /// The file that holds the index.
    pub file: String,
    /// Its sheet, if it is a workbook.
    pub sheet: Option<String>,
    /// The columns of the index.
    pub columns: Vec<String>,
    /// The column that holds the names of files.
    pub name: usize,
    /// The column that looks like the patient's number.
    pub patient: Option<usize>,
    /// The column that looks like the visit's.
    pub visit: Option<usize>,
    /// The column that looks like the date of the document.
    pub date: Option<usize>,
    /// The column that looks like the kind of the document.
    pub kind: Option<usize>,
    /// How many rows name a file that is there.
    pub rows: u64,
    /// Files beside those that rows name, which no row names; in the order of names.
    pub without_row: Vec<String>,
    /// Where the rows stand whose file is not there, or which could mean several.
    pub without_file: Vec<Position>,
    pub(super) dialect: Dialect,
    names: Names,
}

/// A column that may hold names of files.
struct Candidate {
    file: String,
    table: Table,
    column: usize,
    /// Whether names stand there without their ending.
    stems: bool,
    files: usize,
}

impl Index {
    /// Finds the index of a folder, if there is one: the column of a table (delimited text or a
    /// workbook) that names the most files, more than half of whose cells name one.
    ///
    /// Names are compared without case and with either slash. A path may begin higher or lower
    /// than the folder does, as long as its last folder is the same: a name alone is not enough,
    /// because two patients may each have a `report.pdf`. A file that rows call by two paths is
    /// nobody's.
    ///
    /// # Errors
    ///
    /// If the folder or one of its files cannot be read.
    pub fn detect(folder: &dyn SourceFolder) -> io::Result<Option<Self>> {
        let files = folder.list()?;
        let mut best: Option<Candidate> = None;
        for file in &files {
            if !may_be_index(&file.name) || file.bytes > MAX_INDEX {
                continue;
            }
            let bytes = read(folder, &file.name)?;
            // a table does not name itself
            let names = Names::new(files.iter().map(|file| &*file.name), &file.name);
            each_table(&bytes, |table, rows| {
                let found = column_of_names(&table, rows, &names);
                if let Some((column, stems, count)) = found
                    && best
                        .as_ref()
                        .is_none_or(|best| (!stems, count) > (!best.stems, best.files))
                {
                    let file = file.name.clone();
                    best = Some(Candidate {
                        file,
                        table,
                        column,
                        stems,
                        files: count,
                    });
                }
            });
        }
        let Some(best) = best else { return Ok(None) };
        let names = Names::new(files.iter().map(|file| &*file.name), &best.file);
        let bytes = read(folder, &best.file)?;
        Ok(Some(Self::over(best, names, &bytes)))
    }

    /// Goes through the rows of what was found to be the index.
    fn over(found: Candidate, names: Names, bytes: &[u8]) -> Self {
        let Candidate {
            file,
            table:
                Table {
                    sheet,
                    dialect,
                    columns,
                },
            column,
            ..
        } = found;
        // what rows call a file, and where they stand
        let mut called: BTreeMap<usize, (String, Vec<Position>)> = BTreeMap::new();
        let mut without_file = Vec::new();
        let mut names = names;
        each_table(bytes, |table, rows| {
            if table.sheet != sheet {
                return;
            }
            while let Some((position, cells)) = rows() {
                let name = cells.get(column).map_or("", |name| name.trim());
                let Some(place) = names.find(name) else {
                    without_file.push(position);
                    continue;
                };
                let name = normalised(name);
                let (first, rows) = called.entry(place).or_insert((name.clone(), Vec::new()));
                if *first != name {
                    names.forget(place);
                }
                rows.push(position);
            }
        });
        let mut named = BTreeSet::new();
        let mut count = 0;
        for (place, (_, rows)) in called {
            if names.is_forgotten(place) {
                without_file.extend(rows);
            } else {
                count += rows.len() as u64;
                named.insert(place);
            }
        }
        without_file.sort_unstable_by_key(|position| position.number);
        let folder_of = |name: &str| {
            name.rsplit_once('/')
                .map_or("", |(folder, _)| folder)
                .to_owned()
        };
        let folders: BTreeSet<_> = named
            .iter()
            .map(|place| folder_of(names.file(*place)))
            .collect();
        let beside = folder_of(&file);
        let mut without_row: Vec<String> = names
            .files()
            .filter(|(place, name)| !named.contains(place) && *name != file)
            .filter(|(_, name)| {
                let own = folder_of(name);
                let below = |folder: &String| {
                    own.strip_prefix(&**folder)
                        .is_some_and(|rest| rest.starts_with('/'))
                };
                folders.contains(&own)
                    || folders
                        .iter()
                        .any(|folder| !folder.is_empty() && below(folder))
            })
            .filter(|(_, name)| folder_of(name) != beside || !is_table(name))
            .map(|(_, name)| name.to_owned())
            .collect();
        without_row.sort();
        let role = |words: &[&str]| {
            let place = columns.iter().position(|name| {
                let name = name.to_lowercase();
                words.iter().any(|word| name.contains(word))
            });
            place.filter(|place| *place != column)
        };
        Self {
            patient: role(&[
                "patient", "mrn", "chart", "person", "pat_id", "patid", "acct", "account",
            ]),
            visit: role(&["visit", "encounter", "appointment", "csn"]),
            date: role(&["date", "dttm", "time", "created", "scanned"]),
            kind: role(&["type", "category", "class", "kind", "description", "title"]),
            file,
            sheet,
            columns,
            name: column,
            rows: count,
            without_row,
            without_file,
            dialect,
            names,
        }
    }

    /// The file that a cell of the column of names means, if there is exactly one.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.names.find(name).map(|place| self.names.file(place))
    }
}

/// The column whose cells name the most files, whether it does so without endings, and how many.
fn column_of_names(
    table: &Table,
    rows: &mut dyn FnMut() -> Option<Row>,
    names: &Names,
) -> Option<(usize, bool, usize)> {
    #[derive(Default, Clone)]
    struct Column {
        filled: u64,
        by_name: u64,
        by_stem: u64,
        files: BTreeSet<usize>,
        stems: BTreeSet<usize>,
    }
    let mut columns = vec![Column::default(); table.columns.len()];
    let mut read = 0;
    while let Some((_, cells)) = rows() {
        for (column, cell) in columns.iter_mut().zip(&cells) {
            let cell = cell.trim();
            column.filled += u64::from(!cell.is_empty());
            if let Some(place) = names.find_name(cell) {
                column.by_name += 1;
                column.files.insert(place);
            } else if let Some(place) = names.find_stem(cell) {
                column.by_stem += 1;
                column.stems.insert(place);
            }
        }
        read += 1;
        if read == PATIENCE
            && columns
                .iter()
                .all(|column| column.by_name + column.by_stem == 0)
        {
            return None;
        }
    }
    let found = columns.iter().enumerate().filter_map(|(place, column)| {
        if column.by_name * 2 > column.filled {
            Some((place, false, column.files.len()))
        } else if (column.by_name + column.by_stem) * 2 > column.filled {
            Some((place, true, column.files.len() + column.stems.len()))
        } else {
            None
        }
    });
    // of columns that are as good the first
    found.max_by_key(|(place, stems, files)| (!stems, *files, std::cmp::Reverse(*place)))
}

fn read(folder: &dyn SourceFolder, name: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    folder.open(name)?.take(MAX_INDEX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("file", &self.file)
            .field("columns", &self.columns)
            .field("name", &self.name)
            .field("rows", &self.rows)
            .field("without_row", &self.without_row.len())
            .field("without_file", &self.without_file.len())
            .finish_non_exhaustive()
    }
}
