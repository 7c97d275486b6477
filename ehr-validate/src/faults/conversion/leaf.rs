//! Faults of single values: dates, amounts, codes, texts.

use chrono::{NaiveDate, TimeDelta};
use ehr_model::catalogue::FieldPath;
use ehr_model::element::{Leaf, LeafType};
use ehr_model::record::{Kind, Record};
use ehr_model::value::{Decimal, PartialDate, Precision};
use rust_decimal::Decimal as Number;

use super::copy::{FaultyCopy, Spot, Touch};
use super::entry::set;
use crate::compare::denying_field;
use crate::walk::Path;

/// The fewest letters of a text that is cut off.
const LONG_TEXT: usize = 12;

fn write(copy: &mut FaultyCopy, spot: &Spot, value: &str) -> Option<Touch> {
    set(copy.at_mut(spot), &spot.field, value)?;
    Some(copy.touched_at(spot))
}

fn value<'c>(copy: &'c FaultyCopy, spot: &Spot) -> Option<Leaf<'c>> {
    let record = copy.at(spot);
    let path = FieldPath::resolve_leaf(record.kind(), &spot.field).ok()?;
    path.leaf(record.resource.element(), 0)
}

// --- Dates

fn rewrite_date(
    copy: &mut FaultyCopy,
    fits: impl Fn(&Record, &Path<'_>) -> bool,
    change: impl Fn(&PartialDate) -> Option<String>,
) -> Option<Touch> {
    let spot = copy.leaf(|record, path, leaf| match leaf {
        Leaf::Date(date) => fits(record, path) && change(date).is_some(),
        _ => false,
    })?;
    let Leaf::Date(date) = value(copy, &spot)? else {
        return None;
    };
    let changed = change(&date)?;
    write(copy, &spot, &changed)
}

fn on_day(date: &PartialDate, day: NaiveDate) -> String {
    let iso = date.to_iso();
    format!("{}{}", day, &iso[DAY..])
}

/// The length of a day in ISO 8601.
const DAY: usize = 10;

fn shifted(date: &PartialDate, days: i64) -> Option<String> {
    let day = date.earliest().checked_add_signed(TimeDelta::days(days))?;
    (date.precision() >= Precision::Day).then(|| on_day(date, day))
}

pub(super) fn shift(copy: &mut FaultyCopy, days: i64) -> Option<Touch> {
    rewrite_date(copy, |_, _| true, |date| shifted(date, days))
}

pub(super) fn birth_date(copy: &mut FaultyCopy) -> Option<Touch> {
    rewrite_date(
        copy,
        |_, path| path.top() == "birthDate",
        |date| shifted(date, -1),
    )
}

pub(super) fn swap_day_and_month(copy: &mut FaultyCopy) -> Option<Touch> {
    use chrono::Datelike as _;
    rewrite_date(
        copy,
        |_, _| true,
        |date| {
            let day = date.earliest();
            let swapped = NaiveDate::from_ymd_opt(day.year(), day.day(), day.month())?;
            let fits = date.precision() >= Precision::Day && swapped != day;
            fits.then(|| on_day(date, swapped))
        },
    )
}

pub(super) fn lose_time_zone(copy: &mut FaultyCopy) -> Option<Touch> {
    rewrite_date(
        copy,
        |_, _| true,
        |date| {
            let iso = date.to_iso();
            let rest = iso.get(DAY..).filter(|_| date.offset_minutes().is_some())?;
            let end = rest.find(['Z', '+', '-'])?;
            Some(iso[..DAY + end].to_owned())
        },
    )
}

pub(super) fn cut_to_month(copy: &mut FaultyCopy) -> Option<Touch> {
    rewrite_date(
        copy,
        |_, path| !matches!(path.last(), "issued"),
        |date| (date.precision() == Precision::Day).then(|| date.to_iso()[..7].to_owned()),
    )
}

// --- Amounts

fn rewrite_decimal(
    copy: &mut FaultyCopy,
    fits: impl Fn(&Record, &Path<'_>) -> bool,
    change: impl Fn(Number) -> Option<Number>,
) -> Option<Touch> {
    let changed = |decimal: &Decimal| change(decimal.value()?);
    let spot = copy.leaf(|record, path, leaf| match leaf {
        Leaf::Decimal(decimal) => fits(record, path) && changed(decimal).is_some(),
        _ => false,
    })?;
    let Leaf::Decimal(decimal) = value(copy, &spot)? else {
        return None;
    };
    let changed = changed(&decimal)?.to_string();
    write(copy, &spot, &changed)
}

fn is_dose(path: &Path<'_>) -> bool {
    path.top() == "dosageInstruction" && path.passes("dose[x]") && path.last() == "value"
}

pub(super) fn scale_dose(copy: &mut FaultyCopy, times: i64, over: i64) -> Option<Touch> {
    rewrite_decimal(
        copy,
        |_, path| is_dose(path),
        |dose| {
            let scaled = dose.checked_mul(times.into())?.checked_div(over.into())?;
            (!dose.is_zero()).then(|| scaled.normalize())
        },
    )
}

/// A result without its decimal point, as where a comma was not understood.
pub(super) fn lose_decimal_point(copy: &mut FaultyCopy) -> Option<Touch> {
    rewrite_decimal(
        copy,
        |record, path| record.kind() == Kind::Observation && path.last() == "value",
        |result| {
            let mut whole = result.normalize();
            let had_point = whole.scale() > 0;
            whole.set_scale(0).ok()?;
            (had_point && !whole.is_zero()).then_some(whole)
        },
    )
}

pub(super) fn cent_off(copy: &mut FaultyCopy) -> Option<Touch> {
    rewrite_decimal(
        copy,
        |record, path| record.kind() == Kind::Claim && path.top() == "item" && path.passes("net"),
        |net| net.checked_add(Number::new(1, 2)),
    )
}

/// Another unit of the same quantity, in its words and in its code.
fn swap_unit(copy: &mut FaultyCopy, fits: impl Fn(&Record, &Path<'_>) -> bool) -> Option<Touch> {
    let spot = copy.leaf(|record, path, leaf| {
        matches!(leaf, Leaf::Text(unit) if unit != OTHER_UNIT)
            && path.last() == "code"
            && fits(record, path)
    })?;
    let unit = spot
        .field
        .strip_suffix("code")
        .map(|above| format!("{above}unit"))?;
    set(copy.at_mut(&spot), &unit, OTHER_UNIT)?;
    write(copy, &spot, OTHER_UNIT)
}

const OTHER_UNIT: &str = "kg";

pub(super) fn swap_dose_unit(copy: &mut FaultyCopy) -> Option<Touch> {
    swap_unit(copy, |_, path| {
        path.top() == "dosageInstruction"
            && path.passes("dose[x]")
            && path.parent() == Some("Quantity")
    })
}

pub(super) fn swap_result_unit(copy: &mut FaultyCopy) -> Option<Touch> {
    swap_unit(copy, |record, path| {
        record.kind() == Kind::Observation
            && path.passes("value[x]")
            && path.parent() == Some("Quantity")
    })
}

fn rewrite_integer(
    copy: &mut FaultyCopy,
    fits: impl Fn(&Record, &Path<'_>) -> bool,
    change: impl Fn(i64) -> i64,
) -> Option<Touch> {
    let spot = copy.leaf(|record, path, leaf| {
        matches!(leaf, Leaf::Integer(number) if change(*number) != *number) && fits(record, path)
    })?;
    let Leaf::Integer(number) = value(copy, &spot)? else {
        return None;
    };
    write(copy, &spot, &change(number).to_string())
}

pub(super) fn double_frequency(copy: &mut FaultyCopy) -> Option<Touch> {
    rewrite_integer(
        copy,
        |_, path| path.top() == "dosageInstruction" && path.last() == "frequency",
        |times| times * 2,
    )
}

pub(super) fn change_rank(copy: &mut FaultyCopy) -> Option<Touch> {
    rewrite_integer(
        copy,
        |record, path| record.kind() == Kind::Coverage && path.last() == "order",
        |rank| rank + 1,
    )
}

// --- What is lost

/// Loses a field with one of these names.
pub(super) fn lose(copy: &mut FaultyCopy, names: &[&str], kinds: &[Kind]) -> Option<Touch> {
    let spot = copy
        .leaf(|record, path, _| kinds.contains(&record.kind()) && names.contains(&path.last()))?;
    clear(copy, spot)
}

fn clear(copy: &mut FaultyCopy, spot: Spot) -> Option<Touch> {
    let record = copy.at_mut(&spot);
    let path = FieldPath::resolve(record.kind(), &spot.field).ok()?;
    path.clear(record.resource.element_mut(), 0);
    record.resource.element_mut().prune();
    Some(copy.touched_at(&spot))
}

pub(super) fn lose_result(copy: &mut FaultyCopy) -> Option<Touch> {
    let mut spot = copy.leaf(|record, path, _| {
        record.kind() == Kind::Observation
            && path.top() == "value[x]"
            && path.parent() == Some("Quantity")
            && path.last() == "value"
    })?;
    spot.field = "valueQuantity".to_owned();
    clear(copy, spot)
}

pub(super) fn lose_codes(copy: &mut FaultyCopy) -> Option<Touch> {
    let has_words = |record: &Record, path: &Path<'_>| {
        let above = path.to_string();
        let text = above
            .split(".coding[")
            .next()
            .map(|concept| format!("{concept}.text"));
        let text = text.and_then(|text| FieldPath::resolve_leaf(record.kind(), &text).ok());
        text.is_some_and(|text| text.leaf(record.resource.element(), 0).is_some())
    };
    let mut spot = copy.leaf(|record, path, _| {
        path.last() == "code"
            && path.parent() == Some("coding")
            && path.to_string().ends_with(".coding[0].code")
            && denying_field(record).is_none()
            && has_words(record, path)
    })?;
    let concept = spot.field.split(".coding[").next()?.to_owned();
    spot.field = format!("{concept}.coding");
    let mut touch = clear(copy, spot)?;
    touch.field = format!("{concept}.coding[0]");
    Some(touch)
}

pub(super) fn lose_identifier(copy: &mut FaultyCopy) -> Option<Touch> {
    let mut spot = copy.leaf(|record, path, _| {
        record.kind() == Kind::Patient && path.to_string() == "identifier[0].value"
    })?;
    let record = copy.at_mut(&spot);
    let path = FieldPath::resolve(record.kind(), "identifier").ok()?;
    let (slot, _) = path.slot_mut(record.resource.element_mut(), 0)?;
    slot.clear();
    spot.field = "identifier[0]".to_owned();
    Some(copy.touched_at(&spot))
}

// --- Codes and texts

/// Codes into which no fault turns another: they deny, which is a fault of its own.
const DENYING: &[&str] = &["refuted", "not-done", "entered-in-error"];

pub(super) fn flip_status(copy: &mut FaultyCopy) -> Option<Touch> {
    let spot = copy.leaf(|record, path, leaf| {
        matches!(leaf, Leaf::Text(code) if !DENYING.contains(&&**code))
            && path.top() == path.last()
            && path.last().ends_with("tatus")
            && denying_field(record).is_none()
    })?;
    let path = FieldPath::resolve_leaf(copy.at(&spot).kind(), &spot.field).ok()?;
    let (Some(LeafType::Code { codes, .. }), Some(Leaf::Text(now))) =
        (path.leaf_type(), value(copy, &spot))
    else {
        return None;
    };
    let now = now.into_owned();
    let others = codes
        .iter()
        .copied()
        .filter(|code| *code != now && !DENYING.contains(code));
    let other = copy.draw(others.collect())?;
    write(copy, &spot, other)
}

/// The code whose last digit is the next one.
pub(super) fn neighbour(copy: &mut FaultyCopy) -> Option<Touch> {
    let next = |code: &str| {
        let digit = code.chars().last()?.to_digit(10)?;
        Some(format!("{}{}", &code[..code.len() - 1], (digit + 1) % 10))
    };
    let spot = copy.leaf(|record, path, leaf| match leaf {
        Leaf::Text(code) => {
            path.last() == "code"
                && path.parent() == Some("coding")
                && next(code).is_some()
                && denying_field(record).is_none()
        }
        _ => false,
    })?;
    let Leaf::Text(code) = value(copy, &spot)? else {
        return None;
    };
    let code = next(&code)?;
    write(copy, &spot, &code)
}

fn rewrite_text(copy: &mut FaultyCopy, change: impl Fn(&str) -> Option<String>) -> Option<Touch> {
    let spot = copy.leaf(|record, path, leaf| match leaf {
        Leaf::Text(text) => {
            is_words(path) && denying_field(record).is_none() && change(text).is_some()
        }
        _ => false,
    })?;
    let Leaf::Text(text) = value(copy, &spot)? else {
        return None;
    };
    let changed = change(&text)?;
    write(copy, &spot, &changed)
}

/// Whether a text is words for people. A sig may become another dose when it is cut.
fn is_words(path: &Path<'_>) -> bool {
    let is_display = path.last() == "display" && path.parent() == Some("coding");
    let is_text = matches!(path.last(), "text" | "description" | "title" | "String");
    (is_display || is_text) && path.parent() != Some("dosageInstruction")
}

pub(super) fn truncate(copy: &mut FaultyCopy) -> Option<Touch> {
    rewrite_text(copy, |text| {
        let half = text.chars().count() / 2;
        let cut: String = text.chars().take(half).collect();
        (half * 2 >= LONG_TEXT).then(|| cut.trim_end().to_owned())
    })
}

/// A letter that is lost, or UTF-8 that was read as Latin-1.
pub(super) fn damage_encoding(copy: &mut FaultyCopy) -> Option<Touch> {
    rewrite_text(copy, |text| match text.is_ascii() {
        false => Some(text.bytes().map(char::from).collect()),
        true => text
            .contains('e')
            .then(|| text.replacen('e', "\u{fffd}", 1)),
    })
}

pub(super) fn truncate_document(copy: &mut FaultyCopy) -> Option<Touch> {
    let spot = copy.leaf(|_, _, leaf| matches!(leaf, Leaf::Bytes(bytes) if bytes.len() > 1))?;
    let Leaf::Bytes(bytes) = value(copy, &spot)? else {
        return None;
    };
    let half = bytes[..bytes.len() / 2].to_vec();
    let record = copy.at_mut(&spot);
    let path = FieldPath::resolve_leaf(record.kind(), &spot.field).ok()?;
    let leaf = Leaf::Bytes(half.into());
    path.set(record.resource.element_mut(), 0, leaf).ok()?;
    Some(copy.touched_at(&spot))
}
