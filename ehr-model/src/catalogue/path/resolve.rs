//! A path read against the catalogue.

use super::lookup::{find, names, split_place};
use super::{FieldPath, PathError, Place, Step};
use crate::element::{FieldSpec, ValueType};
use crate::record::Kind;

impl FieldPath {
    /// Resolves a path against the fields of a kind.
    pub fn resolve(kind: Kind, path: &str) -> Result<Self, PathError> {
        let mut steps = Vec::new();
        let mut spec: Option<&'static FieldSpec> = None;
        let mut element = Some(kind.spec());
        let mut at = 0;
        for segment in path.split('.') {
            let parent = if at == 0 {
                kind.name()
            } else {
                &path[..at - 1]
            };
            let Some(current) = element else {
                let leaf = match spec.map(|spec| spec.value) {
                    Some(ValueType::Leaf(leaf)) => leaf.name(),
                    _ => "value",
                };
                return Err(PathError::BelowLeaf {
                    at,
                    parent: parent.to_owned(),
                    leaf,
                });
            };
            let (name, place) = split_place(segment, at, steps.is_empty())?;
            let found = find(current, name).ok_or_else(|| PathError::NoSuchField {
                at,
                parent: parent.to_owned(),
                segment: name.to_owned(),
                fields: names(current),
            })?;
            let (number, field, variant) = found;
            if place.is_some() && !field.many {
                return Err(PathError::NotAList {
                    at,
                    segment: name.to_owned(),
                });
            }
            steps.push(Step {
                field: number,
                place: place.unwrap_or(Place::At(0)),
            });
            let mut last = field;
            if let Some((number, field)) = variant {
                steps.push(Step {
                    field: number,
                    place: Place::At(0),
                });
                last = field;
            }
            element = match last.value {
                ValueType::Leaf(_) => None,
                ValueType::Element(spec) => Some(spec()),
            };
            spec = Some(last);
            at += segment.len() + 1;
        }
        let spec = spec.expect("a path has at least one segment");
        Ok(Self {
            kind,
            text: path.into(),
            steps,
            spec,
        })
    }

    /// Resolves a path that must end at a leaf.
    pub fn resolve_leaf(kind: Kind, path: &str) -> Result<Self, PathError> {
        let resolved = Self::resolve(kind, path)?;
        match resolved.spec.value {
            ValueType::Leaf(_) => Ok(resolved),
            ValueType::Element(spec) => Err(PathError::NotALeaf {
                path: path.to_owned(),
                fields: names(spec()),
            }),
        }
    }
}
