//! Days of the week.

use super::cursor::Cursor;
use crate::dose::Weekdays;

/// What a clause about the week says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum WeekClause {
    /// These days.
    On(Weekdays),
    /// One of these days in every other week.
    EveryOther(Weekdays),
    /// All days but these.
    Except(Weekdays),
    /// The days that no step before has.
    OtherDays,
}

const NAMES: [&str; 7] = [
    "monday|mondays|mon|mons|m",
    "tuesday|tuesdays|tue|tues|tu|t",
    "wednesday|wednesdays|wed|weds|w",
    "thursday|thursdays|thu|thur|thurs|th",
    "friday|fridays|fri|f",
    "saturday|saturdays|sat|sats|sa",
    "sunday|sundays|sun|suns|su",
];

/// Letters mean days only in these.
const SETS: &[(&str, u8)] = &[
    (
        "t / th / sa / su|t , th , sa , su|tu / th / sa / su|tuthsasu|tthsasu|ttss|tthss|t th sa su",
        0b110_1010,
    ),
    (
        "mwf|m w f|m / w / f|m - w - f|m , w , f|m , w and f|m , w , and f",
        0b001_0101,
    ),
    (
        "tth|t th|t / th|tuth|tu / th|tu th|t , th|tu , th|tu and th|t and th",
        0b000_1010,
    ),
    (
        "ttsa|tthsa|t th sa|t / th / sa|tu / th / sa|tuthsa|tu th sa|t , th , sa|tu , th , sa",
        0b010_1010,
    ),
    (
        "mtwthf|m - f|weekdays|weekday|every weekday|each weekday|on weekdays|workdays",
        0b001_1111,
    ),
    (
        "weekends|weekend|every weekend|on weekends|on the weekend|on the weekends|saturday and sunday",
        0b110_0000,
    ),
];

/// `every Monday`, `on Mon-Wed-Fri`, `Monday through Friday`, `daily except Sunday`, `other days`.
pub(super) fn weekdays(cursor: &mut Cursor<'_>) -> Option<WeekClause> {
    cursor.read(|c| {
        if c.one_of("on all other days|all other days|on the other days|the other days|other days|on other days|the rest of the week|rest of week|rest of the week|on the remaining days|remaining days|on all remaining days|all remaining days|on remaining days|all other days of the week|on all other days of the week|the other days of the week|on the other days of the week|other days of the week") {
            return Some(WeekClause::OtherDays);
        }
        if c.one_of("except on|except for|except|excluding|but not on") {
            return days(c).map(WeekClause::Except);
        }
        let other = c.one_of("every other|on every other");
        if !other {
            c.one_of("on each|on every|on|every|each|q|only on|weekly on|weekly every|once weekly on|once weekly every|once a week on|once a week every|each week on|every week on|once every week on|q week on");
        }
        let found = days(c)?;
        c.one_of("of each week|of every week|each week|every week|weekly|only|of the week");
        Some(match other {
            true => WeekClause::EveryOther(found),
            false => WeekClause::On(found),
        })
    })
}

fn days(cursor: &mut Cursor<'_>) -> Option<Weekdays> {
    cursor.read(|c| {
        if let Some(found) = named_set(c) {
            return Some(found);
        }
        let first = named_day(c)?;
        if let Some(last) = c.read(|c| {
            c.one_of("through|thru|to|until").then_some(())?;
            named_day(c)
        }) {
            return span(first, last);
        }
        let mut list = vec![first];
        let mut hyphens = 0;
        while let Some((day, hyphen)) = c.read(|c| {
            let hyphen = c.eat("-");
            if !hyphen {
                c.one_of(", and|,|/|and");
            }
            c.one_of("on|every");
            named_day(c).map(|day| (day, hyphen))
        }) {
            list.push(day);
            hyphens += usize::from(hyphen);
        }
        if hyphens > 0 {
            // "Mon-Wed-Fri" is a list, "Mon-Fri" a span, "Mon-Wed" may be both
            return match list[..] {
                [0, 4] => span(0, 4),
                [_, _] => None,
                _ if hyphens + 1 == list.len() => set(&list),
                _ => None,
            };
        }
        set(&list)
    })
}

fn named_set(cursor: &mut Cursor<'_>) -> Option<Weekdays> {
    let mut best: Option<(Weekdays, Cursor<'_>)> = None;
    for (phrases, bits) in SETS {
        let mut ahead = *cursor;
        if ahead.one_of(phrases) && best.is_none_or(|(_, end)| ahead.at() > end.at()) {
            best = Some((Weekdays(*bits), ahead));
        }
    }
    let (found, end) = best?;
    *cursor = end;
    Some(found)
}

fn named_day(cursor: &mut Cursor<'_>) -> Option<u8> {
    cursor.read(|c| {
        let word = &c.next()?.text;
        let mut names = NAMES
            .iter()
            .map(|names| names.split('|').filter(|n| n.len() > 2));
        let index = names.position(|mut names| names.any(|name| name == word))?;
        u8::try_from(index).ok()
    })
}

fn span(first: u8, last: u8) -> Option<Weekdays> {
    (first < last)
        .then(|| (first..=last).fold(Weekdays::default(), |all, day| all.with(Weekdays::day(day))))
}

/// Each day once.
fn set(list: &[u8]) -> Option<Weekdays> {
    let all = list.iter().fold(Weekdays::default(), |all, day| {
        all.with(Weekdays::day(*day))
    });
    (all.count() as usize == list.len()).then_some(all)
}
