//! Which identifiers mean one patient: what records say that name several (`also`).
//!
//! Two numbers of one authority are two people. Where identifiers that were said to be one person
//! hold two numbers of one authority, nobody is merged, and every record that said so is evidence.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use ehr_model::issue::{Issue, Severity};
use ehr_model::provenance::SourceAddress;
use ehr_model::record::{Kind, RecordId};

use super::{PATIENT_IDENTIFIERS_CONFLICT, PATIENT_IDENTIFIERS_JOINED};
use crate::mapper::{At, Mapper};
use crate::plan::{KEY_SEPARATOR, PatientKey, Plan};

/// An identifier of a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identifier {
    /// The id of a chart that nothing but this identifier names.
    id: RecordId,
    authority: u64,
}

/// The identifiers that one record names.
pub(super) enum Named {
    /// None.
    Nothing,
    /// Two numbers of one authority: nobody can tell whose record it is.
    Several,
    /// One patient, by these identifiers: that of the key first, if it found one.
    Patient(Identifiers),
}

/// The identifiers of one patient that a record names; there is at least one.
pub(super) struct Identifiers(Vec<Identifier>);

impl Identifiers {
    /// The chart of the record, as far as the record alone can tell.
    pub(super) fn first(&self) -> RecordId {
        self.0[0].id
    }
}

/// The identifiers that a record names by `patient` and `also` of its source.
pub(super) fn named(plan: &Plan, mapper: &Mapper<'_>, at: At<'_, '_>) -> Named {
    let table = &plan.tables[at.row.table];
    let mut found: Vec<Identifier> = Vec::new();
    let identifier = |authority: &str, key: &str| {
        let mut hasher = DefaultHasher::new();
        authority.hash(&mut hasher);
        Identifier {
            id: plan.record_id(Kind::Patient, key, None),
            authority: hasher.finish(),
        }
    };
    if let PatientKey::Key(key) = &table.patient
        && let Some(key) = mapper.key(key, at)
    {
        let number = key
            .rfind(KEY_SEPARATOR)
            .map_or(0, |end| end + KEY_SEPARATOR.len_utf8());
        found.push(identifier(&key[..number], &key));
    }
    for alias in &table.also {
        mapper.numbers(alias, at, &mut |number| {
            let key = format!("{}{number}", alias.authority);
            let one = identifier(&alias.authority, &key);
            if !found.contains(&one) {
                found.push(one);
            }
        });
    }
    let mut authorities: Vec<u64> = found.iter().map(|one| one.authority).collect();
    authorities.sort_unstable();
    match found.is_empty() {
        true => Named::Nothing,
        false if authorities.windows(2).any(|two| two[0] == two[1]) => Named::Several,
        false => Named::Patient(Identifiers(found)),
    }
}

/// What the records of an export say about identifiers. Grows with patients, not with records.
#[derive(Default)]
pub(super) struct Identities {
    numbers: HashMap<RecordId, usize>,
    nodes: Vec<Node>,
    /// Each pair once, with the record that named it first.
    pairs: HashMap<(usize, usize), SourceAddress>,
}

struct Node {
    identifier: Identifier,
    above: usize,
    /// The first source of the plan whose `patient` it is: that one names the chart.
    rank: usize,
}

impl Identities {
    /// A record of a source names these identifiers of one patient.
    pub(super) fn add(
        &mut self,
        table: usize,
        named: &Identifiers,
        address: impl Fn() -> SourceAddress,
    ) {
        let first = self.node(named.0[0]);
        self.nodes[first].rank = self.nodes[first].rank.min(table);
        let mut known: Option<SourceAddress> = None;
        let mut address = || known.get_or_insert_with(&address).clone();
        for other in &named.0[1..] {
            let other = self.node(*other);
            self.pairs
                .entry((first, other))
                .or_insert_with(&mut address);
            let (a, b) = (self.top(first), self.top(other));
            self.nodes[a].above = b;
        }
    }

    fn node(&mut self, identifier: Identifier) -> usize {
        *self.numbers.entry(identifier.id).or_insert_with(|| {
            self.nodes.push(Node {
                identifier,
                above: self.nodes.len(),
                rank: usize::MAX,
            });
            self.nodes.len() - 1
        })
    }

    fn top(&mut self, mut node: usize) -> usize {
        while self.nodes[node].above != node {
            let above = self.nodes[node].above;
            self.nodes[node].above = self.nodes[above].above;
            node = above;
        }
        node
    }

    /// Decides once all records are known: the chart of each identifier that has another one, and
    /// what a person has to know.
    pub(super) fn settle(mut self) -> (Charts, Vec<Issue>) {
        let mut people: HashMap<usize, Vec<usize>> = HashMap::new();
        for node in 0..self.nodes.len() {
            let top = self.top(node);
            people.entry(top).or_default().push(node);
        }
        let mut charts = HashMap::new();
        let mut conflicts: HashMap<usize, bool> = HashMap::new();
        for (top, nodes) in &people {
            let mut authorities: Vec<u64> = nodes
                .iter()
                .map(|node| self.nodes[*node].identifier.authority)
                .collect();
            authorities.sort_unstable();
            let conflict = authorities.windows(2).any(|two| two[0] == two[1]);
            conflicts.insert(*top, conflict);
            let chart = nodes
                .iter()
                .map(|node| &self.nodes[*node])
                .min_by_key(|node| (node.rank, node.identifier.id))
                .expect("nobody is without an identifier")
                .identifier
                .id;
            for node in nodes.iter().filter(|_| !conflict) {
                let id = self.nodes[*node].identifier.id;
                if id != chart {
                    charts.insert(id, chart);
                }
            }
        }
        let pairs = std::mem::take(&mut self.pairs);
        let issues = pairs.into_iter().map(|((first, _), address)| {
            let top = self.top(first);
            let id = self.nodes[first].identifier.id;
            let (code, severity, about) = match conflicts[&top] {
                true => (PATIENT_IDENTIFIERS_CONFLICT, Severity::Fatal, id),
                false => {
                    let chart = charts.get(&id).copied().unwrap_or(id);
                    (PATIENT_IDENTIFIERS_JOINED, Severity::Information, chart)
                }
            };
            Issue::new(code, severity)
                .about(Kind::Patient, about)
                .at(address)
        });
        let issues = issues.collect();
        (Charts(charts), issues)
    }
}

/// Of identifiers that name a chart with another one: the chart.
#[derive(Debug, Default)]
pub(super) struct Charts(HashMap<RecordId, RecordId>);

impl Charts {
    /// The chart that an identifier names.
    pub(super) fn of(&self, id: RecordId) -> RecordId {
        self.0.get(&id).copied().unwrap_or(id)
    }
}
