//! Which entries of two charts say the same and hang on what says the same.
//!
//! The class of an entry begins as what it says. Round by round it takes in the classes of what it
//! refers to, so that two readings that say the same are told apart by their visits, and two visits
//! by their readings' panel (colour refinement, as in tests for isomorphic graphs).

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use ehr_model::record::{Record, RecordId};

use super::content::{Part, content};
use crate::walk;

/// How far references are followed: an author's role, its person, their organization.
const ROUNDS: usize = 3;

/// The classes of entries by their ids, in source and target.
#[derive(Debug, Default)]
pub(super) struct Classes(HashMap<RecordId, usize>, HashMap<RecordId, usize>);

struct Node {
    id: RecordId,
    is_source: bool,
    /// Where a reference stands, and where it leads.
    references: Vec<(String, RecordId)>,
    class: usize,
}

/// The classes of entries that have no counterpart yet. Entries that have one are told apart by it.
pub(super) fn classes(
    source: &[&Record],
    target: &[&Record],
    counterparts: &HashMap<RecordId, RecordId>,
    part: Part,
) -> Classes {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let sides = source.iter().map(|record| (true, record));
    let sides = sides.chain(target.iter().map(|record| (false, record)));
    let mut nodes: Vec<Node> = sides
        .map(|(is_source, record)| {
            let mut references = Vec::new();
            walk::references(record.resource.element(), &mut |path, _, id| {
                references.push((path.to_string(), id));
            });
            Node {
                id: record.id,
                is_source,
                references,
                class: number(
                    &mut numbers,
                    format!("{}\n{}", record.kind().name(), content(record, part, None)),
                ),
            }
        })
        .collect();
    let matched: HashSet<RecordId> = counterparts.values().copied().collect();
    for _ in 0..ROUNDS {
        let classes = by_id(&nodes);
        numbers.clear();
        for node in &mut nodes {
            let mut text = node.class.to_string();
            let own = if node.is_source {
                &classes.0
            } else {
                &classes.1
            };
            for (path, id) in &node.references {
                let counterpart = if node.is_source {
                    counterparts.get(id)
                } else {
                    matched.get(id)
                };
                let _ = match (counterpart, own.get(id)) {
                    (Some(id), _) => write!(text, " {path}={id}"),
                    (None, Some(class)) => write!(text, " {path}:{class}"),
                    // Shared records and records that are nowhere are known by their id only.
                    (None, None) => write!(text, " {path}={id}"),
                };
            }
            node.class = number(&mut numbers, text);
        }
    }
    by_id(&nodes)
}

impl Classes {
    /// The class of an entry of one side, as a key.
    pub(super) fn key(&self, record: &Record, is_source: bool) -> Option<String> {
        let side = if is_source { &self.0 } else { &self.1 };
        Some(side.get(&record.id)?.to_string())
    }
}

fn by_id(nodes: &[Node]) -> Classes {
    let side = |is_source| {
        let of_side = nodes.iter().filter(move |node| node.is_source == is_source);
        of_side.map(|node| (node.id, node.class)).collect()
    };
    Classes(side(true), side(false))
}

fn number(numbers: &mut HashMap<String, usize>, text: String) -> usize {
    let next = numbers.len();
    *numbers.entry(text).or_insert(next)
}
