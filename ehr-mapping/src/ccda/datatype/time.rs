//! Points and stretches of time.

use ehr_model::datatype::Period;
use ehr_model::element::{Element, Leaf};
use ehr_model::issue::{IssueCode, Severity};
use ehr_model::source::NodeId;
use ehr_model::value::{Field, PartialDate};

use super::{
    EXCLUSIVE_END, INTERVAL_WIDTH, TIME_WITHOUT_MINUTES, TIMESTAMP_UNREADABLE, null, variant,
};
use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};

/// The policy under which a centre without a width counts.
const CENTRE: &str = "centre of an interval of unknown width kept as a point in time";

/// `TS`: a point in time with the precision that it was written with.
pub(super) fn ts<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    let Some((leaf, written)) = value_leaf(intake, node) else {
        return null::single(intake, node);
    };
    let date = read(intake, leaf, written).ok_or(Unreadable)?;
    intake.claim(leaf);
    null::contradicts(intake, node);
    Ok(Value::Date(date))
}

/// `IVL_TS`: a stretch of time; where the field also takes a point, a single value is one.
pub(super) fn ivl_ts(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(period) = element.as_any_mut().downcast_mut::<Period>() {
        read_period(intake, node, period);
        return;
    }
    let ends = ["low", "high", "width"]
        .iter()
        .any(|name| intake.child(node, name).is_some());
    let (date_time, period) = (variant(element, "DateTime"), variant(element, "Period"));
    match (date_time, period) {
        (Some(number), period) if !ends || period.is_none() => {
            let slot = element.slot_mut(number);
            match point(intake, node) {
                Field::Value(date) => {
                    let set = slot.set_leaf(0, Leaf::Date(date));
                    debug_assert!(set.is_ok(), "the variant takes a date");
                }
                Field::Absent(reason) => {
                    slot.set_absent(reason);
                }
                Field::Empty => {}
            }
        }
        (_, Some(number)) => {
            let child = element.slot_mut(number).child_mut(0);
            if let Some(period) =
                child.and_then(|child| child.as_any_mut().downcast_mut::<Period>())
            {
                read_period(intake, node, period);
            }
        }
        _ => {}
    }
}

/// A single point: the value, else the centre, else the low end, else the high one.
pub(super) fn point(intake: &mut Intake<'_, '_>, node: NodeId) -> Field<PartialDate> {
    if value_leaf(intake, node).is_some() {
        return date(intake, node);
    }
    if let Some(center) = intake.child(node, "center") {
        intake.policy(CENTRE);
        return date(intake, center);
    }
    for end in ["low", "high"] {
        if let Some(end) = intake.child(node, end)
            && value_leaf(intake, end).is_some()
        {
            return date(intake, end);
        }
    }
    null::absent(intake, node)
}

/// Reads low and high; of a single value both ends, because it covers what it says.
pub(super) fn read_period(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Period) {
    if value_leaf(intake, node).is_some() {
        out.start = date(intake, node);
        out.end = out.start.clone();
        return;
    }
    let record = intake.record();
    for child in record.children(node) {
        match intake.name(child) {
            "low" => out.start = end(intake, child),
            "high" => out.end = end(intake, child),
            "center" if intake.child(node, "width").is_none() => {
                intake.policy(CENTRE);
                out.start = date(intake, child);
                out.end = out.start.clone();
            }
            "center" | "width" if !null::is_bare(intake, child) => {
                null::set_aside(intake, child, INTERVAL_WIDTH);
            }
            _ => {}
        }
    }
    if out.is_empty() {
        null::whole(intake, node);
    }
}

/// One end of an interval. FHIR's ends belong to the period.
fn end(intake: &mut Intake<'_, '_>, node: NodeId) -> Field<PartialDate> {
    let date = date(intake, node);
    inclusive(intake, node, date.value().is_some());
    date
}

/// Whether an end belongs to its interval. Where FHIR says that it always does, an end that does
/// not is set aside; of an end that is not there it says nothing.
pub(super) fn inclusive(intake: &mut Intake<'_, '_>, node: NodeId, filled: bool) {
    let Some(leaf) = intake.child(node, "@inclusive") else {
        return;
    };
    match intake.peek(leaf) {
        Some("false") if filled => null::set_aside(intake, leaf, EXCLUSIVE_END),
        Some(_) => intake.claim(leaf),
        None => {}
    }
}

/// The point in time of an element, or why there is none.
pub(super) fn date(intake: &mut Intake<'_, '_>, node: NodeId) -> Field<PartialDate> {
    let Some((leaf, written)) = value_leaf(intake, node) else {
        return null::absent(intake, node);
    };
    match read(intake, leaf, written) {
        Some(date) => {
            intake.claim(leaf);
            null::contradicts(intake, node);
            Field::Value(intake.zoned(date))
        }
        None => {
            intake.refuse(leaf, TIMESTAMP_UNREADABLE);
            Field::Empty
        }
    }
}

fn value_leaf<'r>(intake: &Intake<'r, '_>, node: NodeId) -> Option<(NodeId, &'r str)> {
    let leaf = intake.child(node, "@value")?;
    let written = intake.peek(leaf)?.trim();
    (!written.is_empty()).then_some((leaf, written))
}

fn read(intake: &mut Intake<'_, '_>, leaf: NodeId, written: &str) -> Option<PartialDate> {
    let (date, hour_only) = parse(written)?;
    if hour_only {
        note(intake, leaf, TIME_WITHOUT_MINUTES);
    }
    Some(date)
}

fn note(intake: &mut Intake<'_, '_>, leaf: NodeId, code: IssueCode) {
    intake.note(leaf, code, Severity::Warning);
}

/// Reads `YYYY[MM[DD[hh[mm[ss[.f]]]]]][±zz[zz]]`, and ISO 8601, which some write instead. Of an hour
/// without minutes the day is kept, and the second part says so.
pub(crate) fn parse(text: &str) -> Option<(PartialDate, bool)> {
    if text.as_bytes().get(4) == Some(&b'-') && !is_offset_after_year(text) {
        return PartialDate::parse(text).ok().map(|date| (date, false));
    }
    let (main, offset) = match text.find(['+', '-', 'Z']) {
        Some(at) => (&text[..at], Some(offset(&text[at..])?)),
        None => (text, None),
    };
    let (digits, fraction) = match main.split_once('.') {
        Some((digits, fraction)) => (digits, Some(fraction)),
        None => (main, None),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let two = |at: usize| digits[at..at + 2].parse::<u8>().ok();
    let fraction = match fraction {
        None => None,
        Some(fraction)
            if digits.len() == 14
                && (1..=9).contains(&fraction.len())
                && fraction.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            let count = fraction.len() as u8;
            let nanos = fraction.parse::<u32>().ok()? * 10u32.pow(9 - u32::from(count));
            Some((nanos, count))
        }
        Some(_) => return None,
    };
    let day = || PartialDate::day(digits[..4].parse().ok()?, two(4)?, two(6)?).ok();
    // an offset without a time says nothing
    let date = match digits.len() {
        4 => PartialDate::year_only(digits.parse().ok()?).ok()?,
        6 => PartialDate::year_month(digits[..4].parse().ok()?, two(4)?).ok()?,
        8 => day()?,
        10 if two(8)? < 24 => return Some((day()?, true)),
        12 => day()?.at(two(8)?, two(10)?, None, None, offset).ok()?,
        14 => day()?
            .at(two(8)?, two(10)?, Some(two(12)?), fraction, offset)
            .ok()?,
        _ => return None,
    };
    Some((date, false))
}

/// `2006-0500` is a year with an offset, `2006-05` an ISO month.
fn is_offset_after_year(text: &str) -> bool {
    text.len() == 9 && text[5..].bytes().all(|byte| byte.is_ascii_digit())
}

/// Minutes east of UTC.
fn offset(text: &str) -> Option<i16> {
    if text == "Z" {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = text[1..].replacen(':', "", 1);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i16, i16) = match digits.len() {
        2 => (digits.parse().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    (minutes < 60 && hours <= 14).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_and_offset_are_kept() {
        for (written, iso) in [
            ("2006", "2006"),
            ("200601", "2006-01"),
            ("20060117", "2006-01-17"),
            ("200601170830", "2006-01-17T08:30"),
            ("200601170830-0500", "2006-01-17T08:30-05:00"),
            ("20060117083005", "2006-01-17T08:30:05"),
            ("20060117083005+0530", "2006-01-17T08:30:05+05:30"),
            ("19540323000000.000-0600", "1954-03-23T00:00:00.000-06:00"),
            ("20060117083005.1", "2006-01-17T08:30:05.1"),
            ("20060117083005Z", "2006-01-17T08:30:05Z"),
            ("20060117083005+00:00", "2006-01-17T08:30:05Z"),
            ("2006-01-17", "2006-01-17"),
            ("2006-01-17T08:30:00-05:00", "2006-01-17T08:30:00-05:00"),
            ("20060117-0500", "2006-01-17"),
            ("2006-0500", "2006"),
        ] {
            let (date, hour_only) = parse(written).unwrap_or_else(|| panic!("{written}"));
            assert_eq!(date.to_iso(), iso, "{written}");
            assert!(!hour_only);
        }
        assert_eq!(
            parse("2006011708").map(|(d, h)| (d.to_iso(), h)),
            Some(("2006-01-17".into(), true))
        );
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for written in [
            "",
            "YYYYMMDD",
            "200613",
            "20060230",
            "2006011",
            "200601170",
            "20060117250000",
            "20060117.5",
            "2006011724",
            "20060117083005.",
            "20060117083005-500",
            "20060117083005+2500",
            "00000000",
            "99999999999999999999",
            "2006\u{e9}1",
            "é",
        ] {
            assert!(parse(written).is_none(), "{written}");
        }
    }
}
