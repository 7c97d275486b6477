//! Paths into records, resolved once.

use std::sync::Arc;

use crate::element::{
    Element, ElementSpec, FieldSpec, Leaf, LeafError, LeafType, SafetyClass, Slot, ValueType,
};
use crate::record::Kind;
use crate::value::DataAbsentReason;

/// A path into a record of one kind, such as `name[0].given[1]`, `valueQuantity.code` or
/// `item[+].net.value`.
///
/// A list without a place means its first value. `[+]` stands for the value that the current
/// source record adds; it is allowed once, at the first segment.
///
/// ```
/// use ehr_model::catalogue::FieldPath;
/// use ehr_model::element::Leaf;
/// use ehr_model::record::Kind;
///
/// let path = FieldPath::resolve(Kind::Patient, "name[0].family").unwrap();
/// let mut patient = Kind::Patient.empty_resource();
/// path.set(patient.element_mut(), 0, Leaf::Text("Okafor".into())).unwrap();
/// assert!(path.leaf(patient.element(), 0).is_some());
/// assert_eq!(
///     FieldPath::resolve(Kind::Patient, "name.surname").unwrap_err().to_string(),
///     "`name` has no field `surname`; it has use, text, family, given, prefix, suffix, period",
/// );
/// ```
#[derive(Debug, Clone)]
pub struct FieldPath {
    kind: Kind,
    text: Arc<str>,
    steps: Vec<Step>,
    spec: &'static FieldSpec,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    field: u16,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    At(u16),
    Added,
}

/// Why a path does not resolve. `at` is the byte in the path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// There is no such field.
    #[error("`{parent}` has no field `{segment}`; it has {fields}")]
    NoSuchField {
        /// Where in the path.
        at: usize,
        /// The path or kind above.
        parent: String,
        /// What was asked for.
        segment: String,
        /// What there is.
        fields: String,
    },
    /// A leaf has no fields.
    #[error("`{parent}` holds a {leaf} and has no fields")]
    BelowLeaf {
        /// Where in the path.
        at: usize,
        /// The path above.
        parent: String,
        /// What it holds.
        leaf: &'static str,
    },
    /// A place in something that is no list.
    #[error("`{segment}` is no list")]
    NotAList {
        /// Where in the path.
        at: usize,
        /// The segment.
        segment: String,
    },
    /// The brackets hold neither a number nor `+`, or `+` stands where it cannot.
    #[error("`[{place}]` is no place in a list: use a number, or `+` at the first segment")]
    BadPlace {
        /// Where in the path.
        at: usize,
        /// What the brackets hold.
        place: String,
    },
    /// The path ends at an element although a leaf is wanted.
    #[error("`{path}` holds several fields; name one of {fields}")]
    NotALeaf {
        /// The path.
        path: String,
        /// What there is.
        fields: String,
    },
}

impl PathError {
    /// The byte of the path at which it goes wrong.
    pub fn at(&self) -> usize {
        match self {
            Self::NoSuchField { at, .. }
            | Self::BelowLeaf { at, .. }
            | Self::NotAList { at, .. }
            | Self::BadPlace { at, .. } => *at,
            Self::NotALeaf { .. } => 0,
        }
    }
}

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

    /// The kind of record.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The path as it was written.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The description of the last field.
    pub fn spec(&self) -> &'static FieldSpec {
        self.spec
    }

    /// The labels for people, from the record's field down, with the place in a list where it is not the first.
    pub fn label(&self) -> String {
        let labels =
            self.fields()
                .zip(&self.steps)
                .map(|(field, step)| match (step.place, field.many) {
                    (Place::At(place), true) if place > 0 => {
                        format!("{} {}", field.label, place + 1)
                    }
                    _ => field.label.to_owned(),
                });
        labels.collect::<Vec<_>>().join(": ")
    }

    /// What a loss would mean: as the last field on the way says that says so, else as the kind does.
    pub fn safety(&self) -> SafetyClass {
        let said = self.fields().filter_map(|field| field.safety).last();
        said.unwrap_or_else(|| super::default_safety(self.kind))
    }

    /// The fields on the way.
    fn fields(&self) -> impl Iterator<Item = &'static FieldSpec> {
        let mut element = Some(self.kind.spec());
        self.steps.iter().map_while(move |step| {
            let field = element?.fields.get(usize::from(step.field))?;
            element = match field.value {
                ValueType::Leaf(_) => None,
                ValueType::Element(spec) => Some(spec()),
            };
            Some(field)
        })
    }

    /// What the leaf takes, if the path ends at one.
    pub fn leaf_type(&self) -> Option<LeafType> {
        match self.spec.value {
            ValueType::Leaf(leaf) => Some(leaf),
            ValueType::Element(_) => None,
        }
    }

    /// The name of the Rust type at the end, if the path ends at an element.
    pub fn element_type(&self) -> Option<&'static str> {
        match self.spec.value {
            ValueType::Leaf(_) => None,
            ValueType::Element(spec) => Some(spec().name),
        }
    }

    /// The number of the record's field at which the path begins.
    pub fn first_field(&self) -> usize {
        usize::from(self.steps[0].field)
    }

    /// Whether the path begins with `[+]`.
    pub fn adds(&self) -> bool {
        self.steps[0].place == Place::Added
    }

    /// How many elements from the record down this path shares with another; the leaf at the end
    /// does not count.
    pub fn shared_elements(&self, other: &Self) -> usize {
        // an element at the end of the other path may itself be one that this path goes through
        let others = other.steps.len() - usize::from(other.element_type().is_none());
        let elements = others.min(self.steps.len() - 1);
        self.steps
            .iter()
            .zip(&other.steps)
            .take(elements)
            .take_while(|(a, b)| a == b)
            .count()
    }

    /// Whether both lead to the same place, however they are written.
    pub fn leads_where(&self, other: &Self) -> bool {
        self.kind == other.kind && self.steps == other.steps
    }

    /// Whether a choice on the way already holds another type, which setting the leaf would remove.
    pub fn displaces(&self, root: &dyn Element, added: usize) -> bool {
        let mut element = root;
        for step in &self.steps {
            let slot = element.slot(usize::from(step.field));
            if element.spec().choice && slot.is_empty() && !element.is_empty() {
                return true;
            }
            match slot.child(step.place.index(added)) {
                Some(child) => element = child,
                None => return false,
            }
        }
        false
    }

    /// The last step and those above it.
    fn split(&self) -> (&Step, &[Step]) {
        self.steps
            .split_last()
            .expect("a path has at least one step")
    }

    /// Sets the leaf, creating what is above it. `added` is the place that `[+]` stands for.
    pub fn set(
        &self,
        root: &mut dyn Element,
        added: usize,
        leaf: Leaf<'_>,
    ) -> Result<(), LeafError> {
        let (last, above) = self.split();
        let element = descend(root, above, added).ok_or(LeafError::NotALeaf)?;
        element
            .slot_mut(usize::from(last.field))
            .set_leaf(last.place.index(added), leaf)
    }

    /// Adds a leaf at the end of the list in which the path ends.
    pub fn push(
        &self,
        root: &mut dyn Element,
        added: usize,
        leaf: Leaf<'_>,
    ) -> Result<(), LeafError> {
        let (last, above) = self.split();
        let element = descend(root, above, added).ok_or(LeafError::NotALeaf)?;
        let slot = element.slot_mut(usize::from(last.field));
        let end = slot.count();
        slot.set_leaf(end, leaf)
    }

    /// A new element at the end of the list in which the path ends.
    pub fn push_element<'e>(
        &self,
        root: &'e mut dyn Element,
        added: usize,
    ) -> Option<&'e mut dyn Element> {
        let (last, above) = self.split();
        let slot = descend(root, above, added)?.slot_mut(usize::from(last.field));
        let end = slot.count();
        slot.child_mut(end)
    }

    /// The field in which the path ends, if what is above it is there.
    pub fn slot<'e>(&self, root: &'e dyn Element, added: usize) -> Option<&'e dyn Slot> {
        let (last, above) = self.split();
        let mut element = root;
        for step in above {
            element = element
                .slot(usize::from(step.field))
                .child(step.place.index(added))?;
        }
        Some(element.slot(usize::from(last.field)))
    }

    /// Whether something stands where the path leads: of a list, at the place in it.
    pub fn is_filled(&self, root: &dyn Element, added: usize) -> bool {
        let (last, _) = self.split();
        let Some(slot) = self.slot(root, added) else {
            return false;
        };
        match (self.spec.many, slot.child(last.place.index(added))) {
            (true, Some(element)) => !element.is_empty(),
            (true, None) => slot.leaf(last.place.index(added)).is_some(),
            (false, _) => !slot.is_empty(),
        }
    }

    /// The field in which the path ends, what is above it created when missing, and the place in it.
    pub fn slot_mut<'e>(
        &self,
        root: &'e mut dyn Element,
        added: usize,
    ) -> Option<(&'e mut dyn Slot, usize)> {
        let (last, above) = self.split();
        let slot = descend(root, above, added)?.slot_mut(usize::from(last.field));
        Some((slot, last.place.index(added)))
    }

    /// Says why the field is absent; `false` for lists and where the path does not lead.
    pub fn set_absent(
        &self,
        root: &mut dyn Element,
        added: usize,
        reason: DataAbsentReason,
    ) -> bool {
        let (last, above) = self.split();
        descend(root, above, added)
            .is_some_and(|element| element.slot_mut(usize::from(last.field)).set_absent(reason))
    }

    /// Removes what stands at the end of the path. Returns whether anything did.
    pub fn clear(&self, root: &mut dyn Element, added: usize) -> bool {
        let filled = self.slot(root, added).is_some_and(|slot| !slot.is_empty());
        let (last, above) = self.split();
        if filled && let Some(element) = descend(root, above, added) {
            element.slot_mut(usize::from(last.field)).clear();
        }
        filled
    }

    /// The element at the end of the path, created when missing.
    pub fn element_mut<'e>(
        &self,
        root: &'e mut dyn Element,
        added: usize,
    ) -> Option<&'e mut dyn Element> {
        descend(root, &self.steps, added)
    }

    /// The leaf, if it is there.
    pub fn leaf<'e>(&self, root: &'e dyn Element, added: usize) -> Option<Leaf<'e>> {
        let (last, above) = self.split();
        let mut element = root;
        for step in above {
            element = element
                .slot(usize::from(step.field))
                .child(step.place.index(added))?;
        }
        element
            .slot(usize::from(last.field))
            .leaf(last.place.index(added))
    }

    /// Whether the element so many steps down the path exists and holds anything.
    pub fn element_is_filled(&self, root: &dyn Element, added: usize, elements: usize) -> bool {
        let mut element = root;
        for step in &self.steps[..elements] {
            match element
                .slot(usize::from(step.field))
                .child(step.place.index(added))
            {
                Some(child) => element = child,
                None => return false,
            }
        }
        !element.is_empty()
    }
}

impl Place {
    fn index(self, added: usize) -> usize {
        match self {
            Self::At(index) => usize::from(index),
            Self::Added => added,
        }
    }
}

fn descend<'e>(
    root: &'e mut dyn Element,
    steps: &[Step],
    added: usize,
) -> Option<&'e mut dyn Element> {
    let mut element = root;
    for step in steps {
        element = element
            .slot_mut(usize::from(step.field))
            .child_mut(step.place.index(added))?;
    }
    Some(element)
}

fn split_place(segment: &str, at: usize, first: bool) -> Result<(&str, Option<Place>), PathError> {
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

type Found = (u16, &'static FieldSpec, Option<(u16, &'static FieldSpec)>);

/// Finds a field by name, or the variant of a choice by the name that FHIR joins of both.
fn find(spec: &'static ElementSpec, name: &str) -> Option<Found> {
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

fn names(spec: &ElementSpec) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Patient;
    use crate::record::{Resource, ResourceType as _};

    fn error(kind: Kind, path: &str) -> String {
        FieldPath::resolve_leaf(kind, path).unwrap_err().to_string()
    }

    #[test]
    fn a_choice_has_a_path_of_its_own() {
        let path = FieldPath::resolve(Kind::Observation, "value[x]").unwrap();
        let mut observation = Kind::Observation.empty_resource();
        let choice = path.element_mut(observation.element_mut(), 0).unwrap();
        assert!(choice.spec().choice);
    }

    #[test]
    fn choices_are_named_as_in_fhir() {
        let path = FieldPath::resolve_leaf(Kind::Observation, "valueQuantity.value").unwrap();
        let mut observation = Kind::Observation.empty_resource();
        path.set(observation.element_mut(), 0, Leaf::Text("1.50".into()))
            .unwrap();
        assert!(
            matches!(path.leaf(observation.element(), 0), Some(Leaf::Decimal(value)) if value.expose() == "1.50")
        );
    }

    #[test]
    fn mistakes_are_explained() {
        assert_eq!(
            error(Kind::Problem, "code"),
            "`code` holds several fields; name one of coding, text"
        );
        assert_eq!(
            error(Kind::Problem, "code.text.x"),
            "`code.text` holds a text and has no fields"
        );
        assert_eq!(error(Kind::Problem, "code[1].text"), "`code` is no list");
        assert_eq!(
            error(Kind::Patient, "name[y].family"),
            "`[y]` is no place in a list: use a number, or `+` at the first segment"
        );
        assert_eq!(
            error(Kind::Patient, "contact[0].telecom[+].value"),
            "`[+]` is no place in a list: use a number, or `+` at the first segment"
        );
        assert!(
            error(Kind::Claim, "items")
                .starts_with("`Claim` has no field `items`; it has identifier, ")
        );
        assert_eq!(
            FieldPath::resolve(Kind::Patient, "name[0].surname")
                .unwrap_err()
                .at(),
            8
        );
    }

    #[test]
    fn added_values_go_where_the_caller_says() {
        let path = FieldPath::resolve_leaf(Kind::Patient, "name[+].family").unwrap();
        let mut resource: Resource = Patient::default().into();
        path.set(resource.element_mut(), 0, Leaf::Text("A".into()))
            .unwrap();
        path.set(resource.element_mut(), 1, Leaf::Text("B".into()))
            .unwrap();
        assert_eq!(Patient::of(&resource).unwrap().name.len(), 2);
    }

    #[test]
    fn a_gap_in_a_list_of_leaves_closes() {
        let path = FieldPath::resolve_leaf(Kind::Patient, "name[0].given[1]").unwrap();
        let mut resource: Resource = Patient::default().into();
        path.set(resource.element_mut(), 0, Leaf::Text("Q".into()))
            .unwrap();
        assert_eq!(Patient::of(&resource).unwrap().name[0].given.len(), 1);
    }
}
