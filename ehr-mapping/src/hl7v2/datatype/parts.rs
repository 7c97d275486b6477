//! Components and sub-components: how datatypes walk the tree of a field.

use ehr_model::source::NodeId;
use ehr_model::value::Text;

use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};

/// The names of components, which are their numbers.
const NUMBERS: [&str; 25] = [
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17",
    "18", "19", "20", "21", "22", "23", "24", "25",
];

/// The policy under which a text with parts that it should not have counts.
const JOINED: &str = "parts of a text that has none by its type, joined with a space";

/// A component of a field, or a sub-component of a component. The first one of a value that has
/// just one is the value itself.
pub(super) fn part(intake: &Intake<'_, '_>, node: NodeId, number: usize) -> Option<NodeId> {
    if number == 1 && intake.record().expose(node).is_some() {
        return Some(node);
    }
    intake.child(node, NUMBERS.get(number.checked_sub(1)?)?)
}

/// What stands in a component, without claiming it; of one that has sub-components the first.
pub(super) fn peek<'r>(intake: &Intake<'r, '_>, node: NodeId, number: usize) -> Option<&'r str> {
    leaf(intake, part(intake, node, number)?).map(|(_, value)| value)
}

/// What stands in a component, which is claimed; of one that has sub-components the first.
pub(super) fn take<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
    number: usize,
) -> Option<&'r str> {
    let (leaf, value) = leaf(intake, part(intake, node, number)?)?;
    intake.claim(leaf);
    Some(value)
}

/// The leaf with the value of a node that has one, or of its first part.
pub(super) fn leaf<'r>(intake: &Intake<'r, '_>, node: NodeId) -> Option<(NodeId, &'r str)> {
    let leaf = match intake.record().expose(node) {
        Some(_) => node,
        None => {
            let first = part(intake, node, 1)?;
            match intake.record().expose(first) {
                Some(_) => first,
                None => part(intake, first, 1)?,
            }
        }
    };
    let value = intake.peek(leaf)?.trim();
    (!value.is_empty()).then_some((leaf, value))
}

/// A component as text, which is claimed; parts that a text should not have are kept beside it.
pub(super) fn text(intake: &mut Intake<'_, '_>, node: NodeId, number: usize) -> Option<Text> {
    let node = part(intake, node, number)?;
    whole(intake, node).map(|text| text.as_str().into())
}

/// Everything that stands in a node as one text, which is claimed.
pub(super) fn whole(intake: &mut Intake<'_, '_>, node: NodeId) -> Option<String> {
    let leaves = filled(intake, node);
    let values: Vec<&str> = leaves
        .iter()
        .filter_map(|leaf| intake.peek(*leaf))
        .map(str::trim)
        .collect();
    if values.is_empty() {
        return None;
    }
    for leaf in &leaves {
        intake.claim(*leaf);
    }
    if values.len() > 1 {
        intake.policy(JOINED);
    }
    Some(values.join(" "))
}

/// What all fields of a segment say, in their order, parted by `; `; also of one component.
pub(super) fn said<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    let record = intake.record();
    let mut words = Vec::new();
    for field in record.children(node) {
        words.extend(whole(intake, field));
    }
    Ok(if words.is_empty() {
        Value::Nothing
    } else {
        Value::Text(words.join("; ").into())
    })
}

/// A field and its repetitions, one line each.
pub(super) fn lines<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
) -> Result<Value<'r>, Unreadable> {
    let record = intake.record();
    let name = record.name(node);
    let mut lines = Vec::new();
    for field in record.children(record.parent(node)) {
        if record.name(field) == name {
            lines.extend(whole(intake, field));
        }
    }
    Ok(if lines.is_empty() {
        Value::Nothing
    } else {
        Value::Text(lines.join("\n").into())
    })
}

/// The leaves of a subtree that hold something.
pub(super) fn filled(intake: &Intake<'_, '_>, node: NodeId) -> Vec<NodeId> {
    let end = intake.record().subtree_end(node).index();
    (node.index()..end)
        .map(NodeId::at)
        .filter(|node| {
            intake
                .peek(*node)
                .is_some_and(|value| !value.trim().is_empty())
        })
        .collect()
}

/// Another field of the same segment.
pub(super) fn field(intake: &Intake<'_, '_>, node: NodeId, name: &str) -> Option<NodeId> {
    let segment = intake.record().parent(node);
    intake.child(segment, name)
}
