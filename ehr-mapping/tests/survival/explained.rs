//! What stands in the charts in other words than in the source, and why that is no loss.

#[path = "explained/ccda.rs"]
mod ccda;
#[path = "explained/fhir.rs"]
mod fhir;
#[path = "explained/hl7v2.rs"]
mod hl7v2;
#[path = "explained/synthea.rs"]
mod synthea;
#[path = "explained/x12.rs"]
mod x12;

pub(crate) use ccda::CCDA;
pub(crate) use fhir::FHIR;
pub(crate) use hl7v2::HL7V2;
pub(crate) use synthea::SYNTHEA;
pub(crate) use x12::X12;

/// An explanation for the values of some paths.
pub(crate) struct Explained {
    /// How the paths end.
    pub(crate) paths: &'static [&'static str],
    pub(crate) says: Says,
    pub(crate) reason: &'static str,
}

/// What becomes of a value.
pub(crate) enum Says {
    /// The record has this in its place: one of the words beside it.
    As(&'static [(&'static str, &'static str)]),
    /// That there is a record of its kind says the same as these words.
    Kind(&'static [&'static str]),
    /// No record took it: it stands in a list that all patients share, and nobody looked it up.
    Unread(&'static [&'static str]),
    /// Its digits stand in the record, with other marks between them.
    Digits,
    /// Its day stands in the record, which has no place for the hour.
    Day,
}
