//! What reviewers answered.

use std::collections::{BTreeMap, BTreeSet};

use ehr_model::record::{Kind, RecordId};
use serde::Deserialize;

use super::packet::ReviewPacket;
use crate::sampling::{Review, SampleResults};

/// The version of the files that a page saves.
pub(super) const SCHEMA: &str = "ehr-review-answer/1";

/// What a reviewer says about a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Decision {
    /// It is right.
    Accept,
    /// It is wrong, or somebody must look.
    Flag,
}

/// Why an answer is refused. Carries no note and no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// It is no answer, or only a part of one.
    #[error("the answer is damaged at line {line}, column {column}")]
    Damaged {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// It is of another version.
    #[error("the answer is not of the version {SCHEMA}")]
    UnknownVersion,
    /// It answers another packet.
    #[error("the answer to item {item} is to another packet, or the charts have changed since")]
    OtherPacket {
        /// The item that it names.
        item: usize,
    },
    /// The packet has no such item.
    #[error("the packet has no item {item}")]
    NoSuchItem {
        /// The item.
        item: usize,
    },
    /// The item has no such field.
    #[error("item {item} has fewer fields than the answer decides")]
    NoSuchField {
        /// The item.
        item: usize,
    },
    /// Nobody has signed.
    #[error("the answer to item {item} is not signed: it lacks the {lacks}")]
    Unsigned {
        /// The item.
        item: usize,
        /// What is not there.
        lacks: &'static str,
    },
}

/// A field that a reviewer flagged: addresses, never the value or the note.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The item.
    pub item: usize,
    /// The kind of the entry.
    #[serde(serialize_with = "kind_name")]
    pub kind: Kind,
    /// The entry in the source.
    pub source: Option<RecordId>,
    /// The entry in the target.
    pub target: Option<RecordId>,
    /// The field.
    pub field: String,
    /// Whether it is where a known fault stands.
    pub known_fault: bool,
}

/// All answers to a packet so far.
#[derive(Debug, Clone)]
pub struct Answers<'p> {
    packet: &'p ReviewPacket,
    /// The fields that were flagged, item by item.
    flagged: BTreeMap<usize, BTreeSet<(usize, usize)>>,
    /// The items that somebody decided to the last field.
    complete: BTreeSet<usize>,
    read: usize,
}

/// As a page saves it. The name and the notes are read to see that they are there, and dropped.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    packet: String,
    item: usize,
    reviewer: String,
    role: String,
    signed: String,
    decisions: BTreeMap<String, Decision>,
    #[serde(default)]
    #[allow(
        dead_code,
        reason = "notes are for those who look into a flag, in the file itself"
    )]
    notes: BTreeMap<String, String>,
}

impl<'p> Answers<'p> {
    /// No answer yet.
    pub fn new(packet: &'p ReviewPacket) -> Self {
        Self {
            packet,
            flagged: BTreeMap::new(),
            complete: BTreeSet::new(),
            read: 0,
        }
    }

    /// Reads a file that a page saved. Several reviewers may answer an item: what one of them flags is
    /// flagged.
    ///
    /// # Errors
    ///
    /// If it is damaged, unsigned, or not an answer to this packet; then nothing of it counts.
    pub fn read(&mut self, bytes: &[u8]) -> Result<(), AnswerError> {
        let file: File = serde_json::from_slice(bytes).map_err(|error| AnswerError::Damaged {
            line: error.line(),
            column: error.column(),
        })?;
        let number = file.item;
        if file.schema != SCHEMA {
            return Err(AnswerError::UnknownVersion);
        }
        if file.packet != self.packet.digest {
            return Err(AnswerError::OtherPacket { item: number });
        }
        let item = number
            .checked_sub(1)
            .and_then(|at| self.packet.items.get(at));
        let item = item.ok_or(AnswerError::NoSuchItem { item: number })?;
        let signed = [
            ("name of the reviewer", &file.reviewer),
            ("role of the reviewer", &file.role),
            ("day", &file.signed),
        ];
        for (lacks, text) in signed {
            if text.trim().is_empty() {
                return Err(AnswerError::Unsigned {
                    item: number,
                    lacks,
                });
            }
        }
        let mut flagged = BTreeSet::new();
        for (name, decision) in &file.decisions {
            let no_field = || AnswerError::NoSuchField { item: number };
            let (entry, field) = parse(name).ok_or_else(no_field)?;
            let fields = item
                .entries
                .get(entry)
                .map_or(0, |entry| entry.fields.len());
            if field >= fields {
                return Err(no_field());
            }
            if *decision == Decision::Flag {
                flagged.insert((entry, field));
            }
        }
        let fields: usize = item.entries.iter().map(|entry| entry.fields.len()).sum();
        if file.decisions.len() == fields {
            self.complete.insert(number);
        }
        self.flagged.entry(number).or_default().extend(flagged);
        self.read += 1;
        Ok(())
    }

    /// How many answers were read.
    pub fn len(&self) -> usize {
        self.read
    }

    /// Whether no answer was read.
    pub fn is_empty(&self) -> bool {
        self.read == 0
    }

    /// The items that nobody has decided to the last field, by their numbers.
    pub fn open(&self) -> impl Iterator<Item = usize> + '_ {
        let numbers = self.packet.items.iter().map(|item| item.number);
        numbers.filter(|number| !self.complete.contains(number))
    }

    /// The fields that were flagged.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (number, fields) in &self.flagged {
            let item = &self.packet.items[number - 1];
            let faults = self.packet.faults.get(&item.unit);
            for (entry, field) in fields {
                let entry = &item.entries[*entry];
                let path = &entry.fields[*field].path;
                let known = faults.is_some_and(|faults| {
                    let at =
                        |fault: &super::SeededFault| fault.is_at(entry.source, entry.target, path);
                    faults.iter().any(at)
                });
                findings.push(Finding {
                    item: *number,
                    kind: entry.kind,
                    source: entry.source,
                    target: entry.target,
                    field: path.clone(),
                    known_fault: known,
                });
            }
        }
        findings
    }

    /// What the answers say about the units: wrong where a field was flagged, right where all was
    /// decided and nothing flagged, else not reviewed.
    pub fn review(&self) -> Review {
        let mut review = Review::default();
        for item in &self.packet.items {
            let complete = self.complete.contains(&item.number);
            let flagged = self.flagged.get(&item.number);
            if self.packet.draw.apart.contains(&item.unit) {
                if complete {
                    self.count_faults(item.number, &mut review);
                }
            } else if flagged.is_some_and(|flagged| !flagged.is_empty()) {
                review.wrong.insert(item.unit, true);
            } else if complete {
                review.wrong.insert(item.unit, false);
            }
        }
        review
    }

    /// What the review proves. The digest of the plan is the one that was written down before the draw.
    pub fn results(&self, registered: &str) -> SampleResults {
        let (plan, draw) = (&self.packet.plan, &self.packet.draw);
        SampleResults::new(registered, plan, draw, &self.review())
    }

    fn count_faults(&self, number: usize, review: &mut Review) {
        let item = &self.packet.items[number - 1];
        let Some(faults) = self.packet.faults.get(&item.unit) else {
            return;
        };
        let flagged = self.flagged.get(&number);
        for fault in faults {
            review.seeded += 1;
            let caught = flagged.into_iter().flatten().any(|(entry, field)| {
                let entry = &item.entries[*entry];
                fault.is_at(entry.source, entry.target, &entry.fields[*field].path)
            });
            review.caught += u64::from(caught);
        }
    }
}

/// `e3f2` is the third field of the fourth entry.
fn parse(name: &str) -> Option<(usize, usize)> {
    let (entry, field) = name.strip_prefix('e')?.split_once('f')?;
    Some((entry.parse().ok()?, field.parse().ok()?))
}

fn kind_name<S: serde::Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}
