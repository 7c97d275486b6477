//! Sorts more lines than fit into memory: bounded runs, sealed under a key that nobody keeps, then one merge.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{BufRead, BufReader, BufWriter, Write};

use ehr_crypto::{DataKey, OpenReader, SealWriter};

use crate::Error;
use crate::error::Located;
use crate::files::Folder;

/// Bytes of lines in one run. Three sorters at work hold three of these.
const RUN_LEN: usize = 16 << 20;
/// What a line costs beside its text.
const LINE_COST: usize = 32;

/// Lines, or what went wrong while reading them.
pub(crate) type Lines<'a> = Box<dyn Iterator<Item = Result<String, Error>> + 'a>;

pub(crate) struct LineSorter {
    folder: Folder,
    /// The folder for runs.
    below: &'static str,
    name: &'static str,
    /// Temporary files hold patient data too; their key is gone when the sorter is.
    key: DataKey,
    run_len: usize,
    lines: Vec<String>,
    len: usize,
    runs: Vec<String>,
}

impl LineSorter {
    /// Writes its runs into the folder `below`.
    pub(crate) fn new(
        folder: &Folder,
        below: &'static str,
        name: &'static str,
    ) -> Result<Self, Error> {
        Self::with_run_len(folder, below, name, RUN_LEN)
    }

    fn with_run_len(
        folder: &Folder,
        below: &'static str,
        name: &'static str,
        run_len: usize,
    ) -> Result<Self, Error> {
        let key = DataKey::generate()?;
        Ok(LineSorter {
            folder: folder.clone(),
            below,
            name,
            key,
            run_len,
            lines: Vec::new(),
            len: 0,
            runs: Vec::new(),
        })
    }

    pub(crate) fn push(&mut self, line: String) -> Result<(), Error> {
        self.len += line.len() + LINE_COST;
        self.lines.push(line);
        if self.len >= self.run_len {
            self.write_run()
        } else {
            Ok(())
        }
    }

    /// Calls `each` for every line in order, those of `sorted` among them.
    pub(crate) fn finish<'a>(
        mut self,
        sorted: Option<Lines<'a>>,
        mut each: impl FnMut(&str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.lines.sort_unstable();
        let in_memory = std::mem::take(&mut self.lines);
        let mut sources: Vec<Lines<'a>> = vec![Box::new(in_memory.into_iter().map(Ok))];
        sources.extend(sorted);
        for path in &self.runs {
            let reader = OpenReader::new(&self.key, path.as_bytes(), self.folder.open(path)?)?;
            let path = path.clone();
            sources.push(Box::new(
                BufReader::new(reader)
                    .lines()
                    .map(move |line| line.in_file(&path)),
            ));
        }
        let mut heap = BinaryHeap::new();
        for (index, source) in sources.iter_mut().enumerate() {
            heap.extend(
                source
                    .next()
                    .transpose()?
                    .map(|line| Reverse((line, index))),
            );
        }
        while let Some(Reverse((line, index))) = heap.pop() {
            each(&line)?;
            heap.extend(
                sources[index]
                    .next()
                    .transpose()?
                    .map(|line| Reverse((line, index))),
            );
        }
        drop(sources);
        for path in &self.runs {
            self.folder.remove(path)?;
        }
        Ok(())
    }

    fn write_run(&mut self) -> Result<(), Error> {
        self.lines.sort_unstable();
        let path = format!("{}/{}.run-{:06}", self.below, self.name, self.runs.len());
        self.write_lines(&path).in_file(&path)?;
        self.runs.push(path);
        self.lines.clear();
        self.len = 0;
        Ok(())
    }

    fn write_lines(&self, path: &str) -> Result<(), Error> {
        let file = self.folder.create_file(path)?;
        let mut writer = BufWriter::new(SealWriter::new(&self.key, path.as_bytes(), file)?);
        for line in &self.lines {
            writer.write_all(line.as_bytes())?;
            writer.write_all(b"\n")?;
        }
        writer
            .into_inner()
            .map_err(|error| error.into_error())?
            .finish()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::UNFINISHED;

    #[test]
    fn many_runs_are_merged_and_leave_nothing_behind() {
        let path = tempfile::tempdir().unwrap();
        let folder = Folder::new(path.path());
        folder.create_folder(UNFINISHED).unwrap();
        let mut sorter = LineSorter::with_run_len(&folder, UNFINISHED, "by-name", 1000).unwrap();
        let mut expected: Vec<String> = (0..1000)
            .map(|number| format!("{:04} CANARY", number * 7919 % 1000))
            .collect();
        expected
            .iter()
            .for_each(|line| sorter.push(line.clone()).unwrap());
        assert!(sorter.runs.len() > 10);
        for run in &sorter.runs {
            assert!(
                !std::fs::read(folder.path(run))
                    .unwrap()
                    .windows(6)
                    .any(|window| window == b"CANARY")
            );
        }
        let mut sorted = Vec::new();
        sorter
            .finish(None, |line| {
                sorted.push(line.to_owned());
                Ok(())
            })
            .unwrap();
        expected.sort_unstable();
        assert_eq!(sorted, expected);
        assert!(folder.walk(UNFINISHED).unwrap().is_empty());
    }
}
