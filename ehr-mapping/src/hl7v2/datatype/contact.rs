//! Where: XAD, XTN, PL.

use ehr_model::datatype::{
    Address, AddressType, AddressUse, ContactPoint, ContactPointSystem, ContactPointUse,
};
use ehr_model::element::Element;
use ehr_model::source::NodeId;
use ehr_model::value::{Field, Text};

use super::{NUMBERS_DISAGREE, USE_UNKNOWN, parts, time};
use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};

/// The policy under which the home or work of a mobile phone counts.
const MOBILE: &str = "use of a mobile telephone: that it is one says more than whose it is";
/// The policy under which a number without its means counts.
const PHONE_BY_SHAPE: &str = "telephone number known by its digits";
/// The policy under which parts of a number count that repeat it.
const REPEATED: &str = "parts of a telephone number beside the number that they make up";

/// `XAD`, also AD: an address.
pub(super) fn xad(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Address>() else {
        return;
    };
    // street and number may be parts of the first line
    for number in [19, 1, 2, 8] {
        if let Some(part) = parts::part(intake, node, number)
            && let Some(line) = parts::whole(intake, part)
        {
            out.line.push(line.into());
        }
    }
    for (number, field) in [
        (3, &mut out.city),
        (4, &mut out.state),
        (5, &mut out.postal_code),
        (6, &mut out.country),
        (9, &mut out.district),
        (10, &mut out.census_tract),
        (20, &mut out.text),
    ] {
        if let Some(text) = parts::text(intake, node, number) {
            *field = Field::Value(text);
        }
    }
    if let Some((leaf, code)) =
        parts::part(intake, node, 7).and_then(|part| parts::leaf(intake, part))
    {
        address_use(intake, leaf, code, out);
    }
    for (number, use_) in [(16, AddressUse::Temp), (17, AddressUse::Old)] {
        if let Some("Y" | "N") = parts::peek(intake, node, number)
            && parts::take(intake, node, number) == Some("Y")
        {
            out.use_ = Field::Value(use_);
        }
    }
    out.period = time::validity(intake, node, Some(12), (13, 14));
}

/// Table 0190.
fn address_use(intake: &mut Intake<'_, '_>, leaf: NodeId, code: &str, out: &mut Address) {
    match code.to_ascii_uppercase().as_str() {
        "H" | "P" | "BR" | "RH" => out.use_ = Field::Value(AddressUse::Home),
        "B" | "O" => out.use_ = Field::Value(AddressUse::Work),
        "C" | "V" => out.use_ = Field::Value(AddressUse::Temp),
        "BA" => out.use_ = Field::Value(AddressUse::Old),
        "BI" => out.use_ = Field::Value(AddressUse::Billing),
        "M" | "SH" => out.type_ = Field::Value(AddressType::Postal),
        "S" => out.type_ = Field::Value(AddressType::Physical),
        // legal addresses, places of birth, tubes … have no use in FHIR
        "BDL" | "F" | "HV" | "L" | "LH" | "N" | "TM" => return,
        _ => return intake.refuse(leaf, USE_UNKNOWN),
    }
    intake.claim(leaf);
}

/// `XTN`, also TN: a telephone number, or an e-mail address.
pub(super) fn xtn(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<ContactPoint>() else {
        return;
    };
    let equipment = parts::peek(intake, node, 3).unwrap_or_default();
    let is_mail = |text: &str| text.contains('@');
    let mail = parts::peek(intake, node, 4);
    let internet = matches!(equipment, "Internet" | "X.400") || mail.is_some_and(is_mail);
    let written = if internet && mail.is_some() {
        parts::text(intake, node, 4)
    } else {
        None
    };
    let mut used = written.is_some();
    if let Some(address) = written {
        let system = if is_mail(address.expose()) {
            ContactPointSystem::Email
        } else {
            ContactPointSystem::Other
        };
        out.system = Field::Value(system);
        out.value = Field::Value(address);
    }
    for number in [1, 12] {
        used |= number_of(intake, node, number, out, used);
    }
    if parts::peek(intake, node, 7).is_some() || parts::peek(intake, node, 6).is_some() {
        used |= assembled(intake, node, out, used);
    }
    if !used {
        return;
    }
    if mail.is_some()
        && !internet
        && let Some(part) = parts::part(intake, node, 4)
    {
        intake.refuse(part, NUMBERS_DISAGREE);
    }
    means(intake, node, out);
    if out.system.is_empty()
        && out
            .value
            .value()
            .is_some_and(|value| is_number(value.expose()))
    {
        intake.policy(PHONE_BY_SHAPE);
        out.system = Field::Value(ContactPointSystem::Phone);
    }
    contact_use(intake, node, out);
    out.period = time::validity(intake, node, None, (13, 14));
    if let Some(rank) = parts::peek(intake, node, 18).and_then(|rank| rank.parse().ok()) {
        parts::take(intake, node, 18);
        out.rank = Field::Value(rank);
    }
}

/// A number as it was written, unless one stands already: then it repeats that one or is set aside.
fn number_of(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    number: usize,
    out: &mut ContactPoint,
    used: bool,
) -> bool {
    let Some(part) = parts::part(intake, node, number) else {
        return false;
    };
    let Some((leaf, written)) = parts::leaf(intake, part) else {
        return false;
    };
    if !used {
        intake.claim(leaf);
        out.value = Field::Value(written.into());
        return true;
    }
    if repeats(out, written) {
        intake.policy(REPEATED);
        intake.claim(leaf);
    } else {
        intake.refuse(leaf, NUMBERS_DISAGREE);
    }
    false
}

/// Country, area, local number and extension.
fn assembled(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    out: &mut ContactPoint,
    used: bool,
) -> bool {
    let read = |number| parts::peek(intake, node, number);
    let country = read(5).map(|code| format!("+{}", code.trim_start_matches('+')));
    let pieces = [country.as_deref(), read(6), read(7)];
    let mut text = pieces.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let extension = read(8).map(str::to_owned);
    if !used {
        if let Some(extension) = &extension {
            text.push_str(" ext. ");
            text.push_str(extension);
        }
        for number in [5, 6, 7, 8] {
            parts::take(intake, node, number);
        }
        out.value = Field::Value(text.into());
        return true;
    }
    let same = repeats(out, &text)
        || repeats(
            out,
            &[read(6), read(7)].map(Option::unwrap_or_default).concat(),
        );
    for number in [5, 6, 7] {
        let Some(part) = parts::part(intake, node, number) else {
            continue;
        };
        let Some((leaf, _)) = parts::leaf(intake, part) else {
            continue;
        };
        if same {
            intake.policy(REPEATED);
            intake.claim(leaf);
        } else {
            intake.refuse(leaf, NUMBERS_DISAGREE);
        }
    }
    if let (Some(extension), Some(value)) = (extension, out.value.value()) {
        out.value = Field::Value(format!("{} ext. {extension}", value.expose()).into());
        parts::take(intake, node, 8);
    }
    false
}

/// Whether a number has the digits of the one that stands, or of its end.
fn repeats(out: &ContactPoint, written: &str) -> bool {
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let mine = digits(out.value.value().map_or("", Text::expose));
    let other = digits(written);
    !other.is_empty() && (mine.ends_with(&other) || other.ends_with(&mine) && !mine.is_empty())
}

/// At least seven digits, with what people put between them.
fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 7
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b" ()+-./xX".contains(&byte))
}

/// Table 0202.
fn means(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut ContactPoint) {
    let Some((leaf, code)) =
        parts::part(intake, node, 3).and_then(|part| parts::leaf(intake, part))
    else {
        return;
    };
    let is_mail = out
        .value
        .value()
        .is_some_and(|value| value.expose().contains('@'));
    let system = match code.to_ascii_uppercase().as_str() {
        "PH" | "SAT" | "VOICE" => ContactPointSystem::Phone,
        "CP" => {
            out.use_ = Field::Value(ContactPointUse::Mobile);
            ContactPointSystem::Phone
        }
        "FX" => ContactPointSystem::Fax,
        "BP" => ContactPointSystem::Pager,
        "INTERNET" if is_mail => ContactPointSystem::Email,
        // FHIR has no word for modems, teletypes and other networks: which it is stays in the source
        "MD" | "TDD" | "TTY" | "X.400" | "INTERNET" => {
            out.system = Field::Value(ContactPointSystem::Other);
            return;
        }
        _ => return intake.refuse(leaf, USE_UNKNOWN),
    };
    intake.claim(leaf);
    out.system = Field::Value(system);
}

/// Table 0201.
fn contact_use(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut ContactPoint) {
    let Some((leaf, code)) =
        parts::part(intake, node, 2).and_then(|part| parts::leaf(intake, part))
    else {
        return;
    };
    let use_ = match code.to_ascii_uppercase().as_str() {
        "PRN" | "ORN" | "VHN" | "HOME" | "H" => Some(ContactPointUse::Home),
        "WPN" | "WORK" | "W" => Some(ContactPointUse::Work),
        "PRS" | "CELL" => Some(ContactPointUse::Mobile),
        "BPN" => {
            out.system = Field::Value(ContactPointSystem::Pager);
            None
        }
        // an address of the network, which its means says as well
        "NET" => None,
        _ => return intake.refuse(leaf, USE_UNKNOWN),
    };
    intake.claim(leaf);
    match (use_, out.use_.value()) {
        (Some(_), Some(ContactPointUse::Mobile)) => intake.policy(MOBILE),
        (Some(use_), _) => out.use_ = Field::Value(use_),
        (None, _) => {}
    }
}

/// What the components of a PL are, in the words that stand before them.
const PLACES: [(usize, &str); 6] = [
    (7, "building"),
    (8, "floor"),
    (1, ""),
    (2, "room"),
    (3, "bed"),
    (4, "at"),
];

/// `PL`: the name of a place, from its parts.
pub(super) fn pl<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    let mut words = Vec::new();
    for (number, word) in PLACES {
        let Some(part) = parts::part(intake, node, number) else {
            continue;
        };
        // the universal id of an HD is an identifier of the place
        let Some(text) = parts::text(intake, part, 1) else {
            continue;
        };
        words.push(match word {
            "" => text.expose().to_owned(),
            word => format!("{word} {}", text.expose()),
        });
    }
    if words.is_empty() {
        return Ok(Value::Nothing);
    }
    Ok(Value::Text(words.join(", ").into()))
}
