//! The canonical amount of a day.

use super::{AmountRange, Ceiling, Course, DoseUnit, Step};

/// How much a day, as an exact range in one unit.
///
/// A dose on some days of the week counts with its share: 70 mg weekly are 10 mg a day. It is unknown
/// where a dose or a frequency is, where units or sides of the body
/// differ, where the amount changes over time (a taper, a
/// first dose, doses in turn), and where a ceiling stands in another unit than the dose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DailyAmount {
    /// How much, if everything is taken that may be.
    pub amount: AmountRange,
    /// In which unit; none if the sig names none.
    pub unit: Option<DoseUnit>,
    /// Whether it is a ceiling: all of it is taken as needed, and it may be nothing.
    pub as_needed: bool,
}

impl DailyAmount {
    /// Nobody can say.
    pub const UNKNOWN: Self = Self {
        amount: AmountRange::UNKNOWN,
        unit: None,
        as_needed: false,
    };

    /// The amount of all steps together.
    pub fn of(steps: &[Step], course: Course) -> Self {
        let Some((first, others)) = steps.split_first() else {
            return Self::UNKNOWN;
        };
        if course != Course::Together && !others.is_empty() {
            return Self::UNKNOWN;
        }
        let mut amount = first.daily();
        for step in others {
            let comparable = step.unit == first.unit && step.side == first.side;
            if !comparable || step.as_needed != first.as_needed {
                return Self::UNKNOWN;
            }
            amount = amount.plus(&step.daily());
        }
        if let Some(Ceiling::Amount(..)) = first.ceiling
            && !others.is_empty()
        {
            return Self::UNKNOWN;
        }
        match amount.is_known() {
            true => Self {
                amount,
                unit: first.unit,
                as_needed: first.as_needed,
            },
            false => Self::UNKNOWN,
        }
    }
}

impl Step {
    /// How much a day in the unit of the dose, under the ceiling.
    pub fn daily(&self) -> AmountRange {
        let times = match self.ceiling {
            Some(Ceiling::Doses(most)) => self.times_per_day.capped(most),
            _ => self.times_per_day,
        };
        let amount = self.dose.times(&times);
        let Some(Ceiling::Amount(most, unit)) = self.ceiling else {
            return amount;
        };
        let most = match (unit, self.unit) {
            (None, _) => Some(most),
            (Some(unit), Some(dose)) => {
                unit.in_terms_of(dose).and_then(|factor| most.times(factor))
            }
            (Some(_), None) => None,
        };
        most.map_or(AmountRange::UNKNOWN, |most| amount.capped(most))
    }
}
