//! How dates lie in the year: days that placeholders and swapped formats leave behind.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Datelike as _;
use ehr_model::chart::Chart;
use ehr_model::issue::Issue;
use ehr_model::value::Precision;

use crate::rules::{DaysBeyondTwelveMissing, JanuaryFirstSpike};
use crate::validation::RuleCounts;
use crate::walk;

/// Fewer dates than this say nothing about how they lie.
const FEWEST: u64 = 200;

/// How many times as many first days of January as in an even year are too many.
const SPIKE: u64 = 3;

/// Counts the days of every date field: the first of January, and days after the twelfth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    fields: BTreeMap<(&'static str, &'static str), Days>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Days {
    all: u64,
    january_first: u64,
    after_the_twelfth: u64,
}

impl Calendar {
    /// Counts the dates of a chart that say their day.
    pub fn collect(&mut self, chart: &Chart) {
        for record in &chart.records {
            let kind = record.kind().name();
            walk::dates(record.resource.element(), &mut |path, date| {
                if date.precision() < Precision::Day {
                    return;
                }
                let day = date.earliest();
                let days = self.fields.entry((kind, path.top())).or_default();
                days.all += 1;
                days.january_first += u64::from(day.month() == 1 && day.day() == 1);
                days.after_the_twelfth += u64::from(day.day() > 12);
            });
        }
    }

    /// Adds the counts of another part of the run.
    pub fn merge(&mut self, other: &Self) {
        for (field, others) in &other.fields {
            let days = self.fields.entry(*field).or_default();
            days.all += others.all;
            days.january_first += others.january_first;
            days.after_the_twelfth += others.after_the_twelfth;
        }
    }

    /// For the rule [`JanuaryFirstSpike`].
    pub fn january_first_spike(&self) -> (RuleCounts, Vec<Issue>) {
        let judge = |days: &Days| days.january_first * 365 > days.all * SPIKE;
        super::judged(&JanuaryFirstSpike::METADATA, self.judge(judge))
    }

    /// For the rule [`DaysBeyondTwelveMissing`].
    pub fn days_beyond_twelve_missing(&self) -> (RuleCounts, Vec<Issue>) {
        let judge = |days: &Days| days.after_the_twelfth == 0;
        super::judged(&DaysBeyondTwelveMissing::METADATA, self.judge(judge))
    }

    fn judge(&self, judge: impl Fn(&Days) -> bool) -> impl Iterator<Item = (Arc<str>, bool)> {
        let fields = self.fields.iter().filter(|(_, days)| days.all >= FEWEST);
        fields.map(move |((kind, field), days)| {
            let field = field.trim_end_matches("[x]");
            (format!("{kind}.{field}").into(), judge(days))
        })
    }
}
