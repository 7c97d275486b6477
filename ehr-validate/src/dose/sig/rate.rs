//! The frequency clause: how often a day, a week, a month.

use super::cursor::Cursor;
use super::number::range;
use crate::dose::{Amount, AmountRange};

/// A frequency as it was said.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) times_per_day: AmountRange,
    /// How the words can be added to.
    pub(super) kind: RateKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RateKind {
    /// `daily`: every day; parts of the day may say how often.
    EveryDay,
    /// `a day`, `per week` behind a dose: a total, not a frequency, unless the dose is one.
    Total,
    /// `twice daily`, `q4h`, `weekly`: a number of times.
    Counted,
}

const EVERY_DAY: &str = "daily|qd|q d|qday|q day|q days|q daily|everyday|every day|each day|every single day|q 24 h|q 24 hours|q 24 hr|q 24 hrs|every 24 hours|every 24 hrs|every 24 hr|every 24 h|q 1 day|every 1 day|every one day|once every 24 hours|qdaily";
const ONCE_A_DAY: &str = "once daily|once a day|once per day|once / day|once each day|once every day|one time daily|one time a day|one time per day|one time each day|one time every day|single daily dose|1 time daily|1 time a day|1 time per day|1 time each day|1 x daily|1 x day|1 x / day|1 x a day|1 x per day|x 1 daily|1 (one) time each day|1 (one) time daily|1 (one) time a day|once - a - day|once qd|a day once";
const PER_DAY: &str = "a day|per day|/ day|/ d";

/// Phrases with the days of their period and how often in it.
const FIXED: &[(&str, u32, u32)] = &[
    (
        "bid|twice daily|twice a day|twice per day|twice / day|twice each day|twice every day|twice - a - day|two times daily|b i d",
        2,
        1,
    ),
    (
        "tid|thrice daily|thrice a day|three times daily|t i d",
        3,
        1,
    ),
    ("qid|q i d", 4, 1),
    (
        "qod|q o d|eod|every other day|q other day|qotherday|on alternate days|every alternate day|every second day|every 2 nd day|once every other day|every other night|every other evening|every other morning",
        1,
        2,
    ),
    ("every third day|every 3 rd day", 1, 3),
    ("every fourth day|every 4 th day", 1, 4),
    (
        "weekly|once weekly|once a week|once per week|once / week|once each week|once every week|one time weekly|one time a week|one time per week|every week|each week|q week|q weekly|qweek|qwk|q wk|q weeks|1 time a week|1 time per week|1 time weekly|1 x weekly|1 x a week|1 x per week|1 x / week|once every seven days|1 x week|qw",
        1,
        7,
    ),
    (
        "twice weekly|twice a week|twice per week|twice each week|twice every week",
        2,
        7,
    ),
    ("tiw|thrice weekly|thrice a week", 3, 7),
    (
        "every other week|every second week|q other week|eow|qow|once every other week|fortnightly",
        1,
        14,
    ),
    ("every third week", 1, 21),
    (
        "monthly|once monthly|once a month|once per month|once each month|once every month|every month|each month|q month|q monthly|q mo|qmonth|one time a month|one time per month|one time monthly|1 time a month|1 x monthly",
        1,
        30,
    ),
    ("twice monthly|twice a month|twice per month", 2, 30),
    ("every other month", 1, 60),
    ("quarterly", 1, 90),
    (
        "yearly|annually|once yearly|once a year|once per year|once annually|every year",
        1,
        365,
    ),
    ("hourly|every hour|qh|q hour|q hr|q h|each hour", 24, 1),
];

/// Words of periods, in hours. A month is counted as 30 days, as days of supply are.
pub(super) const HOURS: &str = "hours|hour|hrs|hr|h";
pub(super) const DAYS: &str = "days|day|d";
pub(super) const WEEKS: &str = "weeks|week|wks|wk|w";
pub(super) const MONTHS: &str = "months|month|mos|mo";

/// `bid`, `q4-6h`, `3 times a day`, `every 2 weeks`, `up to 3 times daily`.
pub(super) fn rate(cursor: &mut Cursor<'_>) -> Option<Rate> {
    let candidates = [interval, counted, up_to, fixed];
    // the longest reading, so that "every 4 hours" is not "every" and something else
    let mut best: Option<(Rate, Cursor<'_>)> = None;
    for candidate in candidates {
        let mut ahead = *cursor;
        if let Some(found) = candidate(&mut ahead)
            && best.is_none_or(|(_, end)| ahead.at() > end.at())
        {
            best = Some((found, ahead));
        }
    }
    let (rate, end) = best?;
    *cursor = end;
    Some(rate)
}

fn fixed(cursor: &mut Cursor<'_>) -> Option<Rate> {
    let mut best: Option<(Amount, RateKind, Cursor<'_>)> = None;
    let mut offer = |phrases: &str, times, kind| {
        let mut ahead = *cursor;
        if ahead.one_of(phrases) && best.is_none_or(|(_, _, end)| ahead.at() > end.at()) {
            best = Some((times, kind, ahead));
        }
    };
    offer(EVERY_DAY, Amount::ONE, RateKind::EveryDay);
    offer(ONCE_A_DAY, Amount::ONE, RateKind::Counted);
    offer(PER_DAY, Amount::ONE, RateKind::Total);
    offer(
        "a week|per week|/ week|/ wk",
        Amount::of(1, 7),
        RateKind::Total,
    );
    for (phrases, times, days) in FIXED {
        offer(phrases, Amount::of(*times, *days), RateKind::Counted);
    }
    let (times, kind, end) = best?;
    *cursor = end;
    Some(Rate {
        times_per_day: AmountRange::exactly(times),
        kind,
    })
}

/// `q4h`, `q 4-6 hrs`, `every 8 hours`, `every 2 weeks`, `q2wk`, `once every 3 months`.
fn interval(cursor: &mut Cursor<'_>) -> Option<Rate> {
    cursor.read(|c| {
        c.one_of("q|every|each|once every|one time every|1 time every|1 every")
            .then_some(())?;
        c.eat(".");
        let apart = range(c)?;
        c.one_of("-|.");
        let days = period(c)?;
        let (shortest, longest) = (apart.low?.times(days)?, apart.high?.times(days)?);
        Some(Rate {
            times_per_day: AmountRange::between(
                Amount::ONE.divided_by(longest)?,
                Amount::ONE.divided_by(shortest)?,
            ),
            kind: RateKind::Counted,
        })
    })
}

/// The length of a period in days. Minutes are none: such doses have an end that sigs rarely state.
fn period(c: &mut Cursor<'_>) -> Option<Amount> {
    let lengths = [
        (HOURS, Amount::of(1, 24)),
        (DAYS, Amount::ONE),
        (WEEKS, Amount::from(7)),
        (MONTHS, Amount::from(30)),
    ];
    let (_, days) = lengths.iter().find(|(words, _)| c.one_of(words))?;
    Some(*days)
}

/// `3 times a day`, `2x/day`, `2-3 times daily`, `three times per week`, `5 x daily`.
fn counted(cursor: &mut Cursor<'_>) -> Option<Rate> {
    cursor.read(|c| {
        let times = range(c)?;
        let days = match c.one_of("xdaily|xday") {
            true => Amount::ONE,
            false => {
                c.one_of("times|time|x|doses").then_some(())?;
                per_period(c)?
            }
        };
        Some(Rate {
            times_per_day: times.scaled(Amount::ONE.divided_by(days)?),
            kind: RateKind::Counted,
        })
    })
}

/// `up to 3 times a day`, `up to twice daily`, `up to every 4 hours`: how seldom nobody said.
fn up_to(cursor: &mut Cursor<'_>) -> Option<Rate> {
    cursor.read(|c| {
        c.one_of("up to|no more than|not more than|at most|at maximum|max")
            .then_some(())?;
        c.one_of("a maximum of|a max of");
        let rate = counted(c).or_else(|| {
            let rate = interval(c).or_else(|| fixed(c))?;
            (rate.kind == RateKind::Counted).then_some(rate)
        })?;
        Some(Rate {
            times_per_day: AmountRange::up_to(rate.times_per_day.high?),
            kind: RateKind::Counted,
        })
    })
}

fn per_period(c: &mut Cursor<'_>) -> Option<Amount> {
    const DAY: &str = "daily|a day|per day|/ day|/ d|each day|every day|day|in a day|in 24 hours|per 24 hours|every 24 hours|in a 24 hour period|q day|qd|d";
    const WEEK: &str = "weekly|a week|per week|/ week|/ wk|each week|every week|week|q week|q wk";
    const MONTH: &str = "monthly|a month|per month|/ month|each month|every month|/ mo";
    let periods = [(DAY, 1), (WEEK, 7), (MONTH, 30)];
    let (_, days) = periods.iter().find(|(words, _)| c.one_of(words))?;
    Some(Amount::from(*days))
}
