//! A step while it is read: what its clauses said so far.

use super::body::Place;
use super::day_part::DayParts;
use super::quantity::Quantity;
use super::rate::Rate;
use super::weekday::WeekClause;
use crate::dose::{AmountRange, Ceiling, Route};

/// How a step is joined to the one before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Join {
    /// By nothing.
    #[default]
    Tight,
    /// By a comma, a point, a bracket.
    Mark,
    /// By "and".
    And,
    /// By "then".
    Then,
}

/// What the clauses of a step said. A clause that says something else than one before it is refused.
#[derive(Clone, Default)]
pub(super) struct Draft {
    pub(super) join: Join,
    pub(super) quantity: Option<Quantity>,
    /// A dose in words: "a thin layer".
    pub(super) unmeasured: bool,
    pub(super) rate: Option<Rate>,
    pub(super) parts: Option<DayParts>,
    pub(super) week: Option<WeekClause>,
    pub(super) once: bool,
    pub(super) count: Option<u32>,
    pub(super) place: Option<Place>,
    pub(super) verb_route: Option<Route>,
    pub(super) as_needed: bool,
    pub(super) ceiling: Option<Ceiling>,
    pub(super) days: Option<AmountRange>,
    pub(super) phase: Option<(u32, u32)>,
    /// Whether its timing stood before its dose.
    pub(super) timing_first: bool,
    /// Whether it is one of two that are taken in turn.
    pub(super) in_turn: bool,
    /// Whether its verb is "inject": a site of the body is then none of the skin.
    pub(super) is_injected: bool,
}

/// A clause, and what it says.
#[derive(Clone)]
pub(super) enum Clause {
    Quantity(Quantity),
    Unmeasured,
    Rate(Rate),
    Parts(DayParts),
    Week(WeekClause),
    Once,
    Count(u32),
    Place(Place),
    AsNeeded,
    Purpose,
    Ceiling(Ceiling),
    Days(AmountRange),
    Phase((u32, u32)),
    Verb(Route),
    Injected,
    Advice,
}

impl Draft {
    pub(super) fn has_dose(&self) -> bool {
        self.quantity.is_some() || self.unmeasured
    }

    pub(super) fn has_timing(&self) -> bool {
        self.rate.is_some() || self.parts.is_some() || self.week.is_some() || self.once
    }

    pub(super) fn has_length(&self) -> bool {
        self.days.is_some() || self.phase.is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.has_dose() && !self.has_timing() && !self.has_length() && self.place.is_none()
    }

    /// Whether the clause opens the next step rather than adding to this one.
    pub(super) fn ends_before(&self, clause: &Clause, join: Join) -> bool {
        match clause {
            Clause::Advice | Clause::Verb(_) | Clause::Injected | Clause::Purpose => false,
            _ if self.is_empty() => false,
            _ if join == Join::Then => true,
            Clause::Quantity(_) | Clause::Unmeasured => {
                self.has_dose() && (join > Join::Tight || self.has_length())
            }
            Clause::Rate(_) | Clause::Parts(_) | Clause::Week(_) | Clause::Phase(_) => {
                self.timing_first && self.has_dose() && join > Join::Tight
            }
            _ => false,
        }
    }

    /// Takes what the clause says; `false` if something else was said before.
    pub(super) fn take(&mut self, clause: Clause) -> bool {
        let is_timing = matches!(
            clause,
            Clause::Rate(_) | Clause::Parts(_) | Clause::Week(_) | Clause::Phase(_)
        );
        self.timing_first |= is_timing && !self.has_dose();
        match clause {
            Clause::Quantity(quantity) => !self.unmeasured && set(&mut self.quantity, quantity),
            Clause::Unmeasured => {
                self.unmeasured = true;
                self.quantity.is_none()
            }
            Clause::Rate(rate) => self.take_rate(rate),
            Clause::Parts(parts) => self.take_parts(parts),
            Clause::Week(week) => self.take_week(week),
            Clause::Once => {
                let first = !self.once;
                self.once = true;
                first
            }
            Clause::Count(count) => set(&mut self.count, count),
            Clause::Place(place) => self.take_place(place),
            Clause::AsNeeded => {
                self.as_needed = true;
                true
            }
            Clause::Ceiling(ceiling) => set(&mut self.ceiling, ceiling),
            Clause::Days(days) => set(&mut self.days, days),
            Clause::Phase(phase) => set(&mut self.phase, phase),
            Clause::Verb(route) => set(&mut self.verb_route, route),
            Clause::Injected => {
                self.is_injected = true;
                true
            }
            Clause::Purpose | Clause::Advice => true,
        }
    }

    /// "Twice daily (every 12 hours)" says one thing twice; "daily at bedtime, nightly" as well.
    fn take_rate(&mut self, rate: Rate) -> bool {
        match &mut self.rate {
            Some(before) => before.times_per_day == rate.times_per_day,
            empty => {
                *empty = Some(rate);
                true
            }
        }
    }

    /// "Every morning before breakfast" is one occasion; "in the morning … at bedtime" without an
    /// "and" is not understood.
    fn take_parts(&mut self, parts: DayParts) -> bool {
        match &mut self.parts {
            Some(before) if before.meals_only || parts.meals_only => *before == parts,
            Some(before) => {
                before.parts.len() == parts.parts.len()
                    && before
                        .parts
                        .iter()
                        .zip(&parts.parts)
                        .all(|(one, other)| one.may_be(*other))
            }
            empty => {
                *empty = Some(parts);
                true
            }
        }
    }

    fn take_week(&mut self, week: WeekClause) -> bool {
        set(&mut self.week, week)
    }

    /// "By mouth (oral)" and "topically to the affected area" say one thing.
    fn take_place(&mut self, place: Place) -> bool {
        let Some(before) = &mut self.place else {
            self.place = Some(place);
            return true;
        };
        let agrees =
            |one: Option<_>, other: Option<_>| one.is_none() || other.is_none() || one == other;
        let route = agrees(before.route, place.route)
            || matches!(
                (before.route, place.route),
                (Some(Route::Inhalation), Some(Route::Oral))
                    | (Some(Route::Oral), Some(Route::Inhalation))
            );
        let side = before.side.is_none() || place.side.is_none() || before.side == place.side;
        if before.route.is_none() || place.route == Some(Route::Inhalation) {
            before.route = place.route.or(before.route);
        }
        before.side = before.side.or(place.side);
        before.skin |= place.skin;
        route && side
    }
}

fn set<T: PartialEq>(slot: &mut Option<T>, value: T) -> bool {
    match slot {
        Some(before) => *before == value,
        None => {
            *slot = Some(value);
            true
        }
    }
}
