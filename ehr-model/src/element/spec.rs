//! The tables that describe fields.

use super::{LeafType, SlotType};

/// The table of one element: a datatype, a group of fields or a kind of record.
#[derive(Debug)]
#[non_exhaustive]
pub struct ElementSpec {
    /// The name of the Rust type.
    pub name: &'static str,
    /// Whether at most one of the fields holds a value (FHIR `value[x]`).
    pub choice: bool,
    /// The fields; their positions are the numbers of [`Element`](super::Element).
    pub fields: &'static [FieldSpec],
}

impl ElementSpec {
    /// The number of a field.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}

/// One field: name, type, cardinality, label, USCDI element, safety class.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct FieldSpec {
    /// The FHIR name, which is also the segment of a path.
    pub name: &'static str,
    /// The label for people.
    pub label: &'static str,
    /// Whether the field is a list.
    pub many: bool,
    /// What it holds.
    pub value: ValueType,
    /// Elements of USCDI v3 by number, as in the published table (1 to 94).
    pub uscdi: &'static [u8],
    /// What a loss would mean; `None` inherits from the field above.
    pub safety: Option<SafetyClass>,
    /// Where it stands in FHIR.
    pub place: Place,
    /// What the FHIR writer does where the source said nothing.
    pub missing: Missing,
    /// Whether a mapping document must fill it.
    pub required: bool,
}

/// What a field holds: there is no third possibility.
#[derive(Debug, Clone, Copy)]
pub enum ValueType {
    /// A leaf.
    Leaf(LeafType),
    /// An element with fields of its own.
    Element(fn() -> &'static ElementSpec),
}

/// What the loss of a field would mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SafetyClass {
    /// Can harm a patient: always compared whole.
    SafetyCritical,
    /// Part of the clinical picture.
    Clinical,
    /// Demographics and logistics.
    Administrative,
    /// Money.
    Billing,
}

/// Where a field stands in FHIR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// An element with the name of the field.
    Element,
    /// An extension with this URL.
    Extension(&'static str),
}

/// What the FHIR writer does where the source said nothing and FHIR or US Core demands something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// Leaves the field out.
    Omit,
    /// Writes the data-absent-reason extension `unknown`.
    Absent,
    /// Writes the code that the value set has for "unknown".
    Code(&'static str),
    /// Writes a number or a boolean that says nothing beyond the place.
    Literal(&'static str),
}

impl FieldSpec {
    /// A field by its FHIR name and its label.
    pub const fn new(name: &'static str, label: &'static str) -> Self {
        Self {
            name,
            label,
            many: false,
            value: ValueType::Leaf(LeafType::Text),
            uscdi: &[],
            safety: None,
            place: Place::Element,
            missing: Missing::Omit,
            required: false,
        }
    }

    /// Takes cardinality and type from the Rust type.
    pub const fn typed<S: SlotType>(self) -> Self {
        Self {
            many: S::MANY,
            value: S::TYPE,
            ..self
        }
    }

    /// Names elements of USCDI v3.
    pub const fn uscdi(self, elements: &'static [u8]) -> Self {
        Self {
            uscdi: elements,
            ..self
        }
    }

    /// Marks what can harm a patient.
    pub const fn critical(self) -> Self {
        Self {
            safety: Some(SafetyClass::SafetyCritical),
            ..self
        }
    }

    /// Marks money.
    pub const fn billing(self) -> Self {
        Self {
            safety: Some(SafetyClass::Billing),
            ..self
        }
    }

    /// Marks demographics and logistics.
    pub const fn administrative(self) -> Self {
        Self {
            safety: Some(SafetyClass::Administrative),
            ..self
        }
    }

    /// Puts the field into a FHIR extension.
    pub const fn extension(self, url: &'static str) -> Self {
        Self {
            place: Place::Extension(url),
            ..self
        }
    }

    /// Must be filled by a mapping document.
    pub const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    /// Says what the FHIR writer does where the source said nothing.
    pub const fn if_missing(self, missing: Missing) -> Self {
        Self { missing, ..self }
    }

    /// Whether a table has a field that is written as an extension.
    pub(crate) const fn any_extension(fields: &[Self]) -> bool {
        let mut at = 0;
        while at < fields.len() {
            if matches!(fields[at].place, Place::Extension(_)) {
                return true;
            }
            at += 1;
        }
        false
    }
}
