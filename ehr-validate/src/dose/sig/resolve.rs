//! From drafts to steps: how often, what a later step takes over, how the steps stand to each other.

use super::UnparsedReason;
use super::draft::{Draft, Join};
use super::rate::{Rate, RateKind};
use super::weekday::WeekClause;
use crate::dose::{Amount, AmountRange, Course, DayPart, DoseUnit, Route, Side, Step, Weekdays};

type Resolved<T> = Result<T, UnparsedReason>;

/// The steps of a sig and how they stand to each other.
pub(super) fn steps(mut drafts: Vec<Draft>) -> Resolved<(Vec<Step>, Course)> {
    let course = course(&drafts)?;
    inherit(&mut drafts, course)?;
    let mut taken = Weekdays::default();
    let mut steps = Vec::with_capacity(drafts.len());
    for draft in &drafts {
        let step = step(draft, taken)?;
        taken = taken.with(step.weekdays.unwrap_or_default());
        steps.push(step);
    }
    if course == Course::Together {
        hold_together(&drafts, &steps)?;
    }
    if !steps.iter().any(says_something) {
        return Err(UnparsedReason::NoAmount);
    }
    Ok((steps, course))
}

/// A dose with a unit, or a frequency. A bare number alone is no instruction.
fn says_something(step: &Step) -> bool {
    step.dose.is_known() && (step.unit.is_some() || step.once) || step.times_per_day.is_known()
}

fn course(drafts: &[Draft]) -> Resolved<Course> {
    if drafts.iter().any(|draft| draft.in_turn) {
        return match drafts.len() {
            2 => Ok(Course::Alternating),
            _ => Err(UnparsedReason::Ambiguous),
        };
    }
    let mut follows = drafts.windows(2).map(|pair| {
        let (before, next) = (&pair[0], &pair[1]);
        let within_a_day = before.parts.is_some() && next.parts.is_some() && !before.has_length();
        let joined = next.join == Join::Then && !within_a_day;
        let follows = joined || before.has_length() || before.once || next.phase.is_some();
        // "1 daily for 7 days and 2 at night": nobody can tell
        let unclear = follows && next.join == Join::And && next.phase.is_none() && !before.once;
        (!unclear).then_some(follows)
    });
    let Some(first) = follows.next() else {
        return Ok(Course::Together);
    };
    match (first, follows.all(|follow| follow == first)) {
        (Some(true), true) => Ok(Course::InSequence),
        (Some(false), true) => Ok(Course::Together),
        _ => Err(UnparsedReason::Ambiguous),
    }
}

/// Units, routes and, in a sequence, doses and frequencies that a step leaves out are those before it.
fn inherit(drafts: &mut [Draft], course: Course) -> Resolved<()> {
    let units: Vec<DoseUnit> = drafts
        .iter()
        .filter_map(|draft| draft.quantity?.unit)
        .collect();
    let mut unit = units.first().copied();
    let place = drafts.iter().find_map(|draft| draft.place);
    let verb = drafts.iter().find_map(|draft| draft.verb_route);
    let injected = drafts.iter().any(|draft| draft.is_injected);
    let mut before: Option<Draft> = None;
    for draft in drafts.iter_mut() {
        if let Some(before) = &before {
            let in_sequence = course == Course::InSequence;
            if !draft.has_dose() {
                if !in_sequence {
                    return Err(UnparsedReason::Ambiguous);
                }
                draft.quantity = before.quantity;
                draft.unmeasured = before.unmeasured;
            }
            let takes_over = !before.once && draft.phase.is_none() && !draft.as_needed;
            if in_sequence && !draft.has_timing() && takes_over {
                draft.rate = before.rate;
                draft.parts.clone_from(&before.parts);
                draft.week = before.week;
            }
        }
        if let Some(quantity) = &mut draft.quantity {
            quantity.unit = quantity.unit.or(unit);
            unit = quantity.unit;
        }
        let before_place = before.as_ref().and_then(|before| before.place).or(place);
        draft.place = draft.place.or(before_place);
        draft.verb_route = draft.verb_route.or(verb);
        draft.is_injected |= injected;
        before = Some(draft.clone());
    }
    if course == Course::Alternating {
        alternate(drafts);
    }
    Ok(())
}

/// What stands behind "alternate 5 mg and 7.5 mg" holds for both.
fn alternate(drafts: &mut [Draft]) {
    let Some((last, others)) = drafts.split_last_mut() else {
        return;
    };
    for draft in others {
        let quantity = draft.quantity;
        *draft = Draft {
            quantity,
            ..last.clone()
        };
        if let (Some(quantity), Some(last)) = (&mut draft.quantity, last.quantity) {
            quantity.unit = quantity.unit.or(last.unit);
        }
    }
}

fn step(draft: &Draft, taken: Weekdays) -> Resolved<Step> {
    let quantity = draft.quantity;
    let mut step = Step {
        dose: quantity.map_or(AmountRange::UNKNOWN, |quantity| quantity.amount),
        unit: quantity.and_then(|quantity| quantity.unit),
        stated: quantity.and_then(|quantity| quantity.stated),
        side: draft.place.and_then(|place| place.side),
        as_needed: draft.as_needed,
        ceiling: draft.ceiling,
        day_parts: draft
            .parts
            .as_ref()
            .map_or_else(Vec::new, |parts| parts.parts.clone()),
        ..Step::default()
    };
    step.route = route(draft, step.unit)?;
    step.days = match (draft.days, draft.phase) {
        (Some(_), Some(_)) => return Err(UnparsedReason::Ambiguous),
        (Some(days), None) => days,
        (None, Some((from, to))) => AmountRange::exactly(Amount::from(to - from)),
        (None, None) => AmountRange::UNKNOWN,
    };
    if let Some(rate) = draft.rate {
        total_of_a_period(&step, rate)?;
    }
    times(draft, taken, &mut step)?;
    if draft.in_turn {
        step.times_per_day = in_turn(draft, &step)?;
    }
    // OD is the right eye and, to some, once daily
    if step.side == Some(Side::Right)
        && !draft.has_timing()
        && step.route == Some(Route::Ophthalmic)
    {
        return Err(UnparsedReason::Ambiguous);
    }
    Ok(step)
}

/// "4 tablets a day" is a total that may be divided; "up to 4 daily" as well. One a day is one.
fn total_of_a_period(step: &Step, rate: Rate) -> Resolved<()> {
    let unclear = match rate.kind {
        RateKind::Total => step.dose.is_known() && step.dose.single() != Some(Amount::ONE),
        RateKind::EveryDay => step.dose.low.is_none() && step.dose.high.is_some(),
        RateKind::Counted => false,
    };
    match unclear {
        true => Err(UnparsedReason::Ambiguous),
        false => Ok(()),
    }
}

fn times(draft: &Draft, taken: Weekdays, step: &mut Step) -> Resolved<()> {
    let contradiction = Err(UnparsedReason::Contradiction);
    if draft.once || draft.count == Some(1) && draft.rate.is_none() {
        if draft.rate.is_some() || draft.parts.is_some() || draft.week.is_some() {
            return contradiction;
        }
        step.once = true;
        return Ok(());
    }
    let on_a_day = on_a_day(draft)?;
    step.times_per_day = match draft.week {
        None => on_a_day.unwrap_or(AmountRange::UNKNOWN),
        Some(week) => in_a_week(draft, week, on_a_day, taken, step)?,
    };
    match draft.count {
        Some(1) => contradiction,
        // three doses of six a day are less than a day
        Some(count)
            if step
                .times_per_day
                .high
                .is_none_or(|high| high > Amount::from(count)) =>
        {
            contradiction
        }
        _ => Ok(()),
    }
}

/// Times a day by frequency and parts of the day, which must agree.
fn on_a_day(draft: &Draft) -> Resolved<Option<AmountRange>> {
    let counted = |parts: &[DayPart]| AmountRange::exactly(Amount::from(parts.len() as u32));
    let (rate, parts) = match (draft.rate, &draft.parts) {
        (None, None) => return Ok(None),
        (Some(rate), None) => return Ok(Some(rate.times_per_day)),
        (None, Some(parts)) => return Ok(Some(counted(&parts.parts))),
        (Some(rate), Some(parts)) => (rate, parts),
    };
    let agrees = match (rate.kind, rate.times_per_day.single()) {
        (RateKind::EveryDay, _) if parts.meals_only => false,
        (RateKind::EveryDay, _) => return Ok(Some(counted(&parts.parts))),
        _ if parts.meals_only => true,
        (_, Some(times)) => {
            times == Amount::from(parts.parts.len() as u32)
                || times < Amount::ONE && parts.parts.len() == 1
        }
        (_, None) => false,
    };
    match agrees {
        true => Ok(Some(rate.times_per_day)),
        false => Err(UnparsedReason::Contradiction),
    }
}

fn in_a_week(
    draft: &Draft,
    week: WeekClause,
    on_a_day: Option<AmountRange>,
    taken: Weekdays,
    step: &mut Step,
) -> Resolved<AmountRange> {
    let (days, weeks) = match week {
        WeekClause::On(days) => (days, 1),
        WeekClause::Except(days) if on_a_day.is_some() => (days.others(), 1),
        WeekClause::EveryOther(day) if day.count() == 1 => (day, 2),
        WeekClause::OtherDays if taken != Weekdays::default() => (taken.others(), 1),
        _ => return Err(UnparsedReason::Contradiction),
    };
    if days == Weekdays::default() {
        return Err(UnparsedReason::Contradiction);
    }
    step.weekdays = Some(days);
    let share = Amount::of(days.count(), 7 * weeks);
    let each = on_a_day.unwrap_or(AmountRange::exactly(Amount::ONE));
    match each.single() {
        // "twice a week on Monday and Thursday"
        Some(times) if times < Amount::ONE => match times == share || draft.rate.is_none() {
            true => Ok(AmountRange::exactly(share)),
            false => Err(UnparsedReason::Contradiction),
        },
        _ => Ok(each.scaled(share)),
    }
}

/// Each of two in turn is every second of the doses; "every other day" may mean either.
fn in_turn(draft: &Draft, step: &Step) -> Resolved<AmountRange> {
    match step.times_per_day.single() {
        Some(times) if times == Amount::ONE => Ok(AmountRange::exactly(Amount::of(1, 2))),
        None if !draft.has_timing() => Ok(AmountRange::UNKNOWN),
        _ => Err(UnparsedReason::Ambiguous),
    }
}

fn route(draft: &Draft, unit: Option<DoseUnit>) -> Resolved<Option<Route>> {
    let place = draft.place;
    let said = place.and_then(|place| place.route);
    Ok(match (said, draft.verb_route) {
        (Some(Route::Oral), Some(Route::Inhalation)) => Some(Route::Inhalation),
        (Some(route), _) => Some(route),
        (None, _) if unit == Some(DoseUnit::Patch) => Some(Route::Transdermal),
        (None, _) if place.is_some_and(|place| place.skin) && !draft.is_injected => {
            Some(Route::Topical)
        }
        (None, verb) => verb,
    })
}

/// Steps at once must be on other occasions: "1 twice daily, 1 in the morning and 1 at night" says
/// one thing twice, and adding it up would double it.
fn hold_together(drafts: &[Draft], steps: &[Step]) -> Resolved<()> {
    if steps.len() < 2 {
        return Ok(());
    }
    let needed = steps.iter().filter(|step| step.as_needed).count();
    if needed > 0 && needed < steps.len() {
        return Err(UnparsedReason::Ambiguous);
    }
    for (index, step) in steps.iter().enumerate() {
        for (other, later) in steps.iter().enumerate().skip(index + 1) {
            let and_at_bedtime = other == 1
                && steps.len() == 2
                && drafts[1].join == Join::And
                && later.day_parts == [DayPart::Bedtime]
                && step.day_parts.is_empty()
                && step.weekdays.is_none()
                && step
                    .times_per_day
                    .single()
                    .is_some_and(|times| times > Amount::ONE && times <= Amount::from(3));
            if !and_at_bedtime && !are_apart(step, later) {
                return Err(UnparsedReason::Ambiguous);
            }
        }
    }
    Ok(())
}

fn are_apart(one: &Step, other: &Step) -> bool {
    if let (Some(days), Some(others)) = (one.weekdays, other.weekdays)
        && days.is_disjoint(others)
    {
        return true;
    }
    let sides = (one.side, other.side);
    if matches!(
        sides,
        (Some(Side::Left), Some(Side::Right)) | (Some(Side::Right), Some(Side::Left))
    ) {
        return true;
    }
    let meets = |part: &DayPart| {
        other.day_parts.iter().any(|later| {
            let by_clock = matches!(part, DayPart::Clock(_)) != matches!(later, DayPart::Clock(_));
            part == later || by_clock && part.may_be(*later)
        })
    };
    !one.day_parts.is_empty() && !other.day_parts.is_empty() && !one.day_parts.iter().any(meets)
}
