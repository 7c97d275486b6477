//! What stands in a field: at most one value, or a list.

use std::borrow::Cow;

use super::{Element, FieldSpec, Leaf, LeafError, LeafType, Missing, Place, ValueType};
use crate::fhir::JsonWriter;
use crate::record::{Kind, RecordId};
use crate::value::{
    CodeSet as _, DataAbsentReason, Date, Decimal, Field, Instant, PartialDate, Text,
};

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

    /// Whether JSON can carry the value at all; otherwise only its sibling is written.
    fn has_json(&self) -> bool {
        true
    }

    /// Writes the value as JSON.
    fn write(&self, out: &mut JsonWriter<'_>);

    /// Writes what JSON's value cannot say (the sibling `_name` of a primitive); `true` if it did.
    fn write_sibling(&self, name: &str, out: &mut JsonWriter<'_>) -> bool {
        let _ = (name, out);
        false
    }
}

/// The static side of [`Slot`].
pub trait SlotType: Slot {
    /// Whether it is a list.
    const MANY: bool;
    /// What it holds.
    const TYPE: ValueType;
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

/// Stands for the variants of a choice that were not chosen.
pub(crate) static EMPTY_SLOT: Field<bool> = Field::Empty;

impl<T: Value> SlotType for Field<T> {
    const MANY: bool = false;
    const TYPE: ValueType = T::TYPE;
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
                value.write_sibling(spec.name, out);
            }
            Self::Absent(reason) => {
                out.absent_member(spec.name, T::PRIMITIVE, spec.missing, reason.code())
            }
            Self::Empty => match spec.missing {
                Missing::Omit => {}
                Missing::Absent => {
                    out.absent_member(
                        spec.name,
                        T::PRIMITIVE,
                        spec.missing,
                        DataAbsentReason::Unknown.code(),
                    );
                }
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
            self.push(T::fresh()?);
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
            None => self.push(value),
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
            value.write(out);
        }
        out.end_array();
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
            value.write_sibling(T::FHIR, out);
        });
    }
    out.end_object();
}

macro_rules! text_like {
    ($leaf:expr, $expected:literal, $read:expr) => {
        match $leaf {
            Leaf::Text(text) => $read(text.as_ref()),
            _ => Err(LeafError::WrongType($expected)),
        }
    };
}

impl Value for Text {
    const TYPE: ValueType = ValueType::Leaf(LeafType::Text);
    const FHIR: &'static str = "String";
    const PRIMITIVE: bool = true;

    fn as_leaf(&self) -> Option<Leaf<'_>> {
        Some(Leaf::Text(Cow::Borrowed(self.expose())))
    }

    fn from_leaf(leaf: Leaf<'_>) -> Result<Self, LeafError> {
        text_like!(leaf, "text", |text| Ok(Self::from(text)))
    }

    fn write(&self, out: &mut JsonWriter<'_>) {
        out.string(self.expose());
    }
}

impl Value for bool {
    const TYPE: ValueType = ValueType::Leaf(LeafType::Boolean);
    const FHIR: &'static str = "Boolean";
    const PRIMITIVE: bool = true;

    fn as_leaf(&self) -> Option<Leaf<'_>> {
        Some(Leaf::Boolean(*self))
    }

    fn from_leaf(leaf: Leaf<'_>) -> Result<Self, LeafError> {
        match leaf {
            Leaf::Boolean(value) => Ok(value),
            Leaf::Text(text) if text == "true" => Ok(true),
            Leaf::Text(text) if text == "false" => Ok(false),
            Leaf::Text(_) => Err(LeafError::Unreadable("boolean")),
            _ => Err(LeafError::WrongType("boolean")),
        }
    }

    fn write(&self, out: &mut JsonWriter<'_>) {
        out.raw(if *self { "true" } else { "false" });
    }
}

impl Value for i64 {
    const TYPE: ValueType = ValueType::Leaf(LeafType::Integer);
    const FHIR: &'static str = "Integer";
    const PRIMITIVE: bool = true;

    fn as_leaf(&self) -> Option<Leaf<'_>> {
        Some(Leaf::Integer(*self))
    }

    fn from_leaf(leaf: Leaf<'_>) -> Result<Self, LeafError> {
        match leaf {
            Leaf::Integer(value) => Ok(value),
            Leaf::Text(text) => text.parse().map_err(|_| LeafError::Unreadable("integer")),
            _ => Err(LeafError::WrongType("integer")),
        }
    }

    fn write(&self, out: &mut JsonWriter<'_>) {
        out.integer(*self);
    }
}

impl Value for Decimal {
    const TYPE: ValueType = ValueType::Leaf(LeafType::Decimal);
    const FHIR: &'static str = "Decimal";
    const PRIMITIVE: bool = true;

    fn as_leaf(&self) -> Option<Leaf<'_>> {
        Some(Leaf::Decimal(self.clone()))
    }

    fn from_leaf(leaf: Leaf<'_>) -> Result<Self, LeafError> {
        match leaf {
            Leaf::Decimal(value) => Ok(value),
            Leaf::Integer(value) => Ok(Self::from(value)),
            Leaf::Text(text) => Self::parse(&text).map_err(|_| LeafError::Unreadable("decimal")),
            _ => Err(LeafError::WrongType("decimal")),
        }
    }

    fn write(&self, out: &mut JsonWriter<'_>) {
        out.raw(self.expose());
    }
}

impl Value for PartialDate {
    const TYPE: ValueType = ValueType::Leaf(LeafType::DateTime);
    const FHIR: &'static str = "DateTime";
    const PRIMITIVE: bool = true;

    fn as_leaf(&self) -> Option<Leaf<'_>> {
        Some(Leaf::Date(*self))
    }

    fn from_leaf(leaf: Leaf<'_>) -> Result<Self, LeafError> {
        match leaf {
            Leaf::Date(value) => Ok(value),
            Leaf::Text(text) => Self::parse(&text).map_err(|_| LeafError::Unreadable("date-time")),
            _ => Err(LeafError::WrongType("date-time")),
        }
    }

    fn write(&self, out: &mut JsonWriter<'_>) {
        out.date_time(self);
    }

    fn write_sibling(&self, name: &str, out: &mut JsonWriter<'_>) -> bool {
        out.date_time_sibling(name, self)
    }
}

impl Value for Instant {
    const TYPE: ValueType = ValueType::Leaf(LeafType::DateTime);
    const FHIR: &'static str = "Instant";
    const PRIMITIVE: bool = true;

    fn as_leaf(&self) -> Option<Leaf<'_>> {
        Some(Leaf::Date(self.0))
    }

    fn from_leaf(leaf: Leaf<'_>) -> Result<Self, LeafError> {
        PartialDate::from_leaf(leaf).map(Self)
    }

    fn has_json(&self) -> bool {
        self.is_exact()
    }

    fn write(&self, out: &mut JsonWriter<'_>) {
        out.date_time(&self.0);
    }

    fn write_sibling(&self, name: &str, out: &mut JsonWriter<'_>) -> bool {
        if !self.is_exact() {
            out.source_date_time_sibling(name, &self.0);
        }
        !self.is_exact()
    }
}

impl Value for Date {
    const TYPE: ValueType = ValueType::Leaf(LeafType::Date);
    const FHIR: &'static str = "Date";
    const PRIMITIVE: bool = true;

    fn as_leaf(&self) -> Option<Leaf<'_>> {
        Some(Leaf::Date(*self.get()))
    }

    fn from_leaf(leaf: Leaf<'_>) -> Result<Self, LeafError> {
        let date = PartialDate::from_leaf(leaf).map_err(|error| match error {
            LeafError::Unreadable(_) => LeafError::Unreadable("date"),
            other => other,
        })?;
        Self::try_from(date).map_err(|_| LeafError::Unreadable("date"))
    }

    fn write(&self, out: &mut JsonWriter<'_>) {
        out.date_time(self.get());
    }
}

/// Which record a reference points at.
impl Value for (Kind, RecordId) {
    const TYPE: ValueType = ValueType::Leaf(LeafType::Target);
    const FHIR: &'static str = "";

    fn as_leaf(&self) -> Option<Leaf<'_>> {
        Some(Leaf::Target(self.0, self.1))
    }

    fn from_leaf(leaf: Leaf<'_>) -> Result<Self, LeafError> {
        match leaf {
            Leaf::Target(kind, id) => Ok((kind, id)),
            _ => Err(LeafError::WrongType("reference")),
        }
    }

    fn write(&self, out: &mut JsonWriter<'_>) {
        out.reference(self.0, self.1);
    }
}

impl<T: Value> Value for Box<T> {
    const TYPE: ValueType = T::TYPE;
    const FHIR: &'static str = T::FHIR;
    const PRIMITIVE: bool = T::PRIMITIVE;

    fn fresh() -> Option<Self> {
        T::fresh().map(Box::new)
    }

    fn as_element(&self) -> Option<&dyn Element> {
        (**self).as_element()
    }

    fn as_element_mut(&mut self) -> Option<&mut dyn Element> {
        (**self).as_element_mut()
    }

    fn as_leaf(&self) -> Option<Leaf<'_>> {
        (**self).as_leaf()
    }

    fn from_leaf(leaf: Leaf<'_>) -> Result<Self, LeafError> {
        T::from_leaf(leaf).map(Box::new)
    }

    fn write(&self, out: &mut JsonWriter<'_>) {
        (**self).write(out);
    }

    fn write_sibling(&self, name: &str, out: &mut JsonWriter<'_>) -> bool {
        (**self).write_sibling(name, out)
    }
}
