//! Factors between amounts, those of dosing errors by their names.

use super::{Amount, AmountRange};

/// By what two amounts differ. All are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Factor {
    /// Twice.
    Double,
    /// Half.
    Half,
    /// Ten times: a decimal point or a zero.
    TenTimes,
    /// A tenth.
    Tenth,
    /// A hundred times.
    HundredTimes,
    /// A hundredth.
    Hundredth,
    /// A thousand times; with the same number, milligrams became micrograms or the like.
    ThousandTimes {
        /// Whether the number is the same and only the unit is another.
        unit_changed: bool,
    },
    /// A thousandth.
    Thousandth {
        /// Whether the number is the same and only the unit is another.
        unit_changed: bool,
    },
    /// The same number in a unit that does not convert without a strength: mg and mL.
    OtherUnit,
    /// By this factor.
    By(Amount),
    /// Ranges that differ by no one factor: 1 to 2 against 1 to 3.
    NoOneFactor,
}

impl Factor {
    /// The second amount over the first; none where an end is unknown or zero.
    pub fn between(one: AmountRange, other: AmountRange) -> Option<Self> {
        let low = other.low?.divided_by(one.low?)?;
        let high = other.high?.divided_by(one.high?)?;
        if low != high {
            return Some(Self::NoOneFactor);
        }
        let known = [
            (Amount::from(2), Self::Double),
            (Amount::of(1, 2), Self::Half),
            (Amount::from(10), Self::TenTimes),
            (Amount::of(1, 10), Self::Tenth),
            (Amount::from(100), Self::HundredTimes),
            (Amount::of(1, 100), Self::Hundredth),
            (
                Amount::from(1000),
                Self::ThousandTimes {
                    unit_changed: false,
                },
            ),
            (
                Amount::of(1, 1000),
                Self::Thousandth {
                    unit_changed: false,
                },
            ),
        ];
        let named = known.iter().find(|(amount, _)| *amount == low);
        Some(named.map_or(Self::By(low), |(_, factor)| *factor))
    }

    pub(super) fn with_unit_changed(self, changed: bool) -> Self {
        match self {
            Self::ThousandTimes { .. } => Self::ThousandTimes {
                unit_changed: changed,
            },
            Self::Thousandth { .. } => Self::Thousandth {
                unit_changed: changed,
            },
            other => other,
        }
    }
}
