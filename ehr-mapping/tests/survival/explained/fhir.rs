//! Of FHIR resources.

use super::{Explained, Says};

pub(crate) const FHIR: &[Explained] = &[
    Explained {
        paths: &["resourceType"],
        says: Says::Unread(&["Medication"]),
        reason: "a Medication is no record: its code stands in the prescriptions",
    },
    Explained {
        paths: &["code/coding/code", "code/coding/display", "code/text"],
        says: Says::Unread(&[
            "206765",
            "Prinivil 10 MG Oral Tablet",
            "lisinopril oral 10 mg",
        ]),
        reason: "a Medication that no prescription of the export refers to is nobody's",
    },
];
