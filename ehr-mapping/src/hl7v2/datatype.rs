//! The datatypes of HL7 v2.
//!
//! | name | fills | what it reads |
//! | --- | --- | --- |
//! | `TS` | a date | also DTM and DT: precision and offset as they were written |
//! | `TS-time` | a date | the same, where it has a time of day |
//! | `NM`, `SI` | a number | |
//! | `ST` | a text | also TX, FT and the text of any type: what stands in the node, its parts joined |
//! | `PL` | a text | the name of a place from its point of care, room, bed, facility, building, floor |
//! | `RXC` | a text | a component of a mixture, as its fields say it |
//! | `lines` | a text | a field and its repetitions, one line each |
//! | `NTE-text`, `NTE-lines` | a text | a comment; all comments on a segment |
//! | `CWE` | CodeableConcept, Coding | also CE, CNE, CF, IS, ID: every coding in its order, the original text; the number of an Identifier |
//! | `CX` | Identifier | number, assigning authority, type, validity |
//! | `EI` | Identifier | number and name space, or a universal id |
//! | `EI-again` | Identifier | a number of an OBR, unless the ORC above it has the same |
//! | `HD` | Identifier | the universal id of a place or system |
//! | `PLN` | Identifier | a licence or another number of a provider |
//! | `XON` | Identifier | of an organization |
//! | `XCN` | Identifier, HumanName | of a person who acts |
//! | `XPN` | HumanName | also PN |
//! | `XAD` | Address | also AD |
//! | `XTN` | ContactPoint | also TN |
//! | `DR` | Period, or a choice with one or with a date | |
//! | `observed` | Effective | of an OBR, when its observations began and ended |
//! | `CQ` | Quantity | number and unit |
//! | `NM-units` | Quantity | a number with the unit that stands in another field of its segment |
//! | `NM-range` | Range or Quantity in a choice | a least amount, the most amount behind it, their unit |
//! | `MO` | Money | also the amount of a CP |
//! | `VARIES` | a choice of types | an OBX: its value by OBX-2, with the text that further OBX continue |
//! | `COMPONENT` | ObservationComponent | one of several values of an OBX |
//! | `usual-range` | ReferenceRange | OBX-7: its ends, and always the text |
//! | `ED`, `RP` | Attachment | bytes; where bytes lie |
//! | `NTE-document` | Attachment | a comment as a plain text |
//! | `DOCUMENT` | Attachment | the text of all OBX below a segment |
//! | `NTE` | Annotation | a comment, who entered it, when |
//! | `TQ1`, `TQ` | Timing, or a choice with one | a TQ1 segment; the one field of older versions |
//! | `VIS` | ImmunizationEducation | an information sheet, from the OBX that speak of it |
//!
//! Names of code systems are those of table 0396 and of HL7's tables; what has another name, `L` and
//! `99xyz` among them, gets a URI below that of the source system. A code without the name of its
//! system has the one of the table that the standard binds its field to, and no system where each
//! site fills that table. Authorities with a universal id become the URI that FHIR has for it; those
//! with a name alone one below that of the source system.
//!
//! Not read, because they say nothing of the patient, are check digits, the representation and the
//! order of names, the version of a table beside the code. Rules of the mapping document name them.

mod attachment;
mod code;
mod coding_system;
mod contact;
mod identity;
mod parts;
mod quantity;
mod time;
mod timing;
mod varies;

use ehr_model::element::Element;
use ehr_model::issue::IssueCode;
use ehr_model::source::NodeId;

pub(crate) use varies::is_continuation;

use crate::datatype::{Datatype, Intake, Read, ReadElement, ReadLeaf};
use crate::transform::{Unreadable, Value, ValueKind};

/// A point in time that does not read as one.
pub const TIME_UNREADABLE: IssueCode = IssueCode::new("timestamp-unreadable");
/// A number that does not read as one.
pub const NUMBER_UNREADABLE: IssueCode = IssueCode::new("number-unreadable");
/// A range of usual values without ends that read as numbers; it stays as text.
pub const NUMERIC_UNREADABLE: IssueCode = IssueCode::new("reference-range-unreadable");
/// A unit that is not UCUM; it stays as it was written.
pub const UNIT_NOT_UCUM: IssueCode = IssueCode::new("unit-not-ucum");
/// A use of a name, an address or a telephone number that FHIR does not have.
pub const USE_UNKNOWN: IssueCode = IssueCode::new("use-unknown");
/// A telephone number that is written twice in different ways; the first stands.
pub const NUMBERS_DISAGREE: IssueCode = IssueCode::new("telephone-numbers-disagree");
/// A type of a value that HL7 does not have; the value is kept as text.
pub const VALUE_TYPE_UNKNOWN: IssueCode = IssueCode::new("value-type-unknown");
/// Encoded bytes that are cut off or hold something else.
pub const BYTES_UNREADABLE: IssueCode = IssueCode::new("base64-unreadable");
/// An encoding of bytes that HL7 does not have.
pub const ENCODING_UNKNOWN: IssueCode = IssueCode::new("encoding-unknown");
/// A part of a timing that does not read as one; a code stands as text.
pub const TIMING_UNREADABLE: IssueCode = IssueCode::new("timing-unreadable");
/// A second part of a timing where FHIR's has one.
pub const TIMING_NOT_MERGED: IssueCode = IssueCode::new("timing-not-merged");
/// An event of the day that FHIR does not have.
pub const EVENT_UNKNOWN: IssueCode = IssueCode::new("timing-event-unknown");

/// The choices of types that take a point in time or a period.
const TIMES: &[&str] = &[
    "Period",
    "ServiceOccurrence",
    "Performed",
    "ImmunizationOccurrence",
    "Collected",
    "Onset",
    "Effective",
    "ObservationValue",
    "SupportingTiming",
    "Serviced",
];

/// What takes a quantity.
const QUANTITIES: &[&str] = &[
    "Quantity",
    "ObservationValue",
    "GoalDetail",
    "ServiceQuantity",
    "Dose",
    "Rate",
];

pub(crate) const DATATYPES: &[Datatype] = &[
    leaf("TS", ValueKind::Date, time::ts),
    leaf("TS-time", ValueKind::Date, time::ts_time),
    leaf("NM", ValueKind::Decimal, quantity::nm),
    leaf("SI", ValueKind::Integer, quantity::si),
    leaf("ST", ValueKind::Text, st),
    leaf("PL", ValueKind::Text, contact::pl),
    leaf("RXC", ValueKind::Text, parts::said),
    leaf("lines", ValueKind::Text, parts::lines),
    leaf("NTE-lines", ValueKind::Text, attachment::nte_lines),
    leaf("NTE-text", ValueKind::Text, attachment::nte_text),
    element(
        "CWE",
        &["CodeableConcept", "Coding", "Identifier"],
        code::cwe,
    ),
    element("CX", &["Identifier"], identity::cx),
    element("EI", &["Identifier"], identity::ei),
    element("EI-again", &["Identifier"], identity::ei_again),
    element("HD", &["Identifier"], identity::hd),
    element("PLN", &["Identifier"], identity::pln),
    element("XON", &["Identifier"], identity::xon),
    element("XCN", &["Identifier", "HumanName"], identity::xcn),
    element("XPN", &["HumanName"], identity::xpn),
    element("XAD", &["Address"], contact::xad),
    element("XTN", &["ContactPoint"], contact::xtn),
    element("DR", TIMES, time::dr),
    element("observed", &["Effective"], time::observed),
    element("CQ", QUANTITIES, quantity::cq),
    element("NM-units", QUANTITIES, quantity::nm_units),
    element(
        "NM-range",
        &["Dose", "Rate", "ServiceQuantity"],
        quantity::nm_range,
    ),
    element("MO", &["Money"], quantity::mo),
    element("VARIES", &["ObservationValue"], varies::varies),
    element("COMPONENT", &["ObservationComponent"], varies::component),
    element("usual-range", &["ReferenceRange"], quantity::usual),
    element("ED", &["Attachment"], attachment::ed),
    element("RP", &["Attachment"], attachment::rp),
    element("NTE-document", &["Attachment"], attachment::nte_document),
    element("DOCUMENT", &["Attachment"], attachment::document),
    element("NTE", &["Annotation"], attachment::nte),
    element("TQ1", &["Timing", "ServiceOccurrence"], timing::tq1),
    element("TQ", &["Timing", "ServiceOccurrence"], timing::tq),
    element("VIS", &["ImmunizationEducation"], attachment::vis),
];

const fn leaf(name: &'static str, kind: ValueKind, read: ReadLeaf) -> Datatype {
    Datatype {
        name,
        read: Read::Leaf(kind, read),
    }
}

const fn element(
    name: &'static str,
    types: &'static [&'static str],
    read: ReadElement,
) -> Datatype {
    Datatype {
        name,
        read: Read::Element(types, read),
    }
}

/// `ST`: what stands in a node as text.
fn st<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    Ok(match parts::whole(intake, node) {
        Some(text) => Value::Text(text.into()),
        None => Value::Nothing,
    })
}

/// Of a choice of types, the number of the variant with this name.
fn variant(element: &dyn Element, name: &str) -> Option<usize> {
    let spec = element.spec();
    let mut variants = spec.fields.iter();
    spec.choice
        .then(|| variants.position(|field| field.name == name))
        .flatten()
}

/// The element itself, or the variant of a choice that takes it.
fn child<'e, T: 'static>(element: &'e mut dyn Element, name: &str) -> Option<&'e mut T> {
    match variant(element, name) {
        Some(number) => element
            .slot_mut(number)
            .child_mut(0)?
            .as_any_mut()
            .downcast_mut(),
        None => element.as_any_mut().downcast_mut(),
    }
}
