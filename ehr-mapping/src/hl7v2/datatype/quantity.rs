//! How much: NM with the unit of its segment, CQ, MO, SN.

use ehr_model::datatype::{Money, Quantity, QuantityComparator, Range, Ratio};
use ehr_model::element::Element;
use ehr_model::issue::Severity;
use ehr_model::source::NodeId;
use ehr_model::value::{Decimal, Field, Text};

use super::{NUMBER_UNREADABLE, NUMERIC_UNREADABLE, UNIT_NOT_UCUM, child, coding_system, parts};
use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};
use crate::ucum::is_ucum;

const UCUM: &str = "http://unitsofmeasure.org";

/// Numbers and the field of their unit.
const UNITS: &[(&str, &str)] = &[
    ("OBX-5", "OBX-6"),
    ("RXA-6", "RXA-7"),
    ("RXG-5", "RXG-7"),
    ("RXO-2", "RXO-4"),
    ("RXO-3", "RXO-4"),
    ("RXO-11", "RXO-12"),
    ("RXO-18", "RXO-19"),
    ("RXO-21", "RXO-22"),
    ("RXO-25", "RXO-26"),
    ("RXE-3", "RXE-5"),
    ("RXE-4", "RXE-5"),
    ("RXE-10", "RXE-11"),
    ("RXE-23", "RXE-24"),
    ("RXE-25", "RXE-26"),
    ("RXE-28", "RXE-29"),
    ("RXD-4", "RXD-5"),
    ("RXD-16", "RXD-17"),
    ("RXC-3", "RXC-4"),
    ("RXC-5", "RXC-6"),
    ("RXC-8", "RXC-9"),
    ("SCH-9", "SCH-10"),
    ("AIS-7", "AIS-8"),
    ("RQD-5", "RQD-6"),
];

/// `NM`: a number; with the unit of the segment where the field takes a quantity.
pub(super) fn nm<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    let Some((leaf, written)) = parts::leaf(intake, node) else {
        return Ok(Value::Nothing);
    };
    let number = decimal(written).ok_or(Unreadable)?;
    intake.claim(leaf);
    Ok(Value::Decimal(number))
}

/// `SI`: a whole number.
pub(super) fn si<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    let Some((leaf, written)) = parts::leaf(intake, node) else {
        return Ok(Value::Nothing);
    };
    let number = written.parse().map_err(|_| Unreadable)?;
    intake.claim(leaf);
    Ok(Value::Integer(number))
}

/// `NM-units`: a number with the unit that stands in another field of the segment.
pub(super) fn nm_units(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(out) = child::<Quantity>(element, "Quantity")
        && number(intake, node, out)
    {
        units_of(intake, node, out);
    }
}

/// `NM-range`: from a least amount to a most one, which is the next field of the segment, with the
/// unit of the one after it; without a most amount, a single one.
pub(super) fn nm_range(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let next = next_field(intake, node);
    if next.and_then(|next| parts::leaf(intake, next)).is_none() {
        return nm_units(intake, node, element);
    }
    let Some(range) = child::<Range>(element, "Range") else {
        return;
    };
    for (node, end) in [(Some(node), &mut range.low), (next, &mut range.high)] {
        let mut quantity = Quantity::default();
        if let Some(node) = node
            && number(intake, node, &mut quantity)
        {
            units_of(intake, node, &mut quantity);
            *end = Field::Value(quantity);
        }
    }
}

fn next_field(intake: &Intake<'_, '_>, node: NodeId) -> Option<NodeId> {
    let (segment, number) = intake.name(node).split_once('-')?;
    let number: u32 = number.parse().ok()?;
    parts::field(intake, node, &format!("{segment}-{}", number + 1))
}

/// `CQ`: a number and its unit.
pub(super) fn cq(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = child::<Quantity>(element, "Quantity") else {
        return;
    };
    let Some(part) = parts::part(intake, node, 1) else {
        return;
    };
    number(intake, part, out);
    if let Some(unit) = parts::part(intake, node, 2) {
        read_unit(intake, unit, out);
    }
}

/// `MO`, also the MO in a CP: an amount of money.
pub(super) fn mo(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = child::<Money>(element, "Money") else {
        return;
    };
    let price = parts::part(intake, node, 1)
        .filter(|part| *part != node && intake.record().children(*part).next().is_some());
    let node = price.unwrap_or(node);
    let Some((leaf, written)) =
        parts::part(intake, node, 1).and_then(|part| parts::leaf(intake, part))
    else {
        return;
    };
    match decimal(written.trim_start_matches('$')) {
        Some(number) => {
            intake.claim(leaf);
            out.value = Field::Value(number);
            if let Some(currency) = parts::text(intake, node, 2) {
                out.currency = Field::Value(currency);
            }
        }
        None => intake.refuse(leaf, NUMBER_UNREADABLE),
    }
}

/// `SN`: a comparator and a number, a range, or a ratio; the separator decides.
pub(super) fn sn(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) -> bool {
    let separator = parts::peek(intake, node, 3);
    let second = parts::peek(intake, node, 4);
    let comparator =
        parts::peek(intake, node, 1).filter(|_| parts::part(intake, node, 1) != Some(node));
    match (separator, second) {
        (Some("-"), Some(_)) if comparator.is_none() => {
            let Some(range) = child::<Range>(element, "Range") else {
                return false;
            };
            range.low = part_quantity(intake, node, 2, true);
            range.high = part_quantity(intake, node, 4, true);
            parts::take(intake, node, 3);
            !range.low.is_empty() && !range.high.is_empty()
        }
        (Some(":" | "/"), Some(_)) => {
            let Some(ratio) = child::<Ratio>(element, "Ratio") else {
                return false;
            };
            ratio.numerator = part_quantity(intake, node, 2, false);
            ratio.denominator = part_quantity(intake, node, 4, false);
            parts::take(intake, node, 3);
            if let (Some(written), Field::Value(numerator)) = (comparator, &mut ratio.numerator)
                && let Some(comparator) = comparator_of(written)
            {
                numerator.comparator = Field::Value(comparator);
                parts::take(intake, node, 1);
            }
            !ratio.numerator.is_empty() && !ratio.denominator.is_empty()
        }
        (None, None) => {
            let Some(out) = child::<Quantity>(element, "Quantity") else {
                return false;
            };
            let Some(part) = parts::part(intake, node, 2) else {
                return false;
            };
            if !number(intake, part, out) {
                return false;
            }
            match comparator.map(comparator_of) {
                None => {}
                Some(Some(comparator)) => {
                    out.comparator = Field::Value(comparator);
                    parts::take(intake, node, 1);
                }
                Some(None) if comparator == Some("=") => {
                    parts::take(intake, node, 1);
                }
                Some(None) => {
                    *out = Quantity::default();
                    return false;
                }
            }
            units_of(intake, node, out);
            true
        }
        // `>^100^+` and the like: kept as it stands
        _ => false,
    }
}

fn part_quantity(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    place: usize,
    unit: bool,
) -> Field<Quantity> {
    let mut out = Quantity::default();
    match parts::part(intake, node, place) {
        Some(part) if number(intake, part, &mut out) => {
            if unit {
                units_of(intake, node, &mut out);
            }
            Field::Value(out)
        }
        _ => Field::Empty,
    }
}

fn comparator_of(text: &str) -> Option<QuantityComparator> {
    Some(match text {
        "<" => QuantityComparator::LessThan,
        "<=" => QuantityComparator::LessOrEqual,
        ">" => QuantityComparator::GreaterThan,
        ">=" => QuantityComparator::GreaterOrEqual,
        _ => return None,
    })
}

/// Reads a number; a comparator before it, as some write it, is one.
pub(super) fn number(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Quantity) -> bool {
    let Some((leaf, written)) = parts::leaf(intake, node) else {
        return false;
    };
    let (comparator, digits) = split_comparator(written);
    match decimal(digits) {
        Some(number) => {
            intake.claim(leaf);
            out.value = Field::Value(number);
            if let Some(comparator) = comparator {
                out.comparator = Field::Value(comparator);
            }
            true
        }
        None => {
            intake.refuse(leaf, NUMBER_UNREADABLE);
            false
        }
    }
}

/// The comparator before a number, and the number.
pub(super) fn split_comparator(text: &str) -> (Option<QuantityComparator>, &str) {
    for mark in ["<=", ">=", "<", ">"] {
        if let Some(rest) = text.strip_prefix(mark) {
            return (comparator_of(mark), rest.trim_start());
        }
    }
    (None, text)
}

/// `+5` and `05` are numbers of HL7 and none of JSON.
pub(super) fn decimal(written: &str) -> Option<Decimal> {
    let written = written.trim();
    let digits = written.strip_prefix('+').unwrap_or(written);
    if let Ok(decimal) = Decimal::parse(digits) {
        return Some(decimal);
    }
    let (sign, rest) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let trimmed = rest.trim_start_matches('0');
    let whole = if trimmed.is_empty() || trimmed.starts_with('.') {
        format!("{sign}0{trimmed}")
    } else {
        format!("{sign}{trimmed}")
    };
    let whole = whole.strip_suffix('.').unwrap_or(&whole);
    rest.bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
        .then(|| Decimal::parse(whole).ok())
        .flatten()
}

/// Reads the unit of a number from the field of its segment that holds it.
pub(super) fn units_of(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Quantity) {
    let name = intake.name(node);
    let unit = UNITS.iter().find(|(number, _)| *number == name);
    if let Some((_, unit)) = unit
        && let Some(unit) = parts::field(intake, node, unit)
    {
        read_unit(intake, unit, out);
    }
}

/// Reads a unit: UCUM where it is, else the words that the source has for it.
pub(super) fn read_unit(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Quantity) {
    let code = parts::text(intake, node, 1);
    let words = parts::text(intake, node, 2);
    let system = parts::text(intake, node, 3);
    let Some(shown) = words.clone().or_else(|| code.clone()) else {
        return;
    };
    let says_ucum = system
        .as_ref()
        .is_some_and(|system| system.expose().eq_ignore_ascii_case("UCUM"));
    let own = system
        .as_ref()
        .map(|system| coding_system::uri(system.expose(), intake.plan.system()));
    match (&code, own) {
        // a number without a system is a row of a table of the site, though UCUM reads it as a factor
        (Some(code), own)
            if (own.is_none() && !is_number(code.expose()) || says_ucum)
                && is_ucum(code.expose()) =>
        {
            out.system = Field::Value(UCUM.into());
            out.code = Field::Value(code.clone());
        }
        (Some(code), Some(own)) if !says_ucum => {
            out.system = Field::Value(own.as_str().into());
            out.code = Field::Value(code.clone());
        }
        (Some(_), _) => intake.note(node, UNIT_NOT_UCUM, Severity::Warning),
        (None, _) => {}
    }
    // a code that words stand beside, and that has no system, is seen nowhere else
    let unit = match (&code, &words) {
        (Some(code), Some(words)) if out.code.value().is_none() && code != words => {
            Text::from(format!("{} ({})", words.expose(), code.expose()).as_str())
        }
        _ => shown,
    };
    out.unit = Field::Value(unit);
    alternate_unit(intake, node, out);
}

/// Whether a code is nothing but digits.
fn is_number(code: &str) -> bool {
    code.bytes().all(|byte| byte.is_ascii_digit())
}

/// Of a unit in two codings, the second where it is UCUM and the first is not; both say the same.
fn alternate_unit(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Quantity) {
    let alternate = parts::peek(intake, node, 4);
    let says_ucum = parts::peek(intake, node, 6).is_some_and(|system| system == "UCUM");
    let Some(code) = alternate else { return };
    let code: Text = code.into();
    let mine = out
        .system
        .value()
        .is_some_and(|system| system.expose() == UCUM);
    if !mine && says_ucum && is_ucum(code.expose()) && out.code.is_empty() {
        out.system = Field::Value(UCUM.into());
        out.code = Field::Value(code);
        for number in [4, 5, 6] {
            parts::take(intake, node, number);
        }
    } else if let Some(unit) = out.unit.value() {
        let both = format!("{} = {}", unit.expose(), code.expose());
        out.unit = Field::Value(both.into());
        for number in [4, 5, 6] {
            parts::take(intake, node, number);
        }
    }
}

/// `OBX-7`: a range of usual values: its ends where it has them, and always as it was written.
pub(super) fn usual(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    use ehr_model::kind::ReferenceRange;
    let Some(out) = element.as_any_mut().downcast_mut::<ReferenceRange>() else {
        return;
    };
    let Some(written) = parts::whole(intake, node) else {
        return;
    };
    let numeric = parts::field(intake, node, "OBX-2")
        .and_then(|kind| intake.peek(kind))
        .is_some_and(|kind| matches!(kind, "NM" | "SN"));
    if numeric {
        let mut unit = Quantity::default();
        if let Some(unit_node) = parts::field(intake, node, "OBX-6") {
            read_unit(intake, unit_node, &mut unit);
        }
        let end = |number: Decimal, comparator| {
            let mut end = unit.clone();
            end.value = Field::Value(number);
            end.comparator = comparator;
            Field::Value(end)
        };
        match ends(&written) {
            Some(Ends::Between(low, high)) => {
                out.low = end(low, Field::Empty);
                out.high = end(high, Field::Empty);
            }
            Some(Ends::Low(low)) => out.low = end(low, Field::Empty),
            Some(Ends::High(high)) => out.high = end(high, Field::Empty),
            None => intake.note(node, NUMERIC_UNREADABLE, Severity::Information),
        }
    }
    out.text = Field::Value(written.into());
}

enum Ends {
    Between(Decimal, Decimal),
    Low(Decimal),
    High(Decimal),
}

/// `70-80`, `-5 - 5`, `>=10`, `<=10`. An end that does not belong to the range is left to the text.
fn ends(written: &str) -> Option<Ends> {
    let written = written.trim();
    if let Some(low) = written.strip_prefix(">=") {
        return decimal(low).map(Ends::Low);
    }
    if let Some(high) = written.strip_prefix("<=") {
        return decimal(high).map(Ends::High);
    }
    // the first `-` may be a sign
    let at = 1 + written.get(1..)?.find('-')?;
    let (low, high) = (written[..at].trim(), written[at + 1..].trim());
    Some(Ends::Between(decimal(low)?, decimal(high)?))
}
