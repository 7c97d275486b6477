//! Frequencies of structured timings.

use ehr_model::datatype::{DayOfWeek, Timing, TimingBounds, TimingRepeat, UnitOfTime};
use ehr_model::value::Decimal;

use crate::dose::{Amount, AmountRange, DayPart, Step, Weekdays};

/// Codes of HL7 v3 GTS abbreviations and of FHIR: times and days.
const CODES: &[(&str, u32, u32)] = &[
    ("BID", 2, 1),
    ("TID", 3, 1),
    ("QID", 4, 1),
    ("AM", 1, 1),
    ("PM", 1, 1),
    ("QD", 1, 1),
    ("QOD", 1, 2),
    ("Q1H", 24, 1),
    ("Q2H", 12, 1),
    ("Q3H", 8, 1),
    ("Q4H", 6, 1),
    ("Q6H", 4, 1),
    ("Q8H", 3, 1),
    ("Q12H", 2, 1),
    ("BED", 1, 1),
    ("WK", 1, 7),
    ("MO", 1, 30),
];

/// Events of the day by their codes. Meals without a name are three occasions.
const EVENTS: &[(&str, &[DayPart])] = &[
    ("MORN", &[DayPart::Morning]),
    ("WAKE", &[DayPart::Morning]),
    ("NOON", &[DayPart::Noon]),
    ("AFT", &[DayPart::Afternoon]),
    ("EVE", &[DayPart::Evening]),
    ("NIGHT", &[DayPart::Bedtime]),
    ("HS", &[DayPart::Bedtime]),
    ("ACM", &[DayPart::Breakfast]),
    ("CM", &[DayPart::Breakfast]),
    ("PCM", &[DayPart::Breakfast]),
    ("ACD", &[DayPart::Lunch]),
    ("CD", &[DayPart::Lunch]),
    ("PCD", &[DayPart::Lunch]),
    ("ACV", &[DayPart::Dinner]),
    ("CV", &[DayPart::Dinner]),
    ("PCV", &[DayPart::Dinner]),
    ("AC", MEALS),
    ("C", MEALS),
    ("PC", MEALS),
];
const MEALS: &[DayPart] = &[DayPart::Breakfast, DayPart::Lunch, DayPart::Dinner];

/// Fills the frequency of a step. None if the timing says something that is not understood.
pub(super) fn read(timing: &Timing, step: &mut Step) -> Option<()> {
    let code = timing.code.value().map(|concept| {
        let codings = concept
            .coding
            .iter()
            .filter_map(|coding| coding.code.value());
        let texts = codings.chain(concept.text.value());
        let mut rates = texts.filter_map(|text| rate_of_code(text.expose()));
        rates.next()
    });
    let repeat = timing.repeat.value();
    let by_repeat = match repeat {
        Some(repeat) => by_repeat(repeat, step)?,
        None => None,
    };
    match (by_repeat, code) {
        (Some(repeat), Some(Some(code))) if repeat != code => return None,
        (Some(repeat), _) => step.times_per_day = repeat,
        (None, Some(Some(code))) => step.times_per_day = code,
        (None, Some(None)) => return None,
        (None, None) if timing.event.len() == 1 => step.once = true,
        (None, None) if !timing.event.is_empty() => return None,
        (None, None) => {}
    }
    Some(())
}

fn rate_of_code(code: &str) -> Option<AmountRange> {
    let (_, times, days) = CODES
        .iter()
        .find(|(known, _, _)| known.eq_ignore_ascii_case(code))?;
    Some(AmountRange::exactly(Amount::of(*times, *days)))
}

fn by_repeat(repeat: &TimingRepeat, step: &mut Step) -> Option<Option<AmountRange>> {
    step.days = bounds(repeat)?;
    let days = weekdays(&repeat.day_of_week)?;
    for event in &repeat.when {
        let (_, parts) = EVENTS.iter().find(|(code, _)| *code == event.expose())?;
        step.day_parts.extend_from_slice(parts);
    }
    for time in &repeat.time_of_day {
        step.day_parts.push(clock(time.expose())?);
    }
    let share = match days {
        Some(days) => Amount::of(days.count(), 7),
        None => Amount::ONE,
    };
    step.weekdays = days;
    let occasions = Amount::from(u32::try_from(step.day_parts.len()).ok()?);
    let frequency = frequency(repeat)?;
    let count = repeat.count.value().copied();
    Some(match frequency {
        None if count == Some(1) => {
            step.once = true;
            None
        }
        None if !step.day_parts.is_empty() => Some(AmountRange::exactly(occasions.times(share)?)),
        None => days.map(|_| AmountRange::exactly(share)),
        // "once a week on Monday" and "twice daily on Monday" both write a frequency and a day
        Some(times) => match (days, times.single()) {
            (Some(_), Some(single)) if single == share => Some(times),
            (Some(_), Some(single)) if single >= Amount::ONE => Some(times.scaled(share)),
            (Some(_), _) => return None,
            (None, _) => Some(times),
        },
    })
}

/// `frequency` to `frequencyMax` times in `period` to `periodMax`.
fn frequency(repeat: &TimingRepeat) -> Option<Option<AmountRange>> {
    let Some(period) = repeat.period.value() else {
        return repeat.frequency.value().is_none().then_some(None);
    };
    let unit = match repeat.period_unit.value()? {
        UnitOfTime::Hour => Amount::of(1, 24),
        UnitOfTime::Day => Amount::ONE,
        UnitOfTime::Week => Amount::from(7),
        UnitOfTime::Month => Amount::from(30),
        UnitOfTime::Year => Amount::from(365),
        _ => return None,
    };
    let whole = |number: i64| {
        u32::try_from(number)
            .ok()
            .filter(|n| *n > 0)
            .map(Amount::from)
    };
    // FHIR: a frequency that is left out is one
    let low = whole(repeat.frequency.value().copied().unwrap_or(1))?;
    let high = match repeat.frequency_max.value() {
        Some(high) => whole(*high)?,
        None => low,
    };
    let span = |decimal: &Decimal| Amount::of_decimal(decimal)?.times(unit);
    let shortest = span(period)?;
    let longest = match repeat.period_max.value() {
        Some(longest) => span(longest)?,
        None => shortest,
    };
    let (seldom, often) = (low.divided_by(longest)?, high.divided_by(shortest)?);
    (seldom <= often).then_some(Some(AmountRange::between(seldom, often)))
}

/// None for a day that is none of the seven.
fn weekdays(days: &[DayOfWeek]) -> Option<Option<Weekdays>> {
    let mut all = Weekdays::default();
    for day in days {
        let index = match day {
            DayOfWeek::Monday => 0,
            DayOfWeek::Tuesday => 1,
            DayOfWeek::Wednesday => 2,
            DayOfWeek::Thursday => 3,
            DayOfWeek::Friday => 4,
            DayOfWeek::Saturday => 5,
            DayOfWeek::Sunday => 6,
            _ => return None,
        };
        all = all.with(Weekdays::day(index));
    }
    Some((!days.is_empty()).then_some(all))
}

fn clock(time: &str) -> Option<DayPart> {
    let (hours, rest) = time.split_once(':')?;
    let minutes = rest.split(':').next()?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(DayPart::Clock(hours * 60 + minutes))
}

/// The length of the course in days, where it is a length. A period of dates is none.
fn bounds(repeat: &TimingRepeat) -> Option<AmountRange> {
    let Some(TimingBounds::Duration(duration)) = repeat.bounds.value() else {
        return Some(AmountRange::UNKNOWN);
    };
    let Some(duration) = duration.value() else {
        return Some(AmountRange::UNKNOWN);
    };
    let days = match duration.code.value().or(duration.unit.value())?.expose() {
        "d" | "day" | "days" => Amount::ONE,
        "wk" | "week" | "weeks" => Amount::from(7),
        "mo" | "month" | "months" => Amount::from(30),
        _ => return Some(AmountRange::UNKNOWN),
    };
    let length = Amount::of_decimal(duration.value.value()?)?;
    Some(AmountRange::exactly(length.times(days)?))
}
