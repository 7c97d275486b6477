//! The dose clause: how much of what, and the same in another unit if the sig says so.

use super::cursor::Cursor;
use super::number::{number, range, roman};
use crate::dose::{Amount, AmountRange, DoseUnit, StatedAmount, StatedOf};

/// Words between a number and its form that change neither.
const ADJECTIVES: &str = "oral|chewable|chew|chewed|dissolving|disintegrating|orally disintegrating|film coated|enteric coated|coated|extended release|delayed release|sustained release|immediate release|er|xr|sr|dr|odt|whole|full|level|metered|vaginal|rectal|nasal|topical|transdermal|liquid";
/// Words behind a form that repeat it.
const AFTERWARDS: &str = "per dose|each time|at a time|at one time|per application";
/// Topical amounts that are no number.
const UNMEASURED: &str = "a thin layer|thin layer|a thin film|thin film|a small amount|small amount|sparingly|liberally|a pea sized amount|pea sized amount|a pea size amount|thin coat|a thin coat|a generous amount|generously|a light layer";

/// Words that make a stated amount that of one piece.
const PIECE: &str = "each|ea|apiece|per tablet|per tab|per capsule|per cap|per puff|per patch|strength|tablet|tablets|tabs|capsule|capsules|caps";

/// A dose as it was said.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Quantity {
    pub(super) amount: AmountRange,
    pub(super) unit: Option<DoseUnit>,
    pub(super) stated: Option<StatedAmount>,
}

/// `2 tabs`, `1-2 tablets (500 mg each)`, `one 10 mg tablet`, `5 mL`, `up to 2 puffs`, `1`.
pub(super) fn quantity(cursor: &mut Cursor<'_>) -> Option<Quantity> {
    cursor.read(|c| {
        let at_most = c.one_of("up to");
        let mut found = sized(c).or_else(|| counted(c)).or_else(|| single(c))?;
        if at_most {
            found.amount.low = None;
        }
        c.one_of(AFTERWARDS);
        Some(found)
    })
}

/// Words that say how much without a number.
pub(super) fn unmeasured(cursor: &mut Cursor<'_>) -> bool {
    let found = cursor.one_of(UNMEASURED);
    if found {
        cursor.one_of(
            "of cream|of ointment|of gel|of lotion|of the cream|of the ointment|of medication",
        );
    }
    found
}

/// `one 10 mg tablet`, `2 500mg tabs`: a count, the strength of a piece, the form.
fn sized(cursor: &mut Cursor<'_>) -> Option<Quantity> {
    cursor.read(|c| {
        let amount = range(c)?;
        c.one_of("of the|of");
        let strength = number(c)?;
        c.eat("-");
        let measured = unit(c).filter(|unit| !unit.is_form())?;
        let form = form(c)?;
        Some(Quantity {
            amount,
            unit: Some(form),
            stated: Some(StatedAmount {
                amount: AmountRange::exactly(strength),
                unit: measured,
                of: StatedOf::Piece,
            }),
        })
    })
}

fn counted(cursor: &mut Cursor<'_>) -> Option<Quantity> {
    cursor.read(|c| {
        let mut amount = match roman(c) {
            Some(roman) => AmountRange::exactly(roman),
            None => range(c)?,
        };
        let mut unit = c.read(|c| {
            c.one_of("of a|of an|of one|a|an|of the");
            unit(c)
        });
        if per_kilogram(c) {
            return None;
        }
        if let Some(first) = unit {
            amount = second_end(c, amount, first)?;
        } else {
            c.read(|c| {
                c.one_of(ADJECTIVES).then_some(())?;
                unit = Some(form(c)?);
                Some(())
            });
        }
        let stated = unit.and_then(|unit| stated(c, unit));
        c.one_of("ribbon|of ribbon|strip of ointment");
        Some(Quantity {
            amount,
            unit,
            stated,
        })
    })
}

/// `a tablet`, `half tablet` is counted; here `a` is one.
fn single(cursor: &mut Cursor<'_>) -> Option<Quantity> {
    cursor.read(|c| {
        c.one_of("a|an|a single|one single").then_some(())?;
        let form = form(c)?;
        Some(Quantity {
            amount: AmountRange::exactly(Amount::ONE),
            unit: Some(form),
            stated: None,
        })
    })
}

/// `5 mg to 10 mg`, `1 tab or 2 tabs`: the other end carries the unit too. None if it is lower.
fn second_end(c: &mut Cursor<'_>, amount: AmountRange, first: DoseUnit) -> Option<AmountRange> {
    let Some(low) = amount.single() else {
        return Some(amount);
    };
    let high = c.read(|c| {
        c.one_of("-|to|or").then_some(())?;
        let high = number(c)?;
        (unit(c)? == first).then_some(high)
    });
    match high {
        Some(high) if high <= low => None,
        Some(high) => Some(AmountRange::between(low, high)),
        None => Some(amount),
    }
}

pub(super) fn unit(cursor: &mut Cursor<'_>) -> Option<DoseUnit> {
    cursor.read(|c| {
        if c.one_of("fluid ounce|fluid ounces|million units|billion units") {
            return None;
        }
        let token = c.next()?;
        DoseUnit::of_word(&token.text)
    })
}

fn form(cursor: &mut Cursor<'_>) -> Option<DoseUnit> {
    cursor.read(|c| {
        c.one_of(ADJECTIVES);
        unit(c).filter(|unit| unit.is_form())
    })
}

/// A dose for the weight of a body is never an amount.
fn per_kilogram(c: &Cursor<'_>) -> bool {
    let mut ahead = *c;
    ahead.one_of("/ kg|per kg|per kilogram|/ kilo|/ m|per m|/ lb|per lb|/ h|/ hr|/ hour|per hour|/ min|/ minute|per minute")
}

/// `(1000 mg)`, `(500 mg each)`, `(20 mg total)`, `of 500 mg`: the same dose in another unit.
fn stated(cursor: &mut Cursor<'_>, dose_unit: DoseUnit) -> Option<StatedAmount> {
    cursor.read(|c| {
        let bracketed = c.eat("(");
        if !bracketed && !c.one_of("of|=") {
            return None;
        }
        c.one_of("a total of|total of|total|equals|equal to|=");
        let amount = range(c)?;
        c.eat("-");
        let unit = unit(c).filter(|unit| *unit != dose_unit)?;
        if per_kilogram(c) {
            return None;
        }
        let whole = c.one_of("total dose|total|in total|per dose");
        let piece = !whole && c.one_of(PIECE);
        let of = match (whole, piece) {
            (true, _) => StatedOf::Dose,
            (_, true) => StatedOf::Piece,
            _ => StatedOf::Unstated,
        };
        (!bracketed || c.eat(")")).then_some(StatedAmount { amount, unit, of })
    })
}
