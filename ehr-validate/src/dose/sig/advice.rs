//! Verbs and advice: words that change neither dose nor frequency. A closed list; what is not on it is
//! not understood.

use super::cursor::Cursor;
use super::number::range;
use super::quantity::unit;
use crate::dose::{Dimension, Route};

/// Verbs, and what they say beside.
const VERBS: &[(&str, Said)] = &[
    (
        "take|takes|taking|to take|pt to take|patient to take|please take|patient takes|pt takes|must take|takes in|ingest|sig|sig :|sig - |directions :|instructions :|dose :|dosage :|dosing :",
        Said::Nothing,
    ),
    (
        "give|gives|given|administer|administered|give patient|give child|use|uses|using|apply|applies|applied|infuse|instill|install|instil|place|put|insert|spray|wear|change|rub|rub in|massage|massage in|spread|shampoo|wash|squirt|dispense|receive|have|smear|place and dissolve|gently apply|unwrap and insert|unwrap and place|remove old patch and apply|use contents of|give contents of",
        Said::Nothing,
    ),
    (
        "inject|injects|inject self with|inject contents of|inject the contents of|injected",
        Said::Injected,
    ),
    (
        "inhale|inhales|breathe in|inhale contents of|inhale the contents of|inhale by",
        Said::Route(Route::Inhalation),
    ),
    (
        "rinse with|rinse mouth with|gargle with|gargle|swish with|drink|swallow|chew|chew and swallow|eat",
        Said::Nothing,
    ),
    (
        "dissolve|let dissolve|allow to dissolve|crush|mix|stir|dilute|sprinkle",
        Said::Nothing,
    ),
];

/// Advice without a number.
const ADVICE: &str = include_str!("advice.txt");

/// What a verb or a filler says.
#[derive(Clone, Copy)]
pub(super) enum Said {
    Nothing,
    /// Into a part of the body is not onto its skin.
    Injected,
    Route(Route),
}

/// A verb at the head of a clause, or advice.
pub(super) fn advice(cursor: &mut Cursor<'_>) -> Option<Said> {
    let mut best: Option<(Said, Cursor<'_>)> = None;
    for (verbs, said) in VERBS {
        let mut ahead = *cursor;
        if ahead.one_of(verbs) && best.is_none_or(|(_, end)| ahead.at() > end.at()) {
            best = Some((*said, ahead));
        }
    }
    for line in ADVICE.lines() {
        let mut ahead = *cursor;
        if ahead.phrase(line) && best.is_none_or(|(_, end)| ahead.at() > end.at()) {
            best = Some((Said::Nothing, ahead));
        }
    }
    for reading in [diluent, worn, around_meals, dispensed] {
        let mut ahead = *cursor;
        if reading(&mut ahead).is_some() && best.is_none_or(|(_, end)| ahead.at() > end.at()) {
            best = Some((Said::Nothing, ahead));
        }
    }
    let (said, end) = best?;
    *cursor = end;
    Some(said)
}

/// `in 8 oz of water`, `mixed with 4-8 ounces of juice`, `dissolved in 120 mL water`.
fn diluent(c: &mut Cursor<'_>) -> Option<()> {
    c.one_of("mix|mixed|dissolve|dissolved|diluted|stirred|stir|dissolving|and mix|dilute");
    c.one_of("in|into|with").then_some(())?;
    c.one_of("a|at least|about|approximately");
    range(c)?;
    c.eat("-");
    let fluid = c.one_of(
        "ounces|ounce|oz|cups|cup|glasses|glass|fluid ounces|fluid oz|full glass|full glasses",
    ) || unit(c).is_some_and(|unit| unit.dimension() == Dimension::Volume);
    fluid.then_some(())?;
    c.eat("of");
    c.one_of("water or juice|water|juice|liquid|fluid|fluids|beverage|milk|any liquid|water , juice , or other beverage|cold water|warm water|clear liquid|water or other beverage|fluid of choice|applesauce|orange juice|apple juice|liquids")
        .then_some(())?;
    c.one_of("and drink|then drink|and take|and swallow|, then drink|, and drink");
    Some(())
}

/// How long a patch or a cream stays: `leave on for 12 hours`, `12 hours on and 12 hours off`.
fn worn(c: &mut Cursor<'_>) -> Option<()> {
    let hours = |c: &mut Cursor<'_>| {
        range(c)?;
        c.eat("-");
        c.one_of("hours|hour|hrs|hr|h").then_some(())
    };
    if c.one_of("leave on for up to|leave on for|leave in place for|leave in place for up to|wear for|wear for up to|remove after|and remove after|leave on|then remove after|on for|remove patch after|keep on for|may wear up to|may wear for up to|may remain in place for up to") {
        hours(c)?;
        c.one_of("and then remove|then remove|and remove|then off|then take off|, then remove|, then rinse|then rinse|then rinse off|then wash off");
        c.read(|c| {
            c.one_of(", off for|and off for|off for|, then off for|then off for|, remove for|then remove for|and remove for").then_some(())?;
            hours(c)
        });
        return Some(());
    }
    hours(c)?;
    c.one_of("on").then_some(())?;
    c.one_of(", and|, then|and|then|,|/");
    hours(c)?;
    c.one_of("off").then_some(())
}

/// `1 hour before or 2 hours after meals`: when, not how often.
fn around_meals(c: &mut Cursor<'_>) -> Option<()> {
    let hours = |c: &mut Cursor<'_>| {
        c.one_of("at least");
        range(c)?;
        c.one_of("hours|hour|hrs|hr|h|minutes|min").then_some(())
    };
    hours(c)?;
    c.one_of("before or").then_some(())?;
    hours(c)?;
    c.one_of("after").then_some(())?;
    c.one_of("a meal|meals|meal|eating|food|any food")
        .then_some(())
}

/// `#30`, `disp 60 tablets`, `3 refills`: what the pharmacy hands out, no part of the dose.
fn dispensed(c: &mut Cursor<'_>) -> Option<()> {
    let prefixed = c.one_of("#|disp|disp :|disp #|disp : #|dispense|dispense #|dispense :|qty|qty :|qty #|quantity|quantity :|rf|refill|refills|refills :|refill :|rf :|refill x|refills x");
    if !prefixed {
        c.one_of("with");
    }
    c.one_of("no|zero")
        .then_some(())
        .or_else(|| range(c).map(|_| ()))?;
    match prefixed {
        true => {
            unit(c);
        }
        false => c.one_of("refills|refill").then_some(())?,
    }
    Some(())
}
