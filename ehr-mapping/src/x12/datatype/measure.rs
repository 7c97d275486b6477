//! Amounts and numbers, digit for digit.

use ehr_model::datatype::{Money, Quantity};
use ehr_model::element::Element;
use ehr_model::source::NodeId;
use ehr_model::value::{Decimal, Field};

use super::{NUMBER_UNREADABLE, code, node};
use crate::datatype::Intake;

/// What the guides say of amounts without a currency.
const USD: &str = "USD";
const CURRENCIES: &str = "urn:iso:std:iso:4217";

/// `782`: an amount.
pub(super) fn money(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(out) = element.as_any_mut().downcast_mut::<Money>()
        && let Some(amount) = amount(intake, node)
    {
        *out = amount;
    }
}

/// Reads and claims an amount.
pub(super) fn amount(intake: &mut Intake<'_, '_>, node: NodeId) -> Option<Money> {
    let mut money = Money::default();
    money.value = Field::Value(number(intake, node)?);
    money.currency = Field::Value(currency(intake).into());
    Some(money)
}

/// An amount where only a quantity can stand: its unit is the currency.
pub(super) fn amount_as_quantity(intake: &mut Intake<'_, '_>, node: NodeId) -> Option<Quantity> {
    let mut quantity = Quantity::default();
    quantity.value = Field::Value(number(intake, node)?);
    let currency = currency(intake);
    quantity.unit = Field::Value(currency.into());
    quantity.system = Field::Value(CURRENCIES.into());
    quantity.code = Field::Value(currency.into());
    Some(quantity)
}

/// `380`: a number with its unit.
pub(super) fn quantity(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(out) = element.as_any_mut().downcast_mut::<Quantity>()
        && let Some(quantity) = measured(intake, node)
    {
        *out = quantity;
    }
}

/// Where the unit of a number stands: number, unit.
const UNITS: [(&str, usize); 12] = [
    ("SV104", 3),
    ("SV205", 4),
    ("CTP04", 5),
    ("QTY02", 3),
    ("PAT08", 7),
    ("CR102", 1),
    ("CR106", 5),
    ("CR303", 2),
    ("HCP12", 11),
    ("MEA03", 4),
    ("CR206", 5),
    ("SV503", 2),
];

/// Reads and claims a number with its unit.
pub(super) fn measured(intake: &mut Intake<'_, '_>, node: NodeId) -> Option<Quantity> {
    let mut quantity = Quantity::default();
    quantity.value = Field::Value(number(intake, node)?);
    let name = intake.name(node);
    let unit = UNITS.iter().find(|(number, _)| *number == name);
    let segment = intake.record().parent(node);
    if let Some((_, unit)) = unit
        && let Some(unit) = node::element(intake, segment, *unit)
        && let Some(unit) = node::component(intake, unit, 1)
        && let Some(unit) = node::take_leaf(intake, unit)
    {
        quantity.unit = Field::Value(unit.into());
        quantity.system = Field::Value(code::x12(355).into());
        quantity.code = Field::Value(unit.into());
    }
    Some(quantity)
}

/// Reads and claims a number; what is none is set aside.
pub(super) fn number(intake: &mut Intake<'_, '_>, node: NodeId) -> Option<Decimal> {
    let text = intake.peek(node)?.trim();
    match decimal(text) {
        Some(number) => {
            intake.claim(node);
            Some(number)
        }
        None => {
            intake.refuse(node, NUMBER_UNREADABLE);
            None
        }
    }
}

/// A number of the type R: JSON wants a digit before the point.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let digits = digits.strip_suffix('.').unwrap_or(digits);
    let zero = if digits.starts_with('.') { "0" } else { "" };
    let starts_right = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    (starts_right && !digits.ends_with('.'))
        .then(|| Decimal::parse(&format!("{sign}{zero}{digits}")).ok())
        .flatten()
}

/// The currency of the transaction.
fn currency<'r>(intake: &Intake<'r, '_>) -> &'r str {
    let root = NodeId::ROOT;
    let declared = intake
        .child(root, "CUR")
        .or_else(|| intake.child(intake.child(root, "2000A")?, "CUR"));
    declared
        .and_then(|segment| node::peek(intake, segment, 2))
        .unwrap_or(USD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stay_as_they_were_written() {
        for (text, expected) in [
            ("100", Some("100")),
            ("605.0000", Some("605.0000")),
            ("-1.27", Some("-1.27")),
            (".5", Some("0.5")),
            ("-.5", Some("-0.5")),
            ("5.", Some("5")),
            ("", None),
            (".", None),
            ("-", None),
            ("1,000", None),
            ("$5", None),
        ] {
            let read = decimal(text);
            let read = read.as_ref().map(Decimal::expose);
            assert_eq!(read, expected, "{text}");
        }
    }
}
