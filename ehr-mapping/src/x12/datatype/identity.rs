//! Names, addresses, contacts, identifiers.

use ehr_model::datatype::{
    Address, CodeableConcept, Coding, ContactPoint, ContactPointSystem, ContactPointUse, HumanName,
    Identifier, Reference,
};
use ehr_model::element::Element;
use ehr_model::kind::OrganizationContact;
use ehr_model::record::Kind;
use ehr_model::source::NodeId;
use ehr_model::value::{DataAbsentReason, Field, Text};

use super::{CONTACT_KIND_UNKNOWN, code, node};
use crate::datatype::Intake;

const IDENTIFIER_TYPES: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";

/// `NM1`: the name of a person; the name of an organization stands in NM103 alone.
pub(super) fn nm1(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<HumanName>() else {
        return;
    };
    let mut take = |number| node::take(intake, at, number).map(|name| Text::from(&*name));
    if let Some(family) = take(3) {
        out.family = Field::Value(family);
    }
    out.given = [take(4), take(5)].into_iter().flatten().collect();
    out.prefix.extend(take(6));
    out.suffix.extend(take(7));
    // the rest of a name that is too long for one element
    let more = intake.child(intake.record().parent(at), "N2");
    if let Some(more) = more.and_then(|more| node::take(intake, more, 1)) {
        let parts = out.given.iter().chain(out.family.value());
        let mut words: Vec<&str> = parts.map(Text::expose).collect();
        words.push(&more);
        out.text = Field::Value(words.join(" ").into());
    }
}

/// `N4`: the address of a loop, its N3 and N4.
pub(super) fn n4(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Address>() else {
        return;
    };
    let lines: Vec<NodeId> = intake.children(at, "N3").collect();
    for segment in lines {
        for number in 1..=2 {
            out.line
                .extend(node::take(intake, segment, number).map(Text::from));
        }
    }
    let Some(segment) = intake.child(at, "N4") else {
        return;
    };
    let mut take = |number| match node::take(intake, segment, number) {
        Some(text) => Field::Value(Text::from(text)),
        None => Field::Empty,
    };
    out.city = take(1);
    out.state = take(2);
    out.postal_code = take(3);
    out.country = take(4);
    let subdivision = take(7);
    if out.state.is_empty() {
        out.state = subdivision;
    }
    if node::peek(intake, segment, 5) == Some("CY") {
        node::take(intake, segment, 5);
        if let Some(county) = node::take(intake, segment, 6) {
            out.district = Field::Value(county.into());
        }
    }
}

/// `PER`: a contact with its name and numbers; or, at one of its numbers, that number.
pub(super) fn per(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    let any = element.as_any_mut();
    if let Some(out) = any.downcast_mut::<ContactPoint>() {
        let segment = intake.record().parent(at);
        let number = intake.name(at).strip_prefix("PER");
        if let Some(number) = number.and_then(|number| number.parse().ok())
            && let Some(point) = number_of(intake, segment, number)
        {
            *out = point;
        }
    } else if let Some(out) = any.downcast_mut::<OrganizationContact>() {
        if let Some(purpose) = node::take(intake, at, 1) {
            out.purpose = Field::Value(code::concept(&code::x12(366), &purpose));
        }
        if let Some(name) = node::take(intake, at, 2) {
            let mut whole = HumanName::default();
            whole.text = Field::Value(name.into());
            out.name = Field::Value(whole);
        }
        for number in [4, 6, 8] {
            out.telecom.extend(number_of(intake, at, number));
        }
    }
}

/// A number of a contact, by the qualifier before it. An extension belongs to the number before.
fn number_of(intake: &mut Intake<'_, '_>, segment: NodeId, number: usize) -> Option<ContactPoint> {
    let qualifier = node::peek(intake, segment, number - 1)?;
    if qualifier == "EX" && number > 4 {
        return None;
    }
    let value = node::take(intake, segment, number)?;
    let mut point = ContactPoint::default();
    let (system, usage) = match qualifier {
        "TE" => (ContactPointSystem::Phone, None),
        "CP" => (ContactPointSystem::Phone, Some(ContactPointUse::Mobile)),
        "HP" => (ContactPointSystem::Phone, Some(ContactPointUse::Home)),
        "WP" => (ContactPointSystem::Phone, Some(ContactPointUse::Work)),
        "FX" => (ContactPointSystem::Fax, None),
        "EM" => (ContactPointSystem::Email, None),
        "UR" => (ContactPointSystem::Url, None),
        "BN" => (ContactPointSystem::Pager, None),
        _ => (ContactPointSystem::Other, None),
    };
    if system == ContactPointSystem::Other {
        if let Some(leaf) = node::element(intake, segment, number - 1) {
            intake.refuse(leaf, CONTACT_KIND_UNKNOWN);
        }
    } else {
        node::take(intake, segment, number - 1);
    }
    point.system = Field::Value(system);
    if let Some(usage) = usage {
        point.use_ = Field::Value(usage);
    }
    let mut whole = value.into_owned();
    if node::peek(intake, segment, number + 1) == Some("EX") {
        node::take(intake, segment, number + 1);
        if let Some(extension) = node::take(intake, segment, number + 2) {
            whole = format!("{whole} ext. {extension}");
        }
    }
    point.value = Field::Value(whole.into());
    Some(point)
}

/// `REF`: an identifier by its qualifier: of a REF, of an NM1 (NM108), of an N1 (N103), or bare.
pub(super) fn reference(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    if let Some(out) = element.as_any_mut().downcast_mut::<Identifier>() {
        identifier(intake, at, out);
    }
}

/// Reads an identifier.
pub(super) fn identifier(intake: &mut Intake<'_, '_>, at: NodeId, out: &mut Identifier) {
    let (list, qualifier, value) = match intake.name(at) {
        "NM1" => (66, 8, 9),
        "N1" => (66, 3, 4),
        "REF" => (128, 1, 2),
        _ => {
            if let Some(value) = node::take_leaf(intake, at) {
                out.value = Field::Value(value.into());
                out.system = unknown_system(intake);
            }
            return;
        }
    };
    // the number of some REF stands in its description alone
    let Some(value) = node::take(intake, at, value).or_else(|| match list {
        128 => node::take(intake, at, 3),
        _ => None,
    }) else {
        return;
    };
    out.value = Field::Value(value.into());
    let Some(qualifier) = node::take(intake, at, qualifier) else {
        return;
    };
    let (system, type_) = known(list, &qualifier);
    let mut concept = CodeableConcept::default();
    concept
        .coding
        .push(Coding::new(&code::x12(list), &qualifier));
    if let Some(type_) = type_ {
        concept.coding.push(Coding::new(IDENTIFIER_TYPES, type_));
    }
    if list == 128
        && let Some(text) = node::take(intake, at, 3)
    {
        concept.text = Field::Value(text.into());
    }
    out.type_ = Field::Value(concept);
    out.system = match system {
        Some(system) => Field::Value(system.into()),
        None => unknown_system(intake),
    };
    if qualifier == "MI"
        && let Some(payer) = payer(intake, at)
    {
        let mut assigner = Reference::default();
        assigner.display = Field::Value(payer.into());
        out.assigner = Field::Value(Box::new(assigner));
    }
}

/// Where US Core demands the system of a number that nobody names.
fn unknown_system(intake: &Intake<'_, '_>) -> Field<Text> {
    match intake.about.0 {
        Kind::Patient | Kind::Practitioner | Kind::Encounter => {
            Field::Absent(DataAbsentReason::Unknown)
        }
        _ => Field::Empty,
    }
}

/// The system and the type (v2-0203) of an identifier by its qualifier.
fn known(list: u16, qualifier: &str) -> (Option<&'static str>, Option<&'static str>) {
    const EIN: Option<&str> = Some("urn:oid:2.16.840.1.113883.4.4");
    const SSN: Option<&str> = Some("http://hl7.org/fhir/sid/us-ssn");
    const NPI: Option<&str> = Some("http://hl7.org/fhir/sid/us-npi");
    match (list, qualifier) {
        (66, "XX") | (128, "HPI") => (NPI, Some("NPI")),
        (66, "34") | (128, "SY") => (SSN, Some("SS")),
        (66, "24" | "FI") | (128, "EI" | "TJ") => (EIN, Some("TAX")),
        (66, "MI") | (128, "1W") => (None, Some("MB")),
        (66, "MR") => (None, Some("MA")),
        (66, "HN") | (128, "F6") => (None, Some("MC")),
        (128, "EA") => (None, Some("MR")),
        (128, "0B") => (None, Some("SL")),
        (128, "1C") => (None, Some("MCR")),
        (128, "1D") => (None, Some("MCD")),
        (128, "1G") => (None, Some("UPIN")),
        _ => (None, None),
    }
}

/// The name of the payer under whom a member has the number.
fn payer<'r>(intake: &Intake<'r, '_>, nm1: NodeId) -> Option<&'r str> {
    let record = intake.record();
    let entity = record.parent(nm1);
    let around = match intake.name(entity) {
        "2330A" => record.parent(entity),
        "2010BA" | "2010CA" => intake.child(NodeId::ROOT, "2000B")?,
        _ => return None,
    };
    ["2330B", "2010BB", "2010BC"].iter().find_map(|name| {
        let segment = intake.child(intake.child(around, name)?, "NM1")?;
        let is_payer = node::peek(intake, segment, 1) == Some("PR");
        is_payer.then(|| node::peek(intake, segment, 3)).flatten()
    })
}
