//! Labelled sigs: how many are right in all fields, and that no value of a parsed one is wrong.

#![allow(clippy::print_stdout)] // figures are for people

mod label;

use std::path::{Path, PathBuf};

use ehr_validate::dose::{AmountRange, Sig, Unparsed};
use label::{Label, read_labels};

/// Of the labels, in hundredths.
const RIGHT_AT_LEAST: usize = 95;

#[derive(Default)]
struct Score {
    labels: usize,
    right: usize,
    /// Parsed, and something of it is not what the label says.
    wrong: Vec<String>,
    /// Not parsed, though the label says what it means.
    missed: Vec<String>,
}

impl Score {
    fn of(files: &[PathBuf]) -> Self {
        let mut score = Self::default();
        for file in files {
            for label in read_labels(file) {
                score.add(&label, Sig::parse(&label.sig));
            }
        }
        score
    }

    fn add(&mut self, label: &Label, outcome: Result<Sig, Unparsed>) {
        self.labels += 1;
        match (&label.steps, outcome) {
            (None, Err(_)) => self.right += 1,
            (Some(steps), Ok(sig))
                if label::shown(&sig) == *steps && daily(&sig) == label.daily =>
            {
                self.right += 1;
            }
            (_, Ok(sig)) => self.wrong.push(format!(
                "{}\n    labelled {:?} a day {}\n    parsed   {:?} a day {}",
                label.sig,
                label.steps,
                label::range(&label.daily),
                label::shown(&sig),
                label::range(&daily(&sig))
            )),
            (Some(_), Err(unparsed)) => self.missed.push(format!("{}\n    {unparsed}", label.sig)),
        }
    }

    fn print(&self, name: &str) {
        println!(
            "{name}: {} sigs, {} right in all fields, {} wrong in what is parsed, {} not parsed",
            self.labels,
            self.right,
            self.wrong.len(),
            self.missed.len()
        );
        for (word, lines) in [("wrong", &self.wrong), ("missed", &self.missed)] {
            for line in lines {
                println!("  {word}: {line}");
            }
        }
    }
}

fn daily(sig: &Sig) -> AmountRange {
    sig.daily().amount
}

fn files(hold_out: bool) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sigs");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tsv"))
        .filter(|path| path.file_stem().is_some_and(|stem| stem == "hold-out") == hold_out)
        .collect();
    found.sort();
    found
}

#[test]
fn labelled_sigs() {
    let score = Score::of(&files(false));
    score.print("labelled sigs");
    assert!(score.labels >= 300, "only {} labels", score.labels);
    assert!(score.wrong.is_empty(), "values that nobody wrote");
    assert!(score.right * 100 >= score.labels * RIGHT_AT_LEAST);
}

#[test]
fn hold_out() {
    let score = Score::of(&files(true));
    score.print("hold-out");
    assert!(score.labels >= 100, "only {} labels", score.labels);
    assert!(score.wrong.is_empty(), "values that nobody wrote");
    assert!(score.right * 100 >= score.labels * RIGHT_AT_LEAST);
}
