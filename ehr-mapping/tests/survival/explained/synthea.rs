//! Of the CSV export of Synthea.

use super::{Explained, Says};

pub(crate) const SYNTHEA: &[Explained] = &[
    Explained {
        paths: &["GENDER"],
        says: Says::As(&[("M", "male"), ("F", "female")]),
        reason: "the gender by the words of FHIR",
    },
    Explained {
        paths: &["ZIP"],
        says: Says::Digits,
        reason: "nine digits with the hyphen that they have",
    },
    Explained {
        paths: &["TYPE"],
        says: Says::Kind(&["CHARGE", "numeric", "text"]),
        reason: "of which sort the row is: a line of a claim, a quantity, words",
    },
    Explained {
        paths: &["TRANSFERTYPE"],
        says: Says::As(&[
            ("1", "primary payer"),
            ("2", "secondary payer"),
            ("p", "patient"),
        ]),
        reason: "to whom a balance goes, in words",
    },
    Explained {
        paths: &["SYSTEM"],
        says: Says::As(&[("SNOMED-CT", "http://snomed.info/sct")]),
        reason: "the name of a code system is its URI",
    },
    Explained {
        paths: &["SEVERITY1", "SEVERITY2"],
        says: Says::As(&[
            ("MILD", "mild"),
            ("MODERATE", "moderate"),
            ("SEVERE", "severe"),
        ]),
        reason: "the severity of a reaction by the words of FHIR",
    },
];
