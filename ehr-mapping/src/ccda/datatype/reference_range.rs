//! `REFERENCE_RANGE`: what is usual of a result.

use ehr_model::datatype::{CodeableConcept, Range};
use ehr_model::element::Element;
use ehr_model::kind::ReferenceRange;
use ehr_model::source::NodeId;
use ehr_model::value::{Field, Text};

use super::quantity::filled;
use super::{code, null, quantity, text};
use crate::datatype::Intake;

/// Reads a `referenceRange` or its `observationRange`: ends, text, and what it means to lie there.
pub(super) fn reference_range(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    element: &mut dyn Element,
) {
    let Some(out) = element.as_any_mut().downcast_mut::<ReferenceRange>() else {
        return;
    };
    let node = intake.child(node, "observationRange").unwrap_or(node);
    let mut words: Vec<Text> = Vec::new();
    if let Some(part) = intake.child(node, "text")
        && let Some(text) = text::text(intake, part)
    {
        words.push((&*text).into());
    }
    let values: Vec<NodeId> = intake.children(node, "value").collect();
    for value in values {
        read_value(intake, value, out, &mut words);
    }
    if let Some(part) = intake.child(node, "interpretationCode") {
        out.type_ = concept(intake, part);
    }
    if let Some(part) = intake.child(node, "code") {
        let applies_to = concept(intake, part);
        out.applies_to.extend(applies_to.value().cloned());
    }
    if !words.is_empty() {
        let lines: Vec<&str> = words.iter().map(Text::expose).collect();
        out.text = Field::Value(lines.join("\n").into());
    }
    intake.absent = None;
}

fn read_value(
    intake: &mut Intake<'_, '_>,
    value: NodeId,
    out: &mut ReferenceRange,
    words: &mut Vec<Text>,
) {
    if null::is_bare(intake, value) {
        return;
    }
    let ends = intake.child(value, "low").is_some() || intake.child(value, "high").is_some();
    if ends && out.low.is_empty() && out.high.is_empty() {
        let mut range = Range::default();
        quantity::read_range(intake, value, &mut range);
        // an end that is not there is open, whatever its null flavor
        (out.low, out.high) = (range.low, range.high);
    } else if filled(intake, value, "@code").is_some()
        || filled(intake, value, "@displayName").is_some()
    {
        words.extend(coded_words(intake, value));
    } else if let Some((leaf, written)) = filled(intake, value, "@value") {
        // one number is no range: it is kept as it was written
        intake.claim(leaf);
        let unit = filled(intake, value, "@unit");
        if let Some((leaf, _)) = unit {
            intake.claim(leaf);
        }
        let unit = unit.map_or("", |(_, unit)| unit);
        words.push(format!("{written} {unit}").trim_end().into());
    } else if let Some(text) = text::text(intake, value) {
        words.push((&*text).into());
    } else {
        return;
    }
    if let Some((leaf, _)) = filled(intake, value, "@xsi:type") {
        intake.claim(leaf);
    }
}

/// A code in words: its original text, else its display, else the code itself.
fn coded_words(intake: &mut Intake<'_, '_>, node: NodeId) -> Option<Text> {
    if let Some(part) = intake.child(node, "originalText")
        && let Some(words) = text::text(intake, part)
    {
        return Some((&*words).into());
    }
    let found = ["@displayName", "@code"]
        .iter()
        .find_map(|name| filled(intake, node, name));
    let (leaf, words) = found?;
    intake.claim(leaf);
    Some(words.into())
}

fn concept(intake: &mut Intake<'_, '_>, node: NodeId) -> Field<CodeableConcept> {
    let mut out = CodeableConcept::default();
    code::concept(intake, node, &mut out);
    if out.is_empty() {
        intake.absent = None;
        Field::Empty
    } else {
        Field::Value(out)
    }
}
