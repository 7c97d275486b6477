//! What is collected of a column.

use std::collections::HashMap;
use std::sync::Arc;

use ehr_model::profile::{ColumnProfile, Lengths, ValueShape};
use foldhash::fast::RandomState;

use super::AuditOptions;
use super::codes::Codes;
use super::date::WrittenDate;
use super::dates::Dates;
use super::digests::Digests;
use super::frequent::Frequent;
use super::shape::{Seen, is_mojibake, look_at};

/// How long databases cut texts: VARCHAR2 of Oracle, LONG of older programs, TEXT of MySQL, and
/// the usual fields of one byte.
const CUTS: [u32; 7] = [255, 4000, 8000, 32_000, 32_767, 65_535, 65_536];
/// A column is of the shape that so many in a thousand of its values have.
const SHAPE_SHARE: u64 = 950;
/// Texts may hold dates from this length on.
const TEXT: usize = 10;

#[derive(Clone)]
pub(super) struct Column {
    pub(super) name: Arc<str>,
    records: u64,
    last_record: u64,
    filled: u64,
    missing_words: u64,
    shapes: HashMap<ValueShape, u64, RandomState>,
    pub(super) digests: Digests,
    frequent: Frequent,
    least: u32,
    most: u32,
    total: u64,
    at_limit: [u64; CUTS.len()],
    dates: Dates,
    dates_inside: Dates,
    codes: Codes,
    mojibake: u64,
    replaced: u64,
}

impl Column {
    pub(super) fn new(name: Arc<str>, limit: usize) -> Self {
        Self {
            name,
            records: 0,
            last_record: 0,
            filled: 0,
            missing_words: 0,
            shapes: HashMap::default(),
            digests: Digests::with_limit(limit),
            frequent: Frequent::default(),
            least: u32::MAX,
            most: 0,
            total: 0,
            at_limit: [0; CUTS.len()],
            dates: Dates::default(),
            dates_inside: Dates::default(),
            codes: Codes::default(),
            mojibake: 0,
            replaced: 0,
        }
    }

    /// Looks at a value of the record with this number, counted from 1.
    pub(super) fn add(&mut self, record: u64, value: &str, digest: u64, options: &AuditOptions) {
        self.filled += 1;
        if self.last_record != record {
            self.last_record = record;
            self.records += 1;
        }
        let length = u32::try_from(value.chars().count()).unwrap_or(u32::MAX);
        self.least = self.least.min(length);
        self.most = self.most.max(length);
        self.total += u64::from(length);
        if let Some(cut) = CUTS.iter().position(|cut| *cut == length) {
            self.at_limit[cut] += 1;
        }
        self.digests.add(digest);
        self.frequent.add(digest, options.values.then_some(value));
        if !value.is_ascii() {
            self.mojibake += u64::from(is_mojibake(value));
            self.replaced += u64::from(value.contains('\u{fffd}'));
        }
        let value = value.trim();
        if value.is_empty() {
            self.missing_words += 1;
            return;
        }
        let shape = match look_at(value) {
            Seen::Missing => {
                self.missing_words += 1;
                return;
            }
            Seen::Date(date) => {
                let digits = value.bytes().all(|byte| byte.is_ascii_digit());
                self.dates.add(date, options.as_of);
                match digits {
                    // it may be a number all the same: the column decides
                    true => {
                        self.codes.add(digest, value, options.terminology.as_ref());
                        ValueShape::Integer
                    }
                    false => ValueShape::Date,
                }
            }
            Seen::Is(shape) => {
                if !matches!(
                    shape,
                    ValueShape::Uuid | ValueShape::Narrative | ValueShape::Email | ValueShape::Url
                ) {
                    self.codes.add(digest, value, options.terminology.as_ref());
                }
                // `DOB:1/2/1980` is one word
                let may_hold_dates = matches!(
                    shape,
                    ValueShape::Code | ValueShape::Words | ValueShape::Narrative
                ) && value.len() >= TEXT;
                if may_hold_dates {
                    let (dates, as_of) = (&mut self.dates_inside, options.as_of);
                    WrittenDate::each_inside(value, |date| dates.add(date, as_of));
                }
                shape
            }
        };
        *self.shapes.entry(shape).or_default() += 1;
    }

    /// Adds what another part saw of the column.
    pub(super) fn merge(&mut self, other: &Self) {
        self.records += other.records;
        self.filled += other.filled;
        self.missing_words += other.missing_words;
        for (shape, count) in &other.shapes {
            *self.shapes.entry(*shape).or_default() += count;
        }
        self.digests.merge(&other.digests);
        self.frequent.merge(&other.frequent);
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        self.total += other.total;
        for (mine, other) in self.at_limit.iter_mut().zip(other.at_limit) {
            *mine += other;
        }
        self.dates.merge(&other.dates);
        self.dates_inside.merge(&other.dates_inside);
        self.codes.merge(&other.codes);
        self.mojibake += other.mojibake;
        self.replaced += other.replaced;
    }

    /// The profile of the column of a table with so many records.
    pub(super) fn profile(&self, table: &str, records: u64) -> ColumnProfile {
        let mut profile = ColumnProfile::new(self.name.clone());
        profile.records = self.records;
        profile.filled = self.filled;
        profile.missing_words = self.missing_words;
        profile.distinct = self.digests.distinct();
        profile.unique = records > 0
            && self.filled == records
            && self.records == records
            && self.missing_words == 0
            && self.digests.are_unique();
        profile.mojibake = self.mojibake;
        profile.replaced = self.replaced;
        if self.filled > 0 {
            profile.lengths = self.lengths();
        }
        profile.top = self.frequent.top(&self.digests);
        let said = self.filled - self.missing_words;
        let (sure, compact) = self.dates.sure_and_compact();
        // eight digits are dates where nearly all are, or where dates with time stand beside them
        let compact_are_dates =
            compact > 0 && (compact + sure) * 1000 >= said * SHAPE_SHARE && said > 0;
        (profile.shape, profile.shape_count) = if compact_are_dates {
            (ValueShape::Date, sure + compact)
        } else {
            self.shape(said)
        };
        // a column of dates, or a text that is nothing but a date now and then
        let are_dates = compact_are_dates || sure * 2 > said;
        profile.dates = if are_dates && (compact == 0 || compact_are_dates) {
            self.dates.profile(false)
        } else {
            let mut inside = self.dates_inside.clone();
            inside.merge_written(&self.dates);
            inside.profile(true)
        };
        if profile.shape != ValueShape::Date {
            profile.codes = self.codes.shares(table, &self.name, said);
        }
        profile
    }

    fn lengths(&self) -> Lengths {
        let mut lengths = Lengths::default();
        lengths.least = self.least;
        lengths.most = self.most;
        lengths.total = self.total;
        // a cut shows as an end: nothing is longer
        lengths.at_limit = CUTS
            .into_iter()
            .zip(self.at_limit)
            .filter(|(cut, count)| *count > 0 && *cut == self.most)
            .collect();
        lengths
    }

    /// What nearly all values look like. Whole numbers are decimals where decimals stand beside
    /// them, and words are sentences.
    fn shape(&self, said: u64) -> (ValueShape, u64) {
        let count = |shapes: &[ValueShape]| -> u64 {
            let counts = shapes.iter().filter_map(|shape| self.shapes.get(shape));
            counts.sum()
        };
        let enough = |count: u64| said > 0 && count * 1000 >= said * SHAPE_SHARE;
        let groups: [(&[ValueShape], ValueShape); 11] = [
            (&[ValueShape::Uuid], ValueShape::Uuid),
            (&[ValueShape::Boolean], ValueShape::Boolean),
            (&[ValueShape::Integer], ValueShape::Integer),
            (
                &[ValueShape::Integer, ValueShape::Decimal],
                ValueShape::Decimal,
            ),
            (&[ValueShape::Date], ValueShape::Date),
            (&[ValueShape::Time], ValueShape::Time),
            (&[ValueShape::Email], ValueShape::Email),
            (&[ValueShape::Url], ValueShape::Url),
            (
                &[ValueShape::Code, ValueShape::Integer, ValueShape::Boolean],
                ValueShape::Code,
            ),
            (
                &[ValueShape::Words, ValueShape::Code, ValueShape::Boolean],
                ValueShape::Words,
            ),
            (
                &[ValueShape::Narrative, ValueShape::Words, ValueShape::Code],
                ValueShape::Narrative,
            ),
        ];
        if said == 0 {
            return (ValueShape::Empty, 0);
        }
        for (shapes, shape) in groups {
            let found = count(shapes);
            if enough(found) {
                return (shape, found);
            }
        }
        (ValueShape::Mixed, said)
    }
}
