//! Points and stretches of time: TS, DTM, DT, TM, DR.

use ehr_model::datatype::Period;
use ehr_model::element::{Element, Leaf};
use ehr_model::issue::Severity;
use ehr_model::source::NodeId;
use ehr_model::value::{Field, PartialDate, Text};

use super::{TIME_UNREADABLE, parts, variant};
use crate::ccda::{TIME_WITHOUT_MINUTES, parse_time};
use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};

/// `TS`: a point in time, with the precision and the offset that it was written with.
pub(super) fn ts<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    let Some((leaf, written)) = parts::leaf(intake, node) else {
        return Ok(Value::Nothing);
    };
    let date = read(intake, leaf, written).ok_or(Unreadable)?;
    intake.claim(leaf);
    Ok(Value::Date(date))
}

/// `TS-time`: a point in time where it has a time of day.
pub(super) fn ts_time<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
) -> Result<Value<'r>, Unreadable> {
    match parts::leaf(intake, node).and_then(|(_, written)| parse_time(written)) {
        Some((date, _)) if date.has_time() => ts(intake, node),
        _ => Ok(Value::Nothing),
    }
}

/// `DR`: a stretch of time. Where the field takes a date, a single point is one.
pub(super) fn dr(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(period) = element.as_any_mut().downcast_mut::<Period>() {
        return period_of(intake, node, period);
    }
    let two = parts::peek(intake, node, 2).is_some();
    match (variant(element, "DateTime"), variant(element, "Period")) {
        (_, Some(number)) if two => {
            if let Some(period) = element.slot_mut(number).child_mut(0)
                && let Some(period) = period.as_any_mut().downcast_mut::<Period>()
            {
                period_of(intake, node, period);
            }
        }
        (Some(number), _) => {
            if let Field::Value(date) = date(intake, node) {
                let set = element.slot_mut(number).set_leaf(0, Leaf::Date(date));
                debug_assert!(set.is_ok(), "the variant takes a date");
            }
        }
        _ => {}
    }
}

/// `observed`: the time of the observations of an OBR, read at the segment.
pub(super) fn observed(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let [start, end] = ["OBR-7", "OBR-8"].map(|name| intake.child(node, name));
    let has_end = end.is_some_and(|end| parts::leaf(intake, end).is_some());
    if !has_end {
        if let Some(start) = start {
            dr(intake, start, element);
        }
        return;
    }
    if let Some(period) = super::child::<Period>(element, "Period") {
        for (node, field) in [(start, &mut period.start), (end, &mut period.end)] {
            if let Some(node) = node {
                *field = date(intake, node);
            }
        }
    }
}

fn period_of(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Period) {
    out.start = component(intake, node, 1);
    out.end = component(intake, node, 2);
}

/// A component that is a point in time.
pub(super) fn component(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    number: usize,
) -> Field<PartialDate> {
    match parts::part(intake, node, number) {
        Some(part) => date(intake, part),
        None => Field::Empty,
    }
}

/// The point in time that stands in a node; what reads as none is set aside.
pub(super) fn date(intake: &mut Intake<'_, '_>, node: NodeId) -> Field<PartialDate> {
    let Some((leaf, written)) = parts::leaf(intake, node) else {
        return Field::Empty;
    };
    match read(intake, leaf, written) {
        Some(date) => {
            intake.claim(leaf);
            Field::Value(intake.zoned(date))
        }
        None => {
            intake.refuse(leaf, TIME_UNREADABLE);
            Field::Empty
        }
    }
}

/// Start and end of what was valid: two components, or one of two sub-components in older versions.
pub(super) fn validity(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    range: Option<usize>,
    (start, end): (usize, usize),
) -> Field<Period> {
    let mut period = Period::default();
    if let Some(range) = range.and_then(|range| parts::part(intake, node, range)) {
        period_of(intake, range, &mut period);
    }
    for (number, field) in [(start, &mut period.start), (end, &mut period.end)] {
        if field.is_empty() {
            *field = component(intake, node, number);
        }
    }
    if period.is_empty() {
        Field::Empty
    } else {
        Field::Value(period)
    }
}

fn read(intake: &mut Intake<'_, '_>, leaf: NodeId, written: &str) -> Option<PartialDate> {
    let (date, hour_only) = parse_time(written)?;
    if hour_only {
        intake.note(leaf, TIME_WITHOUT_MINUTES, Severity::Warning);
    }
    Some(date)
}

/// `HHMM[SS[.f]]` or `HH:MM[:SS]` as FHIR's time of day, to the second.
pub(super) fn time_of_day(written: &str) -> Option<Text> {
    let digits: String = written.chars().filter(|c| *c != ':').collect();
    let (digits, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hour, minute, second) = match digits.len() {
        4 => (&digits[..2], &digits[2..], "00"),
        6 => (&digits[..2], &digits[2..4], &digits[4..]),
        _ => return None,
    };
    let fits = hour < "24" && minute < "60" && second <= "60";
    let fraction_fits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !(fits && fraction_fits) {
        return None;
    }
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{hour}:{minute}:{second}{point}{fraction}").into())
}
