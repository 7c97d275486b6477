//! The most in 24 hours: "max 8 tablets per day", "not to exceed 4 g in 24 hours".

use super::cursor::Cursor;
use super::number::number;
use super::quantity::unit;
use super::rate::HOURS;
use crate::dose::{Amount, Ceiling, DoseUnit};

const MOST: &str = "max|maximum|max of|maximum of|max dose|maximum dose|max dose of|maximum dose of|not to exceed|do not exceed|don t exceed|dont exceed|not exceeding|nte|no more than|not more than|do not take more than|dont take more than|do not use more than|never more than|never exceed|limit|limit to|limited to|limit of|up to a maximum of|up to a max of|to a maximum of|to a max of|up to max of|up to max|with a maximum of|with a max of|not exceed|to maximum of|to max of|for a maximum of|maximum is|max is|up to|may take up to|do not use over|do not take over|max :|maximum :";
/// A maximum of the day by its name.
const DAILY_MOST: &str = "max daily dose|maximum daily dose|max daily dose of|maximum daily dose of|daily maximum|daily max|daily maximum of|daily max of|max daily dose :|maximum daily dose :|max daily|mdd|max / day|max / day :|max per day|max per day :|maximum per day";

/// A ceiling over a day. Over any other period it is not understood.
pub(super) fn ceiling(cursor: &mut Cursor<'_>) -> Option<Ceiling> {
    cursor.read(|c| {
        let daily = c.one_of(DAILY_MOST);
        if !daily {
            c.one_of(MOST).then_some(())?;
        }
        c.one_of("of|=|:|is");
        c.one_of("a total of|total of|total");
        let most = number(c)?;
        c.eat("-");
        let ceiling = match c.one_of("doses|dose|times|time|applications|x") {
            true => Ceiling::Doses(most),
            false => Ceiling::Amount(most, unit(c).filter(|unit| *unit != DoseUnit::Dose)),
        };
        c.one_of("total|in total");
        (in_a_day(c) || daily).then_some(ceiling)
    })
}

/// Behind a ceiling: `per day`, `in 24 hours`, `/24h`.
fn in_a_day(c: &mut Cursor<'_>) -> bool {
    c.read(|c| {
        if c.one_of("daily|a day|per day|/ day|/ d|each day|every day|in one day|in a day|in any one day|in a single day|qd|per 24 hours period") {
            return Some(());
        }
        c.one_of("in any|in a|in|per|/|every|within|within a|over|each|a|q").then_some(())?;
        let hours = number(c)?;
        c.eat("-");
        let period = match c.one_of(HOURS) {
            true => Amount::from(24),
            false => c.one_of("day|days|d").then_some(Amount::ONE)?,
        };
        c.one_of("period|time period");
        (hours == period).then_some(())
    })
    .is_some()
}
