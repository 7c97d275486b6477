//! Paths into records, resolved once.

mod error;
mod lookup;
mod resolve;
#[cfg(test)]
mod tests;

pub use error::PathError;

use std::sync::Arc;

use crate::element::{Element, FieldSpec, Leaf, LeafError, LeafType, SafetyClass, Slot, ValueType};
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

impl FieldPath {
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
