//! Who and where: identifiers, addresses, telecommunication.

use ehr_model::datatype::{
    Address, AddressType, AddressUse, ContactPoint, ContactPointSystem, ContactPointUse,
    Identifier, Period, Reference,
};
use ehr_model::element::Element;
use ehr_model::source::NodeId;
use ehr_model::value::{DataAbsentReason, Field, Text};

use super::{ADDRESS_PART_UNKNOWN, ID_NOT_SHOWN, USE_UNKNOWN, null, text, time};
use crate::code_system;
use crate::datatype::Intake;

const URI: &str = "urn:ietf:rfc:3986";
const PHONE_BY_SHAPE: &str = "telecommunication without a scheme read as a telephone number";
const EMAIL_BY_SHAPE: &str = "telecommunication without a scheme read as an e-mail address";

/// `II`: an identifier. A masked one has no value, whatever stands there.
pub(super) fn ii(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Identifier>() else {
        return;
    };
    let root = attribute(intake, node, "@root");
    let extension = attribute(intake, node, "@extension");
    let reason = null::reason(intake, node);
    let masked = reason.is_some_and(|absence| absence.reason == DataAbsentReason::Masked);
    match (root, extension) {
        (None, None) => intake.absent = reason,
        (root, Some((leaf, _))) if masked => {
            null::set_aside(intake, leaf, ID_NOT_SHOWN);
            root.into_iter().for_each(|root| system(intake, root, out));
            out.value = null::absent(intake, node);
        }
        (root, Some((leaf, value))) => {
            root.into_iter().for_each(|root| system(intake, root, out));
            intake.claim(leaf);
            out.value = Field::Value(value.into());
            null::contradicts(intake, node);
        }
        (Some(root), None) if reason.is_some() => {
            system(intake, root, out);
            out.value = null::absent(intake, node);
        }
        // the authority alone, where it is known to give numbers, is no number
        (Some(root), None) if code_system::uri(root.1).is_some() => {
            system(intake, root, out);
            out.value = Field::Absent(DataAbsentReason::Unknown);
        }
        (Some((leaf, value)), None) => {
            intake.claim(leaf);
            out.value = match code_system::system(value) {
                Some(uri) => {
                    out.system = Field::Value(URI.into());
                    Field::Value((&*uri).into())
                }
                None => Field::Value(value.into()),
            };
        }
    }
    if let Some((leaf, name)) = attribute(intake, node, "@assigningAuthorityName") {
        intake.claim(leaf);
        let mut assigner = Reference::default();
        assigner.display = Field::Value(name.into());
        out.assigner = Field::Value(Box::new(assigner));
    }
}

fn system(intake: &mut Intake<'_, '_>, (leaf, root): (NodeId, &str), out: &mut Identifier) {
    intake.claim(leaf);
    // what is neither OID nor UUID is against the rules, and still says who gave the number
    out.system =
        Field::Value(code_system::system(root).map_or_else(|| root.into(), |uri| (&*uri).into()));
}

/// `AD`: an address.
pub(super) fn ad(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Address>() else {
        return;
    };
    let record = intake.record();
    // number and street that stand apart make one line
    let mut street = Vec::new();
    let mut has_parts = false;
    for part in record.children(node) {
        let name = intake.name(part);
        if name.starts_with(['@', '#']) {
            continue;
        }
        if name == "useablePeriod" {
            let mut period = Period::default();
            time::read_period(intake, part, &mut period);
            intake.absent = None;
            if !period.is_empty() {
                out.period = Field::Value(period);
            }
            continue;
        }
        has_parts = true;
        match name {
            "city" => single(intake, part, &mut out.city),
            "county" => single(intake, part, &mut out.district),
            "state" => single(intake, part, &mut out.state),
            "postalCode" => single(intake, part, &mut out.postal_code),
            "country" => single(intake, part, &mut out.country),
            "censusTract" => single(intake, part, &mut out.census_tract),
            "delimiter" => {}
            "houseNumber"
            | "houseNumberNumeric"
            | "buildingNumberSuffix"
            | "direction"
            | "streetName"
            | "streetNameBase"
            | "streetNameType" => {
                street.extend(words(intake, part).map(|word| word.expose().to_owned()));
            }
            "streetAddressLine"
            | "additionalLocator"
            | "unitID"
            | "unitType"
            | "careOf"
            | "postBox"
            | "precinct"
            | "deliveryAddressLine"
            | "deliveryInstallationType"
            | "deliveryInstallationArea"
            | "deliveryInstallationQualifier"
            | "deliveryMode"
            | "deliveryModeIdentifier" => out.line.extend(words(intake, part)),
            _ if !null::is_bare(intake, part) => {
                null::set_aside(intake, part, ADDRESS_PART_UNKNOWN);
            }
            _ => {}
        }
    }
    if !street.is_empty() {
        out.line.insert(0, street.join(" ").into());
    }
    if !has_parts && let Some(whole) = text::text(intake, node) {
        out.text = Field::Value((&*whole).into());
    }
    if out.is_empty() {
        return null::whole(intake, node);
    }
    address_use(intake, node, out);
}

fn address_use(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Address) {
    let Some((leaf, words)) = attribute(intake, node, "@use") else {
        return;
    };
    let mut unknown = false;
    for word in words.split_whitespace() {
        match word {
            "H" | "HP" => out.use_ = Field::Value(AddressUse::Home),
            "WP" => out.use_ = Field::Value(AddressUse::Work),
            "TMP" => out.use_ = Field::Value(AddressUse::Temp),
            "BAD" | "OLD" => out.use_ = Field::Value(AddressUse::Old),
            "BIL" => out.use_ = Field::Value(AddressUse::Billing),
            "PHYS" => out.type_ = Field::Value(AddressType::Physical),
            "PST" => out.type_ = Field::Value(AddressType::Postal),
            _ => unknown = true,
        }
    }
    if unknown {
        null::set_aside(intake, leaf, USE_UNKNOWN);
    } else {
        intake.claim(leaf);
    }
}

/// `TEL`: a telephone number, an e-mail address and the like.
pub(super) fn tel(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<ContactPoint>() else {
        return;
    };
    let Some((leaf, written)) = attribute(intake, node, "@value") else {
        return null::whole(intake, node);
    };
    let scheme = written.split_once(':').map_or("", |(scheme, _)| scheme);
    let (system, strip) = match scheme.to_ascii_lowercase().as_str() {
        "tel" => (ContactPointSystem::Phone, true),
        "fax" | "x-text-fax" => (ContactPointSystem::Fax, true),
        "sms" => (ContactPointSystem::Sms, true),
        "mailto" => (ContactPointSystem::Email, true),
        "http" | "https" | "ftp" => (ContactPointSystem::Url, false),
        _ if written.contains('@') => {
            intake.policy(EMAIL_BY_SHAPE);
            (ContactPointSystem::Email, false)
        }
        _ if is_number(written) => {
            intake.policy(PHONE_BY_SHAPE);
            (ContactPointSystem::Phone, false)
        }
        _ => (ContactPointSystem::Other, false),
    };
    let value = if strip {
        written[scheme.len() + 1..].trim()
    } else {
        written
    };
    if value.is_empty() {
        return null::whole(intake, node);
    }
    intake.claim(leaf);
    out.system = Field::Value(system);
    out.value = Field::Value(value.into());
    null::contradicts(intake, node);
    contact_use(intake, node, out);
    if let Some(part) = intake.child(node, "useablePeriod") {
        let mut period = Period::default();
        time::read_period(intake, part, &mut period);
        intake.absent = None;
        if !period.is_empty() {
            out.period = Field::Value(period);
        }
    }
}

/// Digits with what people put between them, and an extension.
fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let other = |word: &str| {
        let word = word.trim_matches(['.', ':', '#']).to_ascii_lowercase();
        matches!(word.as_str(), "" | "ext" | "x" | "extension")
    };
    digits >= 7
        && text
            .split(|c: char| c.is_ascii_digit() || c.is_whitespace() || "()+-./,".contains(c))
            .all(other)
}

fn contact_use(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut ContactPoint) {
    let Some((leaf, words)) = attribute(intake, node, "@use") else {
        return;
    };
    let mut unknown = false;
    let mut mobile = false;
    for word in words.split_whitespace() {
        match word {
            "H" | "HP" => out.use_ = Field::Value(ContactPointUse::Home),
            "WP" => out.use_ = Field::Value(ContactPointUse::Work),
            "TMP" => out.use_ = Field::Value(ContactPointUse::Temp),
            "BAD" | "OLD" => out.use_ = Field::Value(ContactPointUse::Old),
            "MC" => mobile = true,
            "PG" => out.system = Field::Value(ContactPointSystem::Pager),
            _ => unknown = true,
        }
    }
    if mobile {
        // FHIR has one use: that it is carried along says more than whose it is
        unknown |= out.use_.value().is_some();
        out.use_ = Field::Value(ContactPointUse::Mobile);
    }
    if unknown {
        null::set_aside(intake, leaf, USE_UNKNOWN);
    } else {
        intake.claim(leaf);
    }
}

/// A part that may stand once; a second one is kept behind the first.
fn single(intake: &mut Intake<'_, '_>, part: NodeId, field: &mut Field<Text>) {
    match (words(intake, part), field.value()) {
        (Some(more), Some(first)) => {
            *field = Field::Value(format!("{}, {}", first.expose(), more.expose()).into());
        }
        (Some(value), None) => *field = Field::Value(value),
        (None, None) => *field = null::absent(intake, part),
        (None, Some(_)) => {}
    }
}

/// The text of a part, which is claimed.
fn words(intake: &mut Intake<'_, '_>, part: NodeId) -> Option<Text> {
    let value = text::text(intake, part)?;
    Some((&*value).into())
}

/// An attribute with something in it, without claiming it.
fn attribute<'r>(intake: &Intake<'r, '_>, node: NodeId, name: &str) -> Option<(NodeId, &'r str)> {
    let leaf = intake.child(node, name)?;
    let value = intake.peek(leaf)?.trim();
    (!value.is_empty()).then_some((leaf, value))
}
