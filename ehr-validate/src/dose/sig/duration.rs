//! How long a step lasts, and how many doses it has.

use super::cursor::Cursor;
use super::number::{range, whole};
use super::rate::{DAYS, MONTHS, WEEKS};
use crate::dose::{Amount, AmountRange};

/// `for 7 days`, `x 10 d`, `for 2 weeks`, `for up to 5 days`, `x 1 month`: the length in days. Behind a
/// frequency, `30 days` alone is one too.
pub(super) fn course(cursor: &mut Cursor<'_>, timed: bool) -> Option<AmountRange> {
    cursor.read(|c| {
        let prefixed = c.one_of("for a total of|for a maximum of|for up to|for at least|for the next|for the first|for next|for first|for another|for a|for|x|during the next|over the next");
        if !prefixed && !timed {
            return None;
        }
        let length = match c.one_of("one full") {
            true => AmountRange::exactly(Amount::ONE),
            false => range(c).or_else(|| {
                // "for a week"
                let mut ahead = *c;
                ahead.one_of("week|month|day").then(|| AmountRange::exactly(Amount::ONE))
            })?,
        };
        c.one_of("more|full|consecutive|additional|total");
        c.eat("-");
        let days = course_period(c)?;
        c.one_of("total|in total|only|course");
        Some(length.scaled(days))
    })
}

fn course_period(c: &mut Cursor<'_>) -> Option<Amount> {
    let lengths = [
        (DAYS, 1),
        ("nights|night|mornings|evenings", 1),
        (WEEKS, 7),
        (MONTHS, 30),
        ("years|year", 365),
    ];
    let (_, days) = lengths.iter().find(|(words, _)| c.one_of(words))?;
    Some(Amount::from(*days))
}

/// `x 3 doses`, `for 1 dose`, `x1`: how often in all.
pub(super) fn count(cursor: &mut Cursor<'_>) -> Option<u32> {
    cursor.read(|c| {
        let times = c.one_of("x");
        if !times && !c.one_of("for a total of|for a|for") {
            return None;
        }
        let count = whole(c)?;
        let named = c.one_of("doses|dose|time|times|doses total|dose only|doses only|total doses|day only|dose total|treatment|application");
        (named || times && count == 1).then_some(count)
    })
}

/// `day 1`, `days 2-5`, `week 2`: a phase of a course. None where the later end is the earlier.
pub(super) fn phase(cursor: &mut Cursor<'_>) -> Option<(u32, u32)> {
    cursor.read(|c| {
        c.one_of("for|on");
        let days = c.one_of("days|day");
        if !days && !c.one_of("weeks|week") {
            return None;
        }
        let from = whole(c)?;
        let to = c.read(|c| {
            c.one_of("-|to|through|thru").then_some(())?;
            whole(c)
        });
        let to = to.unwrap_or(from);
        let length = if days { 1 } else { 7 };
        (from <= to && to < 1000).then_some(((from - 1) * length, to * length))
    })
}
