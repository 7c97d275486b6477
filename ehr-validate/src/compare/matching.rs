//! Matches entries in passes, from the firmest reason to the weakest.
//!
//! Each pass gives every entry keys; two entries that share a key are linked. An entry is matched
//! where the link is the only one of both sides, or where all that are linked say the same, so that
//! it is all one which goes with which.

use std::collections::{HashMap, HashSet};

use ehr_model::chart::Chart;
use ehr_model::record::{Kind, Record, RecordId};

use super::classes::classes;
use super::content::{Part, content};
use super::identity::{coded_meaning, identity, time, worded_meaning};
use super::{Ambiguity, ChartPair, Match, MatchBasis};
use crate::own_identifiers::own_identifiers;

/// Entries of one kind that wait for a match, and the matches so far.
struct Matching<'c> {
    source: Vec<&'c Record>,
    target: Vec<&'c Record>,
    matches: Vec<Match<'c>>,
    counterparts: HashMap<RecordId, RecordId>,
}

/// A date of this length is at least as precise as a day.
const DAY: &str = "2000-01-01";

/// The keys of an entry in one pass.
type Keys<'k> = &'k dyn Fn(&Record, &mut Vec<String>);

/// Kinds that others refer to come first: what refers to them is told apart by them.
const FIRST: &[Kind] = &[
    Kind::Patient,
    Kind::Organization,
    Kind::Location,
    Kind::Practitioner,
    Kind::PractitionerRole,
    Kind::Encounter,
];

pub(super) fn match_entries<'c>(source: &'c Chart, target: &'c Chart) -> ChartPair<'c> {
    let mut pair = ChartPair {
        source,
        target,
        matches: Vec::new(),
        missing: Vec::new(),
        extra: Vec::new(),
        ambiguous: Vec::new(),
        counterparts: HashMap::new(),
    };
    match_by_id(&mut pair);
    match_by_class(&mut pair);
    let others = Kind::ALL.iter().filter(|kind| !FIRST.contains(kind));
    for kind in FIRST.iter().chain(others) {
        match_by_content(&mut pair, *kind);
    }
    let order: HashMap<RecordId, usize> = source
        .records
        .iter()
        .enumerate()
        .map(|(number, record)| (record.id, number))
        .collect();
    let place = |record: &Record| order.get(&record.id).copied();
    pair.matches.sort_by_key(|matched| place(matched.source));
    pair.missing.sort_by_key(|record| place(record));
    pair
}

/// What has no counterpart by its id is left in `missing` and `extra`.
fn match_by_id(pair: &mut ChartPair<'_>) {
    let mut by_id: HashMap<RecordId, &Record> = pair
        .target
        .records
        .iter()
        .map(|record| (record.id, record))
        .collect();
    for record in &pair.source.records {
        match by_id.get(&record.id) {
            Some(other) if other.kind() == record.kind() => {
                pair.counterparts.insert(record.id, record.id);
                pair.matches.push(Match {
                    source: record,
                    target: other,
                    basis: MatchBasis::Id,
                });
                by_id.remove(&record.id);
            }
            _ => pair.missing.push(record),
        }
    }
    let is_left = |record: &&Record| by_id.contains_key(&record.id);
    pair.extra = pair.target.records.iter().filter(is_left).collect();
}

/// Entries that say the same and hang on what says the same.
fn match_by_class(pair: &mut ChartPair<'_>) {
    let mut matching = Matching {
        source: std::mem::take(&mut pair.missing),
        target: std::mem::take(&mut pair.extra),
        matches: Vec::new(),
        counterparts: std::mem::take(&mut pair.counterparts),
    };
    matching.pass(MatchBasis::Identifier, &identifiers);
    for part in [Part::Whole, Part::All] {
        if matching.is_done() {
            break;
        }
        let (source, target) = (&matching.source, &matching.target);
        let classes = classes(source, target, &matching.counterparts, part);
        let is_source: HashSet<*const Record> =
            source.iter().map(|r| std::ptr::from_ref(*r)).collect();
        matching.pass(MatchBasis::Content, &|record, out| {
            out.extend(classes.key(record, is_source.contains(&std::ptr::from_ref(record))));
        });
    }
    pair.counterparts = matching.counterparts;
    pair.matches.append(&mut matching.matches);
    pair.missing = matching.source;
    pair.extra = matching.target;
}

fn match_by_content(pair: &mut ChartPair<'_>, kind: Kind) {
    let of_kind = |record: &&Record| record.kind() == kind;
    let mut matching = Matching {
        source: pair
            .missing
            .extract_if(.., |record| of_kind(record))
            .collect(),
        target: pair
            .extra
            .extract_if(.., |record| of_kind(record))
            .collect(),
        matches: Vec::new(),
        counterparts: std::mem::take(&mut pair.counterparts),
    };
    matching.strong_passes();
    // What one pass matches leaves others with one link less.
    while matching.weak_passes(kind) {}
    pair.ambiguous.append(&mut matching.set_apart(kind));
    pair.counterparts = matching.counterparts;
    pair.matches.append(&mut matching.matches);
    pair.missing.append(&mut matching.source);
    pair.extra.append(&mut matching.target);
}

impl<'c> Matching<'c> {
    fn strong_passes(&mut self) {
        if self.is_done() {
            return;
        }
        let known = self.counterparts.clone();
        self.pass(MatchBasis::Content, &|record, out| {
            out.push(content(record, Part::All, Some(&known)));
        });
        self.pass(MatchBasis::Content, &|record, out| {
            out.push(content(record, Part::All, None));
        });
    }

    /// Whether anything was matched and anything is left.
    fn weak_passes(&mut self, kind: Kind) -> bool {
        if kind == Kind::Patient {
            self.pass(MatchBasis::OnlyOne, &|_, out| out.push(String::new()));
            return false;
        }
        let before = self.matches.len();
        for (day, basis) in [
            (false, MatchBasis::MeaningAndTime),
            (true, MatchBasis::MeaningAndDay),
        ] {
            self.pass(basis, &|record, out| {
                meaning_at(record, coded_meaning, day, out)
            });
            self.pass(basis, &|record, out| {
                meaning_at(record, worded_meaning, day, out)
            });
        }
        self.pass(MatchBasis::ContentButDates, &|record, out| {
            out.push(content(record, Part::ButDates, None));
            out.retain(|content| !content.is_empty());
        });
        if identity(kind).is_listed {
            self.pass(MatchBasis::Meaning, &coded_meaning);
            self.pass(MatchBasis::Meaning, &worded_meaning);
        }
        self.pass(MatchBasis::ContentButMeaning, &|record, out| {
            if let Some((at, _)) = time(record).filter(|(at, _)| at.len() >= DAY.len()) {
                out.push(format!("{at} {}", content(record, Part::ButMeaning, None)));
            }
        });
        self.matches.len() > before && !self.is_done()
    }

    fn is_done(&self) -> bool {
        self.source.is_empty() || self.target.is_empty()
    }

    /// Matches what is linked in one way only.
    fn pass(&mut self, basis: MatchBasis, keys: Keys<'_>) {
        let mut gone = (Vec::new(), Vec::new());
        for (source, target) in self.groups(keys) {
            let is_one = source.len() == 1 && target.len() == 1;
            // Entries that share an identifier are told apart by what they hang on, in the next pass.
            let all_one = is_one
                || basis == MatchBasis::Content
                || (basis != MatchBasis::Identifier
                    && all_equal(&self.source, &source)
                    && all_equal(&self.target, &target));
            if !all_one {
                continue;
            }
            for (&source, &target) in source.iter().zip(&target) {
                let (from, to) = (self.source[source], self.target[target]);
                self.counterparts.insert(from.id, to.id);
                self.matches.push(Match {
                    source: from,
                    target: to,
                    basis,
                });
                gone.0.push(source);
                gone.1.push(target);
            }
        }
        remove(&mut self.source, gone.0);
        remove(&mut self.target, gone.1);
    }

    /// Takes out what is linked in several ways.
    fn set_apart(&mut self, kind: Kind) -> Vec<Ambiguity<'c>> {
        let groups = self.groups(&|record, out| {
            let both = |record: &Record, out: &mut Vec<String>| {
                coded_meaning(record, out);
                worded_meaning(record, out);
            };
            if identity(kind).is_listed {
                both(record, out);
            } else {
                meaning_at(record, both, true, out);
            }
        });
        let ambiguous = groups.iter().map(|(source, target)| Ambiguity {
            source: source.iter().map(|&number| self.source[number]).collect(),
            target: target.iter().map(|&number| self.target[number]).collect(),
        });
        let ambiguous = ambiguous.collect();
        let (source, target): (Vec<_>, Vec<_>) = groups.into_iter().unzip();
        remove(&mut self.source, source.concat());
        remove(&mut self.target, target.concat());
        ambiguous
    }

    /// The entries that hang together by their keys, as places in source and target, each in order.
    fn groups(&self, keys: Keys<'_>) -> Vec<(Vec<usize>, Vec<usize>)> {
        if self.source.is_empty() || self.target.is_empty() {
            return Vec::new();
        }
        let all: Vec<&Record> = self.source.iter().chain(&self.target).copied().collect();
        let mut group: Vec<usize> = (0..all.len()).collect();
        let mut first: HashMap<String, usize> = HashMap::new();
        let mut own = Vec::new();
        for (number, record) in all.iter().enumerate() {
            own.clear();
            keys(record, &mut own);
            for key in own.drain(..) {
                let other = *first.entry(key).or_insert(number);
                let (a, b) = (root(&mut group, number), root(&mut group, other));
                group[a.max(b)] = a.min(b);
            }
        }
        let mut members: HashMap<usize, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for number in 0..all.len() {
            let sides = members.entry(root(&mut group, number)).or_default();
            match number.checked_sub(self.source.len()) {
                None => sides.0.push(number),
                Some(place) => sides.1.push(place),
            }
        }
        let mut groups: Vec<_> = members
            .into_values()
            .filter(|(source, target)| !source.is_empty() && !target.is_empty())
            .collect();
        groups.sort_unstable();
        groups
    }
}

/// What an entry is about, with its time or its day.
fn meaning_at(
    record: &Record,
    meaning: impl Fn(&Record, &mut Vec<String>),
    day: bool,
    out: &mut Vec<String>,
) {
    meaning(record, out);
    if out.is_empty() {
        return;
    }
    let (at, on) = time(record).unwrap_or_default();
    let when = if day { on } else { at };
    out.iter_mut()
        .for_each(|key| *key = format!("{key} @ {when}"));
}

fn root(group: &mut [usize], mut number: usize) -> usize {
    while group[number] != number {
        group[number] = group[group[number]];
        number = group[number];
    }
    number
}

fn all_equal(records: &[&Record], places: &[usize]) -> bool {
    let mut contents = places
        .iter()
        .map(|&place| content(records[place], Part::All, None));
    let first = contents.next();
    contents.all(|content| Some(content) == first)
}

fn remove(records: &mut Vec<&Record>, mut places: Vec<usize>) {
    places.sort_unstable();
    let mut place = 0;
    records.retain(|_| {
        place += 1;
        places.binary_search(&(place - 1)).is_err()
    });
}

/// Identifiers of the record itself, and its id, which a target may keep as an identifier.
fn identifiers(record: &Record, out: &mut Vec<String>) {
    let kind = record.kind().name();
    out.push(format!("{kind} {}", record.id));
    for (_, (system, value)) in own_identifiers(record.resource.element()) {
        out.push(format!("{kind} {system}|{value}"));
        // Only a UUID is no other record's value by chance.
        if value.len() == 36 {
            out.push(format!("{kind} {value}"));
        }
    }
}

#[cfg(test)]
mod tests;
