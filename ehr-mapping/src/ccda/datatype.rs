//! The datatypes of HL7 v3, as C-CDA uses them.
//!
//! | name | fills | what it reads |
//! | --- | --- | --- |
//! | `TS` | a date | `@value` with the precision and the offset that it was written with |
//! | `ST`, `ON` | a text | the text of an element, or what its `reference` points at |
//! | `BL`, `INT`, `REAL` | a value | `@value` |
//! | `CS` | a code | `@code` |
//! | `null-flavor` | the reason for absence | `@nullFlavor` alone |
//! | `narrative` | a text | a whole section text as people read it |
//! | `NullFlavor` | CodeableConcept | reason and flavor of an element that holds nothing else |
//! | `CD` | CodeableConcept | also CE, CV and CO: the code, its translations in their order, the original text |
//! | `Coding` | Coding | the code of an element alone |
//! | `II` | Identifier | root and extension; a masked one has no value |
//! | `PN` | HumanName | a name, without parts marked `CL` and `BR` beside others |
//! | `PN_CL`, `PN_BR` | HumanName | of a name, the parts by which a person is called, or was at birth |
//! | `AD` | Address | an address |
//! | `TEL` | ContactPoint | a telephone number, an e-mail address |
//! | `IVL_TS` | Period, or a choice with one | low and high; where the choice takes a date, a point |
//! | `PQ` | Quantity | a number with its unit, UCUM only where it is |
//! | `IVL_PQ` | Range, Quantity, or a choice with them | low and high; one end alone is a comparator |
//! | `RTO` | Ratio, or a choice with one | numerator and denominator |
//! | `ANY` | a choice of types | a value by its `xsi:type`; a bare null flavor is left to `NullFlavor` |
//! | `ED` | Attachment | bytes, text, or where they lie |
//! | `Note` | Annotation | the text of an act, with the time and the name of its author |
//! | `REFERENCE_RANGE` | ReferenceRange | ends, text, interpretation |
//! | `TS-time` | a date | the same, where a time of day is known |
//! | `instant` | a date | the same, where seconds and offset are known |
//! | `REPEATS` | a number | how often more, of a number that counts the first time too |
//! | `STATUS` | a code | the code of a status observation, held against the end of what it is about |
//! | `resolved` | a code | the word, of an end that has come; the end is not claimed |
//! | `Dosage` | Dosage | a whole substance administration: timing, dose, rate, route, site, need, sig |
//!
//! A null flavor becomes the reason for the absence of the field. Where a value stands beside it the
//! value counts, and an issue says so. Not claimed, because they say nothing of the patient, are
//! `@codeSystemName`, `@sdtc:valueSet`, `@xsi:type` where a reader does not decide by it, and the
//! qualifiers of names other than `CL` and `BR`: rules of the mapping document name them.

mod any;
mod attachment;
mod code;
mod derived;
mod dosage;
mod identity;
mod name;
mod null;
mod quantity;
mod reference_range;
mod text;
mod time;
mod timing;

pub(crate) use time::parse as parse_time;

use ehr_model::element::Element;
use ehr_model::issue::IssueCode;

use crate::datatype::{Datatype, Read, ReadElement, ReadLeaf};
use crate::transform::ValueKind;

/// A null flavor that HL7 does not have.
pub const NULL_FLAVOR_UNKNOWN: IssueCode = IssueCode::new("null-flavor-unknown");
/// A null flavor beside a value, which stands.
pub const NULL_FLAVOR_BESIDE_VALUE: IssueCode = IssueCode::new("null-flavor-beside-value");
/// A code system that is neither OID nor UUID nor URI.
pub const CODE_SYSTEM_UNREADABLE: IssueCode = IssueCode::new("code-system-unreadable");
/// A reference to a place in the document that is not there.
pub const REFERENCE_BROKEN: IssueCode = IssueCode::new("reference-broken");
/// A reference to an id that several places have; the first one was taken.
pub const REFERENCE_AMBIGUOUS: IssueCode = IssueCode::new("reference-ambiguous");
/// A text that says something else than the place that it points at; the text itself stands.
pub const TEXT_DISAGREES: IssueCode = IssueCode::new("text-disagrees-with-reference");
/// A point in time that does not read as one.
pub const TIMESTAMP_UNREADABLE: IssueCode = IssueCode::new("timestamp-unreadable");
/// A time of an hour without minutes: the day stands.
pub const TIME_WITHOUT_MINUTES: IssueCode = IssueCode::new("time-without-minutes");
/// An end that does not belong to its interval, where FHIR's ends do.
pub const EXCLUSIVE_END: IssueCode = IssueCode::new("exclusive-end");
/// An interval of time by its width, which FHIR's period does not have.
pub const INTERVAL_WIDTH: IssueCode = IssueCode::new("interval-width");
/// A number that does not read as one.
pub const NUMBER_UNREADABLE: IssueCode = IssueCode::new("number-unreadable");
/// A unit that is not UCUM; it stays as it was written.
pub const UNIT_NOT_UCUM: IssueCode = IssueCode::new("unit-not-ucum");
/// A masked identifier that shows something all the same.
pub const ID_NOT_SHOWN: IssueCode = IssueCode::new("masked-id-with-value");
/// A use of a name, an address or a telephone number that FHIR does not have.
pub const USE_UNKNOWN: IssueCode = IssueCode::new("use-unknown");
/// A value of a type that a result cannot have; its text stands, if it has one.
pub const VALUE_TYPE_UNKNOWN: IssueCode = IssueCode::new("value-type-unknown");
/// Base64 that is cut off or holds something else.
pub const BASE64_UNREADABLE: IssueCode = IssueCode::new("base64-unreadable");
/// Compressed content; its bytes stand as they are.
pub const CONTENT_COMPRESSED: IssueCode = IssueCode::new("content-compressed");
/// A timing that cannot be said together with the others of its medication.
pub const TIMING_NOT_MERGED: IssueCode = IssueCode::new("timing-not-merged");
/// A phase, an alignment or a deviation of a timing, which FHIR's does not have.
pub const TIMING_PHASE: IssueCode = IssueCode::new("timing-phase");
/// A period whose unit is no unit of time; what was written stands as text.
pub const PERIOD_UNIT_UNKNOWN: IssueCode = IssueCode::new("period-unit-unknown");
/// An event of the day that FHIR does not have; its code stands as text.
pub const EVENT_UNKNOWN: IssueCode = IssueCode::new("timing-event-unknown");
/// An offset from an event that is no whole number of minutes.
pub const OFFSET_UNREADABLE: IssueCode = IssueCode::new("timing-offset-unreadable");
/// A second route, site, maximum or need where FHIR's dosage has one.
pub const DOSAGE_NOT_MERGED: IssueCode = IssueCode::new("dosage-not-merged");
/// What goes on by its status has an end.
pub const STATUS_CONTRADICTS_END: IssueCode = IssueCode::new("status-contradicts-end");
/// A part of an address that has no place in FHIR's.
pub const ADDRESS_PART_UNKNOWN: IssueCode = IssueCode::new("address-part-unknown");

/// The choices of types that take a point in time or a period.
const TIMES: &[&str] = &[
    "Period",
    "SupplyOccurrence",
    "ServiceOccurrence",
    "Scheduled",
    "Performed",
    "Deceased",
    "ImmunizationOccurrence",
    "Collected",
    "Onset",
    "Effective",
    "ObservationValue",
];

/// What takes a quantity.
const QUANTITIES: &[&str] = &[
    "Quantity",
    "ObservationValue",
    "GoalDetail",
    "ServiceQuantity",
    "Dose",
    "Rate",
    "CostValue",
];

/// What takes a quantity or a range of them.
const RANGES: &[&str] = &[
    "Range",
    "Quantity",
    "ObservationValue",
    "GoalDetail",
    "ServiceQuantity",
    "Dose",
    "Rate",
];

pub(crate) const DATATYPES: &[Datatype] = &[
    leaf("TS", ValueKind::Date, time::ts),
    leaf("TS-time", ValueKind::Date, derived::timed),
    leaf("instant", ValueKind::Date, derived::instant),
    leaf("REPEATS", ValueKind::Integer, derived::repeats),
    leaf("STATUS", ValueKind::Text, derived::status),
    leaf("resolved", ValueKind::Text, derived::resolved),
    leaf("ST", ValueKind::Text, text::st),
    leaf("ON", ValueKind::Text, name::on),
    leaf("BL", ValueKind::Boolean, quantity::bl),
    leaf("INT", ValueKind::Integer, quantity::int),
    leaf("REAL", ValueKind::Decimal, quantity::real),
    leaf("CS", ValueKind::Text, code::cs),
    leaf("null-flavor", ValueKind::Text, null::null_flavor),
    leaf("narrative", ValueKind::Text, text::narrative),
    element("NullFlavor", &["CodeableConcept"], null::concept),
    element("CD", &["CodeableConcept"], code::cd),
    element("Coding", &["Coding"], code::coding),
    element("II", &["Identifier"], identity::ii),
    element("PN", &["HumanName"], name::pn),
    element("PN_CL", &["HumanName"], name::called),
    element("PN_BR", &["HumanName"], name::born),
    element("AD", &["Address"], identity::ad),
    element("TEL", &["ContactPoint"], identity::tel),
    element("IVL_TS", TIMES, time::ivl_ts),
    element("PQ", QUANTITIES, quantity::pq),
    element("IVL_PQ", RANGES, quantity::ivl_pq),
    element(
        "RTO",
        &[
            "Ratio",
            "ObservationValue",
            "GoalDetail",
            "ServiceQuantity",
            "Rate",
        ],
        quantity::rto,
    ),
    element("ANY", &["ObservationValue", "GoalDetail"], any::any),
    element("ED", &["Attachment"], attachment::ed),
    element("Note", &["Annotation"], attachment::note),
    element(
        "REFERENCE_RANGE",
        &["ReferenceRange"],
        reference_range::reference_range,
    ),
    element("Dosage", &["Dosage"], dosage::dosage),
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

/// Of a choice of types, the number of the variant with this name.
fn variant(element: &dyn Element, name: &str) -> Option<usize> {
    let spec = element.spec();
    let variants = spec.fields.iter();
    spec.choice
        .then(|| variants.into_iter().position(|field| field.name == name))
        .flatten()
}
