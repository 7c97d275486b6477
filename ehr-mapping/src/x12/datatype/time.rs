//! Dates and periods by their qualifiers.

use ehr_model::datatype::Period;
use ehr_model::element::Element;
use ehr_model::kind::{Serviced, SupportingTiming};
use ehr_model::source::NodeId;
use ehr_model::value::{Date, Field, PartialDate};

use super::{DATE_UNREADABLE, node};
use crate::datatype::Intake;
use crate::transform::{DATE_PART_POLICY, Unreadable, Value};

/// A date as it was written: one, or two with a hyphen between them.
pub(super) enum When {
    Point(PartialDate),
    Period(PartialDate, PartialDate),
}

impl When {
    /// As a period: a point has both ends.
    pub(super) fn period(self) -> Period {
        let (start, end) = match self {
            Self::Point(date) => (date, date),
            Self::Period(start, end) => (start, end),
        };
        let mut period = Period::default();
        (period.start, period.end) = (Field::Value(start), Field::Value(end));
        period
    }
}

/// `DT`: a point in time.
pub(super) fn dt<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    let Some((leaf, qualifier)) = parts(intake, node) else {
        return Ok(Value::Nothing);
    };
    let Some(text) = intake.peek(leaf).map(str::trim) else {
        return Ok(Value::Nothing);
    };
    match read(text, qualifier.and_then(|qualifier| intake.peek(qualifier))) {
        Some(When::Point(date)) => {
            claim(intake, node, leaf, qualifier);
            Ok(Value::Date(intake.zoned(date)))
        }
        _ => Err(Unreadable),
    }
}

/// `DTP`: a period; where the field also takes a date, a single date is one.
pub(super) fn dtp(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(when) = when(intake, node) else {
        return;
    };
    let any = element.as_any_mut();
    if let Some(out) = any.downcast_mut::<Period>() {
        *out = when.period();
    } else if let Some(out) = any.downcast_mut::<Serviced>() {
        *out = match without_time(&when) {
            Some(day) => Serviced::Date(Field::Value(day)),
            None => Serviced::Period(Field::Value(when.period())),
        };
    } else if let Some(out) = any.downcast_mut::<SupportingTiming>() {
        *out = timing(when);
    }
}

/// When a fact applied.
pub(super) fn timing(when: When) -> SupportingTiming {
    match without_time(&when) {
        Some(day) => SupportingTiming::Date(Field::Value(day)),
        None => SupportingTiming::Period(Field::Value(when.period())),
    }
}

/// Reads a date where only a day can stand: of a time its day; a period is left alone.
pub(super) fn day(intake: &mut Intake<'_, '_>, node: NodeId) -> Option<Date> {
    let (leaf, qualifier) = parts(intake, node)?;
    let text = intake.peek(leaf)?.trim();
    match read(text, qualifier.and_then(|qualifier| intake.peek(qualifier))) {
        Some(When::Point(date)) => {
            claim(intake, node, leaf, qualifier);
            if date.has_time() {
                intake.policy(DATE_PART_POLICY);
            }
            Date::try_from(date.date_part()).ok()
        }
        Some(When::Period(..)) => None,
        None => {
            intake.refuse(leaf, DATE_UNREADABLE);
            None
        }
    }
}

/// A single date without a time.
fn without_time(when: &When) -> Option<Date> {
    match when {
        When::Point(date) => Date::try_from(*date).ok(),
        When::Period(..) => None,
    }
}

/// Reads and claims a DTP, a DTM or a bare date; what does not read is set aside.
pub(super) fn when(intake: &mut Intake<'_, '_>, node: NodeId) -> Option<When> {
    let (leaf, qualifier) = parts(intake, node)?;
    let text = intake.peek(leaf)?.trim();
    match read(text, qualifier.and_then(|qualifier| intake.peek(qualifier))) {
        Some(when) => {
            claim(intake, node, leaf, qualifier);
            Some(match when {
                When::Point(date) => When::Point(intake.zoned(date)),
                When::Period(start, end) => When::Period(intake.zoned(start), intake.zoned(end)),
            })
        }
        None => {
            let what = match intake.name(node) {
                "DTP" | "DTM" => node, // the rest of it says nothing without the date
                _ => leaf,
            };
            intake.refuse(what, DATE_UNREADABLE);
            None
        }
    }
}

/// Claims what a date consists of: what it is the date of stands in the first element.
fn claim(intake: &mut Intake<'_, '_>, node: NodeId, leaf: NodeId, qualifier: Option<NodeId>) {
    intake.claim(leaf);
    if let Some(qualifier) = qualifier {
        intake.claim(qualifier);
    }
    if matches!(intake.name(node), "DTP" | "DTM")
        && let Some(what) = node::element(intake, node, 1)
    {
        intake.claim(what);
    }
}

/// The leaf of a date, and the one of the qualifier that says how it is written.
fn parts(intake: &Intake<'_, '_>, node: NodeId) -> Option<(NodeId, Option<NodeId>)> {
    let element = |number| node::element(intake, node, number);
    match intake.name(node) {
        "DTP" => Some((element(3)?, element(2))),
        "DTM" => element(2)
            .map(|date| (date, None))
            .or_else(|| Some((element(6)?, element(5)))),
        "DMG" => Some((element(2)?, element(1))),
        _ => {
            intake.peek(node)?;
            // of the date in a composite of HI, the qualifier stands before it
            let qualifier = match node::place_in_segment(intake, node) {
                Some((_, _, 4)) => intake.child(intake.record().parent(node), "3"),
                Some((segment, 6, 0)) if intake.name(segment) == "PAT" => {
                    node::element(intake, segment, 5)
                }
                _ => None,
            };
            Some((node, qualifier))
        }
    }
}

/// A date by its qualifier (data element 1250); without one, by its length.
fn read(text: &str, qualifier: Option<&str>) -> Option<When> {
    let point = |text| parse(text).map(When::Point);
    match qualifier.map(str::trim) {
        None | Some("") => point(text),
        Some("D8") => (text.len() == 8).then(|| point(text)).flatten(),
        Some("DT" | "RTS" | "TS") => (text.len() >= 8).then(|| point(text)).flatten(),
        Some("CM" | "CY" | "DB") => point(text),
        Some("RD8" | "RDT" | "RD" | "DTS" | "RD4" | "RD6") => match text.split_once('-') {
            Some((start, end)) => Some(When::Period(parse(start)?, parse(end)?)),
            None => point(text),
        },
        // the time of some guides is written as a whole point in time
        Some("TM") => (text.len() >= 12).then(|| point(text)).flatten(),
        Some(_) => None,
    }
}

/// `CCYY[MM[DD[HHMM[SS]]]]`
fn parse(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let two = |at: usize| text[at..at + 2].parse::<u8>().ok();
    let year = || text[..4].parse().ok();
    let day = || PartialDate::day(year()?, two(4)?, two(6)?).ok();
    match text.len() {
        4 => PartialDate::year_only(year()?).ok(),
        6 => PartialDate::year_month(year()?, two(4)?).ok(),
        8 => day(),
        12 => day()?.at(two(8)?, two(10)?, None, None, None).ok(),
        14 => day()?
            .at(two(8)?, two(10)?, Some(two(12)?), None, None)
            .ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str, qualifier: &str) -> Option<String> {
        let qualifier = Some(qualifier).filter(|word| !word.is_empty());
        Some(match read(text, qualifier)? {
            When::Point(date) => date.to_iso(),
            When::Period(start, end) => format!("{}/{}", start.to_iso(), end.to_iso()),
        })
    }

    #[test]
    fn dates_are_read_as_their_qualifier_says() {
        for (text, qualifier, expected) in [
            ("20240131", "D8", Some("2024-01-31")),
            ("20240131", "", Some("2024-01-31")),
            ("20240101-20240131", "RD8", Some("2024-01-01/2024-01-31")),
            ("202401311530", "DT", Some("2024-01-31T15:30")),
            ("20240131153045", "DT", Some("2024-01-31T15:30:45")),
            ("202401", "CM", Some("2024-01")),
            ("199612221630", "TM", Some("1996-12-22T16:30")),
            ("1630", "TM", None),
            ("240131", "D6", None),
            ("20240231", "D8", None),
            ("2024013", "D8", None),
            ("20240101-2024013x", "RD8", None),
            ("20240101", "QQ", None),
        ] {
            assert_eq!(
                iso(text, qualifier).as_deref(),
                expected,
                "{text} {qualifier}"
            );
        }
    }
}
