//! When a medication is taken: the `effectiveTime` elements of a substance administration.
//!
//! There may be several, in any order. Which one is the course and which one is the timing inside
//! of it is decided by `xsi:type`, and where that is missing by what the element holds.

use ehr_model::datatype::{
    CodeableConcept, Period, Quantity, Timing, TimingBounds, TimingRepeat, UnitOfTime,
};
use ehr_model::element::Element;
use ehr_model::issue::Severity;
use ehr_model::source::NodeId;
use ehr_model::value::{CodeSet, Decimal, Field, Text};

use super::quantity::{filled, quantity};
use super::{
    EVENT_UNKNOWN, OFFSET_UNREADABLE, PERIOD_UNIT_UNKNOWN, TIMING_NOT_MERGED, TIMING_PHASE, null,
    time,
};
use crate::datatype::{Absence, Intake};

/// The events of a day that FHIR has; HL7 v3 has those between meals as well.
const EVENTS: [&str; 14] = [
    "HS", "WAKE", "C", "CM", "CD", "CV", "AC", "ACM", "ACD", "ACV", "PC", "PCM", "PCD", "PCV",
];

/// Nested timings (`SXPR_TS`) deeper than any document has.
const MAX_DEPTH: usize = 4;

/// What an `effectiveTime` is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Point,
    Course,
    Repeat,
    Event,
    Several,
}

/// Reads all `effectiveTime` elements of an act.
pub(super) fn read(intake: &mut Intake<'_, '_>, act: NodeId) -> Field<Timing> {
    let mut out = Timing::default();
    let mut repeat = TimingRepeat::default();
    let mut missing = Vec::new();
    let times: Vec<NodeId> = intake.children(act, "effectiveTime").collect();
    for time in times {
        one(intake, time, &mut out, &mut repeat, &mut missing, 0);
    }
    let said = !repeat.is_empty() || !out.is_empty();
    for (sort, absence) in &missing {
        match sort {
            Sort::Course if said && repeat.bounds.is_empty() => {
                let reason = null::take(intake, *absence);
                repeat.bounds = TimingBounds::Period(Field::Absent(reason)).into();
            }
            Sort::Repeat if said && repeat.period.is_empty() => {
                repeat.period = Field::Absent(null::take(intake, *absence));
            }
            _ => {}
        }
    }
    if !repeat.is_empty() {
        out.repeat = Field::Value(repeat);
    }
    if !out.is_empty() {
        return Field::Value(out);
    }
    match missing.first() {
        Some((_, absence)) => Field::Absent(null::take(intake, *absence)),
        None => Field::Empty,
    }
}

fn one(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    out: &mut Timing,
    repeat: &mut TimingRepeat,
    missing: &mut Vec<(Sort, Absence)>,
    depth: usize,
) {
    // timings that are taken away, or that span what others say, have no place in FHIR
    if let Some((leaf, operator)) = filled(intake, node, "@operator") {
        if !matches!(operator, "A" | "I") {
            return intake.refuse(node, TIMING_NOT_MERGED);
        }
        intake.claim(leaf);
    }
    let sort = sort(intake, node);
    if let Some((leaf, _)) = filled(intake, node, "@xsi:type") {
        intake.claim(leaf);
    }
    match sort {
        Sort::Several => {
            let parts: Vec<NodeId> = intake.children(node, "comp").collect();
            for part in parts {
                if depth == MAX_DEPTH {
                    intake.refuse(part, TIMING_NOT_MERGED);
                } else {
                    one(intake, part, out, repeat, missing, depth + 1);
                }
            }
        }
        Sort::Point => match time::point(intake, node) {
            Field::Value(date) => out.event.push(date),
            Field::Absent(_) | Field::Empty => {}
        },
        Sort::Course => course(intake, node, repeat),
        Sort::Repeat => period(intake, node, out, repeat),
        Sort::Event => event(intake, node, out, repeat),
    }
    if null::is_bare(intake, node)
        && let Some(absence) = null::reason(intake, node)
    {
        missing.push((sort, absence));
    } else if let Some(part) = intake.child(node, "period")
        && null::is_bare(intake, part)
        && let Some(absence) = null::reason(intake, part)
    {
        missing.push((sort, absence));
    }
    intake.absent = None;
}

fn sort(intake: &Intake<'_, '_>, node: NodeId) -> Sort {
    let has = |name| intake.child(node, name).is_some();
    let kind = filled(intake, node, "@xsi:type").map(|(_, kind)| kind);
    let bare = null::is_bare(intake, node);
    match kind {
        Some("PIVL_TS") => Sort::Repeat,
        Some("EIVL_TS") => Sort::Event,
        Some("SXPR_TS") => Sort::Several,
        Some("IVL_TS") if bare || has("low") || has("high") || has("width") => Sort::Course,
        _ if has("comp") => Sort::Several,
        _ if has("period") => Sort::Repeat,
        _ if has("event") => Sort::Event,
        _ if has("low") || has("high") || has("width") => Sort::Course,
        _ if bare => Sort::Course,
        _ => Sort::Point,
    }
}

/// The course within which the timing repeats; of a second one nothing is merged.
fn course(intake: &mut Intake<'_, '_>, node: NodeId, repeat: &mut TimingRepeat) {
    if null::is_bare(intake, node) {
        // only its ends may say why they are missing
        let ends = ["low", "high"]
            .iter()
            .any(|end| intake.child(node, end).is_some());
        if !ends {
            return;
        }
    }
    if !repeat.bounds.is_empty() {
        return intake.refuse(node, TIMING_NOT_MERGED);
    }
    let ends = intake.child(node, "low").is_some() || intake.child(node, "high").is_some();
    let width = intake.child(node, "width");
    if let Some(width) = width.filter(|_| !ends) {
        let mut length = Quantity::default();
        if quantity(intake, width, &mut length) {
            repeat.bounds = TimingBounds::Duration(Field::Value(length)).into();
        }
        return;
    }
    let mut bounds = Period::default();
    time::read_period(intake, node, &mut bounds);
    if !bounds.is_empty() {
        repeat.bounds = TimingBounds::Period(Field::Value(bounds)).into();
    }
}

/// Once in each period (`PIVL_TS`).
fn period(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Timing, repeat: &mut TimingRepeat) {
    if !repeat.period.is_empty() || out.code.value().is_some() {
        return intake.refuse(node, TIMING_NOT_MERGED);
    }
    for name in ["phase", "@alignment"] {
        if let Some(part) = intake.child(node, name)
            && (name.starts_with('@') || !null::is_bare(intake, part))
        {
            null::set_aside(intake, part, TIMING_PHASE);
        }
    }
    let Some(length) = intake.child(node, "period") else {
        return;
    };
    if let Some(part) = intake.child(length, "standardDeviation") {
        null::set_aside(intake, part, TIMING_PHASE);
    }
    if let Some((leaf, _)) = filled(intake, length, "@xsi:type") {
        intake.claim(leaf);
    }
    let (low, high) = (intake.child(length, "low"), intake.child(length, "high"));
    let first = low.filter(|low| filled(intake, *low, "@value").is_some());
    let last = high.filter(|high| filled(intake, *high, "@value").is_some());
    match (first, last) {
        (None, None) => {
            if let Some((value, unit)) = part(intake, length, out) {
                (repeat.period, repeat.period_unit) = (value.into(), unit.into());
            }
        }
        (Some(low), Some(high)) if unit_of(intake, low) == unit_of(intake, high) => {
            if let Some((value, unit)) = part(intake, low, out) {
                (repeat.period, repeat.period_unit) = (value.into(), unit.into());
                if let Some((value, _)) = part(intake, high, out) {
                    repeat.period_max = value.into();
                }
            }
        }
        (Some(_), Some(_)) => intake.refuse(length, PERIOD_UNIT_UNKNOWN),
        (Some(low), None) => {
            if let Some((value, unit)) = part(intake, low, out) {
                (repeat.period, repeat.period_unit) = (value.into(), unit.into());
            }
        }
        // at most: nothing says how often at least
        (None, Some(high)) => intake.refuse(high, PERIOD_UNIT_UNKNOWN),
    }
    if repeat.period.value().is_some() {
        repeat.frequency = Field::Value(1);
        null::contradicts(intake, length);
        // without a period there is nothing within which to choose
        if let Some((leaf, written)) = filled(intake, node, "@institutionSpecified") {
            match written {
                "true" | "1" => repeat.institution_specified = Field::Value(true),
                "false" | "0" => repeat.institution_specified = Field::Value(false),
                _ => return intake.refuse(leaf, TIMING_PHASE),
            }
            intake.claim(leaf);
        }
    }
}

/// A length of time. Where its unit is none — `m` is a metre, `BID` no unit at all — what was
/// written becomes the text of the timing, and nothing is computed from it.
fn part(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    out: &mut Timing,
) -> Option<(Decimal, UnitOfTime)> {
    let (leaf, written) = filled(intake, node, "@value")?;
    let unit = filled(intake, node, "@unit");
    intake.claim(leaf);
    if let Some((leaf, _)) = unit {
        intake.claim(leaf);
    }
    let known = unit.and_then(|(_, unit)| UnitOfTime::from_code(unit));
    match (Decimal::parse(written), known) {
        (Ok(value), Some(unit)) => Some((value, unit)),
        _ => {
            let unit = unit.map_or("", |(_, unit)| unit);
            intake.note(node, PERIOD_UNIT_UNKNOWN, Severity::Error);
            say(out, format!("{written} {unit}").trim_end());
            None
        }
    }
}

fn unit_of<'r>(intake: &Intake<'r, '_>, node: NodeId) -> Option<&'r str> {
    filled(intake, node, "@unit").map(|(_, unit)| unit)
}

/// Adds words to the text of a timing.
fn say(out: &mut Timing, words: &str) {
    let mut code = match std::mem::take(&mut out.code) {
        Field::Value(code) => code,
        Field::Empty | Field::Absent(_) => CodeableConcept::default(),
    };
    code.text = Field::Value(match code.text.value() {
        Some(before) => format!("{}; {words}", before.expose()).into(),
        None => Text::from(words),
    });
    out.code = Field::Value(code);
}

/// At an event of the day (`EIVL_TS`), or some time from it.
fn event(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Timing, repeat: &mut TimingRepeat) {
    let part = intake.child(node, "event");
    let Some((leaf, code)) = part.and_then(|part| filled(intake, part, "@code")) else {
        return;
    };
    let minutes = match intake.child(node, "offset") {
        None => None,
        Some(offset) if null::is_bare(intake, offset) => None,
        Some(offset) => match minutes(intake, offset, code) {
            Some(minutes) => Some(minutes),
            None => return intake.refuse(node, OFFSET_UNREADABLE),
        },
    };
    // all events of a timing share one offset
    if !repeat.when.is_empty()
        && repeat.offset.value().copied() != minutes.as_ref().map(|(m, _)| *m)
    {
        return intake.refuse(node, TIMING_NOT_MERGED);
    }
    intake.claim(leaf);
    if EVENTS.contains(&code) {
        repeat.when.push(code.into());
    } else {
        intake.note(leaf, EVENT_UNKNOWN, Severity::Warning);
        say(out, code);
    }
    if let Some((minutes, leaves)) = minutes {
        repeat.offset = Field::Value(minutes);
        for leaf in leaves {
            intake.claim(leaf);
        }
    }
}

/// Whole minutes from an event. Whether they are before or after it is in the event: an offset
/// before a meal may be written with either sign.
fn minutes(intake: &mut Intake<'_, '_>, offset: NodeId, event: &str) -> Option<(i64, Vec<NodeId>)> {
    let (low, high) = (intake.child(offset, "low"), intake.child(offset, "high"));
    let with_value = |node: &NodeId| filled(intake, *node, "@value").is_some();
    let node = match (low.filter(with_value), high.filter(with_value)) {
        (Some(low), None) => low,
        (None, Some(high)) => high,
        (None, None) => offset,
        (Some(low), Some(high)) => {
            let same = |name| {
                filled(intake, low, name).map(|(_, v)| v)
                    == filled(intake, high, name).map(|(_, v)| v)
            };
            if !(same("@value") && same("@unit")) {
                return None;
            }
            low
        }
    };
    let (value_leaf, written) = filled(intake, node, "@value")?;
    let (unit_leaf, unit) = filled(intake, node, "@unit")?;
    let minutes_each = match unit {
        "min" => 1,
        "h" => 60,
        "d" => 1440,
        _ => return None,
    };
    let value = Decimal::parse(written).ok()?.value()?;
    let minutes = value.checked_mul(minutes_each.into())?.normalize();
    if minutes.scale() != 0 {
        return None;
    }
    let minutes = i64::try_from(minutes.mantissa()).ok()?;
    let before = event.starts_with("AC");
    if minutes < 0 && !before {
        return None;
    }
    let mut leaves = vec![value_leaf, unit_leaf];
    if let (Some(_), Some(high)) = (low.filter(with_value), high.filter(with_value)) {
        leaves.extend(filled(intake, high, "@value").map(|(leaf, _)| leaf));
        leaves.extend(filled(intake, high, "@unit").map(|(leaf, _)| leaf));
    }
    Some((minutes.abs(), leaves))
}
