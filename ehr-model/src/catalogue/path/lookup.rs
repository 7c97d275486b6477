//! Fields by their names.

use super::{PathError, Place};
use crate::element::{ElementSpec, FieldSpec, ValueType};

pub(super) fn split_place(
    segment: &str,
    at: usize,
    first: bool,
) -> Result<(&str, Option<Place>), PathError> {
    let Some((name, rest)) = segment.split_once('[').filter(|(_, rest)| *rest != "x]") else {
        return Ok((segment, None)); // `value[x]` is the name of a choice
    };
    let inner = rest.strip_suffix(']').unwrap_or(rest);
    let bad = || PathError::BadPlace {
        at: at + name.len(),
        place: inner.to_owned(),
    };
    if !rest.ends_with(']') {
        return Err(bad());
    }
    match inner {
        "+" if first => Ok((name, Some(Place::Added))),
        _ => inner
            .parse()
            .map(|index| (name, Some(Place::At(index))))
            .map_err(|_| bad()),
    }
}

pub(super) type Found = (u16, &'static FieldSpec, Option<(u16, &'static FieldSpec)>);

/// Finds a field by name, or the variant of a choice by the name that FHIR joins of both.
pub(super) fn find(spec: &'static ElementSpec, name: &str) -> Option<Found> {
    for (number, field) in (0u16..).zip(spec.fields) {
        if field.name == name {
            return Some((number, field, None));
        }
        let Some(stem) = field.name.strip_suffix("[x]") else {
            continue;
        };
        let (Some(variant), ValueType::Element(choice)) = (name.strip_prefix(stem), field.value)
        else {
            continue;
        };
        let choices: &'static ElementSpec = choice();
        let variant = (0u16..)
            .zip(choices.fields)
            .find(|(_, field)| field.name == variant);
        if let Some(variant) = variant {
            return Some((number, field, Some(variant)));
        }
    }
    None
}

pub(super) fn names(spec: &ElementSpec) -> String {
    let mut names = Vec::new();
    for field in spec.fields {
        match (field.name.strip_suffix("[x]"), field.value) {
            (Some(stem), ValueType::Element(choice)) => {
                names.extend(
                    choice()
                        .fields
                        .iter()
                        .map(|variant| format!("{stem}{}", variant.name)),
                );
            }
            _ => names.push(field.name.to_owned()),
        }
    }
    names.join(", ")
}
