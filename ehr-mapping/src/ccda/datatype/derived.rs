//! What the mapping needs of a value beside the value itself.

use std::borrow::Cow;

use ehr_model::issue::Severity;
use ehr_model::source::NodeId;

use super::{STATUS_CONTRADICTS_END, quantity, time};
use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};

/// SNOMED CT: active, chronic, recurrence, relapse.
const ONGOING: [&str; 4] = ["55561003", "90734009", "246455001", "263855007"];

/// `TS-time`: a time of day; nothing where only the day is known.
pub(super) fn timed<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
) -> Result<Value<'r>, Unreadable> {
    only(intake, node, |length, _| length > DAY)
}

/// `instant`: a time with seconds and offset; nothing where less is known, because FHIR's instant
/// would have to invent it.
pub(super) fn instant<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
) -> Result<Value<'r>, Unreadable> {
    only(intake, node, |length, zoned| length >= SECOND && zoned)
}

/// Digits up to the day, and up to the second.
const DAY: usize = 8;
const SECOND: usize = 14;

fn only<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
    passes: fn(usize, bool) -> bool,
) -> Result<Value<'r>, Unreadable> {
    let written = intake
        .child(node, "@value")
        .and_then(|leaf| intake.peek(leaf))
        .unwrap_or_default()
        .trim();
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let zoned = written[digits..].contains(['+', '-']);
    match passes(digits, zoned) {
        true => time::ts(intake, node),
        false => Ok(Value::Nothing),
    }
}

/// `REPEATS`: how often more something may be filled, of a number that counts the first fill too.
pub(super) fn repeats<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
) -> Result<Value<'r>, Unreadable> {
    match quantity::int(intake, node)? {
        Value::Integer(fills @ 1..) => Ok(Value::Integer(fills - 1)),
        Value::Integer(0) => Ok(Value::Integer(0)),
        Value::Integer(_) => Err(Unreadable),
        other => Ok(other),
    }
}

/// `resolved`: the word, of an end that has come. The end itself is not claimed: it stands in a
/// field of its own.
pub(super) fn resolved<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
) -> Result<Value<'r>, Unreadable> {
    let end = intake.child(node, "@value");
    Ok(match end.and_then(|leaf| intake.peek(leaf)) {
        Some(_) => Value::Text(Cow::Borrowed("resolved")),
        None => Value::Nothing,
    })
}

/// `STATUS`: the code of a status observation. That it goes on where the observation has an end is
/// an issue, and both stay.
pub(super) fn status<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
) -> Result<Value<'r>, Unreadable> {
    let Some(code) = intake.take_child(node, "@code") else {
        return Ok(Value::Nothing);
    };
    let record = intake.record();
    // value, its observation, its relationship, the observation that it is about
    let about = record.parent(record.parent(record.parent(node)));
    let end = intake
        .child(about, "effectiveTime")
        .and_then(|time| intake.child(time, "high"))
        .and_then(|high| intake.child(high, "@value"))
        .filter(|leaf| intake.peek(*leaf).is_some());
    if end.is_some() && ONGOING.contains(&code) {
        intake.note(node, STATUS_CONTRADICTS_END, Severity::Warning);
    }
    Ok(Value::Text(Cow::Borrowed(code)))
}
