//! `ANY`: a value whose type stands in `xsi:type`.

use ehr_model::datatype::{CodeableConcept, Quantity};
use ehr_model::element::{Element, Leaf};
use ehr_model::issue::Severity;
use ehr_model::source::NodeId;
use ehr_model::value::{Decimal, Field};

use super::{
    NUMBER_UNREADABLE, VALUE_TYPE_UNKNOWN, attachment, code, null, quantity, text, time, variant,
};
use crate::datatype::Intake;
use crate::transform::Value;
use quantity::filled;

const BY_SHAPE: &str = "value without xsi:type read by its shape";

/// Fills the variant of a choice that the type of the value says. A bare null flavor fills nothing:
/// `NullFlavor` reads it into the reason beside the value.
pub(super) fn any(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if null::is_bare(intake, node) {
        return;
    }
    let written = filled(intake, node, "@xsi:type");
    let kind = match written {
        Some((_, kind)) => kind,
        None => {
            intake.policy(BY_SHAPE);
            shape(intake, node)
        }
    };
    match kind {
        "CD" | "CE" | "CV" | "CO" | "CS" | "SC" => {
            if let Some(out) = quantity::child::<CodeableConcept>(element, "CodeableConcept") {
                code::concept(intake, node, out);
            }
        }
        "PQ" | "MO" | "REAL" => number(intake, node, element),
        "IVL_PQ" | "IVL_INT" | "IVL_REAL" => quantity::ivl_pq(intake, node, element),
        "RTO" | "RTO_PQ_PQ" | "RTO_QTY_QTY" | "RTO_INT_INT" => quantity::rto(intake, node, element),
        "TS" | "IVL_TS" => time::ivl_ts(intake, node, element),
        "INT" | "BL" => single(intake, node, element, kind),
        "ED" if attachment::is_binary(intake, node) => {
            return intake.note(node, VALUE_TYPE_UNKNOWN, Severity::Warning);
        }
        "ST" | "ED" => words(intake, node, element),
        "II" => identifier(intake, node, element),
        _ => {
            intake.note(node, VALUE_TYPE_UNKNOWN, Severity::Warning);
            return words(intake, node, element);
        }
    }
    intake.absent = None;
    if !element.is_empty()
        && let Some((leaf, _)) = written
    {
        intake.claim(leaf);
    }
}

fn shape(intake: &Intake<'_, '_>, node: NodeId) -> &'static str {
    let has = |name| intake.child(node, name).is_some();
    if has("@code") || has("@codeSystem") || has("translation") {
        "CD"
    } else if has("low") || has("high") {
        "IVL_PQ"
    } else if has("numerator") {
        "RTO"
    } else if has("@unit") || has("@value") {
        "PQ"
    } else if has("@root") {
        "II"
    } else {
        "ST"
    }
}

/// A number; what is none is kept as text.
fn number(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some((leaf, written)) = filled(intake, node, "@value")
        && Decimal::parse(quantity::split_comparator(written).1).is_err()
    {
        let unit = filled(intake, node, "@unit");
        let text = match unit {
            Some((unit, name)) => {
                intake.claim(unit);
                format!("{written} {name}")
            }
            None => written.to_owned(),
        };
        intake.claim(leaf);
        intake.note(leaf, NUMBER_UNREADABLE, Severity::Warning);
        return put(element, "String", Leaf::Text(text.into()));
    }
    quantity::pq(intake, node, element);
}

/// A whole number or a boolean; what is none is kept as a number or as text.
fn single(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element, kind: &str) {
    let read = if kind == "INT" {
        quantity::int
    } else {
        quantity::bl
    };
    match read(intake, node) {
        Ok(Value::Integer(value)) => put(element, "Integer", Leaf::Integer(value)),
        Ok(Value::Boolean(value)) => put(element, "Boolean", Leaf::Boolean(value)),
        Ok(_) => {}
        Err(_) => number(intake, node, element),
    }
}

fn words(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(text) = text::text(intake, node) {
        null::contradicts(intake, node);
        put(element, "String", Leaf::Text(text));
    } else if let Some((leaf, value)) = filled(intake, node, "@value") {
        // against the rules, but what is said is said
        intake.claim(leaf);
        put(element, "String", Leaf::Text(value.into()));
    }
}

fn identifier(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let found = ["@extension", "@root"]
        .iter()
        .find_map(|name| filled(intake, node, name));
    if let Some((leaf, value)) = found {
        intake.claim(leaf);
        put(element, "String", Leaf::Text(value.into()));
    }
}

fn put(element: &mut dyn Element, name: &str, leaf: Leaf<'_>) {
    if let Some(number) = variant(element, name) {
        let set = element.slot_mut(number).set_leaf(0, leaf);
        debug_assert!(set.is_ok(), "the variant takes this leaf");
    } else if let (Some(out), Leaf::Integer(value)) =
        (quantity::child::<Quantity>(element, "Quantity"), leaf)
    {
        out.value = Field::Value(Decimal::from(value));
    }
}
