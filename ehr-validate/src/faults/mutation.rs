//! A chart that a fault is put into.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use ehr_model::catalogue::FieldPath;
use ehr_model::chart::Chart;
use ehr_model::element::{Leaf, LeafType};
use ehr_model::kind::Patient;
use ehr_model::record::{Kind, Namespace, Record, RecordId, ResourceType};
use ehr_model::value::{PartialDate, Precision};

use super::Injected;

/// A chart that a fault is put into. What it picks, the seed decides.
#[derive(Debug)]
pub struct Mutation {
    chart: Chart,
    seed: u64,
    touched: Option<(Kind, RecordId, Arc<str>)>,
}

impl Mutation {
    pub(super) fn new(chart: &Chart, seed: u64) -> Self {
        Self {
            chart: chart.clone(),
            seed,
            touched: None,
        }
    }

    pub(super) fn finish(self) -> Option<Injected> {
        let (kind, record, field) = self.touched?;
        Some(Injected {
            chart: Chart::new(self.chart.records, self.chart.issues),
            kind,
            record,
            field,
        })
    }

    /// The chart as it is now.
    pub fn chart(&self) -> &Chart {
        &self.chart
    }

    /// The date of birth of the patient, where the chart says one.
    pub fn birth(&self) -> Option<PartialDate> {
        let (_, patient) = self.chart.of::<Patient>().next()?;
        patient.birth_date.value().map(|birth| *birth.get())
    }

    /// One record of a kind that fits, to be changed at `field`.
    pub fn change<K: ResourceType>(
        &mut self,
        field: &str,
        fits: impl Fn(&K) -> bool,
    ) -> Option<&mut K> {
        let record = self.pick(|record| K::of(&record.resource).is_some_and(&fits))?;
        let record = &mut self.chart.records[record];
        self.touched = Some((record.kind(), record.id, field.into()));
        K::of_mut(&mut record.resource)
    }

    /// Overwrites a leaf of one record of a kind, where the path leads to another value now. The
    /// path may go into lists by number. `Kind/key` of the textbook names a record.
    pub fn overwrite(&mut self, kind: Kind, path: &str, value: &str) -> Option<()> {
        let path = FieldPath::resolve(kind, path).ok()?;
        let picked = self.pick(|record| {
            record.kind() == kind
                && path
                    .leaf(record.resource.element(), 0)
                    .is_some_and(|leaf| !matches!(leaf, Leaf::Text(text) if text == value))
        })?;
        self.write_at(picked, &path, value)
    }

    /// Moves a day of one record of a kind by years and days.
    pub fn shift(&mut self, kind: Kind, path: &str, years: i32, days: i64) -> Option<()> {
        self.rewrite(kind, path, |date| {
            let day = date.earliest();
            let day = day
                .with_year(day.year() + years)?
                .checked_add_signed(TimeDelta::days(days))?;
            (date.precision() == Precision::Day).then(|| day.to_string())
        })
    }

    /// Exchanges day and month of a date of one record of a kind.
    pub fn swap_day_and_month(&mut self, kind: Kind, path: &str) -> Option<()> {
        self.rewrite(kind, path, |date| {
            let day = date.earliest();
            let swapped = NaiveDate::from_ymd_opt(day.year(), day.day(), day.month())?;
            (date.precision() == Precision::Day && swapped != day).then(|| swapped.to_string())
        })
    }

    /// Adds the first day to a date of one record of a kind that is a month or a year.
    pub fn pad(&mut self, kind: Kind, path: &str) -> Option<()> {
        self.rewrite(kind, path, |date| {
            let first = date.earliest();
            (date.precision() < Precision::Day).then(|| first.to_string())
        })
    }

    fn rewrite(
        &mut self,
        kind: Kind,
        path: &str,
        change: impl Fn(&PartialDate) -> Option<String>,
    ) -> Option<()> {
        let path = FieldPath::resolve(kind, path).ok()?;
        let changed = |record: &Record| match path.leaf(record.resource.element(), 0)? {
            Leaf::Date(date) => change(&date),
            _ => None,
        };
        let picked = self.pick(|record| record.kind() == kind && changed(record).is_some())?;
        let value = changed(&self.chart.records[picked])?;
        self.write_at(picked, &path, &value)
    }

    /// Sets a leaf of one record of a kind that fits.
    pub fn write<K: ResourceType>(
        &mut self,
        fits: impl Fn(&K) -> bool,
        path: &str,
        value: &str,
    ) -> Option<()> {
        let path = FieldPath::resolve(K::KIND, path).ok()?;
        let picked = self.pick(|record| K::of(&record.resource).is_some_and(&fits))?;
        let record = &mut self.chart.records[picked];
        set(record, &path, value)?;
        self.touched = Some((K::KIND, record.id, path.text().clone()));
        Some(())
    }

    /// Sets a leaf of one record of a kind, wherever nothing stands there.
    pub fn fill(&mut self, kind: Kind, path: &str, value: &str) -> Option<()> {
        let path = FieldPath::resolve(kind, path).ok()?;
        let picked = self.pick(|record| {
            record.kind() == kind && !path.is_filled(record.resource.element(), 0)
        })?;
        self.write_at(picked, &path, value)
    }

    /// Clears what stands at a path of one record of a kind.
    pub fn clear(&mut self, kind: Kind, path: &str) -> Option<()> {
        let path = FieldPath::resolve(kind, path).ok()?;
        let picked = self
            .pick(|record| record.kind() == kind && path.is_filled(record.resource.element(), 0))?;
        let record = &mut self.chart.records[picked];
        path.clear(record.resource.element_mut(), 0);
        self.touched = Some((kind, record.id, path.text().clone()));
        Some(())
    }

    /// Removes one record of a kind that fits.
    pub fn remove<K: ResourceType>(&mut self, fits: impl Fn(&K) -> bool) -> Option<()> {
        let picked = self.pick(|record| K::of(&record.resource).is_some_and(&fits))?;
        let record = self.chart.records.remove(picked);
        self.touched = Some((record.kind(), record.id, "".into()));
        Some(())
    }

    /// Adds a copy of one record of a kind that fits, to be changed at `field`.
    pub fn copy<K: ResourceType>(
        &mut self,
        field: &str,
        fits: impl Fn(&K) -> bool,
    ) -> Option<&mut K> {
        let picked = self.pick(|record| K::of(&record.resource).is_some_and(&fits))?;
        let record = self.chart.records[picked].clone();
        let key = record.id.to_string();
        self.push(K::KIND, &key, field, record.resource);
        K::of_mut(&mut self.chart.records.last_mut()?.resource)
    }

    /// Puts a value of another type into the place of a choice, where the first path is filled.
    pub fn retype(&mut self, kind: Kind, filled: &str, path: &str, value: &str) -> Option<()> {
        let (filled, path) = (
            FieldPath::resolve(kind, filled).ok()?,
            FieldPath::resolve(kind, path).ok()?,
        );
        let picked = self.pick(|record| {
            record.kind() == kind && filled.is_filled(record.resource.element(), 0)
        })?;
        self.write_at(picked, &path, value)
    }

    fn write_at(&mut self, picked: usize, path: &FieldPath, value: &str) -> Option<()> {
        let record = &mut self.chart.records[picked];
        set(record, path, value)?;
        self.touched = Some((record.kind(), record.id, path.text().clone()));
        Some(())
    }

    /// Adds a record with these leaves.
    pub fn add(&mut self, kind: Kind, fields: &[(&str, &str)]) -> Option<()> {
        self.push(kind, "added", "", kind.empty_resource());
        let record = self.chart.records.last_mut()?;
        for (path, value) in fields {
            set(record, &FieldPath::resolve(kind, path).ok()?, value)?;
        }
        Some(())
    }

    fn push(&mut self, kind: Kind, key: &str, field: &str, resource: ehr_model::record::Resource) {
        let id = Namespace::of_system("urn:ehr-validate:faults").id(kind, key);
        self.touched = Some((kind, id, field.into()));
        self.chart.records.push(Record {
            id,
            provenance: Vec::new(),
            resource,
        });
    }

    /// One of the records that fit. The last draw of a xorshift is as good as any here.
    fn pick(&mut self, fits: impl Fn(&Record) -> bool) -> Option<usize> {
        let fitting: Vec<usize> = (0..self.chart.records.len())
            .filter(|&number| fits(&self.chart.records[number]))
            .collect();
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let draw = usize::try_from(self.seed >> 33).unwrap_or_default();
        fitting.get(draw.checked_rem(fitting.len())?).copied()
    }
}

/// Sets a leaf from a text. A reference is written as `Kind/key`.
pub(super) fn set(record: &mut Record, path: &FieldPath, value: &str) -> Option<()> {
    let leaf = match path.leaf_type()? {
        LeafType::Target => {
            let (kind, key) = value.split_once('/')?;
            let kind = Kind::from_name(kind)?;
            Leaf::Target(kind, super::textbook::id(kind, key))
        }
        LeafType::Bytes => Leaf::Bytes(value.as_bytes().into()),
        _ => Leaf::Text(value.into()),
    };
    path.set(record.resource.element_mut(), 0, leaf).ok()
}
