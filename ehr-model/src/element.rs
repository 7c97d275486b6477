//! What every datatype and every kind of record is made of: fields that describe themselves.
//!
//! A struct declared with `element!` is an ordinary struct. Beside it stands one table of
//! [`FieldSpec`]s, which mapping, review, comparison, coverage and the FHIR writer all read.

mod leaf;
mod primitive;
mod slot;
mod spec;

pub use leaf::{Leaf, LeafError, LeafType};
pub(crate) use slot::EMPTY_SLOT;
pub use slot::{Slot, SlotType, Value};
pub use spec::{ElementSpec, FieldSpec, Missing, Place, SafetyClass, ValueType};

use std::any::Any;
use std::fmt;

use crate::fhir::JsonWriter;

/// A struct of self-describing fields, reached by number.
///
/// Numbers index [`ElementSpec::fields`]; a number out of range is a bug of the caller and
/// panics. Paths such as `name[0].family` are resolved to numbers once, by
/// [`FieldPath`](crate::catalogue::FieldPath).
pub trait Element: Send + Sync {
    /// The table of fields.
    fn spec(&self) -> &'static ElementSpec;

    /// The struct itself, for readers that fill one datatype as a whole.
    fn as_any_mut(&mut self) -> &mut dyn Any;

    /// The field with this number.
    fn slot(&self, number: usize) -> &dyn Slot;

    /// The field with this number, to be changed. Of a choice it chooses the variant.
    fn slot_mut(&mut self, number: usize) -> &mut dyn Slot;

    /// Removes what is empty from lists and fields, to the bottom.
    fn prune(&mut self);

    /// Writes the fields as members of the JSON object that is open.
    fn write_members(&self, out: &mut JsonWriter<'_>);

    /// Whether FHIR demands fields of it that it says something for when the source does not.
    fn demands(&self) -> bool {
        self.spec()
            .fields
            .iter()
            .any(|field| field.missing != Missing::Omit)
    }

    /// Whether no field holds anything.
    fn is_empty(&self) -> bool {
        (0..self.spec().fields.len()).all(|number| self.slot(number).is_empty())
    }
}

/// Declares a struct of self-describing fields.
macro_rules! element {
    ($(#[$meta:meta])* pub struct $name:ident as $fhir:literal {
        $($(#[$field_meta:meta])* $field:ident : $ty:ty => $spec:expr;)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $ty,)*
        }

        impl $name {
            /// The table of fields.
            pub const SPEC: $crate::element::ElementSpec =
                $crate::element::ElementSpec { name: stringify!($name), choice: false, fields: Self::FIELDS };

            const FIELDS: &'static [$crate::element::FieldSpec] = &[$($spec.typed::<$ty>()),*];
        }

        impl $crate::element::Element for $name {
            fn spec(&self) -> &'static $crate::element::ElementSpec {
                const { &$name::SPEC }
            }

            fn as_any_mut(&mut self) -> &mut dyn std::any::Any {
                self
            }

            fn slot(&self, number: usize) -> &dyn $crate::element::Slot {
                let mut at = 0;
                $(
                    if number == at {
                        return &self.$field;
                    }
                    at += 1;
                )*
                panic!("no field {number} in a table of {at}")
            }

            fn slot_mut(&mut self, number: usize) -> &mut dyn $crate::element::Slot {
                let mut at = 0;
                $(
                    if number == at {
                        return &mut self.$field;
                    }
                    at += 1;
                )*
                panic!("no field {number} in a table of {at}")
            }

            fn prune(&mut self) {
                $($crate::element::Slot::prune(&mut self.$field);)*
            }

            fn write_members(&self, out: &mut $crate::fhir::JsonWriter<'_>) {
                use $crate::element::Slot as _;
                if const { $crate::element::FieldSpec::any_extension($name::FIELDS) } {
                    let mut specs = Self::FIELDS.iter();
                    $(self.$field.write_extension(specs.next().expect("one spec a field"), out);)*
                }
                out.close_extensions();
                let mut specs = Self::FIELDS.iter();
                $(self.$field.write_member(specs.next().expect("one spec a field"), out);)*
            }
        }

        $crate::element::element_value!($name, $fhir, {
            fn merge(&mut self, later: &Self, differs: &mut dyn FnMut(&'static str)) {
                let mut specs = Self::FIELDS.iter();
                $(
                    $crate::element::SlotType::merge(
                        &mut self.$field,
                        &later.$field,
                        specs.next().expect("one spec a field").name,
                        differs,
                    );
                )*
            }
        });
    };
}

/// Declares a choice of types (FHIR `value[x]`): at most one variant holds.
macro_rules! choice {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident($ty:ty) => $spec:expr;)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Default)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant, reason = "a choice stands inline in its record, which is boxed as a whole")]
        pub enum $name {
            /// No variant was chosen.
            #[default]
            None,
            $($(#[$variant_meta])* $variant($crate::value::Field<$ty>),)*
        }

        impl $name {
            /// The table of variants.
            pub const SPEC: $crate::element::ElementSpec =
                $crate::element::ElementSpec { name: stringify!($name), choice: true, fields: Self::FIELDS };

            const FIELDS: &'static [$crate::element::FieldSpec] =
                &[$($spec.typed::<$crate::value::Field<$ty>>()),*];
        }

        impl $crate::element::Element for $name {
            fn spec(&self) -> &'static $crate::element::ElementSpec {
                const { &$name::SPEC }
            }

            fn as_any_mut(&mut self) -> &mut dyn std::any::Any {
                self
            }

            fn slot(&self, number: usize) -> &dyn $crate::element::Slot {
                let mut at = 0;
                $(
                    if number == at {
                        return match self {
                            Self::$variant(slot) => slot,
                            _ => &$crate::element::EMPTY_SLOT,
                        };
                    }
                    at += 1;
                )*
                panic!("no variant {number} in a table of {at}")
            }

            fn slot_mut(&mut self, number: usize) -> &mut dyn $crate::element::Slot {
                let mut at = 0;
                $(
                    if number == at {
                        if !matches!(self, Self::$variant(_)) {
                            *self = Self::$variant($crate::value::Field::Empty);
                        }
                        match self {
                            Self::$variant(slot) => return slot,
                            _ => unreachable!("it was chosen in the lines above"),
                        }
                    }
                    at += 1;
                )*
                panic!("no variant {number} in a table of {at}")
            }

            fn prune(&mut self) {
                match self {
                    Self::None => {}
                    $(Self::$variant(slot) => $crate::element::Slot::prune(slot),)*
                }
            }

            fn write_members(&self, out: &mut $crate::fhir::JsonWriter<'_>) {
                let mut number = 0;
                $(
                    if let Self::$variant(slot) = self {
                        $crate::element::Slot::write_member(slot, &Self::FIELDS[number], out);
                    }
                    number += 1;
                )*
                let _ = number;
            }
        }

        $crate::element::element_value!($name, "", {});
    };
}

/// Makes an element usable as the type of a field.
macro_rules! element_value {
    ($name:ident, $fhir:expr, {$($merge:item)?}) => {
        impl $crate::element::Value for $name {
            $($merge)?

            const TYPE: $crate::element::ValueType =
                $crate::element::ValueType::Element(|| &$name::SPEC);
            const FHIR: &'static str = $fhir;

            fn fresh() -> Option<Self> {
                Some(Self::default())
            }

            fn as_element(&self) -> Option<&dyn $crate::element::Element> {
                Some(self)
            }

            fn as_element_mut(&mut self) -> Option<&mut dyn $crate::element::Element> {
                Some(self)
            }

            fn write(&self, out: &mut $crate::fhir::JsonWriter<'_>) {
                out.begin_object();
                $crate::element::Element::write_members(self, out);
                out.end_object();
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::element::fmt_shape(self, f)
            }
        }
    };
}

pub(crate) use {choice, element, element_value};

/// Prints which fields are set and none of what they hold.
pub(crate) fn fmt_shape(element: &dyn Element, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let spec = element.spec();
    let mut shape = f.debug_struct(spec.name);
    for (number, field) in spec.fields.iter().enumerate() {
        match element.slot(number).count() {
            0 => {}
            count => {
                shape.field(field.name, &count);
            }
        }
    }
    shape.finish()
}
