//! Quantities: numbers with units, their ranges and ratios.

use ehr_model::datatype::{CodeableConcept, Quantity, QuantityComparator, Range, Ratio};
use ehr_model::element::Element;
use ehr_model::issue::Severity;
use ehr_model::source::{Fate, NodeId};
use ehr_model::value::{Decimal, Field};

use super::{NUMBER_UNREADABLE, UNIT_NOT_UCUM, code, null, time, variant};
use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};
use crate::ucum::is_ucum;

const UCUM: &str = "http://unitsofmeasure.org";

/// `PQ`: a number with its unit.
pub(super) fn pq(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(out) = child::<Quantity>(element, "Quantity") {
        quantity(intake, node, out);
        if out.is_empty() {
            null::whole(intake, node);
        }
    }
}

/// `IVL_PQ`: from one quantity to another, or, with one end only, a quantity with a comparator.
pub(super) fn ivl_pq(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(range) = element.as_any_mut().downcast_mut::<Range>() {
        return read_range(intake, node, range);
    }
    let single = element.as_any_mut().is::<Quantity>() || one_end(intake, node).is_some();
    if single && let Some(out) = child::<Quantity>(element, "Quantity") {
        bounded(intake, node, out);
    } else if let Some(range) = child::<Range>(element, "Range") {
        read_range(intake, node, range);
    }
}

/// `RTO`: one quantity to another.
pub(super) fn rto(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(out) = child::<Ratio>(element, "Ratio") {
        ratio(intake, node, out);
    }
}

/// Reads a ratio.
pub(super) fn ratio(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Ratio) {
    for (name, field) in [
        ("numerator", &mut out.numerator),
        ("denominator", &mut out.denominator),
    ] {
        if let Some(part) = intake.child(node, name) {
            *field = quantity_field(intake, part);
        }
    }
    if out.numerator.value().is_none() && out.denominator.value().is_none() {
        let reason = out.numerator.absent().or(out.denominator.absent());
        if reason.is_none() {
            null::whole(intake, node);
        }
    }
}

/// `REAL`: a decimal.
pub(super) fn real<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    leaf(intake, node, |text| {
        Decimal::parse(text).ok().map(Value::Decimal)
    })
}

/// `INT`: a whole number.
pub(super) fn int<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    leaf(intake, node, |text| text.parse().ok().map(Value::Integer))
}

/// `BL`: true or false.
pub(super) fn bl<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    leaf(intake, node, |text| match text {
        "true" | "1" => Some(Value::Boolean(true)),
        "false" | "0" => Some(Value::Boolean(false)),
        _ => None,
    })
}

fn leaf<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
    parse: impl Fn(&str) -> Option<Value<'static>>,
) -> Result<Value<'r>, Unreadable> {
    let leaf = intake.child(node, "@value");
    match leaf.and_then(|leaf| Some((leaf, intake.peek(leaf)?.trim()))) {
        Some((leaf, text)) if !text.is_empty() => {
            let value = parse(text).ok_or(Unreadable)?;
            intake.claim(leaf);
            null::contradicts(intake, node);
            Ok(value)
        }
        _ => null::single(intake, node),
    }
}

/// Reads a number with its unit; a comparator before the number, as some write it, is one. Returns
/// whether the number was read.
pub(super) fn quantity(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Quantity) -> bool {
    let value = filled(intake, node, "@value");
    if let Some((leaf, written)) = value {
        let (comparator, number) = split_comparator(written);
        match Decimal::parse(number) {
            Ok(decimal) => {
                intake.claim(leaf);
                out.value = Field::Value(decimal);
                if let Some(comparator) = comparator {
                    out.comparator = Field::Value(comparator);
                }
                null::contradicts(intake, node);
            }
            Err(_) => {
                intake.refuse(leaf, NUMBER_UNREADABLE);
                if let Some((unit, _)) = filled(intake, node, "@unit") {
                    intake.record().decide(unit, Fate::Rejected);
                }
                return false;
            }
        }
        unit(intake, node, out);
        return true;
    }
    translated(intake, node, out)
}

/// A number that stands only in a translation, because its unit is not UCUM.
fn translated(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Quantity) -> bool {
    let translations: Vec<NodeId> = intake.children(node, "translation").collect();
    for translation in translations {
        let Some((leaf, written)) = filled(intake, translation, "@value") else {
            continue;
        };
        let Ok(decimal) = Decimal::parse(written) else {
            continue;
        };
        intake.claim(leaf);
        out.value = Field::Value(decimal);
        let mut unit = CodeableConcept::default();
        code::concept(intake, translation, &mut unit);
        intake.absent = None;
        let coding = unit.coding.into_iter().next().unwrap_or_default();
        let name = [unit.text, coding.display, coding.code.clone()];
        if let Some(name) = name.into_iter().find(|name| name.value().is_some()) {
            out.unit = name;
        }
        if coding.code.value().is_some() && coding.system.value().is_some() {
            (out.code, out.system) = (coding.code, coding.system);
        }
        // that the number has no UCUM unit is what the quantity now says
        if let Some((leaf, _)) = filled(intake, node, "@nullFlavor") {
            intake.claim(leaf);
        }
        return true;
    }
    false
}

/// Reads the unit: UCUM where it is, else the text that it is.
fn unit(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Quantity) {
    let Some((leaf, unit)) = filled(intake, node, "@unit") else {
        return;
    };
    intake.claim(leaf);
    out.unit = Field::Value(unit.into());
    if is_ucum(unit) {
        out.system = Field::Value(UCUM.into());
        out.code = Field::Value(unit.into());
    } else {
        intake.note(leaf, UNIT_NOT_UCUM, Severity::Warning);
    }
}

/// A quantity as a field, or why there is none.
pub(super) fn quantity_field(intake: &mut Intake<'_, '_>, node: NodeId) -> Field<Quantity> {
    let mut out = Quantity::default();
    if quantity(intake, node, &mut out) {
        Field::Value(out)
    } else {
        null::absent(intake, node)
    }
}

/// Reads low and high; an end that does not belong to the range is set aside, because FHIR's do.
pub(super) fn read_range(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Range) {
    if filled(intake, node, "@value").is_some() {
        out.low = quantity_field(intake, node);
        out.high = out.low.clone();
        return;
    }
    for (name, field) in [("low", &mut out.low), ("high", &mut out.high)] {
        if let Some(end) = intake.child(node, name) {
            *field = quantity_field(intake, end);
            time::inclusive(intake, end, field.value().is_some());
        }
    }
    if out.is_empty() {
        null::whole(intake, node);
    }
}

/// Reads an interval as a quantity: its single value, or its one end with a comparator.
pub(super) fn bounded(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Quantity) {
    let Some((end, low)) = one_end(intake, node) else {
        if !quantity(intake, node, out) {
            null::whole(intake, node);
        }
        return;
    };
    if !quantity(intake, end, out) {
        return;
    }
    let leaf = intake.child(end, "@inclusive");
    let open = leaf.is_some_and(|leaf| intake.peek(leaf) == Some("false"));
    leaf.into_iter().for_each(|leaf| intake.claim(leaf));
    out.comparator = Field::Value(match (low, open) {
        (true, true) => QuantityComparator::GreaterThan,
        (true, false) => QuantityComparator::GreaterOrEqual,
        (false, true) => QuantityComparator::LessThan,
        (false, false) => QuantityComparator::LessOrEqual,
    });
    // the other end is open, as its null flavor may say
    let other = if low { "high" } else { "low" };
    if let Some(other) = intake.child(node, other) {
        for leaf in ["@nullFlavor", "@inclusive"] {
            if let Some(leaf) = intake.child(other, leaf) {
                intake.claim(leaf);
            }
        }
    }
}

/// The one end of an interval whose other end is open, and whether it is the lower one. An end
/// that is unknown is not open.
pub(super) fn one_end(intake: &mut Intake<'_, '_>, node: NodeId) -> Option<(NodeId, bool)> {
    let (low, high) = (intake.child(node, "low"), intake.child(node, "high"));
    let has_value =
        |end: Option<NodeId>| end.is_some_and(|end| filled(intake, end, "@value").is_some());
    let is_open = |end: Option<NodeId>, infinite: &str| {
        let Some(end) = end else { return true };
        match filled(intake, end, "@nullFlavor") {
            Some((_, flavor)) => flavor == infinite || flavor == "NA",
            None => filled(intake, end, "@value").is_none(),
        }
    };
    match (has_value(low), has_value(high)) {
        (true, false) if is_open(high, "PINF") => low.map(|low| (low, true)),
        (false, true) if is_open(low, "NINF") => high.map(|high| (high, false)),
        _ => None,
    }
}

/// The comparator before a number, and the number.
pub(super) fn split_comparator(text: &str) -> (Option<QuantityComparator>, &str) {
    for (written, comparator) in [
        ("<=", QuantityComparator::LessOrEqual),
        (">=", QuantityComparator::GreaterOrEqual),
        ("<", QuantityComparator::LessThan),
        (">", QuantityComparator::GreaterThan),
    ] {
        if let Some(rest) = text.strip_prefix(written) {
            return (Some(comparator), rest.trim_start());
        }
    }
    (None, text)
}

/// An attribute with something in it, without claiming it.
pub(super) fn filled<'r>(
    intake: &Intake<'r, '_>,
    node: NodeId,
    name: &str,
) -> Option<(NodeId, &'r str)> {
    let leaf = intake.child(node, name)?;
    let value = intake.peek(leaf)?.trim();
    (!value.is_empty()).then_some((leaf, value))
}

/// The element itself, or the variant of a choice that takes it.
pub(super) fn child<'e, T: 'static>(element: &'e mut dyn Element, name: &str) -> Option<&'e mut T> {
    match variant(element, name) {
        Some(number) => element
            .slot_mut(number)
            .child_mut(0)?
            .as_any_mut()
            .downcast_mut(),
        None => element.as_any_mut().downcast_mut(),
    }
}
