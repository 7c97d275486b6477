//! When an entry was last true.

use ehr_model::element::{Element, Leaf, ValueType};
use ehr_model::record::Record;
use ehr_model::value::PartialDate;

/// The latest date of an entry: of the event itself, its end, or when it was recorded.
///
/// The latest is taken because it keeps more. Dates of birth and of a person's death are not dates
/// of an entry, and those of identifiers, names and addresses say when they were valid.
pub fn last_date(record: &Record) -> Option<PartialDate> {
    let mut last = None;
    look(record.resource.element(), &mut last);
    last
}

/// Types whose dates are about themselves.
const OWN_DATES: &[&str] = &[
    "Identifier",
    "HumanName",
    "Address",
    "ContactPoint",
    "Reference",
    "Patient",
    "Attachment",
];

fn look(element: &dyn Element, last: &mut Option<PartialDate>) {
    let spec = element.spec();
    if OWN_DATES.contains(&spec.name) {
        return;
    }
    for (number, field) in spec.fields.iter().enumerate() {
        let slot = element.slot(number);
        for index in 0..slot.count() {
            match field.value {
                ValueType::Leaf(_) => {
                    if let Some(Leaf::Date(date)) = slot.leaf(index)
                        && field.name != "birthDate"
                        && last.is_none_or(|last| date.latest() > last.latest())
                    {
                        *last = Some(date);
                    }
                }
                ValueType::Element(_) => {
                    if let Some(child) = slot.child(index) {
                        look(child, last);
                    }
                }
            }
        }
    }
}
