//! Who: CX, EI, XPN, XCN, XON.

use ehr_model::datatype::{CodeableConcept, Coding, HumanName, Identifier, NameUse, Reference};
use ehr_model::element::Element;
use ehr_model::source::NodeId;
use ehr_model::value::{Field, Text};

use super::{USE_UNKNOWN, coding_system, parts, time};
use crate::code_system;
use crate::datatype::Intake;

const IDENTIFIER_TYPES: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
const URI_SYSTEM: &str = "urn:ietf:rfc:3986";

/// `CX`: an identifier with its authority, type and validity.
pub(super) fn cx(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Identifier>() else {
        return;
    };
    let places = Places {
        value: 1,
        authority: Some(4),
        kind: Some(5),
        facility: Some(6),
    };
    identifier(intake, node, &places, out);
    out.period = time::validity(intake, node, None, (7, 8));
}

/// `EI`: an identifier of a thing: number, name space, universal id and its type.
pub(super) fn ei(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Identifier>() else {
        return;
    };
    if let Some(value) = parts::text(intake, node, 1) {
        out.value = Field::Value(value);
        let authority = Authority::read(intake, node, (2, 3, 4));
        authority.fill(intake, out);
    } else {
        let authority = Authority::read(intake, node, (2, 3, 4));
        // the id is the universal one
        if let Some(uri) = authority.uri {
            out.system = Field::Value(URI_SYSTEM.into());
            out.value = Field::Value(uri.as_str().into());
        }
        out.assigner = assigner(authority.name);
    }
}

/// `EI-again`: a number of an OBR, unless the ORC above it has the same.
pub(super) fn ei_again(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let record = intake.record();
    let above = record.parent(record.parent(node));
    let said = |intake: &Intake<'_, '_>, node| -> Vec<String> {
        let leaves = parts::filled(intake, node).into_iter();
        leaves
            .filter_map(|leaf| intake.peek(leaf))
            .map(str::to_owned)
            .collect()
    };
    let name = intake.name(node).replacen("OBR", "ORC", 1);
    let first = intake.child(above, &name);
    if first.is_some_and(|first| said(intake, first) == said(intake, node)) {
        intake.claim_all(node);
    } else {
        ei(intake, node, element);
    }
}

/// `HD`: the universal id of a place or a system; its name is the first component.
pub(super) fn hd(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Identifier>() else {
        return;
    };
    if parts::peek(intake, node, 2).is_none() {
        return;
    }
    let authority = Authority::read(intake, node, (1, 2, 3));
    if let Some(uri) = authority.uri {
        out.system = Field::Value(URI_SYSTEM.into());
        out.value = Field::Value(uri.as_str().into());
    }
}

/// `XON`: the identifier of an organization; its name is the first component.
pub(super) fn xon(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Identifier>() else {
        return;
    };
    // 10 took the place of 3, which was a number
    let newer = parts::peek(intake, node, 10).is_some();
    let value = if newer { 10 } else { 3 };
    let places = Places {
        value,
        authority: Some(6),
        kind: Some(7),
        facility: Some(8),
    };
    identifier(intake, node, &places, out);
}

/// `PLN`: a licence of a provider: number, type, state, until when.
pub(super) fn pln(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Identifier>() else {
        return;
    };
    let places = Places {
        value: 1,
        authority: None,
        kind: Some(2),
        facility: None,
    };
    identifier(intake, node, &places, out);
    out.assigner = assigner(parts::text(intake, node, 3));
    out.period = time::validity(intake, node, None, (5, 4));
}

/// `XPN`, also PN: the name of a person. `XCN`, also CN: name or number of a person who acts.
pub(super) fn xpn(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<HumanName>() else {
        return;
    };
    name(intake, node, 0, out);
    name_use(intake, node, 7, out);
    out.period = time::validity(intake, node, Some(10), (12, 13));
    suffix(intake, node, 14, out);
}

pub(super) fn xcn(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(out) = element.as_any_mut().downcast_mut::<Identifier>() {
        let places = Places {
            value: 1,
            authority: Some(9),
            kind: Some(13),
            facility: Some(14),
        };
        identifier(intake, node, &places, out);
    } else if let Some(out) = element.as_any_mut().downcast_mut::<HumanName>() {
        name(intake, node, 1, out);
        name_use(intake, node, 10, out);
        out.period = time::validity(intake, node, Some(17), (19, 20));
        suffix(intake, node, 21, out);
    }
}

/// Where the parts of an identifier stand.
struct Places {
    value: usize,
    authority: Option<usize>,
    kind: Option<usize>,
    facility: Option<usize>,
}

fn identifier(intake: &mut Intake<'_, '_>, node: NodeId, places: &Places, out: &mut Identifier) {
    let Some(value) = parts::text(intake, node, places.value) else {
        return;
    };
    out.value = Field::Value(value);
    let kind = places.kind.and_then(|kind| parts::text(intake, node, kind));
    if let Some(kind) = &kind {
        let mut concept = CodeableConcept::default();
        concept
            .coding
            .push(Coding::new(IDENTIFIER_TYPES, kind.expose()));
        out.type_ = Field::Value(concept);
    }
    let kind = kind.as_ref().map_or("", |kind| kind.expose());
    let mut authority = match places
        .authority
        .and_then(|at| parts::part(intake, node, at))
    {
        Some(authority) => Authority::read(intake, authority, (1, 2, 3)),
        None => Authority::default(),
    };
    if let Some(known) = of_type(kind, authority.name.as_ref().map(Text::expose)) {
        authority.uri.get_or_insert_with(|| known.to_owned());
    }
    let facility = places.facility.and_then(|at| parts::part(intake, node, at));
    if let Some(facility) = facility {
        let facility = Authority::read(intake, facility, (1, 2, 3));
        if authority.uri.is_none() && authority.name.is_none() {
            authority.uri = facility.uri.clone();
        } else {
            authority.facility = facility.uri;
        }
        if let Some(name) = facility.name {
            // the name of the authority stays in its URI, unless that has another id
            authority.assigner = Some(match (&authority.uri, &authority.name) {
                (Some(_), Some(known)) if known.expose() != name.expose() => {
                    format!("{} ({})", name.expose(), known.expose()).into()
                }
                _ => name,
            });
        }
    }
    if authority.uri.is_none() && authority.name.is_none() {
        // whoever sends a number without its authority means the own one
        authority.uri = Some(coding_system::own(intake.plan.system(), "id"));
    }
    authority.fill(intake, out);
}

/// The system that the type of an identifier says, where there is just one for the country.
fn of_type(kind: &str, authority: Option<&str>) -> Option<&'static str> {
    match (kind, authority) {
        ("SS", None | Some("USSSA" | "SSA")) => Some("http://hl7.org/fhir/sid/us-ssn"),
        ("NPI", _) => Some("http://hl7.org/fhir/sid/us-npi"),
        _ => None,
    }
}

/// Who gives identifiers: an HD.
#[derive(Default)]
struct Authority {
    name: Option<Text>,
    uri: Option<String>,
    assigner: Option<Text>,
    /// The universal id of the facility, where the number has an authority of its own.
    facility: Option<String>,
}

impl Authority {
    fn read(
        intake: &mut Intake<'_, '_>,
        node: NodeId,
        (name, id, kind): (usize, usize, usize),
    ) -> Self {
        let name = parts::text(intake, node, name);
        let id = parts::text(intake, node, id);
        // the type of an id that is not there says nothing
        let kind = id.as_ref().and_then(|_| parts::text(intake, node, kind));
        let uri = id.as_ref().map(|id| {
            let id = id.expose();
            let kind = kind.as_ref().map_or("authority", Text::expose);
            match code_system::system(id) {
                Some(uri) => uri.into_owned(),
                None if kind == "DNS" && !id.contains(char::is_whitespace) => {
                    format!("urn:dns:{id}")
                }
                None => {
                    let what = kind.to_ascii_lowercase();
                    coding_system::local(intake.plan.system(), &what, id)
                }
            }
        });
        Self {
            name,
            uri,
            ..Self::default()
        }
    }

    /// Sets system and assigner. A name alone is a system of the source's own.
    fn fill(self, intake: &Intake<'_, '_>, out: &mut Identifier) {
        let own = intake.plan.system();
        let named = self
            .name
            .as_ref()
            .map(|name| coding_system::local(own, "id", name.expose()));
        if let Some(uri) = self.uri.or(named) {
            out.system = Field::Value(uri.as_str().into());
        }
        out.assigner = assigner(self.assigner.or(self.name));
        if let Some(uri) = self.facility {
            let mut identifier = Identifier::default();
            identifier.system = Field::Value(URI_SYSTEM.into());
            identifier.value = Field::Value(uri.as_str().into());
            let mut reference = match std::mem::take(&mut out.assigner) {
                Field::Value(reference) => reference,
                _ => Box::default(),
            };
            reference.identifier = Field::Value(Box::new(identifier));
            out.assigner = Field::Value(reference);
        }
    }
}

fn assigner(name: Option<Text>) -> Field<Box<Reference>> {
    match name {
        None => Field::Empty,
        Some(name) => {
            let mut reference = Reference::default();
            reference.display = Field::Value(name);
            Field::Value(Box::new(reference))
        }
    }
}

/// Reads the six components of a name that begin behind `before` others.
fn name(intake: &mut Intake<'_, '_>, node: NodeId, before: usize, out: &mut HumanName) {
    family(intake, node, before + 1, out);
    for given in [before + 2, before + 3] {
        if let Some(given) = parts::text(intake, node, given) {
            out.given.push(given);
        }
    }
    suffix(intake, node, before + 4, out);
    if let Some(prefix) = parts::text(intake, node, before + 5) {
        out.prefix.push(prefix);
    }
    suffix(intake, node, before + 6, out);
    if out.family.value().is_none() && out.given.is_empty() {
        // a title without a name names nobody, but it stands there
        let words: Vec<&str> = out
            .prefix
            .iter()
            .chain(&out.suffix)
            .map(Text::expose)
            .collect();
        if !words.is_empty() {
            out.text = Field::Value(words.join(" ").into());
        }
    }
}

/// `FN`: the surname; its own prefix and the name of a partner stand in the whole name.
fn family(intake: &mut Intake<'_, '_>, node: NodeId, number: usize, out: &mut HumanName) {
    let Some(part) = parts::part(intake, node, number) else {
        return;
    };
    if let Some(surname) = parts::text(intake, part, 1) {
        out.family = Field::Value(surname);
    }
    let mut words = Vec::new();
    if let Some(surname) = out.family.value() {
        words.push(surname.expose().to_owned());
    }
    let before = words.len();
    for number in 2..=5 {
        if let Some(word) = parts::text(intake, part, number) {
            words.push(word.expose().to_owned());
        }
    }
    if words.len() > before {
        words.dedup();
        let text = words.join(" ");
        if out.family.value().is_none() {
            out.family = Field::Value(text.into());
        } else {
            out.text = Field::Value(text.into());
        }
    }
}

fn suffix(intake: &mut Intake<'_, '_>, node: NodeId, number: usize, out: &mut HumanName) {
    if let Some(suffix) = parts::text(intake, node, number)
        && !out.suffix.contains(&suffix)
    {
        out.suffix.push(suffix);
    }
}

/// Table 0200.
fn name_use(intake: &mut Intake<'_, '_>, node: NodeId, number: usize, out: &mut HumanName) {
    let Some((leaf, code)) =
        parts::part(intake, node, number).and_then(|part| parts::leaf(intake, part))
    else {
        return;
    };
    out.use_ = Field::Value(match code.to_ascii_uppercase().as_str() {
        "L" | "R" => NameUse::Official,
        "D" => NameUse::Usual,
        "M" => NameUse::Maiden,
        "N" => NameUse::Nickname,
        "S" => NameUse::Anonymous,
        "T" | "TEMP" => NameUse::Temp,
        "BAD" | "NOUSE" => NameUse::Old,
        // names of birth, adoption, father … have no use in FHIR, and "unspecified" says nothing
        "A" | "B" | "C" | "F" | "I" | "K" | "NB" | "MSK" | "NAV" | "P" | "U" => return,
        _ => return intake.refuse(leaf, USE_UNKNOWN),
    });
    intake.claim(leaf);
}
