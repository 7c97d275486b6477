//! Lists that FHIR numbers.

use std::collections::HashMap;
use std::sync::LazyLock;

use ehr_model::element::{Element, Leaf, ValueType};
use ehr_model::record::Kind;
use foldhash::fast::RandomState;

/// Gives elements of lists that FHIR numbers (lines and diagnoses of a claim) their place where
/// the source gave no number. The number says nothing beyond the order that is kept anyway.
pub(super) fn number_list_elements(kind: Kind, element: &mut dyn Element) {
    for NumberedList { list, number } in numbered_lists(kind) {
        let slot = element.slot_mut(*list);
        for index in 0..slot.count() {
            if let Some(child) = slot.child_mut(index)
                && child.slot(*number).is_empty()
            {
                let place = Leaf::Integer(index as i64 + 1);
                let set = child.slot_mut(*number).set_leaf(0, place);
                debug_assert!(set.is_ok(), "sequence is a whole number");
            }
        }
    }
}

/// A list of a kind, and the field of its elements that holds their place.
struct NumberedList {
    list: usize,
    number: usize,
}

/// The lists of a kind that FHIR numbers.
fn numbered_lists(kind: Kind) -> &'static [NumberedList] {
    const NUMBER: &str = "sequence";
    static LISTS: LazyLock<HashMap<Kind, Vec<NumberedList>, RandomState>> = LazyLock::new(|| {
        let of_kind = |kind: &Kind| {
            let fields = kind.spec().fields.iter().enumerate();
            let lists = fields.filter_map(|(list, field)| match field.value {
                ValueType::Element(inner) if field.many => {
                    let number = inner().number(NUMBER)?;
                    Some(NumberedList { list, number })
                }
                _ => None,
            });
            (*kind, lists.collect())
        };
        Kind::ALL.iter().map(of_kind).collect()
    });
    LISTS.get(&kind).map_or(&[], Vec::as_slice)
}
