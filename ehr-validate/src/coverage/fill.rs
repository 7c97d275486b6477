//! How an element is filled.

use std::ops::AddAssign;

use ehr_model::element::{Element, Leaf, LeafType, ValueType};
use serde::Serialize;

use crate::walk;

/// How an element is filled, in entries that could carry it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fill {
    /// Entries that could carry the element.
    pub entries: u64,
    /// Entries in which it says anything.
    pub filled: u64,
    /// Of these, entries with a code of a code system, a code of a closed set, a number, a date or a
    /// reference.
    pub coded: u64,
    /// Of the filled ones, entries that could hold a code and hold words only.
    pub free_text: u64,
    /// Entries in which it says nothing.
    pub absent: u64,
}

/// What stands in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Content {
    /// Text that is text by its nature, such as a name.
    Plain,
    /// Words where a code could stand.
    Words,
    /// Something that machines understand.
    Coded,
}

impl Fill {
    pub(super) fn of(content: Option<Content>) -> Self {
        Self {
            entries: 1,
            filled: u64::from(content.is_some()),
            coded: u64::from(content == Some(Content::Coded)),
            free_text: u64::from(content == Some(Content::Words)),
            absent: u64::from(content.is_none()),
        }
    }
}

impl AddAssign for Fill {
    fn add_assign(&mut self, other: Self) {
        self.entries += other.entries;
        self.filled += other.filled;
        self.coded += other.coded;
        self.free_text += other.free_text;
        self.absent += other.absent;
    }
}

/// What an element says; only leaves of these names count, where there are names.
pub(super) fn of_element(element: &dyn Element, names: &[&str]) -> Option<Content> {
    let mut found = None;
    let in_concept = ["CodeableConcept", "Coding", "Dosage"].contains(&element.spec().name);
    let mut hold = |content| found = found.max(Some(content));
    walk::leaves(element, &mut |path, leaf| {
        if !names.is_empty() && !names.contains(&path.last()) {
            return;
        }
        match leaf {
            Leaf::Text(text) if text.trim().is_empty() => {}
            Leaf::Text(_) => {
                let of_coding = path.parent() == Some("coding") || element.spec().name == "Coding";
                hold(match path.last() {
                    // A display without a code is words; the system is nothing by itself.
                    "system" | "version" if of_coding => return,
                    "code" => Content::Coded,
                    _ if in_concept || of_coding || path.passes("dosageInstruction") => {
                        Content::Words
                    }
                    _ => Content::Plain,
                });
            }
            Leaf::Bytes(bytes) if bytes.is_empty() => {}
            _ => hold(Content::Coded),
        }
    });
    found
}

/// What a leaf says.
pub(super) fn of_leaf(leaf: &Leaf<'_>, value: ValueType) -> Option<Content> {
    match (leaf, value) {
        (Leaf::Text(text), _) if text.trim().is_empty() => None,
        (Leaf::Text(_), ValueType::Leaf(LeafType::Code { .. })) => Some(Content::Coded),
        (Leaf::Text(_), _) => Some(Content::Plain),
        _ => Some(Content::Coded),
    }
}
