//! Codes of closed value sets, as enums.

use std::borrow::Cow;

use crate::element::{Leaf, LeafError, LeafType};

/// A closed set of codes with its code system.
pub trait CodeSet: Copy + Eq + Send + Sync + 'static {
    /// The canonical URI of the code system.
    const SYSTEM: &'static str;
    /// All codes, in the order of the variants.
    const CODES: &'static [&'static str];

    /// The code.
    fn code(self) -> &'static str;

    /// The variant of a code; codes are case-sensitive.
    fn from_code(code: &str) -> Option<Self>;
}

/// Declares an enum of codes. There is no default variant: an unknown code has no value.
macro_rules! code_set {
    ($(#[$meta:meta])* pub enum $name:ident in $system:literal {
        $($(#[$variant_meta:meta])* $variant:ident = $code:literal),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
        }

        impl $crate::value::CodeSet for $name {
            const SYSTEM: &'static str = $system;
            const CODES: &'static [&'static str] = &[$($code),*];

            fn code(self) -> &'static str {
                Self::CODES[self as usize]
            }

            fn from_code(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl $crate::element::Value for $name {
            const TYPE: $crate::element::ValueType =
                $crate::element::ValueType::Leaf($crate::value::code_leaf::<$name>());
            const FHIR: &'static str = "Code";
            const PRIMITIVE: bool = true;

            fn as_leaf(&self) -> Option<$crate::element::Leaf<'_>> {
                Some($crate::value::code_to_leaf(*self))
            }

            fn from_leaf(leaf: $crate::element::Leaf<'_>) -> Result<Self, $crate::element::LeafError> {
                $crate::value::code_from_leaf(&leaf)
            }

            fn write(&self, out: &mut $crate::fhir::JsonWriter<'_>) {
                out.string($crate::value::CodeSet::code(*self));
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

pub(crate) use code_set;

/// How the catalogue describes a code set.
pub(crate) const fn code_leaf<C: CodeSet>() -> LeafType {
    LeafType::Code {
        system: C::SYSTEM,
        codes: C::CODES,
    }
}

/// A code on its way out of a field.
pub(crate) fn code_to_leaf<C: CodeSet>(code: C) -> Leaf<'static> {
    Leaf::Text(Cow::Borrowed(code.code()))
}

/// A code on its way into a field.
pub(crate) fn code_from_leaf<C: CodeSet>(leaf: &Leaf<'_>) -> Result<C, LeafError> {
    match leaf {
        Leaf::Text(text) => C::from_code(text).ok_or(LeafError::UnknownCode(C::SYSTEM)),
        _ => Err(LeafError::WrongType("code")),
    }
}
