//! The catalogue of fields: every field of every kind, by path.
//!
//! The catalogue is not a list beside the structs: it is read off the tables that the structs
//! carry. A path such as `name[0].given[1]` or `valueQuantity.code` is resolved once and then
//! walks by numbers.

mod path;

pub use path::{FieldPath, PathError};

use crate::element::{ElementSpec, FieldSpec, LeafType, SafetyClass, ValueType};
use crate::record::{DataClass, Kind};

/// A leaf of the catalogue: where it stands, what it takes, and what it means.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CatalogueField {
    /// The kind of record.
    pub kind: Kind,
    /// The path, with `[]` where a list stands.
    pub path: String,
    /// The labels from the record down to the leaf.
    pub label: String,
    /// What the leaf takes.
    pub leaf: LeafType,
    /// Elements of USCDI v3 that it carries.
    pub uscdi: Vec<u8>,
    /// What a loss would mean.
    pub safety: SafetyClass,
}

/// How deep the catalogue is listed; deeper nesting occurs in references of references only.
const LISTED_DEPTH: usize = 8;

/// All leaves of a kind, in the order of its fields.
pub fn fields(kind: Kind) -> Vec<CatalogueField> {
    let mut out = Vec::new();
    let top = Listing {
        path: String::new(),
        label: String::new(),
        uscdi: Vec::new(),
        safety: default_safety(kind),
    };
    list(kind, kind.spec(), &top, &mut Vec::new(), &mut out);
    out
}

/// Which elements of USCDI v3 the fields of all kinds carry.
pub fn uscdi_elements() -> std::collections::BTreeSet<u8> {
    Kind::ALL
        .iter()
        .flat_map(|kind| fields(*kind))
        .flat_map(|field| field.uscdi)
        .collect()
}

/// What the loss of a field means where neither it nor a field above it says so.
pub fn default_safety(kind: Kind) -> SafetyClass {
    match kind.class() {
        DataClass::StructuredClinical | DataClass::Unstructured => SafetyClass::Clinical,
        DataClass::Administrative => SafetyClass::Administrative,
        DataClass::Billing => SafetyClass::Billing,
    }
}

struct Listing {
    path: String,
    label: String,
    uscdi: Vec<u8>,
    safety: SafetyClass,
}

fn list(
    kind: Kind,
    spec: &'static ElementSpec,
    above: &Listing,
    open: &mut Vec<&'static str>,
    out: &mut Vec<CatalogueField>,
) {
    if open.len() >= LISTED_DEPTH || open.contains(&spec.name) {
        return;
    }
    open.push(spec.name);
    for field in spec.fields {
        let here = describe(spec, field, above);
        match field.value {
            ValueType::Leaf(leaf) => out.push(CatalogueField {
                kind,
                path: here.path,
                label: here.label,
                leaf,
                uscdi: here.uscdi,
                safety: here.safety,
            }),
            ValueType::Element(inner) => list(kind, inner(), &here, open, out),
        }
    }
    open.pop();
}

fn describe(spec: &ElementSpec, field: &FieldSpec, above: &Listing) -> Listing {
    let mut path = above.path.clone();
    if !spec.choice && !path.is_empty() {
        path.push('.');
    }
    path.push_str(field.name.strip_suffix("[x]").unwrap_or(field.name));
    if field.many {
        path.push_str("[]");
    }
    let label = if above.label.is_empty() {
        field.label.to_owned()
    } else {
        format!("{}: {}", above.label, field.label)
    };
    let mut uscdi = above.uscdi.clone();
    uscdi.extend(
        field
            .uscdi
            .iter()
            .filter(|element| !above.uscdi.contains(element)),
    );
    Listing {
        path,
        label,
        uscdi,
        safety: field.safety.unwrap_or(above.safety),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_path_resolves() {
        for kind in Kind::ALL {
            let fields = fields(*kind);
            assert!(!fields.is_empty(), "{kind:?}");
            for field in fields {
                let path = field.path.replace("[]", "[0]");
                let resolved = FieldPath::resolve(*kind, &path)
                    .unwrap_or_else(|error| panic!("{kind:?} {path}: {error}"));
                assert_eq!(resolved.leaf_type(), Some(field.leaf), "{kind:?} {path}");
                assert_eq!(resolved.label(), field.label, "{kind:?} {path}");
                assert_eq!(resolved.safety(), field.safety, "{kind:?} {path}");
            }
        }
    }

    #[test]
    fn names_are_unique_inside_an_element() {
        for kind in Kind::ALL {
            let mut paths: Vec<_> = fields(*kind).into_iter().map(|field| field.path).collect();
            let count = paths.len();
            paths.sort();
            paths.dedup();
            assert_eq!(paths.len(), count, "{kind:?}");
        }
    }

    #[test]
    fn uscdi_version_3_is_covered() {
        let covered = uscdi_elements();
        let missing: Vec<u8> = (1..=94)
            .filter(|element| !covered.contains(element))
            .collect();
        assert!(missing.is_empty(), "elements without a field: {missing:?}");
    }
}
