//! All dates of a column: formats, order, years.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use ehr_model::profile::{DateOrder, DateProfile, DateShare};

use super::date::{DayForm, TimeForm, WrittenDate};

/// The dates of a column so far.
#[derive(Clone, Default)]
pub(super) struct Dates {
    forms: BTreeMap<(DayForm, TimeForm), u64>,
    month_first: u64,
    day_first: u64,
    ambiguous: u64,
    placeholders: u64,
    impossible: u64,
    future: u64,
    years: BTreeMap<u16, u64>,
    /// Digits without anything between them, which may be numbers as well.
    compact: u64,
    all: u64,
}

impl Dates {
    pub(super) fn add(&mut self, date: WrittenDate, as_of: NaiveDate) {
        self.all += 1;
        self.compact += u64::from(date.form == DayForm::Compact && date.time.0.is_empty());
        if date.is_placeholder() {
            self.placeholders += 1;
        } else if !date.is_possible() {
            self.impossible += 1;
        } else if date.has_century() {
            *self.years.entry(date.year).or_default() += 1;
            self.future += u64::from(is_after(&date, as_of));
        }
        if matches!(date.form, DayForm::Numbers { .. }) {
            // what reads as month stands first
            match (date.month > 12, date.day > 12) {
                (false, true) => self.month_first += 1,
                (true, false) => self.day_first += 1,
                // 5/5/2020 is the same day in either order
                (false, false) if date.month != date.day => self.ambiguous += 1,
                _ => {}
            }
        }
        *self.forms.entry((date.form, date.time)).or_default() += 1;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (form, count) in &other.forms {
            *self.forms.entry(form.clone()).or_default() += count;
        }
        for (year, count) in &other.years {
            *self.years.entry(*year).or_default() += count;
        }
        self.month_first += other.month_first;
        self.day_first += other.day_first;
        self.ambiguous += other.ambiguous;
        self.placeholders += other.placeholders;
        self.impossible += other.impossible;
        self.future += other.future;
        self.compact += other.compact;
        self.all += other.all;
    }

    /// Adds the dates of another collection, if all of them are dates beyond doubt.
    pub(super) fn merge_written(&mut self, other: &Self) {
        if other.compact == 0 {
            self.merge(other);
        }
    }

    /// Dates beyond doubt, and those that may be numbers.
    pub(super) fn sure_and_compact(&self) -> (u64, u64) {
        (self.all - self.compact, self.compact)
    }

    pub(super) fn profile(&self, inside_text: bool) -> Option<DateProfile> {
        if self.all == 0 {
            return None;
        }
        let mut profile = DateProfile::default();
        let has_numbers = self
            .forms
            .keys()
            .any(|(form, _)| matches!(form, DayForm::Numbers { .. }));
        profile.order = match (self.month_first, self.day_first) {
            _ if !has_numbers => DateOrder::NotApplicable,
            (0, 0) => DateOrder::Unknown,
            (_, 0) => DateOrder::MonthFirst,
            (0, _) => DateOrder::DayFirst,
            _ => DateOrder::Mixed,
        };
        let mut formats: BTreeMap<String, u64> = BTreeMap::new();
        for ((form, time), count) in &self.forms {
            let day = written(*form, profile.order);
            *formats.entry(day + &time.0).or_default() += count;
        }
        profile.formats = formats
            .into_iter()
            .map(|(format, count)| DateShare::new(format, count))
            .collect();
        profile
            .formats
            .sort_by(|a, b| b.count.cmp(&a.count).then(a.format.cmp(&b.format)));
        profile.month_first = self.month_first;
        profile.day_first = self.day_first;
        profile.ambiguous = self.ambiguous;
        profile.placeholders = self.placeholders;
        profile.impossible = self.impossible;
        profile.future = self.future;
        profile.years = self.years.clone();
        profile.inside_text = inside_text;
        Some(profile)
    }
}

fn is_after(date: &WrittenDate, as_of: NaiveDate) -> bool {
    let year = i32::from(date.year);
    if matches!(date.form, DayForm::Numbers { .. }) {
        return year > as_of.year(); // day and month may stand the other way round
    }
    NaiveDate::from_ymd_opt(year, u32::from(date.month), u32::from(date.day))
        .is_some_and(|day| day > as_of)
}

/// A format in the notation of mapping documents. Where nothing tells which number is the month,
/// both stand as `NN`.
fn written(form: DayForm, order: DateOrder) -> String {
    match form {
        DayForm::Compact => "YYYYMMDD".to_owned(),
        DayForm::Iso { separator, padded } => {
            let (month, day) = if padded { ("MM", "DD") } else { ("M", "D") };
            format!("YYYY{separator}{month}{separator}{day}")
        }
        DayForm::Numbers {
            separator,
            padded,
            long_year,
        } => {
            let (month, day) = match (order, padded) {
                (DateOrder::Unknown | DateOrder::Mixed, true) => ("NN", "NN"),
                (DateOrder::Unknown | DateOrder::Mixed, false) => ("N", "N"),
                (_, true) => ("MM", "DD"),
                (_, false) => ("M", "D"),
            };
            let year = if long_year { "YYYY" } else { "YY" };
            let (first, second) = match order {
                DateOrder::DayFirst => (day, month),
                _ => (month, day),
            };
            format!("{first}{separator}{second}{separator}{year}")
        }
        DayForm::DayName {
            separator,
            padded,
            long_year,
            full,
        } => {
            let between = separator.map(String::from).unwrap_or_default();
            let day = if padded { "DD" } else { "D" };
            let month = if full { "MONTH" } else { "MON" };
            let year = if long_year { "YYYY" } else { "YY" };
            format!("{day}{between}{month}{between}{year}")
        }
        DayForm::NameDay { comma, space, full } => {
            let month = if full { "MONTH" } else { "MON" };
            let comma = if comma { "," } else { "" };
            let space = if space { " " } else { "" };
            format!("{month} D{comma}{space}YYYY")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> DateProfile {
        let mut dates = Dates::default();
        let as_of = NaiveDate::from_ymd_opt(2025, 6, 1).unwrap();
        for value in values {
            dates.add(WrittenDate::read(value).unwrap(), as_of);
        }
        dates.profile(false).unwrap()
    }

    #[test]
    fn the_order_is_what_numbers_above_twelve_say() {
        let us = of(&["03/04/2020", "12/31/2019", "1/15/2019"]);
        assert_eq!(us.order, DateOrder::MonthFirst);
        assert_eq!((us.month_first, us.day_first, us.ambiguous), (2, 0, 1));
        assert_eq!(us.formats[0], DateShare::new("MM/DD/YYYY", 2));
        assert_eq!(us.formats[1], DateShare::new("M/D/YYYY", 1));
        assert_eq!(of(&["31.12.2019"]).formats[0].format, "DD.MM.YYYY");
        assert_eq!(of(&["03/04/2020"]).order, DateOrder::Unknown);
        assert_eq!(of(&["03/04/2020"]).formats[0].format, "NN/NN/YYYY");
        let mixed = of(&["31/12/2019", "12/31/2019"]);
        assert_eq!(mixed.order, DateOrder::Mixed);
    }

    #[test]
    fn odd_days_are_counted_apart_from_the_years() {
        let odd = of(&["1900-01-01", "2021-02-30", "2031-01-01", "2019-05-06"]);
        assert_eq!((odd.placeholders, odd.impossible, odd.future), (1, 1, 1));
        assert_eq!(
            odd.years.into_iter().collect::<Vec<_>>(),
            [(2019, 1), (2031, 1)]
        );
    }
}
