//! When something is taken or done: TQ1, and TQ of older versions.

use ehr_model::datatype::{
    CodeableConcept, Coding, Period, Quantity, Timing, TimingBounds, TimingRepeat, UnitOfTime,
};
use ehr_model::element::Element;
use ehr_model::issue::Severity;
use ehr_model::source::NodeId;
use ehr_model::value::{CodeSet as _, Decimal, Field, PartialDate};

use super::{
    EVENT_UNKNOWN, TIMING_NOT_MERGED, TIMING_UNREADABLE, child, code, parts, quantity, time,
};
use crate::datatype::Intake;

const ABBREVIATIONS: &str = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation";
/// Codes of table 0335 that FHIR knows as abbreviations.
const KNOWN: &[&str] = &["BID", "TID", "QID", "AM", "PM", "QD", "QOD", "Q4H", "Q6H"];
/// Events of the day (table 0528), which FHIR has by the same codes.
const EVENTS: &[&str] = &[
    "HS", "WAKE", "AC", "ACM", "ACD", "ACV", "PC", "PCM", "PCD", "PCV", "C", "CM", "CD", "CV",
];

/// Where the parts of a timing stand: in the fields of TQ1, or in the components of TQ.
enum Layout {
    Tq1,
    Tq,
}

impl Layout {
    fn part(&self, intake: &Intake<'_, '_>, node: NodeId, field: &str) -> Option<NodeId> {
        match self {
            Self::Tq1 => intake.child(node, field),
            Self::Tq => {
                let number = match field {
                    "TQ1-3" => 2,
                    "TQ1-6" => 3,
                    "TQ1-7" => 4,
                    "TQ1-8" => 5,
                    "TQ1-14" => 12,
                    _ => return None,
                };
                parts::part(intake, node, number)
            }
        }
    }
}

/// `TQ1`: a timing, read at the segment.
pub(super) fn tq1(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(out) = child::<Timing>(element, "Timing") {
        let patterns = intake.children(node, "TQ1-3").collect::<Vec<_>>();
        explicit_times(intake, node, out);
        timing(intake, node, &Layout::Tq1, &patterns, out);
        duration(intake, node, out);
    }
}

/// `TQ`: a timing in one field.
pub(super) fn tq(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(out) = child::<Timing>(element, "Timing") {
        let patterns: Vec<NodeId> = parts::part(intake, node, 2).into_iter().collect();
        timing(intake, node, &Layout::Tq, &patterns, out);
    }
}

fn timing(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    layout: &Layout,
    patterns: &[NodeId],
    out: &mut Timing,
) {
    let mut repeat = out.repeat.value().cloned().unwrap_or_default();
    for (place, pattern) in patterns.iter().enumerate() {
        if place > 0 {
            intake.refuse(*pattern, TIMING_NOT_MERGED);
        } else if matches!(layout, Layout::Tq) {
            interval(intake, *pattern, &mut repeat, out);
        } else {
            repeat_pattern(intake, *pattern, &mut repeat, out);
        }
    }
    bounds(intake, node, layout, &mut repeat, &mut out.event);
    if let Some(part) = layout.part(intake, node, "TQ1-14")
        && let Some((leaf, written)) = parts::leaf(intake, part)
    {
        match written.parse() {
            Ok(count) => {
                intake.claim(leaf);
                repeat.count = Field::Value(count);
            }
            Err(_) => intake.refuse(leaf, TIMING_UNREADABLE),
        }
    }
    if !repeat.is_empty() {
        out.repeat = Field::Value(repeat);
    }
}

/// The course: from a time to a time, or a length.
fn bounds(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    layout: &Layout,
    repeat: &mut TimingRepeat,
    event: &mut Vec<PartialDate>,
) {
    let mut period = Period::default();
    for (field, end) in [("TQ1-7", &mut period.start), ("TQ1-8", &mut period.end)] {
        if let Some(part) = layout.part(intake, node, field) {
            *end = time::date(intake, part);
        }
    }
    let length = layout.part(intake, node, "TQ1-6");
    let length = length.filter(|part| parts::leaf(intake, *part).is_some());
    let from_a_start = period.end.is_empty() && length.is_some();
    if from_a_start && let Some(start) = period.start.value() {
        // FHIR's course has a length or ends: the first time says when it begins
        event.push(*start);
    }
    if !(period.is_empty() || from_a_start) {
        repeat.bounds = Field::Value(TimingBounds::Period(Field::Value(period)));
        if let Some(part) = length {
            intake.refuse(part, TIMING_NOT_MERGED);
        }
    } else if let Some(part) = length {
        let mut quantity = Quantity::default();
        match layout {
            Layout::Tq1 => {
                quantity::cq(intake, part, &mut quantity);
                // a length of time has a unit of UCUM
                let unit = parts::peek(intake, part, 2).and_then(unit_of_time);
                if let Some(unit) = unit {
                    quantity.system = Field::Value("http://unitsofmeasure.org".into());
                    quantity.code = Field::Value(unit.code().into());
                }
            }
            Layout::Tq => duration_code(intake, part, &mut quantity),
        }
        if !quantity.is_empty() {
            repeat.bounds = Field::Value(TimingBounds::Duration(Field::Value(quantity)));
        }
    }
}

/// `D3`, `W2`, `L1`: the length of a course in older versions.
fn duration_code(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Quantity) {
    let Some((leaf, written)) = parts::leaf(intake, node) else {
        return;
    };
    let unit = written.get(..1).and_then(|letter| match letter {
        "S" => Some(("s", "s")),
        "M" => Some(("min", "min")),
        "H" => Some(("h", "h")),
        "D" => Some(("d", "d")),
        "W" => Some(("wk", "wk")),
        "L" => Some(("mo", "mo")),
        _ => None,
    });
    let number = written.get(1..).and_then(quantity::decimal);
    match (unit, number) {
        (Some((shown, ucum)), Some(number)) => {
            intake.claim(leaf);
            out.value = Field::Value(number);
            out.unit = Field::Value(shown.into());
            out.system = Field::Value("http://unitsofmeasure.org".into());
            out.code = Field::Value(ucum.into());
        }
        _ => intake.refuse(leaf, TIMING_UNREADABLE),
    }
}

/// `RPT`: a repeat pattern: a code, or a period, or an event of the day.
fn repeat_pattern(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    repeat: &mut TimingRepeat,
    out: &mut Timing,
) {
    if let Some(part) = parts::part(intake, node, 1) {
        coded(intake, part, repeat, out);
    }
    let period = parts::peek(intake, node, 5).map(quantity::decimal);
    let unit = parts::peek(intake, node, 6).map(unit_of_time);
    match (period, unit) {
        (None, None) => {}
        (Some(Some(number)), Some(Some(unit))) => {
            parts::take(intake, node, 5);
            if let Some(part) = parts::part(intake, node, 6) {
                intake.claim_all(part);
            }
            if repeat.period.is_empty() {
                repeat.frequency = Field::Value(1);
                repeat.period = Field::Value(number);
                repeat.period_unit = Field::Value(unit);
            } else if repeat.period.value() != Some(&number) {
                set_aside(intake, node, &[5, 6], TIMING_NOT_MERGED);
            }
        }
        _ => set_aside(intake, node, &[5, 6], TIMING_UNREADABLE),
    }
    if let Some("Y" | "N") = parts::peek(intake, node, 7) {
        let chosen = parts::take(intake, node, 7) == Some("Y");
        repeat.institution_specified = Field::Value(chosen);
    }
    event(intake, node, repeat);
}

fn event(intake: &mut Intake<'_, '_>, node: NodeId, repeat: &mut TimingRepeat) {
    let Some(part) = parts::part(intake, node, 8) else {
        return;
    };
    let Some((leaf, written)) = parts::leaf(intake, part) else {
        return;
    };
    if !EVENTS.contains(&written) {
        return intake.refuse(leaf, EVENT_UNKNOWN);
    }
    if !repeat.time_of_day.is_empty() {
        // FHIR has either times or events of the day
        return set_aside(intake, node, &[8, 9, 10], TIMING_NOT_MERGED);
    }
    intake.claim(leaf);
    if !repeat.when.iter().any(|when| when.expose() == written) {
        repeat.when.push(written.into());
    }
    let offset = parts::peek(intake, node, 9).and_then(|text| text.parse::<i64>().ok());
    let unit = parts::peek(intake, node, 10).map(unit_of_time);
    let minutes = match (offset, unit) {
        (None, _) => return,
        (Some(offset), Some(Some(UnitOfTime::Second))) if offset % 60 == 0 => Some(offset / 60),
        (Some(offset), Some(Some(UnitOfTime::Minute))) => Some(offset),
        (Some(offset), Some(Some(UnitOfTime::Hour))) => Some(offset * 60),
        (Some(offset), Some(Some(UnitOfTime::Day))) => Some(offset * 24 * 60),
        _ => None,
    };
    match minutes {
        // FHIR's offset has no direction of its own: the event has it
        Some(minutes) => {
            repeat.offset = Field::Value(minutes.abs());
            parts::take(intake, node, 9);
            if let Some(part) = parts::part(intake, node, 10) {
                intake.claim_all(part);
            }
        }
        None => set_aside(intake, node, &[9, 10], TIMING_UNREADABLE),
    }
}

fn set_aside(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    numbers: &[usize],
    code: ehr_model::issue::IssueCode,
) {
    for number in numbers {
        if let Some(part) = parts::part(intake, node, *number)
            && parts::leaf(intake, part).is_some()
        {
            intake.refuse(part, code);
        }
    }
}

/// `RI`: the interval of older versions: a code, and explicit times.
fn interval(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    repeat: &mut TimingRepeat,
    out: &mut Timing,
) {
    if let Some(part) = parts::part(intake, node, 1) {
        coded(intake, part, repeat, out);
    }
    if let Some(part) = parts::part(intake, node, 2).filter(|part| *part != node)
        && let Some((leaf, written)) = parts::leaf(intake, part)
    {
        let times: Option<Vec<_>> = written.split(',').map(time::time_of_day).collect();
        match times {
            Some(times) => {
                intake.claim(leaf);
                repeat.time_of_day.extend(times);
            }
            None => intake.refuse(leaf, TIMING_UNREADABLE),
        }
    }
}

/// A code of table 0335. What it means stands in the repeat, and the code beside it.
fn coded(intake: &mut Intake<'_, '_>, node: NodeId, repeat: &mut TimingRepeat, out: &mut Timing) {
    let Some((_, written)) = parts::leaf(intake, node) else {
        return;
    };
    let word = written.to_ascii_uppercase();
    let understood = meaning(&word, repeat);
    let mut concept = CodeableConcept::default();
    code::concept(intake, node, &mut concept);
    if KNOWN.contains(&word.as_str()) && !concept.has(ABBREVIATIONS, &word) {
        concept.coding.push(Coding::new(ABBREVIATIONS, &word));
    }
    if concept.text.is_empty() {
        concept.text = Field::Value(written.into());
    }
    if !understood {
        intake.note(node, TIMING_UNREADABLE, Severity::Information);
    }
    out.code = Field::Value(concept);
}

/// Fills the repeat with what a code of table 0335 says. `false` for what the table does not have.
fn meaning(word: &str, repeat: &mut TimingRepeat) -> bool {
    let mut every = |frequency: i64, period: i64, unit: UnitOfTime| {
        repeat.frequency = Field::Value(frequency);
        repeat.period = Decimal::parse(&period.to_string()).map_or(Field::Empty, Field::Value);
        repeat.period_unit = Field::Value(unit);
        true
    };
    match word {
        "BID" => return every(2, 1, UnitOfTime::Day),
        "TID" => return every(3, 1, UnitOfTime::Day),
        "QID" => return every(4, 1, UnitOfTime::Day),
        "QD" | "DAILY" => return every(1, 1, UnitOfTime::Day),
        "QOD" => return every(1, 2, UnitOfTime::Day),
        "QAM" | "QPM" | "QHS" | "QSHIFT" | "AM" | "PM" => {
            if word == "QHS" {
                every(1, 1, UnitOfTime::Day);
                repeat.when.push("HS".into());
                return true;
            }
            return false;
        }
        "ONCE" => {
            repeat.count = Field::Value(1);
            return true;
        }
        "PRN" | "C" => return false,
        _ => {}
    }
    if let Some(event) = EVENTS.iter().find(|event| **event == word) {
        repeat.when.push((*event).into());
        return true;
    }
    if let Some(times) = word.strip_suffix("ID").and_then(|times| times.parse().ok()) {
        return every(times, 1, UnitOfTime::Day);
    }
    let Some(rest) = word.strip_prefix('Q') else {
        return false;
    };
    if let Some(days) = rest.strip_prefix('J') {
        return days_of_week(days, repeat);
    }
    let Some((at, unit)) = rest.char_indices().next_back() else {
        return false;
    };
    let unit = match unit {
        'S' => UnitOfTime::Second,
        'M' => UnitOfTime::Minute,
        'H' => UnitOfTime::Hour,
        'D' => UnitOfTime::Day,
        'W' => UnitOfTime::Week,
        'L' => UnitOfTime::Month,
        _ => return false,
    };
    let (low, high) = match rest[..at].split_once('-') {
        Some((low, high)) => (low, Some(high)),
        None => (&rest[..at], None),
    };
    let number = |text: &str| text.parse::<i64>().ok().filter(|number| *number > 0);
    let Some(low) = number(low) else {
        return false;
    };
    match high.map(number) {
        None => every(1, low, unit),
        Some(Some(high)) if high > low => {
            every(1, low, unit);
            repeat.period_max =
                Decimal::parse(&high.to_string()).map_or(Field::Empty, Field::Value);
            true
        }
        Some(_) => false,
    }
}

/// `QJ135` is Monday, Wednesday and Friday.
fn days_of_week(days: &str, repeat: &mut TimingRepeat) -> bool {
    use ehr_model::datatype::DayOfWeek;
    const CODES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let days: Option<Vec<DayOfWeek>> = days
        .bytes()
        .map(|digit| {
            let code = CODES.get(usize::from(digit.checked_sub(b'1')?))?;
            DayOfWeek::from_code(code)
        })
        .collect();
    match days {
        Some(days) if !days.is_empty() => {
            repeat.day_of_week = days;
            true
        }
        _ => false,
    }
}

/// Explicit times of TQ1-4.
fn explicit_times(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Timing) {
    let times: Vec<NodeId> = intake.children(node, "TQ1-4").collect();
    for part in times {
        let Some((leaf, written)) = parts::leaf(intake, part) else {
            continue;
        };
        match time::time_of_day(written) {
            Some(time) => {
                intake.claim(leaf);
                let repeat = repeat_of(out);
                if !repeat.time_of_day.contains(&time) {
                    repeat.time_of_day.push(time);
                }
            }
            None => intake.refuse(leaf, TIMING_UNREADABLE),
        }
    }
}

/// How long each time lasts: TQ1-13.
fn duration(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Timing) {
    let Some(part) = intake.child(node, "TQ1-13") else {
        return;
    };
    let number = parts::peek(intake, part, 1).map(quantity::decimal);
    let unit = parts::peek(intake, part, 2).map(unit_of_time);
    match (number, unit) {
        (None, _) => {}
        (Some(Some(number)), Some(Some(unit))) => {
            intake.claim_all(part);
            let repeat = repeat_of(out);
            repeat.duration = Field::Value(number);
            repeat.duration_unit = Field::Value(unit);
        }
        _ => intake.refuse(part, TIMING_UNREADABLE),
    }
}

fn repeat_of(out: &mut Timing) -> &mut TimingRepeat {
    if out.repeat.value().is_none() {
        out.repeat = Field::Value(TimingRepeat::default());
    }
    out.repeat.value_mut().expect("it was just set")
}

/// Units of time as they are written: UCUM, and the codes of ISO+ and ANS+.
fn unit_of_time(written: &str) -> Option<UnitOfTime> {
    Some(match written.to_ascii_lowercase().as_str() {
        "s" | "sec" => UnitOfTime::Second,
        "min" => UnitOfTime::Minute,
        "h" | "hr" => UnitOfTime::Hour,
        "d" => UnitOfTime::Day,
        "wk" => UnitOfTime::Week,
        "mo" | "mon" => UnitOfTime::Month,
        "a" | "ann" | "yr" => UnitOfTime::Year,
        _ => return None,
    })
}
