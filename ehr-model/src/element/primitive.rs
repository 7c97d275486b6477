//! The leaves as types of fields.

use std::borrow::Cow;

use super::{Element, Leaf, LeafError, LeafType, Value, ValueType};
use crate::fhir::JsonWriter;
use crate::record::{Kind, RecordId};
use crate::value::{Date, Decimal, Instant, PartialDate, Precision, Text};

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

    fn needs_sibling(&self) -> bool {
        self.has_time()
            && (self.offset_minutes().is_none() || self.precision() == Precision::Minute)
    }

    fn write_sibling(&self, out: &mut JsonWriter<'_>) {
        out.source_date_time(self);
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

    fn needs_sibling(&self) -> bool {
        !self.is_exact()
    }

    fn write_sibling(&self, out: &mut JsonWriter<'_>) {
        out.source_date_time(&self.0);
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

    fn merge(&mut self, later: &Self, differs: &mut dyn FnMut(&'static str)) {
        (**self).merge(later, differs);
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

    fn has_json(&self) -> bool {
        (**self).has_json()
    }

    fn needs_sibling(&self) -> bool {
        (**self).needs_sibling()
    }

    fn write_sibling(&self, out: &mut JsonWriter<'_>) {
        (**self).write_sibling(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Leaf<'_> {
        Leaf::Text(text.into())
    }

    #[test]
    fn text_is_read_as_what_the_field_takes() {
        assert_eq!(bool::from_leaf(text("true")), Ok(true));
        assert_eq!(
            bool::from_leaf(text("yes")),
            Err(LeafError::Unreadable("boolean"))
        );
        assert_eq!(i64::from_leaf(text("-3")), Ok(-3));
        assert_eq!(
            i64::from_leaf(text("3.0")),
            Err(LeafError::Unreadable("integer"))
        );
        assert_eq!(Decimal::from_leaf(text("1.50")).unwrap().expose(), "1.50");
        assert_eq!(
            Date::from_leaf(text("2020-02-03T04:05:06Z")),
            Err(LeafError::Unreadable("date"))
        );
        assert_eq!(
            PartialDate::from_leaf(text("2020")).unwrap().to_iso(),
            "2020"
        );
    }

    #[test]
    fn other_types_are_refused_by_name() {
        assert_eq!(
            Text::from_leaf(Leaf::Boolean(true)),
            Err(LeafError::WrongType("text"))
        );
        assert_eq!(
            bool::from_leaf(Leaf::Integer(1)),
            Err(LeafError::WrongType("boolean"))
        );
        assert_eq!(Decimal::from_leaf(Leaf::Integer(2)).unwrap().expose(), "2");
    }
}
