//! One step of a dosage: how much, how often, by which way, for how long.

use super::{Amount, AmountRange, DoseUnit, Route, Side};

/// One step. What nobody stated is unknown, never a default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Step {
    /// How much each time, in `unit`; of eyes, ears and nostrils for each side.
    pub dose: AmountRange,
    /// The unit of the dose.
    pub unit: Option<DoseUnit>,
    /// The same dose in another unit, as "2 tablets (1000 mg)" states it.
    pub stated: Option<StatedAmount>,
    /// How often a day, a weekly dose a seventh. Unknown for a dose that is taken once.
    pub times_per_day: AmountRange,
    /// Whether it is taken a single time.
    pub once: bool,
    /// The days of the week, if it is taken on some only.
    pub weekdays: Option<Weekdays>,
    /// At which parts of the day.
    pub day_parts: Vec<DayPart>,
    /// By which way.
    pub route: Option<Route>,
    /// On which side.
    pub side: Option<Side>,
    /// Whether it is taken only as needed.
    pub as_needed: bool,
    /// The most in 24 hours.
    pub ceiling: Option<Ceiling>,
    /// How long the step lasts, in days.
    pub days: AmountRange,
}

/// The same dose in another unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatedAmount {
    /// How much.
    pub amount: AmountRange,
    /// Of what.
    pub unit: DoseUnit,
    /// Whether it is all of the dose or one piece of it.
    pub of: StatedOf,
}

/// What a stated amount is the amount of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatedOf {
    /// The whole dose: "2 tablets (1000 mg total)".
    Dose,
    /// Each piece: "two 500 mg tablets".
    Piece,
    /// Nobody said: "2 tablets (500 mg)".
    Unstated,
}

/// The most in 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ceiling {
    /// So many doses.
    Doses(Amount),
    /// So much; without a unit, in the unit of the dose.
    Amount(Amount, Option<DoseUnit>),
}

/// Days of the week as a set; bit 0 is Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Weekdays(pub u8);

impl Weekdays {
    /// All seven.
    pub const ALL: Self = Self(0b111_1111);

    /// One day, Monday being 0.
    pub fn day(index: u8) -> Self {
        Self(1 << (index % 7))
    }

    /// How many days.
    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// The days of both.
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The days that are not in it.
    pub fn others(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }

    /// Whether no day is in both.
    pub fn is_disjoint(self, other: Self) -> bool {
        self.0 & other.0 == 0
    }
}

/// A part of the day at which a dose is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DayPart {
    /// In the morning.
    Morning,
    /// At breakfast.
    Breakfast,
    /// At noon, at midday.
    Noon,
    /// At lunch.
    Lunch,
    /// In the afternoon.
    Afternoon,
    /// In the evening.
    Evening,
    /// At dinner, at supper.
    Dinner,
    /// At bedtime, at night.
    Bedtime,
    /// At a time of the clock, in minutes after midnight.
    Clock(u16),
}

impl DayPart {
    /// Whether two words may mean one occasion, as "every morning before breakfast" does.
    pub(super) fn may_be(self, other: Self) -> bool {
        self.third() == other.third()
    }

    fn third(self) -> u8 {
        match self {
            Self::Morning | Self::Breakfast => 0,
            Self::Noon | Self::Lunch | Self::Afternoon => 1,
            Self::Evening | Self::Dinner | Self::Bedtime => 2,
            Self::Clock(minutes) if (240..720).contains(&minutes) => 0,
            Self::Clock(minutes) if (720..960).contains(&minutes) => 1,
            Self::Clock(_) => 2,
        }
    }
}

/// How the steps of a dosage stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Course {
    /// All of them hold at once: "2 in the morning and 1 at night". A single step as well.
    #[default]
    Together,
    /// One after the other: a taper.
    InSequence,
    /// In turn: "alternate 5 mg and 7.5 mg".
    Alternating,
}
