//! Precision, recall and F1 of a linkage against the truth.

#![allow(dead_code, unreachable_pub)]

use std::path::Path;

use ehr_validate::linkage::{Candidate, Linkage, Linker, PersonReader};

use super::households::{Population, true_pairs};

/// Pairs that were named, and how many of them are true.
#[derive(Debug, Clone, Copy)]
pub struct Quality {
    pub named: usize,
    pub right: usize,
    pub truth: usize,
}

impl Quality {
    /// Of the pairs that a choice names.
    pub fn of(
        linkage: &Linkage,
        person: &[u32],
        truth: usize,
        choice: impl Fn(&Candidate) -> bool,
    ) -> Self {
        let named = linkage.candidates().iter().filter(|pair| choice(pair));
        let (mut count, mut right) = (0, 0);
        for pair in named {
            count += 1;
            right += usize::from(person[pair.a as usize] == person[pair.b as usize]);
        }
        Self {
            named: count,
            right,
            truth,
        }
    }

    pub fn precision(&self) -> f64 {
        self.right as f64 / self.named.max(1) as f64
    }

    pub fn recall(&self) -> f64 {
        self.right as f64 / self.truth.max(1) as f64
    }

    pub fn f1(&self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        2.0 * precision * recall / (precision + recall).max(f64::MIN_POSITIVE)
    }

    pub fn line(&self) -> String {
        format!(
            "{:.4} / {:.4} / {:.4}",
            self.precision(),
            self.recall(),
            self.f1()
        )
    }
}

/// Links delimited text.
pub fn link(text: &[u8], threads: usize) -> (Linkage, Vec<String>) {
    let mut linker = Linker::with_threads(threads);
    let mut ids = Vec::new();
    for row in PersonReader::new(text).expect("a header") {
        let row = row.expect("a row");
        linker.add(&row.person);
        ids.push(row.id.expose().to_owned());
    }
    (linker.link(), ids)
}

/// The persons of FEBRL's record ids, `rec-17-org` and `rec-17-dup-2`, and how many pairs are true.
pub fn febrl_truth(ids: &[String]) -> (Vec<u32>, usize) {
    let person: Vec<u32> = ids
        .iter()
        .map(|id| {
            id.split('-')
                .nth(1)
                .and_then(|number| number.parse().ok())
                .expect("rec-N-…")
        })
        .collect();
    let pairs = true_pairs(&person);
    (person, pairs)
}

/// Reads a file of the corpus; FEBRL 4 is two files that are read as one.
pub fn febrl(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let read = |name: &str| std::fs::read(folder.join(format!("{name}.csv"))).ok();
    if let Some(text) = read(name) {
        return Some(text);
    }
    let mut text = read(&format!("{name}a"))?;
    let other = read(&format!("{name}b"))?;
    let body = other.iter().position(|byte| *byte == b'\n')? + 1;
    text.push(b'\n');
    text.extend_from_slice(&other[body..]);
    Some(text)
}

/// Links a generated population.
pub fn link_population(population: &Population, threads: usize) -> Linkage {
    link(population.to_csv().as_bytes(), threads).0
}
