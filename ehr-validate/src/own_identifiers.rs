//! Identifiers that belong to one record alone.

use std::borrow::Cow;
use std::sync::Arc;

use ehr_model::element::Element;

use crate::walk;

/// Types of identifiers that several records share by their nature (HL7 v2 table 0203).
const SHARED_TYPES: &[&str] = &[
    "ACSN", // accession
    "AN",   // account
    "FGN",  // filler group
    "FILL", // filler order
    "MB",   // member
    "PGN",  // placer group
    "PLAC", // placer order
    "SN",   // subscriber
    "VN",   // visit
];

/// System and value.
type Key<'e> = (Cow<'e, str>, Cow<'e, str>);

/// The system and value of the identifiers that belong to this record alone, with their places.
pub(crate) fn own_identifiers(element: &dyn Element) -> Vec<(Arc<str>, Key<'_>)> {
    let Some(number) = element.spec().number("identifier") else {
        return Vec::new();
    };
    let slot = element.slot(number);
    (0..slot.count())
        .filter_map(|index| {
            let identifier = slot.child(index)?;
            let system = walk::text(identifier, "system")?;
            let value = walk::text(identifier, "value").filter(|value| !value.trim().is_empty())?;
            let place = format!("identifier[{index}]").into();
            (!is_shared_by_nature(identifier)).then_some((place, (system, value)))
        })
        .collect()
}

fn is_shared_by_nature(identifier: &dyn Element) -> bool {
    let mut shared = false;
    walk::elements(identifier, "Coding", &mut |path, coding| {
        let code = walk::text(coding, "code");
        shared |= path.top() == "type" && code.is_some_and(|code| SHARED_TYPES.contains(&&*code));
    });
    shared
}
