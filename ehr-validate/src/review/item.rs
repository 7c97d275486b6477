//! One chart or billing claim on its page.

use ehr_model::chart::Chart;
use ehr_model::element::{Leaf, SafetyClass};
use ehr_model::record::{Kind, Record, RecordId};
use ehr_model::value::Text;

use super::align::{align, same};
use super::written::Written;
use crate::compare::{ChartPair, day_of};
use crate::walk;

/// How an entry stands in source and target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntryState {
    /// In both, and they say the same.
    Same,
    /// In both, and they differ.
    Differs,
    /// In the source only.
    Missing,
    /// In the target only.
    Extra,
    /// There are several that could be its counterpart.
    Ambiguous,
}

/// A chart or a billing claim. `Debug` shows no value.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReviewItem {
    /// The number in the packet, from 1.
    pub number: usize,
    /// The id of the patient or of the claim.
    pub unit: RecordId,
    /// Whether it is a billing claim and not a chart.
    pub is_billing_claim: bool,
    /// The entries; those that differ are all there.
    pub entries: Vec<ReviewEntry>,
    /// How many entries of each kind the page leaves out, by the plan.
    pub left_out: Vec<(Kind, usize)>,
}

/// An entry of a chart.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReviewEntry {
    /// Its kind.
    pub kind: Kind,
    /// What it is about.
    pub title: Text,
    /// Its id in the source.
    pub source: Option<RecordId>,
    /// Its id in the target.
    pub target: Option<RecordId>,
    /// How it stands.
    pub state: EntryState,
    /// Whether the page shows the new system first; in a blind packet only.
    pub turned: bool,
    /// Its fields.
    pub fields: Vec<ReviewField>,
}

/// A field of an entry.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReviewField {
    /// The path in the catalogue.
    pub path: String,
    /// The words for people.
    pub label: String,
    /// What a loss would mean.
    pub safety: SafetyClass,
    /// What stands in the old system, verbatim.
    pub written: Option<Text>,
    /// What the mapping made of it.
    pub source: Option<Text>,
    /// What the new system holds.
    pub target: Option<Text>,
    /// Whether source and target differ.
    pub differs: bool,
}

/// What an item is made of.
pub(super) struct ItemParts<'c> {
    pub(super) source: &'c Chart,
    pub(super) target: &'c Chart,
    pub(super) written: &'c Written,
    /// How many entries of a kind that is not safety-critical are shown, beside all that differ.
    pub(super) entries_of_kind: usize,
    /// Decides which.
    pub(super) rank: &'c dyn Fn(RecordId) -> [u8; 32],
}

impl ReviewItem {
    /// The page of a chart, or of one billing claim in it.
    pub(super) fn new(unit: RecordId, parts: &ItemParts<'_>) -> Self {
        let pair = ChartPair::new(parts.source, parts.target);
        let is_billing_claim = parts
            .source
            .record(unit)
            .is_some_and(|record| record.kind() == Kind::Claim);
        let mut entries = entries(&pair, parts);
        let mut left_out = Vec::new();
        if is_billing_claim {
            entries.retain(|entry| entry.source == Some(unit));
        } else {
            left_out = shorten(&mut entries, parts);
        }
        Self {
            number: 0,
            unit,
            is_billing_claim,
            entries,
            left_out,
        }
    }

    /// How many fields differ.
    pub fn differences(&self) -> usize {
        let fields = self.entries.iter().flat_map(|entry| &entry.fields);
        fields.filter(|field| field.differs).count()
    }
}

fn entries(pair: &ChartPair<'_>, parts: &ItemParts<'_>) -> Vec<ReviewEntry> {
    let mut entries: Vec<ReviewEntry> = pair
        .matched()
        .map(|(source, target)| entry(pair, parts, Some(source), Some(target), EntryState::Same))
        .collect();
    for record in pair.missing() {
        entries.push(entry(pair, parts, Some(record), None, EntryState::Missing));
    }
    for record in pair.extra() {
        entries.push(entry(pair, parts, None, Some(record), EntryState::Extra));
    }
    for group in pair.ambiguous() {
        let sources = group.source.iter().map(|record| (Some(*record), None));
        let targets = group.target.iter().map(|record| (None, Some(*record)));
        for (source, target) in sources.chain(targets) {
            entries.push(entry(pair, parts, source, target, EntryState::Ambiguous));
        }
    }
    // the order of a chart; what differs does not stand apart, so that the eye reads all
    entries.sort_by_key(|entry| entry.kind);
    entries
}

fn entry(
    pair: &ChartPair<'_>,
    parts: &ItemParts<'_>,
    source: Option<&Record>,
    target: Option<&Record>,
    state: EntryState,
) -> ReviewEntry {
    let record = source
        .or(target)
        .expect("an entry stands on one side at least");
    let counterpart = |id| pair.counterpart(id).unwrap_or(id);
    let aligned = align(
        record.kind(),
        source.map(|record| record.resource.element()),
        target.map(|record| record.resource.element()),
        &counterpart,
    );
    let provenance = source.map(|record| record.provenance.as_slice());
    let fields: Vec<ReviewField> = aligned
        .into_iter()
        .map(|aligned| {
            let differs = match (&aligned.source, &aligned.target) {
                (Some(source), Some(target)) => !same(source, target, &counterpart),
                _ => true,
            };
            let shown = |leaf: Option<Leaf<'_>>, chart| leaf.map(|leaf| show(&leaf, chart));
            ReviewField {
                written: aligned
                    .source
                    .is_some()
                    .then(|| parts.written.find(provenance?, &aligned.path))
                    .flatten(),
                source: shown(aligned.source, parts.source),
                target: shown(aligned.target, parts.target),
                path: aligned.path,
                label: aligned.label,
                safety: aligned.safety,
                differs,
            }
        })
        .collect();
    let state = match state {
        EntryState::Same if fields.iter().any(|field| field.differs) => EntryState::Differs,
        state => state,
    };
    ReviewEntry {
        kind: record.kind(),
        title: title(record),
        source: source.map(|record| record.id),
        target: target.map(|record| record.id),
        state,
        turned: false,
        fields,
    }
}

/// Leaves out entries that say the same, beyond those that the plan wants of a kind.
fn shorten(entries: &mut Vec<ReviewEntry>, parts: &ItemParts<'_>) -> Vec<(Kind, usize)> {
    let mut left_out = Vec::new();
    for kind in Kind::ALL {
        let may_go = |entry: &&ReviewEntry| entry.kind == *kind && entry.state == EntryState::Same;
        if kind.is_safety_critical() || *kind == Kind::Patient {
            continue;
        }
        let mut ids: Vec<RecordId> = entries
            .iter()
            .filter(may_go)
            .filter_map(|entry| entry.source)
            .collect();
        ids.sort_by_cached_key(|id| (parts.rank)(*id));
        let out = ids.split_off(parts.entries_of_kind.min(ids.len()));
        if !out.is_empty() {
            entries.retain(|entry| {
                !(may_go(&entry) && entry.source.is_some_and(|id| out.contains(&id)))
            });
            left_out.push((*kind, out.len()));
        }
    }
    left_out
}

/// A leaf for people. References are shown by what they lead to.
fn show(leaf: &Leaf<'_>, chart: &Chart) -> Text {
    match leaf {
        Leaf::Text(text) => Text::from(&**text),
        Leaf::Boolean(value) => Text::from(if *value { "yes" } else { "no" }),
        Leaf::Integer(number) => Text::from(number.to_string()),
        Leaf::Decimal(decimal) => Text::from(decimal.expose()),
        Leaf::Date(date) => Text::from(date.to_iso()),
        Leaf::Bytes(bytes) => {
            let digest = ehr_crypto::Digest::sha256(bytes).to_string();
            Text::from(format!("{} bytes, SHA-256 {digest}", bytes.len()))
        }
        Leaf::Target(kind, id) => Text::from(match chart.record(*id) {
            Some(record) => format!("{}: {}", kind.name(), title(record).expose()),
            None => format!("{} {id}", kind.name()),
        }),
        _ => Text::from("a value of another type"),
    }
}

/// What a record is about, and when: its first words and its day.
fn title(record: &Record) -> Text {
    let mut words = None;
    walk::leaves(record.resource.element(), &mut |path, leaf| {
        let says = ["text", "display", "family", "description", "name"].contains(&path.last());
        if let (None, true, Leaf::Text(text)) = (&words, says, leaf) {
            words = Some(text.to_string());
        }
    });
    let words = words.unwrap_or_else(|| record.kind().name().to_owned());
    Text::from(match day_of(record) {
        Some(day) => format!("{words}, {day}"),
        None => words,
    })
}
