//! Which patient of the target is which of the source: by id, by identifier, else by demographics.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use ehr_model::chart::Chart;
use ehr_model::kind::Patient;
use ehr_model::record::RecordId;

use crate::linkage::{Linker, MatchGrade, PersonRecord, contradictions};
use crate::own_identifiers::own_identifiers;

/// Two people under one number contradict each other in at least so many of name, birth date, sex
/// and Social Security number; a fault in one field is no other person.
const CONTRADICTIONS_OF_TWO_PEOPLE: usize = 2;

/// Collects the patients of both sides and matches them at the end. Nothing is guessed: who is not
/// certainly somebody is on one side only.
///
/// It holds about half a kilobyte a patient, and no chart.
#[derive(Clone, Default)]
pub struct PatientMatching {
    source: BTreeMap<RecordId, Known>,
    target: BTreeMap<RecordId, Known>,
}

#[derive(Clone, Default)]
struct Known {
    person: PersonRecord,
    identifiers: Vec<String>,
}

/// A patient of both sides, or of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PatientMatch {
    /// The patient in the source.
    pub source: Option<RecordId>,
    /// The patient in the target.
    pub target: Option<RecordId>,
    /// What the match rests on; none for who is on one side only.
    pub basis: Option<PatientBasis>,
}

/// What the match of two patients rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PatientBasis {
    /// The id was kept.
    Id,
    /// An identifier that one patient has on each side.
    Identifier,
    /// Name, birth date and the rest, certain by record linkage and for nobody else.
    Demographics,
}

impl PatientBasis {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Identifier => "identifier",
            Self::Demographics => "demographics",
        }
    }
}

impl PatientMatching {
    /// Collects the patient of a chart of the source.
    pub fn source(&mut self, chart: &Chart) {
        self.source.extend(known(chart));
    }

    /// Collects the patient of a chart of the target.
    pub fn target(&mut self, chart: &Chart) {
        self.target.extend(known(chart));
    }

    /// Adds what another part of the run collected. Parts add up in any order.
    pub fn merge(&mut self, other: Self) {
        self.source.extend(other.source);
        self.target.extend(other.target);
    }

    /// How many patients have one id on both sides.
    pub fn shared_ids(&self) -> usize {
        let target = &self.target;
        self.source
            .keys()
            .filter(|id| target.contains_key(id))
            .count()
    }

    /// Whether one id means one person on both sides. Numbers that a target counts anew meet those
    /// of other people.
    pub fn ids_are_kept(&self) -> bool {
        ids_are_kept(&self.source, &self.target)
    }

    /// Forgets the patients of the target, to read them again.
    pub fn forget_target(&mut self) {
        self.target.clear();
    }

    /// Forgets the patients of the source, to read them again.
    pub fn forget_source(&mut self) {
        self.source.clear();
    }

    /// Matches the patients, in the order of the ids of the source; the target's own come last.
    pub fn finish(self) -> Vec<PatientMatch> {
        let Self { source, target } = self;
        let mut found: BTreeMap<RecordId, (RecordId, PatientBasis)> = BTreeMap::new();
        let mut open: BTreeMap<RecordId, &Known> = target.iter().map(|(id, k)| (*id, k)).collect();
        if ids_are_kept(&source, &target) {
            for id in source.keys().filter(|id| target.contains_key(id)) {
                found.insert(*id, (*id, PatientBasis::Id));
                open.remove(id);
            }
        }
        let mut left: BTreeMap<RecordId, &Known> = source
            .iter()
            .filter(|(id, _)| !found.contains_key(id))
            .map(|(id, known)| (*id, known))
            .collect();
        for (one, other) in by_identifier(&left, &open) {
            left.remove(&one);
            open.remove(&other);
            found.insert(one, (other, PatientBasis::Identifier));
        }
        for (one, other) in by_demographics(&left, &open) {
            left.remove(&one);
            open.remove(&other);
            found.insert(one, (other, PatientBasis::Demographics));
        }
        let of_source = source.keys().map(|id| {
            let matched = found.get(id);
            PatientMatch {
                source: Some(*id),
                target: matched.map(|(target, _)| *target),
                basis: matched.map(|(_, basis)| *basis),
            }
        });
        let of_target = open.keys().map(|id| PatientMatch {
            source: None,
            target: Some(*id),
            basis: None,
        });
        of_source.chain(of_target).collect()
    }
}

fn ids_are_kept(source: &BTreeMap<RecordId, Known>, target: &BTreeMap<RecordId, Known>) -> bool {
    let (mut shared, mut others) = (0, 0);
    for (id, one) in source {
        let Some(other) = target.get(id) else {
            continue;
        };
        shared += 1;
        others += usize::from(are_two_people(one, other));
    }
    shared > 0 && others * 2 <= shared
}

fn are_two_people(one: &Known, other: &Known) -> bool {
    contradictions(&one.person, &other.person).len() >= CONTRADICTIONS_OF_TWO_PEOPLE
}

/// Patients that share an identifier with one patient of the other side and with no other.
fn by_identifier(
    source: &BTreeMap<RecordId, &Known>,
    target: &BTreeMap<RecordId, &Known>,
) -> Vec<(RecordId, RecordId)> {
    let holders = |side: &BTreeMap<RecordId, &Known>| {
        let mut holders: HashMap<String, Vec<RecordId>> = HashMap::new();
        for (id, known) in side {
            for identifier in &known.identifiers {
                holders.entry(identifier.clone()).or_default().push(*id);
            }
        }
        holders
    };
    let of_target = holders(target);
    let mut links: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
    for (identifier, ids) in holders(source) {
        let (Some(others), [one]) = (of_target.get(&identifier), &ids[..]) else {
            continue;
        };
        if let [other] = others[..] {
            links.entry(*one).or_default().push(other);
        }
    }
    let pairs = links.into_iter().filter_map(|(one, mut others)| {
        others.sort_unstable();
        others.dedup();
        let [other] = others[..] else { return None };
        (!are_two_people(source[&one], target[&other])).then_some((one, other))
    });
    only_once(pairs.collect())
}

/// Patients that linkage is certain of, each with one patient of the other side.
fn by_demographics(
    source: &BTreeMap<RecordId, &Known>,
    target: &BTreeMap<RecordId, &Known>,
) -> Vec<(RecordId, RecordId)> {
    if source.is_empty() || target.is_empty() {
        return Vec::new();
    }
    let mut linker = Linker::default();
    let mut ids = Vec::new();
    for (is_source, side) in [(true, source), (false, target)] {
        for (id, known) in side {
            linker.add(&known.person);
            ids.push((is_source, *id));
        }
    }
    let linkage = linker.link();
    let certain = linkage.candidates().iter().filter(|pair| {
        let both = ids[pair.a as usize].0 != ids[pair.b as usize].0;
        both && pair.grade == MatchGrade::Certain
    });
    let pairs = certain.map(|pair| {
        let (a, b) = (ids[pair.a as usize], ids[pair.b as usize]);
        if a.0 { (a.1, b.1) } else { (b.1, a.1) }
    });
    only_once(pairs.collect())
}

/// Pairs of which neither patient stands in another.
fn only_once(pairs: Vec<(RecordId, RecordId)>) -> Vec<(RecordId, RecordId)> {
    let mut times: HashMap<(bool, RecordId), usize> = HashMap::new();
    for (one, other) in &pairs {
        *times.entry((true, *one)).or_default() += 1;
        *times.entry((false, *other)).or_default() += 1;
    }
    let once =
        |pair: &(RecordId, RecordId)| times[&(true, pair.0)] == 1 && times[&(false, pair.1)] == 1;
    pairs.into_iter().filter(once).collect()
}

fn known(chart: &Chart) -> Option<(RecordId, Known)> {
    let (record, patient) = chart.of::<Patient>().next()?;
    let identifiers = own_identifiers(record.resource.element()).into_iter();
    let identifiers = identifiers.map(|(_, (system, value))| format!("{system}|{value}"));
    let known = Known {
        person: PersonRecord::from_patient(patient),
        identifiers: identifiers.collect(),
    };
    Some((record.id, known))
}

impl fmt::Debug for PatientMatching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientMatching")
            .field("source", &self.source.len())
            .field("target", &self.target.len())
            .finish()
    }
}
