//! Where elements stand: siblings by number, components, the claim around them.

use std::borrow::Cow;

use ehr_model::source::NodeId;

use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};

/// An element of a segment by its number.
pub(super) fn element(intake: &Intake<'_, '_>, segment: NodeId, number: usize) -> Option<NodeId> {
    let name = format!("{}{number:02}", intake.name(segment));
    intake.child(segment, &name)
}

/// A component of a composite; an element of one part is its own first component.
pub(super) fn component(intake: &Intake<'_, '_>, node: NodeId, number: usize) -> Option<NodeId> {
    let mut children = intake.record().children(node);
    if children.next().is_none() {
        return (number == 1).then_some(node);
    }
    intake.child(node, &number.to_string())
}

/// The value of an element, without claiming it.
pub(super) fn peek<'r>(intake: &Intake<'r, '_>, segment: NodeId, number: usize) -> Option<&'r str> {
    let node = component(intake, element(intake, segment, number)?, 1)?;
    intake
        .peek(node)
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

/// The value of an element as it was written, which is claimed.
pub(super) fn take<'r>(
    intake: &mut Intake<'r, '_>,
    segment: NodeId,
    number: usize,
) -> Option<Cow<'r, str>> {
    let node = element(intake, segment, number)?;
    whole(intake, node)
}

/// What stands in a node as it was written, which is claimed. Programs write the character that
/// separates components into names and notes: there it separates nothing.
pub(super) fn whole<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Option<Cow<'r, str>> {
    let record = intake.record();
    if record.children(node).next().is_none() {
        return take_leaf(intake, node).map(Cow::Borrowed);
    }
    let header = intake.child(NodeId::ROOT, "ISA")?;
    let separator = intake.peek(intake.child(header, "ISA16")?)?;
    let mut text = String::new();
    let mut at = 1;
    for component in record.children(node) {
        let number: usize = intake.name(component).parse().ok()?;
        text.push_str(&separator.repeat(number - at));
        at = number;
        if let Some(value) = record.expose(component) {
            text.push_str(value);
            intake.claim(component);
        }
    }
    let trimmed = text.trim();
    (!trimmed.is_empty()).then(|| Cow::Owned(trimmed.to_owned()))
}

/// `AN`: text as it was written.
pub(super) fn an<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    Ok(whole(intake, node).map_or(Value::Nothing, Value::Text))
}

/// The value of a leaf without the blanks around it, which is claimed.
pub(super) fn take_leaf<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Option<&'r str> {
    let value = intake.peek(node)?.trim();
    if value.is_empty() {
        return None;
    }
    intake.claim(node);
    Some(value)
}

/// The segment that a node stands in, with the number of its element and of its component (0 if
/// it is the element). `None` for loops.
pub(super) fn place_in_segment(
    intake: &Intake<'_, '_>,
    node: NodeId,
) -> Option<(NodeId, usize, usize)> {
    let record = intake.record();
    let above = record.parent(node);
    let number = |element: NodeId, segment: NodeId| -> Option<usize> {
        if segment == NodeId::ROOT {
            return None;
        }
        let digits = intake.name(element).strip_prefix(intake.name(segment))?;
        (digits.len() == 2).then(|| digits.parse().ok()).flatten()
    };
    if let Some(element) = number(node, above) {
        return Some((above, element, 0));
    }
    let segment = record.parent(above);
    let component = intake.name(node).parse().ok()?;
    Some((segment, number(above, segment)?, component))
}

/// The name of an element or component as the guides write it: `CLM05-1`.
pub(super) fn label(intake: &Intake<'_, '_>, node: NodeId) -> String {
    match place_in_segment(intake, node) {
        Some((segment, element, 0)) => format!("{}{element:02}", intake.name(segment)),
        Some((segment, element, component)) => {
            format!("{}{element:02}-{component}", intake.name(segment))
        }
        None => intake.name(node).to_owned(),
    }
}

/// The nearest node above (or the node itself) with one of these names.
pub(super) fn above(intake: &Intake<'_, '_>, node: NodeId, names: &[&str]) -> Option<NodeId> {
    let mut at = node;
    loop {
        if names.contains(&intake.name(at)) {
            return Some(at);
        }
        if at == NodeId::ROOT {
            return None;
        }
        at = intake.record().parent(at);
    }
}

/// `place`: where a node stands within its claim. It claims nothing: it says nothing of the patient.
pub(super) fn place<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
) -> Result<Value<'r>, Unreadable> {
    Ok(Value::Integer(sequence(intake, node)))
}

/// The number of a part of a claim: its place in the claim, and behind all of them for what stands
/// outside of it. Equal input gives equal numbers, and no two parts share one.
pub(super) fn sequence(intake: &Intake<'_, '_>, node: NodeId) -> i64 {
    let record = intake.record();
    let number = match above(intake, node, &["2300"]) {
        Some(claim) => node.index() - claim.index(),
        None => record.len() + node.index(),
    };
    number as i64
}

/// The segments of a loop with this name whose first element has this value.
pub(super) fn qualified(
    intake: &Intake<'_, '_>,
    above: NodeId,
    segment: &str,
    qualifier: &str,
) -> Option<NodeId> {
    intake
        .children(above, segment)
        .find(|node| peek(intake, *node, 1) == Some(qualifier))
}
