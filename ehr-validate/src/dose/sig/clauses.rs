//! Reads a whole sig: clauses of any order, gathered into drafts of steps. Nothing is skipped.

use super::UnparsedReason;
use super::advice::{Said, advice};
use super::as_needed::{as_needed, purpose};
use super::body::place;
use super::ceiling::ceiling;
use super::cursor::Cursor;
use super::day_part::day_parts;
use super::draft::{Clause, Draft, Join};
use super::duration::{count, course, phase};
use super::quantity::{quantity, unmeasured};
use super::rate::rate;
use super::weekday::weekdays;
use crate::dose::DoseUnit;

const MAX_STEPS: usize = 24;

const ONCE: &str = "once|one time|one time only|one time dose|once only|now|right now|stat|immediately|at once|today|tonight|one dose now|once now|once today|initially|right away|single dose|one dose only|for one dose only|just once|one time today|now and|one time now";
const THEN: &str = "then|and then|followed by|and followed by|then followed by|after that|thereafter|and thereafter|then increase to|then decrease to|then reduce to|then taper to|then go to|then down to|increase to|decrease to|reduce to|taper to|then continue|then continue with|then continue on|and then increase to|and then decrease to|, thereafter|then starting|then start|and increase to|and then reduce to|next";
const AND: &str = "and|plus|also|and also";
const ALTERNATE: &str = "alternate|alternating|alternates|take alternating|alternate taking|alternating doses of|alternate doses of|alternate between|alternating between";

/// Where reading stopped, by token, and why.
pub(super) struct Stop {
    pub(super) at: usize,
    pub(super) reason: UnparsedReason,
}

/// All drafts of a sig, or where it could not be read on.
pub(super) fn drafts(mut cursor: Cursor<'_>) -> Result<Vec<Draft>, Stop> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut draft = Draft::default();
    let mut join = Join::Tight;
    // whether the last word was "and" or "then"
    let mut dangling = false;
    while !cursor.is_at_end() {
        let at = cursor.at();
        let stop = |reason| Stop { at, reason };
        if let Some(separator) = separator(&mut cursor) {
            join = join.max(separator);
            dangling = separator > Join::Mark || dangling;
            continue;
        }
        if draft.quantity.is_none()
            && let Some(pair) = cursor.read(in_turn)
        {
            let [first, second] = pair.map(|quantity| Draft {
                quantity: Some(quantity),
                in_turn: true,
                ..draft.clone()
            });
            drafts.push(first);
            draft = second;
            join = Join::Tight;
            continue;
        }
        let Some(clause) = clause(&mut cursor, &draft) else {
            return Err(stop(UnparsedReason::NotUnderstood));
        };
        dangling = false;
        if matches!(clause, Clause::Advice) {
            continue;
        }
        if draft.ends_before(&clause, join) {
            let next = Draft {
                join,
                ..Draft::default()
            };
            drafts.push(std::mem::replace(&mut draft, next));
            if drafts.len() >= MAX_STEPS {
                return Err(stop(UnparsedReason::NotUnderstood));
            }
        }
        if !matches!(clause, Clause::Verb(_) | Clause::Injected | Clause::Purpose) {
            join = Join::Tight;
        }
        if !draft.take(clause) {
            return Err(stop(UnparsedReason::Contradiction));
        }
    }
    if dangling {
        return Err(Stop {
            at: cursor.at().saturating_sub(1),
            reason: UnparsedReason::NotUnderstood,
        });
    }
    drafts.push(draft);
    Ok(drafts)
}

fn separator(cursor: &mut Cursor<'_>) -> Option<Join> {
    for (words, join) in [(THEN, Join::Then), (AND, Join::And)] {
        let mut ahead = *cursor;
        // "1 daily thereafter" begins nothing
        if ahead.one_of(words) && ahead.peek().is_some_and(|next| next.text != ".") {
            // advice such as "then remove" is longer than "then"
            let mut advised = *cursor;
            if advice(&mut advised).is_none() || ahead.at() >= advised.at() {
                *cursor = ahead;
                return Some(join);
            }
        }
    }
    let token = cursor.peek()?;
    let hyphen =
        token.text == "-" && !token.glued && cursor.second().is_some_and(|next| !next.glued);
    // "-- avoid grapefruit --"
    let second = cursor.second();
    if token.text == "-" && second.is_some_and(|next| next.text == "-" && next.glued) {
        cursor.next();
        cursor.next();
        return Some(Join::Mark);
    }
    let mark = matches!(token.text.as_str(), "," | "." | ";" | ":" | "(" | ")" | "*");
    (mark || hyphen).then(|| {
        cursor.next();
        Join::Mark
    })
}

/// `alternate 5 mg and 7.5 mg`: two doses in turn.
fn in_turn(c: &mut Cursor<'_>) -> Option<[super::quantity::Quantity; 2]> {
    let verb = c.one_of(ALTERNATE);
    let first = quantity(c)?;
    let joined = match verb {
        true => c.one_of("and|with|then|,|and then"),
        false => c.one_of(
            "alternating with|alternate with|, alternating with|alternated with|and alternate with",
        ),
    };
    joined.then_some(())?;
    let second = quantity(c)?;
    Some([first, second])
}

/// The longest clause that can be read here.
fn clause(cursor: &mut Cursor<'_>, draft: &Draft) -> Option<Clause> {
    let mut best: Option<(Clause, Cursor<'_>)> = None;
    let mut offer = |read: &dyn Fn(&mut Cursor<'_>) -> Option<Clause>| {
        let mut ahead = *cursor;
        if let Some(clause) = read(&mut ahead)
            && best.as_ref().is_none_or(|(_, end)| ahead.at() > end.at())
            && ahead.at() > cursor.at()
        {
            best = Some((clause, ahead));
        }
    };
    let unit = draft.quantity.and_then(|quantity| quantity.unit);
    let of_drops = matches!(unit, Some(DoseUnit::Drop | DoseUnit::Inch));
    // a ceiling before the second frequency, which would be a contradiction
    if draft.rate.is_some() {
        offer(&|c| ceiling(c).map(Clause::Ceiling));
    }
    offer(&|c| rate(c).map(Clause::Rate));
    offer(&|c| day_parts(c).map(Clause::Parts));
    offer(&|c| weekdays(c).map(Clause::Week));
    offer(&|c| c.one_of(ONCE).then_some(Clause::Once));
    if draft.has_dose() {
        offer(&|c| ceiling(c).map(Clause::Ceiling));
    }
    offer(&|c| quantity(c).map(Clause::Quantity));
    offer(&|c| unmeasured(c).then_some(Clause::Unmeasured));
    let timed = draft.has_timing();
    offer(&|c| course(c, timed).map(Clause::Days));
    offer(&|c| count(c).map(Clause::Count));
    offer(&|c| phase(c).map(Clause::Phase));
    offer(&|c| place(c, of_drops).map(Clause::Place));
    offer(&|c| as_needed(c).then_some(Clause::AsNeeded));
    offer(&|c| purpose(c).then_some(Clause::Purpose));
    offer(&|c| {
        Some(match advice(c)? {
            Said::Route(route) => Clause::Verb(route),
            Said::Injected => Clause::Injected,
            Said::Nothing => Clause::Advice,
        })
    });
    let (clause, end) = best?;
    *cursor = end;
    Some(clause)
}
