//! Parts of the day: meals, bedtime, the clock.

use super::cursor::Cursor;
use super::number::range;
use super::token::TokenKind;
use crate::dose::DayPart;

/// What a clause about the day says.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct DayParts {
    /// The occasions, each another one.
    pub(super) parts: Vec<DayPart>,
    /// Whether it is only "with meals": beside a frequency it says no number.
    pub(super) meals_only: bool,
}

const ALL_MEALS: [DayPart; 3] = [DayPart::Breakfast, DayPart::Lunch, DayPart::Dinner];

const MORNING: &str = "in the morning|in the mornings|in morning|every morning|each morning|q morning|qam|q am|in the am|in am|every am|each am|am|morning|mornings|a morning|once every morning|daily every morning|first thing in the morning|upon awakening|on awakening|upon waking|on waking|when you wake up|upon arising|on arising|q a m";
const NOON: &str = "at noon|noon|q noon|every day at noon|midday|at midday|every noon|at noontime|noontime|in the middle of the day";
const AFTERNOON: &str = "in the afternoon|in afternoon|every afternoon|each afternoon|afternoon|mid afternoon|in the early afternoon";
const EVENING: &str = "in the evening|in the evenings|in evening|every evening|each evening|q evening|qpm|q pm|in the pm|in pm|every pm|each pm|pm|evening|evenings|q p m";
const BEDTIME: &str = "at bedtime|at bed time|at bedtime nightly|bedtime|every bedtime|each bedtime|before bedtime|before bed|prior to bedtime|prior to bed|hs|qhs|q hs|at hs|every hs|h s|q h s|nightly|every night|each night|q night|qnight|at night|at night time|at nighttime|night|nights|nightly at bedtime|every night at bedtime|each night at bedtime|at bedtime every night|at bedtime each night|qhs at bedtime|nightly before bed|once nightly|once a night|daily at bedtime|once daily at bedtime|in the night|at noc|q noc|every evening at bedtime|every evening before bed|in the evening at bedtime|when going to bed|at time of sleep|before sleep|nightly at hs|prior to sleep|at hs nightly";
const BREAKFAST: &str = "breakfast|morning meal|the morning meal|am meal|first meal of the day";
const LUNCH: &str = "lunch|noon meal|the noon meal|midday meal|lunchtime";
const DINNER: &str = "dinner|supper|evening meal|the evening meal|pm meal|dinnertime|suppertime";
const MEALS: &str = "meals|each meal|every meal|all meals|meals daily|main meals|three meals|three meals a day|3 meals a day|3 meals";
const BESIDE: &str = "with|before|after|at|with or after|following|prior to|right before|just before|immediately before|immediately after|right after|at the start of|w /|during|ahead of|shortly before|shortly after|with or immediately after|with / after|before or with";
/// Meals by their Latin names.
const LATIN_MEALS: &str = "ac|pc|a c|p c|q ac|qac|q meal|ac meals";
const LATIN_MEALS_AND_BED: &str = "achs|ac and hs|ac hs|pc and hs|ac / hs|pchs|qachs";

/// `in the morning and at bedtime`, `with breakfast and dinner`, `before meals`, `at 8 am`.
pub(super) fn day_parts(cursor: &mut Cursor<'_>) -> Option<DayParts> {
    cursor.read(|c| {
        c.one_of("once|daily");
        let mut found = occasion(c, false)?;
        while let Some(next) = c.read(|c| {
            joiner(c).then_some(())?;
            let after_clock = matches!(found.parts.last(), Some(DayPart::Clock(_)));
            occasion(c, after_clock)
        }) {
            if next.parts.iter().any(|part| found.parts.contains(part)) {
                return None;
            }
            found.parts.extend(next.parts);
            found.meals_only = false;
        }
        c.one_of("time|times");
        Some(found)
    })
}

fn joiner(c: &mut Cursor<'_>) -> bool {
    let comma = c.eat(",") | c.eat("/");
    c.one_of("and then|and also|and again|and|plus") | comma
}

fn occasion<'t>(cursor: &mut Cursor<'t>, after_clock: bool) -> Option<DayParts> {
    let one = |part| DayParts {
        parts: vec![part],
        meals_only: false,
    };
    let mut best: Option<(DayParts, Cursor<'t>)> = None;
    let mut offer = |found: DayParts, end: Cursor<'t>| {
        let longer = match &best {
            Some((_, so_far)) => end.at() > so_far.at(),
            None => true,
        };
        if longer {
            best = Some((found, end));
        }
    };
    for (phrases, part) in [
        (MORNING, DayPart::Morning),
        (NOON, DayPart::Noon),
        (AFTERNOON, DayPart::Afternoon),
        (EVENING, DayPart::Evening),
        (BEDTIME, DayPart::Bedtime),
    ] {
        let mut ahead = *cursor;
        if ahead.read(offset_before).is_some() && ahead.one_of("bedtime|bed|sleep") {
            offer(one(DayPart::Bedtime), ahead);
        }
        let mut ahead = *cursor;
        if ahead.one_of(phrases) {
            offer(one(part), ahead);
        }
    }
    for reading in [meals, latin_meals] {
        let mut ahead = *cursor;
        if let Some(found) = reading(&mut ahead) {
            offer(found, ahead);
        }
    }
    let mut ahead = *cursor;
    if let Some(found) = clock(&mut ahead, after_clock) {
        offer(found, ahead);
    }
    let (found, end) = best?;
    *cursor = end;
    Some(found)
}

/// `30 minutes before`, `1 hour prior to`, `within 15 minutes of`.
fn offset_before(c: &mut Cursor<'_>) -> Option<()> {
    c.one_of("at least|about|approximately|within");
    range(c).or_else(|| {
        c.one_of("an|a|half an")
            .then_some(crate::dose::AmountRange::UNKNOWN)
    })?;
    c.eat("-");
    c.one_of("minutes|minute|mins|min|hours|hour|hrs|hr")
        .then_some(())?;
    c.one_of("before|after|prior to|ahead of|of|following|before or after")
        .then_some(())
}

fn meals(c: &mut Cursor<'_>) -> Option<DayParts> {
    if c.read(offset_before).is_none() && !c.one_of(BESIDE) {
        return None;
    }
    c.one_of("your|the|a meal at");
    let named = |c: &mut Cursor<'_>| {
        [
            (BREAKFAST, DayPart::Breakfast),
            (LUNCH, DayPart::Lunch),
            (DINNER, DayPart::Dinner),
        ]
        .into_iter()
        .find(|(words, _)| c.one_of(words))
        .map(|(_, part)| part)
    };
    if c.one_of(MEALS) {
        return Some(DayParts {
            parts: ALL_MEALS.to_vec(),
            meals_only: true,
        });
    }
    if c.one_of("morning and evening meals|morning and evening meal|am and pm meals") {
        return Some(DayParts {
            parts: vec![DayPart::Breakfast, DayPart::Dinner],
            meals_only: false,
        });
    }
    let mut parts = vec![named(c)?];
    // "with breakfast, lunch and dinner" needs its preposition once
    while let Some(part) = c.read(|c| {
        joiner(c).then_some(())?;
        c.one_of("with|your|the");
        named(c)
    }) {
        if parts.contains(&part) {
            return None;
        }
        parts.push(part);
    }
    Some(DayParts {
        parts,
        meals_only: false,
    })
}

fn latin_meals(c: &mut Cursor<'_>) -> Option<DayParts> {
    let mut parts = ALL_MEALS.to_vec();
    if c.one_of(LATIN_MEALS_AND_BED) {
        parts.push(DayPart::Bedtime);
        return Some(DayParts {
            parts,
            meals_only: false,
        });
    }
    c.one_of(LATIN_MEALS).then_some(DayParts {
        parts,
        meals_only: true,
    })
}

/// `at 8 am`, `8:30 pm`, `at 0800`. The half of the day must be said. Without "at" or minutes `1 pm`
/// may be one tablet in the evening, unless another time stands before it.
fn clock(c: &mut Cursor<'_>, after_clock: bool) -> Option<DayParts> {
    let at = c.one_of("at|every day at|daily at|around|@");
    let token = c.next()?;
    let minutes = match token.kind {
        TokenKind::ClockDigits => four_digits(&token.text)?,
        TokenKind::Number(_) if (at || after_clock) && token.text.len() == 4 => {
            four_digits(&token.text)?
        }
        TokenKind::Number(hour) => {
            let hour = hour.whole().filter(|hour| (1..=12).contains(hour))? % 12;
            let mut minutes = 0;
            let colon = c.eat(":");
            if !at && !colon && !after_clock {
                return None;
            }
            if colon {
                let token = c.next()?;
                minutes = token
                    .text
                    .parse()
                    .ok()
                    .filter(|m| *m < 60 && token.text.len() == 2)?;
            }
            let half = c.any([
                "am",
                "pm",
                "a m",
                "p m",
                "in the morning",
                "in the evening",
                "at night",
                "noon",
                "o clock in the morning",
            ])?;
            let afternoon = matches!(half, "pm" | "p m" | "in the evening" | "at night" | "noon");
            u16::try_from(hour * 60).ok()? + minutes + if afternoon { 720 } else { 0 }
        }
        _ => return None,
    };
    c.one_of("daily|every day");
    Some(DayParts {
        parts: vec![DayPart::Clock(minutes)],
        meals_only: false,
    })
}

fn four_digits(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_at_checked(2)?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}
