//! Two charts of one patient: their differences, and the entries that may stand on another chart.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use ehr_crypto::Digest;
use ehr_model::chart::Chart;
use ehr_model::element::SafetyClass;
use ehr_model::record::{Kind, Record, RecordId};

use super::allowance::Allowance;
use super::difference::{Difference, DifferenceClass, Pattern, Side};
use super::fields::{Found, Links, compare_fields, critical_in, worst_of};
use super::polarity::denying_field;
use super::{ChartPair, content_of};
use crate::walk;

/// Up to this many comparisons find the nearest of entries that could be matched in several ways.
const MOST_TRIALS: usize = 4096;

/// The records that all patients share, of both sides: which is which.
#[derive(Debug, Clone, Default)]
pub struct SharedRecords {
    counterparts: HashMap<RecordId, RecordId>,
    missing: HashSet<RecordId>,
    /// What only the source shares: on a chart of the target, perhaps.
    only_source: HashMap<RecordId, Record>,
    /// What only the target shares.
    only_target: HashMap<RecordId, Record>,
}

/// What two charts of one patient differ in.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ChartDifferences {
    /// What is certain: all but entries that may stand on another chart.
    pub differences: Vec<Difference>,
    /// What was allowed, and how often.
    pub allowed: BTreeMap<Allowance, u64>,
    /// How many entries of each kind were compared.
    pub compared: BTreeMap<Kind, u64>,
    /// How many safety-critical entries and values the source holds.
    pub critical: u64,
    /// Those of them that were compared, or that the target lacks.
    pub critical_compared: u64,
    pub(super) unplaced: Vec<Unplaced>,
    /// Records of this chart that the other side shares, and that were compared here.
    pub(super) shared_elsewhere: HashSet<RecordId>,
}

/// An entry that one of two charts lacks, by its digest. The content is not kept.
#[derive(Debug, Clone)]
pub(super) struct Unplaced {
    pub(super) difference: Difference,
    pub(super) content: Option<Digest>,
}

impl SharedRecords {
    /// Matches the records that all patients share, and compares them.
    pub fn compare(source: &Chart, target: &Chart) -> (Self, ChartDifferences) {
        let pair = ChartPair::new(source, target);
        let nothing = Self::default();
        let differences = Comparing::new(&pair, &nothing, None).run();
        let shared = Self {
            counterparts: pair.counterparts.clone(),
            missing: missing(&pair),
            only_source: unplaced(pair.missing()),
            only_target: unplaced(pair.extra()),
        };
        (shared, differences)
    }

    /// The record of a chart of one side, where the other side shares it.
    fn of_other_side(&self, record: &Record, is_source: bool) -> Option<&Record> {
        let others = match is_source {
            true => &self.only_target,
            false => &self.only_source,
        };
        let other = others
            .get(&record.id)
            .filter(|other| other.kind() == record.kind())?;
        (!names_patient(record) && !names_patient(other)).then_some(other)
    }

    /// The record of the target that a shared record of the source became.
    pub fn counterpart(&self, source: RecordId) -> Option<RecordId> {
        self.counterparts.get(&source).copied()
    }
}

impl ChartDifferences {
    /// Compares the charts of one patient.
    pub fn between(source: &Chart, target: &Chart, shared: &SharedRecords) -> Self {
        let pair = ChartPair::new(source, target);
        let patients = (
            source.patient().map(|record| record.id),
            target.patient().map(|record| record.id),
        );
        Comparing::new(&pair, shared, Some(patients)).run()
    }

    /// The records that its differences are about, of both sides.
    pub fn records(&self) -> impl Iterator<Item = RecordId> + '_ {
        let unplaced = self.unplaced.iter().map(|one| &one.difference);
        let differences = self.differences.iter().chain(unplaced);
        let sides = differences.flat_map(|one| [&one.source, &one.target]);
        sides.flatten().map(|side| side.id)
    }

    /// All entries of a chart that only one side has.
    pub fn one_sided(chart: &Chart, is_source: bool) -> Self {
        let none = Chart::default();
        match is_source {
            true => Self::between(chart, &none, &SharedRecords::default()),
            false => Self::between(&none, chart, &SharedRecords::default()),
        }
    }
}

/// On whose charts two records stand, in source and target; none for what all patients share.
type Charts = (Option<RecordId>, Option<RecordId>);

struct Comparing<'p, 'c> {
    pair: &'p ChartPair<'c>,
    shared: &'p SharedRecords,
    patients: Charts,
    missing: HashSet<RecordId>,
    out: ChartDifferences,
}

impl<'p, 'c> Comparing<'p, 'c> {
    fn new(pair: &'p ChartPair<'c>, shared: &'p SharedRecords, patients: Option<Charts>) -> Self {
        let mut missing = missing(pair);
        missing.extend(&shared.missing);
        Self {
            pair,
            shared,
            patients: patients.unwrap_or_default(),
            missing,
            out: ChartDifferences::default(),
        }
    }

    fn run(mut self) -> ChartDifferences {
        let pair = self.pair;
        // counted apart from the matching: what it would forget is not counted as compared
        self.out.critical = pair.source().records.iter().map(critical_in).sum();
        for (source, target) in pair.matched() {
            let found = self.fields(source, target);
            self.report(source, target, found, None, self.patients);
        }
        let mut lost: Vec<&Record> = pair.missing().collect();
        let mut added: Vec<&Record> = pair.extra().collect();
        for group in pair.ambiguous() {
            let (source, target) = self.nearest(&group.source, &group.target);
            lost.extend(source);
            added.extend(target);
        }
        let shared = self.shared;
        lost.retain(|record| match shared.of_other_side(record, true) {
            Some(other) => self.placed_otherwise(record, other, (self.patients.0, None)),
            None => true,
        });
        added.retain(|record| match shared.of_other_side(record, false) {
            Some(other) => self.placed_otherwise(other, record, (None, self.patients.1)),
            None => true,
        });
        for record in lost {
            self.lost(record);
        }
        let originals = self.originals(&added);
        for record in added {
            self.added(record, &originals);
        }
        self.out
    }

    /// Compares a record of the chart with the one that the other side shares. Nothing is left of it.
    fn placed_otherwise(&mut self, source: &Record, target: &Record, charts: Charts) -> bool {
        *self.out.allowed.entry(Allowance::Placement).or_default() += 1;
        let mut found = self.fields(source, target);
        if source.kind().is_shared() {
            // other charts speak of the same place or person, and may know more
            let is_more = |found: &Found| found.class == DifferenceClass::Extra;
            let more = found.extract_if(.., |found| is_more(found)).count() as u64;
            if more > 0 {
                *self.out.allowed.entry(Allowance::SharedMore).or_default() += more;
            }
        }
        self.report(source, target, found, None, charts);
        self.out.shared_elsewhere.insert(source.id);
        false
    }

    fn links(&self) -> Links<'_> {
        Links {
            counterparts: &self.pair.counterparts,
            shared: &self.shared.counterparts,
            missing: &self.missing,
            target: self.pair.target(),
        }
    }

    fn fields(&mut self, source: &Record, target: &Record) -> Vec<Found> {
        *self.out.compared.entry(source.kind()).or_default() += 1;
        self.out.critical_compared += critical_in(source);
        let mut allowed = std::mem::take(&mut self.out.allowed);
        if source.id != target.id {
            *allowed.entry(Allowance::Ids).or_default() += 1;
        }
        let mut found = compare_fields(source, target, self.links(), &mut allowed);
        self.out.allowed = allowed;
        negation(source, target, &mut found);
        if target.provenance.len() > source.provenance.len().max(1) {
            found.push(Found {
                class: DifferenceClass::Extra,
                pattern: Some(Pattern::Duplicated),
                safety: worst_of(target),
                field: String::new(),
            });
        }
        found
    }

    fn report(
        &mut self,
        source: &Record,
        target: &Record,
        found: Vec<Found>,
        pattern: Option<Pattern>,
        charts: Charts,
    ) {
        for found in found {
            let field: Option<Arc<str>> = (!found.field.is_empty()).then(|| found.field.into());
            self.out.differences.push(Difference {
                class: found.class,
                pattern: found.pattern.or(pattern),
                safety: found.safety,
                kind: source.kind(),
                field,
                patient: self.patients.0.or(self.patients.1),
                source: Some(Side::of(source, charts.0)),
                target: Some(Side::of(target, charts.1)),
            });
        }
    }

    /// Compares the nearest of entries that could be matched in several ways; the rest is left over.
    fn nearest<'r>(
        &mut self,
        source: &[&'r Record],
        target: &[&'r Record],
    ) -> (Vec<&'r Record>, Vec<&'r Record>) {
        let (mut source, mut target) = (source.to_vec(), target.to_vec());
        let trials = source.len() * target.len() <= MOST_TRIALS;
        let mut rated = Vec::new();
        for (i, one) in source.iter().enumerate() {
            for (j, other) in target.iter().enumerate() {
                if trials || i == j {
                    let mut allowed = BTreeMap::new();
                    let found = compare_fields(one, other, self.links(), &mut allowed);
                    rated.push((found.len(), i, j));
                }
            }
        }
        rated.sort_unstable();
        let (mut gone, mut taken) = (HashSet::new(), HashSet::new());
        for (_, i, j) in rated {
            if gone.contains(&i) || taken.contains(&j) {
                continue;
            }
            gone.insert(i);
            taken.insert(j);
            let found = self.fields(source[i], target[j]);
            let pattern = Some(Pattern::Ambiguous);
            self.report(source[i], target[j], found, pattern, self.patients);
        }
        let mut number = 0..;
        source.retain(|_| !gone.contains(&number.next().unwrap_or_default()));
        let mut number = 0..;
        target.retain(|_| !taken.contains(&number.next().unwrap_or_default()));
        (source, target)
    }

    fn lost(&mut self, record: &Record) {
        self.out.critical_compared += critical_in(record);
        let difference = Difference {
            class: DifferenceClass::Missing,
            pattern: None,
            safety: worst_of(record),
            kind: record.kind(),
            field: None,
            patient: self.patients.0,
            source: Some(Side::of(record, self.patients.0)),
            target: None,
        };
        self.unplaced(record, difference);
    }

    /// The entries of the source by what they say, of the kinds of which the target has more.
    fn originals(&self, added: &[&Record]) -> HashMap<(Kind, String), &'c Record> {
        let kinds: HashSet<Kind> = added.iter().map(|record| record.kind()).collect();
        let matched = self.pair.matched();
        let of_kind = matched.filter(|(source, _)| kinds.contains(&source.kind()));
        of_kind
            .map(|(source, target)| ((target.kind(), content_of(target)), source))
            .collect()
    }

    fn added(&mut self, record: &Record, originals: &HashMap<(Kind, String), &'c Record>) {
        let original = originals.get(&(record.kind(), content_of(record)));
        let difference = Difference {
            class: DifferenceClass::Extra,
            pattern: original.map(|_| Pattern::Duplicated),
            safety: worst_of(record),
            kind: record.kind(),
            field: None,
            patient: self.patients.0.or(self.patients.1),
            source: original.map(|source| Side::of(source, self.patients.0)),
            target: Some(Side::of(record, self.patients.1)),
        };
        self.unplaced(record, difference);
    }

    fn unplaced(&mut self, record: &Record, difference: Difference) {
        if record.kind() == Kind::Patient {
            return self.out.differences.push(difference);
        }
        let content = content_of(record);
        let content = (!content.is_empty()).then(|| Digest::sha256(content.as_bytes()));
        self.out.unplaced.push(Unplaced {
            difference,
            content,
        });
    }
}

/// Renames differences that turn a denial into an assertion or the other way round.
fn negation(source: &Record, target: &Record, found: &mut Vec<Found>) {
    let (denied, denies) = (denying_field(source), denying_field(target));
    let (field, pattern) = match (denied, denies) {
        (Some(field), None) => (field, Pattern::NegationDropped),
        (None, Some(field)) => (field, Pattern::NegationAdded),
        _ => return,
    };
    let is_it = |found: &&mut Found| {
        let rest = found.field.strip_prefix(field);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let mut any = false;
    for one in found.iter_mut().filter(is_it) {
        one.class = DifferenceClass::LostNegation;
        one.pattern = Some(pattern);
        any = true;
    }
    if !any {
        found.push(Found {
            class: DifferenceClass::LostNegation,
            pattern: Some(pattern),
            safety: SafetyClass::SafetyCritical,
            field: field.to_owned(),
        });
    }
}

fn missing(pair: &ChartPair<'_>) -> HashSet<RecordId> {
    pair.missing().map(|record| record.id).collect()
}

fn unplaced<'r>(records: impl Iterator<Item = &'r Record>) -> HashMap<RecordId, Record> {
    records.map(|record| (record.id, record.clone())).collect()
}

/// Whether an entry says itself whose it is.
fn names_patient(record: &Record) -> bool {
    let Some(field) = record.kind().patient_field() else {
        return false;
    };
    let mut names = false;
    walk::references(record.resource.element(), &mut |path, kind, _| {
        names |= path.top() == field && kind == Kind::Patient;
    });
    names
}
