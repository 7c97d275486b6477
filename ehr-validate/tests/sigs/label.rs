//! The notation of the labelled sigs; see README.md beside this file.

use std::path::Path;

use ehr_validate::dose::{Amount, AmountRange, Sig, Step};

pub(crate) struct Label {
    pub(crate) sig: String,
    /// Each step in the notation, normalised; none for a sig that must not be parsed.
    pub(crate) steps: Option<Vec<String>>,
    pub(crate) daily: AmountRange,
}

pub(crate) fn read_labels(file: &Path) -> Vec<Label> {
    let text = std::fs::read_to_string(file).unwrap();
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    assert_eq!(
        lines.next(),
        Some("sig\tsteps\tdaily"),
        "{}",
        file.display()
    );
    lines
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [sig, steps, daily] = columns[..] else {
                panic!("{}: not three columns: {line}", file.display());
            };
            Label {
                sig: sig.to_owned(),
                steps: (steps != "unparsed").then(|| steps.split(" & ").map(normal).collect()),
                daily: read_range(daily),
            }
        })
        .collect()
}

/// `DOSE [UNIT] @ TIMES [ROUTE] [prn]` with its numbers as they are shown.
fn normal(step: &str) -> String {
    let (dose, timing) = step.split_once(" @ ").expect(step);
    let (amount, unit) = dose.split_once(' ').unwrap_or((dose, ""));
    let (times, rest) = timing.split_once(' ').unwrap_or((timing, ""));
    format!(
        "{} {unit} @ {} {rest}",
        range(&read_range(amount)),
        range(&read_range(times))
    )
}

pub(crate) fn shown(sig: &Sig) -> Vec<String> {
    sig.steps.iter().map(step).collect()
}

fn step(step: &Step) -> String {
    let unit = step.unit.map_or("", |unit| unit.name());
    let mut rest = Vec::new();
    rest.extend(step.route.map(|route| route.name()));
    rest.extend(step.as_needed.then_some("prn"));
    format!(
        "{} {unit} @ {} {}",
        range(&step.dose),
        range(&step.times_per_day),
        rest.join(" ")
    )
}

pub(crate) fn range(range: &AmountRange) -> String {
    let end = |end: Option<Amount>| end.map_or("?".to_owned(), Amount::to_json);
    match range.low == range.high {
        true => end(range.low),
        false => format!("{}..{}", end(range.low), end(range.high)),
    }
}

fn read_range(text: &str) -> AmountRange {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    AmountRange {
        low: read_end(low),
        high: read_end(high),
    }
}

fn read_end(text: &str) -> Option<Amount> {
    if text == "?" {
        return None;
    }
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    let parse = |text| Amount::parse(text).expect(text);
    parse(numerator).divided_by(parse(denominator))
}
