//! Code maps: tables from source codes to target codes, as in FHIR ConceptMap.

use std::collections::{BTreeMap, HashMap};

use compact_str::CompactString;

/// How a target stands to its source code (FHIR R5 ConceptMap).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Relationship {
    /// They mean the same.
    #[default]
    Equivalent,
    /// The source says more; the target covers it.
    SourceIsNarrower,
    /// The source says less: the target would add something.
    SourceIsBroader,
    /// They touch.
    RelatedTo,
    /// There is no such target.
    NotRelatedTo,
}

impl Relationship {
    /// Reads FHIR's code.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "equivalent" => Self::Equivalent,
            "source-is-narrower-than-target" => Self::SourceIsNarrower,
            "source-is-broader-than-target" => Self::SourceIsBroader,
            "related-to" => Self::RelatedTo,
            "not-related-to" => Self::NotRelatedTo,
            _ => return None,
        })
    }

    /// FHIR's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::SourceIsNarrower => "source-is-narrower-than-target",
            Self::SourceIsBroader => "source-is-broader-than-target",
            Self::RelatedTo => "related-to",
            Self::NotRelatedTo => "not-related-to",
        }
    }

    /// Whether the target may stand for the source without saying more than it did.
    pub fn translates(self) -> bool {
        matches!(self, Self::Equivalent | Self::SourceIsNarrower)
    }
}

/// What a source code is in another code system.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// The code system.
    pub system: CompactString,
    /// The code.
    pub code: CompactString,
    /// What it means.
    pub display: CompactString,
    /// How it stands to the source code.
    pub relationship: Relationship,
}

/// How often a run asked a code map, row by row. Holds codes of the mapping document and counts, no other value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeMapUses {
    /// Of each source code that has a row: how often it came.
    pub rows: BTreeMap<CompactString, u64>,
    /// How often a code came that has no row.
    pub without_row: u64,
}

/// How often a run asked each code map, by the names of the maps. Parts add up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeUses(BTreeMap<String, CodeMapUses>);

impl CodeUses {
    /// The uses of a map; none where no code came.
    pub fn of(&self, map: &str) -> Option<&CodeMapUses> {
        self.0.get(map)
    }

    /// Adds the uses of another part.
    pub fn merge(&mut self, other: &Self) {
        for (name, uses) in &other.0 {
            let mine = self.0.entry(name.clone()).or_default();
            mine.without_row += uses.without_row;
            for (code, count) in &uses.rows {
                *mine.rows.entry(code.clone()).or_default() += count;
            }
        }
    }

    /// Counts a code that came.
    pub(crate) fn count(&mut self, map: &CodeMap, code: &str) {
        let uses = self.0.entry(map.name.clone()).or_default();
        match map.rows.get_key_value(code) {
            Some((code, _)) => *uses.rows.entry(code.clone()).or_default() += 1,
            None => uses.without_row += 1,
        }
    }
}

/// A table from source codes to target codes.
#[derive(Debug, Clone, Default)]
pub struct CodeMap {
    name: String,
    rows: HashMap<CompactString, Target>,
}

impl CodeMap {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            rows: HashMap::new(),
        }
    }

    /// Adds a row; `false` where the code has one already.
    pub(crate) fn insert(&mut self, code: &str, target: Target) -> bool {
        match self.rows.entry(CompactString::from(code)) {
            std::collections::hash_map::Entry::Occupied(_) => false,
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(target);
                true
            }
        }
    }

    /// The name inside the mapping document.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The target of a source code. A code without a row, or whose row would add meaning, has none.
    pub fn translate(&self, code: &str) -> Option<&Target> {
        self.rows
            .get(code)
            .filter(|target| target.relationship.translates())
    }

    /// The rows, in no order.
    pub(crate) fn targets(&self) -> impl Iterator<Item = (&str, &Target)> {
        self.rows
            .iter()
            .map(|(code, target)| (code.as_str(), target))
    }
}
