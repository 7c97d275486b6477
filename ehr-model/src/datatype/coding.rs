//! Codes: the source's own coding stays first, translations stand beside it.

use std::borrow::Cow;

use crate::element::{FieldSpec, Leaf, LeafError, Value, ValueType, element};
use crate::fhir::JsonWriter;
use crate::value::{CodeSet, Field, Text, code_from_leaf, code_leaf};

element! {
    /// A code of a code system.
    pub struct Coding as "Coding" {
        /// The canonical URI of the code system.
        system: Field<Text> => FieldSpec::new("system", "Code system");
        /// The version of the code system.
        version: Field<Text> => FieldSpec::new("version", "Version of the code system");
        /// The code.
        code: Field<Text> => FieldSpec::new("code", "Code");
        /// What the code means, in the words of the source or of the code map.
        display: Field<Text> => FieldSpec::new("display", "Display");
        /// `true` on the source's own coding once translations stand beside it.
        user_selected: Field<bool> => FieldSpec::new("userSelected", "Chosen in the source");
    }
}

element! {
    /// A concept: codings that mean the same, and text.
    pub struct CodeableConcept as "CodeableConcept" {
        /// The codings, the source's own first.
        coding: Vec<Coding> => FieldSpec::new("coding", "Codings");
        /// The text.
        text: Field<Text> => FieldSpec::new("text", "Text");
    }
}

impl CodeableConcept {
    /// Whether one of the codings has this system and code.
    pub fn has(&self, system: &str, code: &str) -> bool {
        self.coding.iter().any(|coding| coding.is(system, code))
    }
}

impl Coding {
    /// A coding of a system and a code.
    pub fn new(system: &str, code: &str) -> Self {
        Self {
            system: Field::Value(system.into()),
            code: Field::Value(code.into()),
            ..Self::default()
        }
    }

    /// Whether this is the code of the system.
    pub fn is(&self, system: &str, code: &str) -> bool {
        let same = |field: &Field<Text>, wanted: &str| {
            field.value().is_some_and(|text| text.expose() == wanted)
        };
        same(&self.code, code) && same(&self.system, system)
    }
}

/// A code of a closed set where FHIR wants a CodeableConcept (statuses of problems and allergies).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Concept<C>(pub C);

impl<C: CodeSet> Value for Concept<C> {
    const TYPE: ValueType = ValueType::Leaf(code_leaf::<C>());
    const FHIR: &'static str = "CodeableConcept";

    fn as_leaf(&self) -> Option<Leaf<'_>> {
        Some(Leaf::Text(Cow::Borrowed(self.0.code())))
    }

    fn from_leaf(leaf: Leaf<'_>) -> Result<Self, LeafError> {
        code_from_leaf(&leaf).map(Self)
    }

    fn write(&self, out: &mut JsonWriter<'_>) {
        out.begin_object();
        out.key("coding");
        out.begin_array();
        out.item();
        out.begin_object();
        out.member("system", C::SYSTEM);
        out.member("code", self.0.code());
        out.end_object();
        out.end_array();
        out.end_object();
    }
}
