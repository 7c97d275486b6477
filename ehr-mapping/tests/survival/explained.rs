//! What stands in the charts in other words than in the source, and why that is no loss.

/// An explanation for the values of some paths.
pub(crate) struct Explained {
    /// How the path ends.
    pub(crate) path: &'static str,
    pub(crate) says: Says,
    #[expect(dead_code, reason = "for those who read the table")]
    pub(crate) reason: &'static str,
}

/// What becomes of a value.
pub(crate) enum Says {
    /// The record has this in its place.
    As(&'static [(&'static str, &'static str)]),
    /// That there is a record of its kind says the same as these words.
    Kind(&'static [&'static str]),
    /// Any value of the path.
    Any,
}

pub(crate) const CCDA: &[Explained] = &[];

pub(crate) const FHIR: &[Explained] = &[];

pub(crate) const HL7V2: &[Explained] = &[];

pub(crate) const X12: &[Explained] = &[];
