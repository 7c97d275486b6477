//! The value of an OBX, whose type OBX-2 says, and texts that several OBX make up.

use ehr_model::datatype::{CodeableConcept, Period, Quantity};
use ehr_model::element::{Element, Leaf};
use ehr_model::issue::Severity;
use ehr_model::kind::ObservationComponent;
use ehr_model::source::{NodeId, SourceRecord};

use super::{
    NUMBER_UNREADABLE, TIME_UNREADABLE, VALUE_TYPE_UNKNOWN, child, code, parts, quantity, time,
    variant,
};
use crate::ccda::parse_time;
use crate::datatype::Intake;

/// `VARIES`: the value of an OBX, read at the segment. Of a text, what the segments behind it
/// continue belongs to it.
pub(super) fn varies(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let kind_node = intake.child(node, "OBX-2");
    let kind = kind_node
        .and_then(|kind| intake.peek(kind))
        .unwrap_or_default();
    let values: Vec<NodeId> = intake.children(node, "OBX-5").collect();
    let Some(first) = values.first().copied() else {
        return;
    };
    if is_text(kind) {
        texts(intake, node, element);
    } else {
        value(intake, first, kind, element);
    }
    if !element.is_empty()
        && let Some(kind) = kind_node
    {
        intake.claim(kind);
    }
}

/// `COMPONENT`: one of several values of an OBX, as a component with the code of the OBX.
pub(super) fn component(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<ObservationComponent>() else {
        return;
    };
    let kind_node = parts::field(intake, node, "OBX-2");
    let kind = kind_node
        .and_then(|kind| intake.peek(kind))
        .unwrap_or_default();
    let Some(slot) = Element::spec(out).number("value[x]") else {
        return;
    };
    if let Some(choice) = out.slot_mut(slot).child_mut(0) {
        value(intake, node, kind, choice);
    }
    if out.is_empty() {
        return;
    }
    if let Some(kind) = kind_node {
        intake.claim(kind);
    }
    if let Some(test) = parts::field(intake, node, "OBX-3") {
        let mut concept = CodeableConcept::default();
        code::concept(intake, test, &mut concept);
        out.code.set(concept);
    }
}

/// Reads one value by the name of its type.
fn value(intake: &mut Intake<'_, '_>, node: NodeId, kind: &str, element: &mut dyn Element) {
    match kind {
        "NM" | "SI" | "MO" => number(intake, node, element),
        "SN" => {
            if !quantity::sn(intake, node, element) {
                clear(element);
                intake.note(node, NUMBER_UNREADABLE, Severity::Warning);
                structured_text(intake, node, element);
            }
        }
        "CWE" | "CE" | "CNE" | "CF" | "IS" | "ID" => {
            if let Some(out) = child::<CodeableConcept>(element, "CodeableConcept") {
                code::concept(intake, node, out);
            }
        }
        "CQ" => quantity::cq(intake, node, element),
        "DT" | "TS" | "DTM" => point(intake, node, element),
        "TM" => time_of_day(intake, node, element),
        "DR" => {
            if let Some(period) = child::<Period>(element, "Period") {
                time::dr(intake, node, period);
            }
        }
        "" | "ST" | "TX" | "FT" => {
            let words = parts::whole(intake, node);
            string(element, words);
        }
        // names, identifiers, addresses: a result has no place for them but its text
        "XPN" | "PN" | "XCN" | "CN" | "XAD" | "AD" | "XTN" | "TN" | "CX" | "CK" | "XON" | "EI"
        | "HD" | "PL" | "CP" | "NA" | "MA" | "RP" | "ED" => {
            structured_text(intake, node, element);
        }
        _ => {
            intake.note(node, VALUE_TYPE_UNKNOWN, Severity::Warning);
            structured_text(intake, node, element);
        }
    }
}

/// A number; what is none is kept as text.
fn number(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some((_, written)) = parts::leaf(intake, node) else {
        return;
    };
    if quantity::decimal(quantity::split_comparator(written).1).is_none() {
        intake.note(node, NUMBER_UNREADABLE, Severity::Warning);
        let words = parts::whole(intake, node);
        return string(element, words);
    }
    if let Some(out) = child::<Quantity>(element, "Quantity")
        && quantity::number(intake, node, out)
    {
        quantity::units_of(intake, node, out);
    }
}

/// A date or a point in time; what is none is kept as text.
fn point(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let read = parts::leaf(intake, node).map(|(leaf, written)| (leaf, parse_time(written)));
    match (read, variant(element, "DateTime")) {
        (Some((leaf, Some((date, _)))), Some(number)) => {
            let date = intake.zoned(date);
            intake.claim(leaf);
            let set = element.slot_mut(number).set_leaf(0, Leaf::Date(date));
            debug_assert!(set.is_ok(), "the variant takes a date");
        }
        (Some((leaf, None)), _) => {
            intake.note(leaf, TIME_UNREADABLE, Severity::Warning);
            let words = parts::whole(intake, node);
            string(element, words);
        }
        _ => {}
    }
}

fn time_of_day(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some((leaf, written)) = parts::leaf(intake, node) else {
        return;
    };
    match (time::time_of_day(written), variant(element, "Time")) {
        (Some(text), Some(number)) => {
            intake.claim(leaf);
            let set = element
                .slot_mut(number)
                .set_leaf(0, Leaf::Text(text.expose().to_owned().into()));
            debug_assert!(set.is_ok(), "the variant takes a time of day");
        }
        _ => {
            intake.note(leaf, TIME_UNREADABLE, Severity::Warning);
            let words = parts::whole(intake, node);
            string(element, words);
        }
    }
}

/// What has parts, as a text that shows them: `>^100` for a structure that has no other place.
fn structured_text(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let leaves = parts::filled(intake, node);
    let words: Vec<&str> = leaves
        .iter()
        .filter_map(|leaf| intake.peek(*leaf))
        .map(str::trim)
        .collect();
    if words.is_empty() {
        return;
    }
    let words = words.join(" ");
    leaves.iter().for_each(|leaf| intake.claim(*leaf));
    string(element, Some(words));
}

/// Every line of a text: repetitions, and segments that continue the first.
fn texts(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let mut lines = Vec::new();
    let mut any = false;
    for (place, segment) in run_of(intake.record(), node).into_iter().enumerate() {
        let values: Vec<NodeId> = intake.children(segment, "OBX-5").collect();
        for value in &values {
            let line = line(intake, *value);
            any |= line.is_some();
            // an empty line parts paragraphs
            lines.push(line.unwrap_or_default());
        }
        if values.is_empty() {
            lines.push(String::new());
        }
        if place > 0 {
            claim_repeated(intake, segment);
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if any {
        string(element, Some(lines.join("\n")));
    }
}

/// The text of a value; white space at its ends may be layout.
fn line(intake: &mut Intake<'_, '_>, node: NodeId) -> Option<String> {
    if let Some(text) = intake.record().expose(node) {
        let text = intake.take(node).map(|_| text.to_owned());
        return text;
    }
    parts::whole(intake, node)
}

/// What a segment says again that continues another.
fn claim_repeated(intake: &mut Intake<'_, '_>, segment: NodeId) {
    let record = intake.record();
    for field in record.children(segment) {
        if intake.name(field).starts_with("OBX-") && intake.name(field) != "OBX-5" {
            intake.claim_all(field);
        }
    }
}

fn string(element: &mut dyn Element, words: Option<String>) {
    if let (Some(words), Some(number)) = (words, variant(element, "String")) {
        let set = element
            .slot_mut(number)
            .set_leaf(0, Leaf::Text(words.into()));
        debug_assert!(set.is_ok(), "the variant takes text");
    }
}

fn clear(element: &mut dyn Element) {
    for number in 0..element.spec().fields.len() {
        element.slot_mut(number).clear();
    }
}

fn is_text(kind: &str) -> bool {
    matches!(kind, "TX" | "FT" | "ST")
}

/// A segment and those that continue it.
pub(super) fn run_of(record: &SourceRecord<'_>, node: NodeId) -> Vec<NodeId> {
    let mut run = vec![node];
    let name = record.name(node);
    let parent = record.parent(node);
    let following = record
        .children(parent)
        .skip_while(|sibling| *sibling != node)
        .skip(1);
    let mut last = node;
    for segment in following {
        if record.name(segment) != name || !continues(record, last, segment) {
            break;
        }
        run.push(segment);
        last = segment;
    }
    run
}

/// Whether an OBX continues the text of the one before it: it says the same in every field but
/// the text, and has the same sub-id or the same set id.
pub(crate) fn is_continuation(record: &SourceRecord<'_>, node: NodeId) -> bool {
    if !field(record, node, "OBX-2").is_some_and(is_text_node(record)) {
        return false;
    }
    let name = record.name(node);
    let mut before = None;
    for sibling in record.children(record.parent(node)) {
        if sibling == node {
            break;
        }
        before = Some(sibling);
    }
    before.is_some_and(|before| record.name(before) == name && continues(record, before, node))
}

fn is_text_node<'r>(record: &'r SourceRecord<'_>) -> impl Fn(NodeId) -> bool + 'r {
    |node| record.expose(node).is_some_and(is_text)
}

fn continues(record: &SourceRecord<'_>, before: NodeId, node: NodeId) -> bool {
    let kind = field(record, node, "OBX-2");
    if !kind.is_some_and(is_text_node(record)) {
        return false;
    }
    // what has children of its own, as notes, ends a text
    let is_field = |child: NodeId| record.names().name(record.name(child)).starts_with("OBX-");
    if !record.children(before).all(is_field) {
        return false;
    }
    let same_set = same(record, before, node, "OBX-1") && field(record, node, "OBX-1").is_some();
    let same_sub = same(record, before, node, "OBX-4");
    let short = kind.is_some_and(|kind| record.expose(kind) == Some("ST"));
    // short texts repeat as values of their own
    if short && !(same_set && same_sub) || !(same_set || same_sub) {
        return false;
    }
    let names = record
        .children(before)
        .chain(record.children(node))
        .map(|field| record.names().name(record.name(field)))
        .filter(|name| {
            !matches!(&***name, "OBX-1" | "OBX-4" | "OBX-5") && name.starts_with("OBX-")
        });
    names
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .all(|name| same(record, before, node, name))
}

fn field(record: &SourceRecord<'_>, segment: NodeId, name: &str) -> Option<NodeId> {
    let name = record.names().find(name)?;
    record
        .children(segment)
        .find(|field| record.name(*field) == name)
}

/// Whether two segments say the same in a field.
fn same(record: &SourceRecord<'_>, a: NodeId, b: NodeId, name: &str) -> bool {
    let leaves = |segment: NodeId| -> Vec<(u16, &str)> {
        let Some(name) = record.names().find(name) else {
            return Vec::new();
        };
        let mut leaves = Vec::new();
        for field in record
            .children(segment)
            .filter(|field| record.name(*field) == name)
        {
            let end = record.subtree_end(field).index();
            for (place, node) in (field.index()..end).map(NodeId::at).enumerate() {
                if let Some(value) = record.expose(node).filter(|value| !value.is_empty()) {
                    leaves.push((place as u16, value));
                }
            }
        }
        leaves
    };
    leaves(a) == leaves(b)
}
