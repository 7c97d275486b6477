//! A packet: all pages of a draw.

use std::collections::{BTreeMap, BTreeSet};

use ehr_crypto::Digest;
use ehr_model::chart::Chart;
use ehr_model::kind::Claim;
use ehr_model::record::RecordId;

use super::blind;
use super::item::{ItemParts, ReviewItem};
use super::page;
use super::seeding::{SeededFault, seed};
use super::written::Written;
use crate::Error;
use crate::sampling::{Draw, FAULTS_OF_CHART, SamplingPlan};

/// Collects the charts of a draw, in whatever order they come.
#[derive(Debug)]
pub struct PacketBuilder<'d> {
    plan: &'d SamplingPlan,
    draw: &'d Draw,
    wanted: BTreeSet<RecordId>,
    items: BTreeMap<RecordId, ReviewItem>,
    faults: BTreeMap<RecordId, Vec<SeededFault>>,
}

/// A packet. `Debug` shows no value.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReviewPacket {
    pub(super) plan: SamplingPlan,
    pub(super) draw: Draw,
    pub(super) digest: String,
    pub(super) items: Vec<ReviewItem>,
    /// What was put into which unit on purpose; never on a page.
    pub(super) faults: BTreeMap<RecordId, Vec<SeededFault>>,
}

/// Some units of a draw were not among the charts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of the units that were drawn are in no chart that was given, the first is {first}", .missing)]
#[non_exhaustive]
pub struct IncompletePacket {
    /// How many.
    pub missing: usize,
    /// The first of them.
    pub first: RecordId,
}

impl<'d> PacketBuilder<'d> {
    /// An empty packet.
    pub fn new(plan: &'d SamplingPlan, draw: &'d Draw) -> Self {
        Self {
            plan,
            draw,
            wanted: draw.packet.iter().copied().collect(),
            items: BTreeMap::new(),
            faults: BTreeMap::new(),
        }
    }

    /// Takes the pages of a chart that was drawn, in the source and in the target; of another chart
    /// nothing. Where the target lacks the patient, its chart is empty.
    pub fn add(&mut self, source: &Chart, target: &Chart, written: &Written) {
        let patient = source.patient().map(|record| record.id);
        let claims = source.of::<Claim>().map(|(record, _)| record.id);
        let units: Vec<RecordId> = patient
            .into_iter()
            .chain(claims)
            .filter(|unit| self.wanted.contains(unit))
            .collect();
        let rank = |id: RecordId| {
            let mut rank = [0; 32];
            let bytes = [self.plan.seed.to_be_bytes().as_slice(), id.as_bytes()].concat();
            rank.copy_from_slice(Digest::sha256(&bytes).as_bytes());
            rank
        };
        let parts = ItemParts {
            source,
            target,
            written,
            entries_of_kind: usize::try_from(self.plan.entries_of_kind).unwrap_or(usize::MAX),
            rank: &rank,
        };
        for unit in units {
            let share = self.faults_of(unit);
            let (item, faults) = match share {
                0 => (ReviewItem::new(unit, &parts), Vec::new()),
                share => seed(unit, &parts, self.plan.seed, share),
            };
            self.items.insert(unit, item);
            if !faults.is_empty() {
                self.faults.insert(unit, faults);
            }
        }
    }

    /// How many known faults a unit takes.
    fn faults_of(&self, unit: RecordId) -> u64 {
        match self.draw.apart.iter().position(|apart| *apart == unit) {
            Some(place) => self
                .draw
                .seeded_faults
                .saturating_sub(place as u64 * FAULTS_OF_CHART)
                .min(FAULTS_OF_CHART),
            None => 0,
        }
    }

    /// The packet.
    ///
    /// # Errors
    ///
    /// If a chart that was drawn was not given.
    pub fn finish(mut self) -> Result<ReviewPacket, IncompletePacket> {
        let mut missing = self
            .draw
            .packet
            .iter()
            .filter(|unit| !self.items.contains_key(unit));
        if let Some(first) = missing.next() {
            return Err(IncompletePacket {
                missing: 1 + missing.count(),
                first: *first,
            });
        }
        let mut items = Vec::new();
        for (number, unit) in (1..).zip(&self.draw.packet) {
            if let Some(mut item) = self.items.remove(unit) {
                item.number = number;
                if self.plan.blind {
                    blind::shuffle(&mut item, self.plan.seed);
                }
                items.push(item);
            }
        }
        Ok(ReviewPacket {
            plan: self.plan.clone(),
            draw: self.draw.clone(),
            digest: digest(&self.draw.digest, &items),
            items,
            faults: self.faults,
        })
    }
}

impl ReviewPacket {
    /// The digest of plan, draw and pages, which every answer names.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The pages, in the order of the packet.
    pub fn items(&self) -> &[ReviewItem] {
        &self.items
    }

    /// How many known faults stand in it.
    pub fn seeded_faults(&self) -> usize {
        self.faults.values().map(Vec::len).sum()
    }

    /// The names and contents of its files, `index.html` first. **They show data of patients**: whoever
    /// calls this decides where they go.
    ///
    /// # Errors
    ///
    /// If a page cannot be rendered.
    pub fn expose_pages(&self) -> impl Iterator<Item = Result<(String, String), Error>> + '_ {
        let index = std::iter::once_with(|| Ok(("index.html".to_owned(), page::index(self)?)));
        let items = self.items.iter();
        index.chain(items.map(|item| Ok((page::name(item.number), page::item(self, item)?))))
    }
}

/// Over everything that the pages show. The lengths keep neighbours apart.
fn digest(plan: &str, items: &[ReviewItem]) -> String {
    let mut hasher = ehr_crypto::Hasher::sha256();
    let mut text = |text: &str| {
        hasher.update(&(text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    };
    text(plan);
    for item in items {
        text(&item.unit.to_string());
        for entry in &item.entries {
            for id in [entry.source, entry.target] {
                text(&id.map(|id| id.to_string()).unwrap_or_default());
            }
            if entry.turned {
                text("turned");
            }
            for field in &entry.fields {
                text(&field.path);
                for shown in [&field.written, &field.source, &field.target] {
                    text(if shown.is_some() { "1" } else { "0" });
                    text(shown.as_ref().map_or("", |shown| shown.expose()));
                }
            }
        }
        text("end");
    }
    hasher.finish().to_string()
}
