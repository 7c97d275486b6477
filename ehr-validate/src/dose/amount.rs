//! Exact amounts: what is taken, how often, how much a day.

use std::fmt;

use ehr_model::value::Decimal;
use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub};

/// Longer numbers stand in no prescription, and products of these stay exact.
const MAX_DIGITS: usize = 12;
/// Digits of a number that never ends: more than a double holds, so readers get the nearest double.
const SIGNIFICANT: u32 = 18;

/// An exact, non-negative number. A seventh a day is a seventh; `Debug` shows nothing.
///
/// ```
/// use ehr_validate::dose::Amount;
/// let weekly = Amount::of(1, 7);
/// let dose = Amount::parse("70.0").unwrap();
/// assert_eq!(dose.times(weekly), Some(Amount::from(10)));
/// assert_eq!(weekly.to_json(), "0.142857142857142857");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Ratio<i128>);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Ratio::new_raw(0, 1));
    /// One.
    pub const ONE: Self = Self(Ratio::new_raw(1, 1));

    /// A fraction. A denominator of zero is read as one.
    pub fn of(numerator: u32, denominator: u32) -> Self {
        Self(Ratio::new(numerator.into(), denominator.max(1).into()))
    }

    /// Digits with at most one point, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = whole.len() + fraction.len();
        let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if digits == 0 || digits > MAX_DIGITS || !only_digits(whole) || !only_digits(fraction) {
            return None;
        }
        let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
        let scale = u32::try_from(fraction.len()).ok()?;
        Some(Self(Ratio::new(mantissa, 10i128.pow(scale))))
    }

    /// The amount of a decimal of a chart; none if it is negative or too long to stay exact.
    pub fn of_decimal(decimal: &Decimal) -> Option<Self> {
        let value = decimal.value()?;
        let too_long = value.scale() > 12 || value.mantissa() > 10i128.pow(18);
        if value.is_sign_negative() && !value.is_zero() || too_long {
            return None;
        }
        Some(Self(Ratio::new(
            value.mantissa(),
            10i128.pow(value.scale()),
        )))
    }

    /// The product; none beyond what stays exact.
    pub fn times(self, other: Self) -> Option<Self> {
        self.0.checked_mul(&other.0).map(Self)
    }

    /// The quotient; none by zero or beyond what stays exact.
    pub fn divided_by(self, other: Self) -> Option<Self> {
        (other != Self::ZERO)
            .then(|| self.0.checked_div(&other.0))?
            .map(Self)
    }

    /// The sum; none beyond what stays exact.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(&other.0).map(Self)
    }

    /// The distance of two amounts.
    pub fn distance(self, other: Self) -> Option<Self> {
        let (high, low) = (self.0.max(other.0), self.0.min(other.0));
        high.checked_sub(&low).map(Self)
    }

    /// Whether it is a whole number.
    pub fn is_whole(self) -> bool {
        self.0.is_integer()
    }

    /// The whole number, if it is a small one.
    pub fn whole(self) -> Option<u32> {
        self.is_whole()
            .then(|| u32::try_from(self.0.to_integer()).ok())?
    }

    /// The number in JSON: exact if its decimals end, otherwise rounded to 18 significant digits.
    pub fn to_json(self) -> String {
        let (numerator, denominator) = (*self.0.numer(), *self.0.denom());
        let mut digits = (numerator / denominator).to_string();
        let mut rest = numerator % denominator;
        if rest == 0 {
            return digits;
        }
        let mut significant = if digits == "0" {
            0
        } else {
            digits.len() as u32
        };
        let mut decimals = Vec::new();
        while rest != 0 && significant < SIGNIFICANT {
            let Some(next) = rest.checked_mul(10) else {
                break;
            };
            let digit = (next / denominator) as u8;
            rest = next % denominator;
            significant += u32::from(significant > 0 || digit > 0);
            decimals.push(digit);
        }
        if rest != 0 && rest >= denominator - rest {
            round_up(&mut digits, &mut decimals);
        }
        while decimals.last() == Some(&0) {
            decimals.pop();
        }
        if !decimals.is_empty() {
            digits.push('.');
            digits.extend(decimals.iter().map(|digit| char::from(b'0' + digit)));
        }
        digits
    }
}

fn round_up(whole: &mut String, decimals: &mut [u8]) {
    for digit in decimals.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return;
        }
        *digit = 0;
    }
    let next = whole.parse::<i128>().unwrap_or_default() + 1;
    *whole = next.to_string();
}

impl From<u32> for Amount {
    fn from(whole: u32) -> Self {
        Self(Ratio::from_integer(whole.into()))
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Amount(..)")
    }
}

/// From one amount to another. An end that nobody stated is `None`: "up to 3" has no lower end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AmountRange {
    /// The lower end.
    pub low: Option<Amount>,
    /// The upper end.
    pub high: Option<Amount>,
}

impl AmountRange {
    /// Nothing was said.
    pub const UNKNOWN: Self = Self {
        low: None,
        high: None,
    };

    /// One amount.
    pub fn exactly(amount: Amount) -> Self {
        Self::between(amount, amount)
    }

    /// From one amount to another.
    pub fn between(low: Amount, high: Amount) -> Self {
        Self {
            low: Some(low),
            high: Some(high),
        }
    }

    /// At most an amount.
    pub fn up_to(high: Amount) -> Self {
        Self {
            low: None,
            high: Some(high),
        }
    }

    /// Whether anything was said.
    pub fn is_known(&self) -> bool {
        self.low.is_some() || self.high.is_some()
    }

    /// The amount, if both ends are the same.
    pub fn single(&self) -> Option<Amount> {
        self.low.filter(|low| Some(*low) == self.high)
    }

    /// Both ends by an amount.
    pub fn scaled(&self, by: Amount) -> Self {
        self.times(&Self::exactly(by))
    }

    /// Lower end by lower end, upper by upper.
    pub fn times(&self, other: &Self) -> Self {
        Self {
            low: both(self.low, other.low, Amount::times),
            high: both(self.high, other.high, Amount::times),
        }
    }

    /// Lower end and lower end, upper and upper.
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            low: both(self.low, other.low, Amount::plus),
            high: both(self.high, other.high, Amount::plus),
        }
    }

    /// No end above a ceiling. An upper end that nobody stated is the ceiling.
    pub fn capped(&self, ceiling: Amount) -> Self {
        Self {
            low: self.low.map(|low| low.min(ceiling)),
            high: Some(self.high.map_or(ceiling, |high| high.min(ceiling))),
        }
    }
}

fn both(
    one: Option<Amount>,
    other: Option<Amount>,
    join: fn(Amount, Amount) -> Option<Amount>,
) -> Option<Amount> {
    join(one?, other?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_exactly_or_not_at_all() {
        assert_eq!(Amount::parse("0.25"), Some(Amount::of(1, 4)));
        assert_eq!(Amount::parse(".5"), Some(Amount::of(1, 2)));
        assert_eq!(Amount::parse("5.0"), Some(Amount::from(5)));
        for text in ["", ".", "1,5", "-1", "1e3", "1.2.3", "1234567890123", "٣"] {
            assert_eq!(Amount::parse(text), None, "{text}");
        }
    }

    #[test]
    fn json_is_exact_where_decimals_end() {
        for (amount, json) in [
            (Amount::of(1, 2), "0.5"),
            (Amount::of(12, 1), "12"),
            (Amount::of(24, 5), "4.8"),
            (Amount::parse("0.0125").unwrap(), "0.0125"),
            (Amount::of(1, 7), "0.142857142857142857"),
            (Amount::of(2, 3), "0.666666666666666667"),
            (Amount::of(100, 3), "33.3333333333333333"),
            (Amount::of(1, 30), "0.0333333333333333333"),
        ] {
            assert_eq!(amount.to_json(), json);
        }
        assert_eq!(
            Amount::of(1, 7).to_json().parse::<f64>().unwrap(),
            1.0 / 7.0
        );
    }

    #[test]
    fn overflow_is_unknown() {
        let mut amount = Amount::parse("0.00000000007").unwrap();
        while let Some(next) = amount.times(amount) {
            amount = next;
        }
        assert_eq!(Amount::ONE.divided_by(Amount::ZERO), None);
    }

    #[test]
    fn an_end_that_nobody_stated_stays_unknown() {
        let times = AmountRange::up_to(Amount::from(3));
        let daily = AmountRange::exactly(Amount::from(2)).times(&times);
        assert_eq!(daily, AmountRange::up_to(Amount::from(6)));
        assert_eq!(
            daily.capped(Amount::from(4)),
            AmountRange::up_to(Amount::from(4))
        );
        assert_eq!(format!("{:?}", Amount::from(6)), "Amount(..)");
    }
}
