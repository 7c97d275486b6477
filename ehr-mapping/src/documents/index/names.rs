//! The names of files, as rows write them.

use std::collections::{BTreeSet, HashMap};

use crate::source::normalised;

/// The files of a folder by their names.
#[derive(Clone, PartialEq, Default)]
pub(super) struct Names {
    files: Vec<String>,
    /// The names as they are compared.
    compared: Vec<String>,
    /// The file that is the index itself, which no row means.
    own: Option<usize>,
    /// The folder of the index, which paths may be relative to.
    folder: String,
    by_name: HashMap<String, Vec<usize>>,
    by_last: HashMap<String, Vec<usize>>,
    by_stem: HashMap<String, Vec<usize>>,
    /// Files that rows call by two paths.
    forgotten: BTreeSet<usize>,
}

impl Names {
    pub(super) fn new<'n>(files: impl Iterator<Item = &'n str>, index: &str) -> Self {
        let mut names = Self {
            folder: normalised(index)
                .rsplit_once('/')
                .map_or(String::new(), |(folder, _)| format!("{folder}/")),
            ..Self::default()
        };
        for file in files {
            let place = names.files.len();
            let compared = normalised(file);
            if file == index {
                names.own = Some(place);
            } else {
                let last = last(&compared).to_owned();
                let stem = last
                    .rsplit_once('.')
                    .map_or(&*last, |(stem, _)| stem)
                    .to_owned();
                names
                    .by_name
                    .entry(compared.clone())
                    .or_default()
                    .push(place);
                names.by_last.entry(last).or_default().push(place);
                names.by_stem.entry(stem).or_default().push(place);
            }
            names.files.push(file.to_owned());
            names.compared.push(compared);
        }
        names
    }

    pub(super) fn file(&self, place: usize) -> &str {
        &self.files[place]
    }

    pub(super) fn files(&self) -> impl Iterator<Item = (usize, &str)> {
        self.files.iter().map(String::as_str).enumerate()
    }

    /// The file that a row means, by its name or by its name without the ending.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let found = self.find_name(name).or_else(|| self.find_stem(name));
        found.filter(|place| !self.is_forgotten(*place))
    }

    /// Lets no name mean this file.
    pub(super) fn forget(&mut self, place: usize) {
        self.forgotten.insert(place);
    }

    pub(super) fn is_forgotten(&self, place: usize) -> bool {
        self.forgotten.contains(&place)
    }

    pub(super) fn find_name(&self, name: &str) -> Option<usize> {
        if name.is_empty() {
            return None;
        }
        let name = normalised(name.trim());
        for whole in [&name, &format!("{}{name}", self.folder)] {
            match self.by_name.get(whole).map(Vec::as_slice) {
                Some([place]) => return Some(*place),
                // only case tells them apart, and a row need not have it right
                Some(_) => return None,
                None => {}
            }
        }
        let candidates = self.by_last.get(last(&name))?;
        let path: Vec<_> = parts(&name).collect();
        let alike = |place: &usize| {
            let own = parts(&self.compared[*place]);
            let common = own.clone().zip(&path).take_while(|(a, b)| a == *b).count();
            // one of them ends here, or their last folders are the same
            let fits = common == path.len() || common == own.count() || common > 1;
            fits.then_some((common, *place))
        };
        let mut fitting: Vec<_> = candidates.iter().filter_map(alike).collect();
        fitting.sort_unstable();
        match fitting[..] {
            [.., (second, _), (first, place)] if first > second => Some(place),
            [(_, place)] => Some(place),
            _ => None,
        }
    }

    /// A name without its ending, where only one file has it.
    pub(super) fn find_stem(&self, name: &str) -> Option<usize> {
        if name.is_empty() || name.contains(['.', '/', '\\']) {
            return None;
        }
        match self.by_stem.get(&normalised(name.trim()))?[..] {
            [place] => Some(place),
            _ => None,
        }
    }
}

fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The parts of a path from its end, without a drive and empty ones.
fn parts(name: &str) -> impl Iterator<Item = &str> + Clone {
    name.rsplit('/')
        .filter(|part| !part.is_empty() && *part != "." && !part.ends_with(':'))
}
