//! What stands in a field: at most one value, or a list.

use super::{Element, FieldSpec, Leaf, LeafError, Missing, Place, ValueType};
use crate::fhir::JsonWriter;
use crate::value::{CodeSet as _, DataAbsentReason, Field};

/// A type that a field can hold.
pub trait Value: Clone + PartialEq + Send + Sync + Sized {
    /// How the catalogue describes it.
    const TYPE: ValueType;
    /// The FHIR type, as it stands in `valueQuantity`. Empty where it never stands so.
    const FHIR: &'static str;

    /// Whether JSON writes it as a primitive, so that what it lacks stands in a sibling `_name`.
    const PRIMITIVE: bool = false;

    /// An empty element to fill; `None` for leaves, which are never made up.
    fn fresh() -> Option<Self> {
        None
    }

    /// The value as an element.
    fn as_element(&self) -> Option<&dyn Element> {
        None
    }

    /// The value as an element to change.
    fn as_element_mut(&mut self) -> Option<&mut dyn Element> {
        None
    }

    /// The value as a leaf.
    fn as_leaf(&self) -> Option<Leaf<'_>> {
        None
    }

    /// Takes a leaf.
    fn from_leaf(leaf: Leaf<'_>) -> Result<Self, LeafError> {
        let _ = leaf;
        Err(LeafError::NotALeaf)
    }

    /// Takes over what a later record says of the same thing: what it adds is added, what it says
    /// otherwise replaces what stood here, and `differs` is told the field.
    fn merge(&mut self, later: &Self, differs: &mut dyn FnMut(&'static str)) {
        if self != later {
            differs("");
            self.clone_from(later);
        }
    }

    /// Whether JSON can carry the value at all; otherwise only its sibling is written.
    fn has_json(&self) -> bool {
        true
    }

    /// Writes the value as JSON.
    fn write(&self, out: &mut JsonWriter<'_>);

    /// Whether the JSON value does not say all: then a sibling `_name` stands beside it.
    fn needs_sibling(&self) -> bool {
        false
    }

    /// Writes the sibling, an object of extensions, where a value stands.
    fn write_sibling(&self, out: &mut JsonWriter<'_>) {
        let _ = out;
    }
}

/// The static side of [`Slot`].
pub trait SlotType: Slot {
    /// Whether it is a list.
    const MANY: bool;
    /// What it holds.
    const TYPE: ValueType;

    /// Takes over what a later record says; see [`Value::merge`].
    fn merge(&mut self, later: &Self, name: &'static str, differs: &mut dyn FnMut(&'static str));
}

/// A field of an element.
pub trait Slot: Send + Sync {
    /// How many values it holds.
    fn count(&self) -> usize;

    /// The element at this place.
    fn child(&self, index: usize) -> Option<&dyn Element>;

    /// The element at this place, created when missing; a list grows to reach it. `None` for leaves.
    fn child_mut(&mut self, index: usize) -> Option<&mut dyn Element>;

    /// The leaf at this place.
    fn leaf(&self, index: usize) -> Option<Leaf<'_>>;

    /// Sets a leaf; behind the end of a list it is added.
    fn set_leaf(&mut self, index: usize, leaf: Leaf<'_>) -> Result<(), LeafError>;

    /// Why the field is absent, if the source said so.
    fn absent(&self) -> Option<DataAbsentReason>;

    /// Says why the field is absent; `false` for lists, which hold values only.
    fn set_absent(&mut self, reason: DataAbsentReason) -> bool;

    /// Removes what is empty.
    fn prune(&mut self);

    /// Removes everything.
    fn clear(&mut self);

    /// Whether there is neither a value nor a reason.
    fn is_empty(&self) -> bool;

    /// Writes the field as a member of the JSON object that is open.
    fn write_member(&self, spec: &FieldSpec, out: &mut JsonWriter<'_>);

    /// Writes the field into the `extension` array, if that is its place.
    fn write_extension(&self, spec: &FieldSpec, out: &mut JsonWriter<'_>);
}

/// Most lists of a chart hold one value; the first room that a list makes for itself is for four.
fn room_for_one<T>(list: &mut Vec<T>) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
}

/// Stands for the variants of a choice that were not chosen.
pub(crate) static EMPTY_SLOT: Field<bool> = Field::Empty;

impl<T: Value> SlotType for Field<T> {
    const MANY: bool = false;
    const TYPE: ValueType = T::TYPE;

    fn merge(&mut self, later: &Self, name: &'static str, differs: &mut dyn FnMut(&'static str)) {
        match (&mut *self, later) {
            (Self::Value(value), Self::Value(later)) => value.merge(later, &mut |_| differs(name)),
            // a reason for absence says less than a value
            (Self::Value(_), _) | (_, Self::Empty) => {}
            (mine, _) => mine.clone_from(later),
        }
    }
}

impl<T: Value> Slot for Field<T> {
    fn count(&self) -> usize {
        usize::from(self.value().is_some())
    }

    fn child(&self, index: usize) -> Option<&dyn Element> {
        self.value().filter(|_| index == 0).and_then(T::as_element)
    }

    fn child_mut(&mut self, index: usize) -> Option<&mut dyn Element> {
        if index != 0 {
            return None;
        }
        if self.value().is_none() {
            *self = Self::Value(T::fresh()?);
        }
        self.value_mut().and_then(T::as_element_mut)
    }

    fn leaf(&self, index: usize) -> Option<Leaf<'_>> {
        self.value().filter(|_| index == 0).and_then(T::as_leaf)
    }

    fn set_leaf(&mut self, index: usize, leaf: Leaf<'_>) -> Result<(), LeafError> {
        if index != 0 {
            return Err(LeafError::NotAList);
        }
        *self = Self::Value(T::from_leaf(leaf)?);
        Ok(())
    }

    fn absent(&self) -> Option<DataAbsentReason> {
        Field::absent(self)
    }

    fn set_absent(&mut self, reason: DataAbsentReason) -> bool {
        *self = Self::Absent(reason);
        true
    }

    fn prune(&mut self) {
        if let Some(element) = self.value_mut().and_then(T::as_element_mut) {
            element.prune();
            if element.is_empty() {
                *self = Self::Empty;
            }
        }
    }

    fn clear(&mut self) {
        *self = Self::Empty;
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Absent(_) => false,
            Self::Value(value) => value.as_element().is_some_and(Element::is_empty),
        }
    }

    fn write_member(&self, spec: &FieldSpec, out: &mut JsonWriter<'_>) {
        if !matches!(spec.place, Place::Element) {
            return;
        }
        match self {
            Self::Value(value) => {
                if let Some(choice) = value.as_element().filter(|element| element.spec().choice) {
                    out.with_prefix(spec.name, |out| choice.write_members(out));
                    return;
                }
                if value.has_json() {
                    out.key(spec.name);
                    value.write(out);
                }
                if value.needs_sibling() {
                    out.sibling_key(spec.name);
                    value.write_sibling(out);
                }
            }
            Self::Absent(reason) => write_absent::<T>(spec, *reason, out),
            Self::Empty => match spec.missing {
                Missing::Omit => {}
                Missing::Absent => write_absent::<T>(spec, DataAbsentReason::Unknown, out),
                Missing::Code(code) => {
                    out.key(spec.name);
                    out.string(code);
                }
                Missing::Literal(json) => {
                    out.key(spec.name);
                    out.raw(json);
                }
            },
        }
    }

    fn write_extension(&self, spec: &FieldSpec, out: &mut JsonWriter<'_>) {
        let Place::Extension(url) = spec.place else {
            return;
        };
        match self {
            Self::Empty => {}
            Self::Absent(reason) => out.absent_extension(url, reason.code()),
            Self::Value(value) => write_one_extension(value, url, out),
        }
    }
}

impl<T: Value> SlotType for Vec<T> {
    const MANY: bool = true;
    const TYPE: ValueType = T::TYPE;

    fn merge(&mut self, later: &Self, _name: &'static str, _differs: &mut dyn FnMut(&'static str)) {
        for value in later {
            if !self.contains(value) {
                self.push(value.clone());
            }
        }
    }
}

impl<T: Value> Slot for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn child(&self, index: usize) -> Option<&dyn Element> {
        self.get(index).and_then(T::as_element)
    }

    fn child_mut(&mut self, index: usize) -> Option<&mut dyn Element> {
        while self.len() <= index {
            let fresh = T::fresh()?;
            room_for_one(self);
            self.push(fresh);
        }
        self[index].as_element_mut()
    }

    fn leaf(&self, index: usize) -> Option<Leaf<'_>> {
        self.get(index).and_then(T::as_leaf)
    }

    fn set_leaf(&mut self, index: usize, leaf: Leaf<'_>) -> Result<(), LeafError> {
        let value = T::from_leaf(leaf)?;
        match self.get_mut(index) {
            Some(place) => *place = value,
            None => {
                room_for_one(self);
                self.push(value);
            }
        }
        Ok(())
    }

    fn absent(&self) -> Option<DataAbsentReason> {
        None
    }

    fn set_absent(&mut self, _reason: DataAbsentReason) -> bool {
        false
    }

    fn prune(&mut self) {
        self.retain_mut(|value| match value.as_element_mut() {
            None => true,
            Some(element) => {
                element.prune();
                !element.is_empty()
            }
        });
        self.shrink_to_fit();
    }

    fn clear(&mut self) {
        Vec::clear(self);
    }

    fn is_empty(&self) -> bool {
        self.iter()
            .all(|value| value.as_element().is_some_and(Element::is_empty))
    }

    fn write_member(&self, spec: &FieldSpec, out: &mut JsonWriter<'_>) {
        if !matches!(spec.place, Place::Element) {
            return;
        }
        if self.is_empty() {
            if spec.missing == Missing::Absent {
                // an element that FHIR gives required fields of its own says there what is missing
                match T::fresh() {
                    Some(fresh)
                        if T::FHIR == "BackboneElement"
                            && fresh.as_element().is_some_and(Element::demands) =>
                    {
                        out.key(spec.name);
                        out.begin_array();
                        out.item();
                        fresh.write(out);
                        out.end_array();
                    }
                    _ => out.absent_list(spec.name, DataAbsentReason::Unknown.code()),
                }
            }
            return;
        }
        out.key(spec.name);
        out.begin_array();
        for value in self {
            out.item();
            if value.has_json() {
                value.write(out);
            } else {
                out.raw("null");
            }
        }
        out.end_array();
        if self.iter().any(T::needs_sibling) {
            out.sibling_key(spec.name);
            out.begin_array();
            for value in self {
                out.item();
                if value.needs_sibling() {
                    value.write_sibling(out);
                } else {
                    out.raw("null");
                }
            }
            out.end_array();
        }
    }

    fn write_extension(&self, spec: &FieldSpec, out: &mut JsonWriter<'_>) {
        let Place::Extension(url) = spec.place else {
            return;
        };
        for value in self {
            write_one_extension(value, url, out);
        }
    }
}

/// What has no value has no type either, so that a choice is written as its first one.
fn write_absent<T: Value>(spec: &FieldSpec, reason: DataAbsentReason, out: &mut JsonWriter<'_>) {
    let first = match T::TYPE {
        ValueType::Element(element) if element().choice => element().fields.first(),
        _ => None,
    };
    let Some(variant) = first else {
        return out.absent_member(spec.name, T::PRIMITIVE, spec.missing, reason.code());
    };
    let primitive = matches!(variant.value, ValueType::Leaf(_));
    out.with_prefix(spec.name, |out| {
        out.absent_member(variant.name, primitive, spec.missing, reason.code());
    });
}

/// An extension holds a value, or, where the value is itself made of extensions, those.
fn write_one_extension<T: Value>(value: &T, url: &str, out: &mut JsonWriter<'_>) {
    out.open_extension(url);
    if T::FHIR.is_empty() {
        if let Some(element) = value.as_element() {
            if element.spec().choice {
                out.with_prefix("value", |out| element.write_members(out));
            } else {
                element.write_members(out);
            }
        }
    } else {
        out.with_prefix("value", |out| {
            out.key(T::FHIR);
            value.write(out);
            if value.needs_sibling() {
                out.sibling_key(T::FHIR);
                value.write_sibling(out);
            }
        });
    }
    out.end_object();
}
