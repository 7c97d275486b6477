//! FHIR's general-purpose datatypes, as self-describing structs.

mod coding;
mod dosage;
mod identity;
mod measure;

pub use coding::{CodeableConcept, Coding, Concept};
pub use dosage::{
    AsNeeded, DayOfWeek, Dosage, Dose, DoseAndRate, Rate, Timing, TimingBounds, TimingRepeat,
    UnitOfTime,
};
pub use identity::{
    Address, AddressType, AddressUse, Annotation, Attachment, Bytes, ContactPoint,
    ContactPointSystem, ContactPointUse, Geolocation, HumanName, Identifier, IdentifierUse,
    NameUse, Reference,
};
pub use measure::{Money, Period, Quantity, QuantityComparator, Range, Ratio};
