//! The datatypes of X12, named as the standard names segments, elements and composites.
//!
//! | name | fills | what it reads |
//! | --- | --- | --- |
//! | `AN` | a text | an element as it was written, even with the separator of components in it |
//! | `DT` | a date | a DTP, DTM or DMG by its qualifier, or a bare date; with its time, where it has one |
//! | `DTP` | Period, or a choice of date and period | a DTP, a DTM, or a bare date |
//! | `SBR01` | a number | the order of a payer: P, S, T, A to H as 1, 2, 3, 4 to 11 |
//! | `STC` | a text | the state of a claim: category, status, and whose, as `A1:19:PR` |
//! | `place` | a number | the place of a node within its claim, by which parts of a claim name each other |
//! | `NM1` | HumanName | the name of a person |
//! | `N4` | Address | the N3 and N4 of a loop |
//! | `PER` | OrganizationContact, ContactPoint | a contact with its numbers; or one number (`PER04`) |
//! | `REF` | Identifier | a REF, the id of an NM1 or N1 by its qualifier, or a bare number |
//! | `98` | CodeableConcept | the role of an entity: NM101, with PRV01 beside it |
//! | `127` | CodeableConcept | the specialty in a PRV |
//! | `782` | Money | an amount as it was written; USD, where no CUR says otherwise |
//! | `380` | Quantity | a number with the unit that stands beside it |
//! | `C003` | CodeableConcept | a procedure, of the code list that its qualifier names |
//! | `1339` | CodeableConcept | a modifier of a procedure |
//! | `C022` | ClaimDiagnosis, ClaimProcedure | a code of an HI segment; its number is what lines point at |
//! | `C023` | CodeableConcept | place of service or type of bill |
//! | `C024` | CodeableConcept | the causes of an accident |
//! | `2410` | ClaimItemDetail | a drug with its quantity |
//! | `CLM` | RelatedClaim | what a replacement or a void stands for, with the payer's number of it |
//! | `information` | SupportingInfo, PaymentInformation | any other fact: a DTP, REF, AMT, HI … or a bare element |
//! | `adjudication` | PaymentDetail | an amount of a remittance or of another payer, by the element that it stands in |
//!
//! Codes are those of code lists with a URI, where there is one; codes of the standard itself have
//! the system `https://codesystem.x12.org/005010/` with the number of their data element.

mod adjudication;
mod claim;
mod code;
mod identity;
mod information;
mod measure;
mod node;
mod time;

use ehr_model::issue::IssueCode;

use crate::datatype::{Datatype, Read, ReadElement, ReadLeaf};
use crate::transform::ValueKind;

/// A date that does not read as its qualifier says.
pub const DATE_UNREADABLE: IssueCode = IssueCode::new("date-unreadable");
/// An amount or a number that does not read as one.
pub const NUMBER_UNREADABLE: IssueCode = IssueCode::new("number-unreadable");
/// Charge, payment and adjustments of a claim payment do not add up.
pub const CLAIM_NOT_BALANCED: IssueCode = IssueCode::new("claim-payment-not-balanced");
/// Charge, payment and adjustments of a service line do not add up.
pub const LINE_NOT_BALANCED: IssueCode = IssueCode::new("service-payment-not-balanced");
/// A replacement or a void does not say which claim it replaces or voids.
pub const ORIGINAL_CLAIM_MISSING: IssueCode = IssueCode::new("original-claim-number-missing");
/// A qualifier of a code in an HI segment that no code list has; the code stands without system.
pub const CODE_LIST_UNKNOWN: IssueCode = IssueCode::new("code-list-unknown");
/// A procedure without the qualifier that says which list it is of; alone it stands as text.
pub const PROCEDURE_UNQUALIFIED: IssueCode = IssueCode::new("procedure-without-list");
/// A number of a contact has a qualifier that the standard does not have; the number stands alone.
pub const CONTACT_KIND_UNKNOWN: IssueCode = IssueCode::new("contact-kind-unknown");
/// SBR01 says that the order of a payer is not known.
pub const PAYER_ORDER_UNKNOWN: IssueCode = IssueCode::new("payer-order-unknown");

/// What takes a date or a period.
const TIMES: &[&str] = &["Period", "Serviced", "SupportingTiming"];

pub(crate) const DATATYPES: &[Datatype] = &[
    leaf("AN", ValueKind::Text, node::an),
    leaf("DT", ValueKind::Date, time::dt),
    leaf("SBR01", ValueKind::Integer, claim::sbr01),
    leaf("STC", ValueKind::Text, code::status),
    leaf("place", ValueKind::Integer, node::place),
    element("DTP", TIMES, time::dtp),
    element("NM1", &["HumanName"], identity::nm1),
    element("N4", &["Address"], identity::n4),
    element(
        "PER",
        &["OrganizationContact", "ContactPoint"],
        identity::per,
    ),
    element("REF", &["Identifier"], identity::reference),
    element("98", &["CodeableConcept"], code::role),
    element("127", &["CodeableConcept"], code::specialty),
    element("782", &["Money"], measure::money),
    element("380", &["Quantity"], measure::quantity),
    element("C003", &["CodeableConcept"], code::procedure),
    element("1339", &["CodeableConcept"], code::modifier),
    element(
        "C022",
        &["ClaimDiagnosis", "ClaimProcedure"],
        claim::health_care_code,
    ),
    element("C023", &["CodeableConcept"], code::facility),
    element("C024", &["CodeableConcept"], code::causes),
    element("2410", &["ClaimItemDetail"], claim::drug),
    element("CLM", &["RelatedClaim"], claim::related),
    element(
        "information",
        &["SupportingInfo", "PaymentInformation"],
        information::information,
    ),
    element(
        "adjudication",
        &["PaymentDetail"],
        adjudication::adjudication,
    ),
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
