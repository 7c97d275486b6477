//! Of C-CDA documents. What only tells one entry from another is read by predicates of the mapping
//! document: that there is a record of its kind, or a field, says it.

use super::{Explained, Says};

const SNOMED_CT: &str = "2.16.840.1.113883.6.96";
const LOINC: &str = "2.16.840.1.113883.6.1";
const ACT_CODE: &str = "2.16.840.1.113883.5.4";
const ACT_CLASS: &str = "2.16.840.1.113883.5.6";
const OBSERVATION_VALUE: &str = "2.16.840.1.113883.5.1063";
const GENDER: &str = "2.16.840.1.113883.5.1";
const ROLE_CLASS: &str = "2.16.840.1.113883.5.110";

pub(crate) const CCDA: &[Explained] = &[
    Explained {
        paths: &["/statusCode/@code"],
        says: Says::As(&[
            ("completed", "final"),
            ("completed", "finished"),
            ("active", "registered"),
            ("active", "in-progress"),
            ("aborted", "cancelled"),
            ("aborted", "stopped"),
            ("aborted", "revoked"),
            ("new", "draft"),
            ("new", "registered"),
        ]),
        reason: "the state of an entry by the words of FHIR",
    },
    Explained {
        paths: &[
            "procedure/statusCode/@code",
            "substanceAdministration/statusCode/@code",
        ],
        says: Says::As(&[
            ("active", "not-done"),
            ("cancelled", "not-done"),
            ("completed", "not-done"),
        ]),
        reason: "what was not done is `not-done`, in whatever state it was not",
    },
    Explained {
        paths: &["entry/encounter/statusCode/@code"],
        says: Says::As(&[("active", "planned"), ("new", "planned")]),
        reason: "a visit that is to come is `planned` by its mood",
    },
    Explained {
        paths: &["entry/substanceAdministration/statusCode/@code"],
        says: Says::As(&[("completed", "active")]),
        reason: "C32 fixes the state to `completed`; the status observation says it",
    },
    Explained {
        paths: &[
            "entryRelationship/observation/statusCode/@code",
            "entryRelationship/act/statusCode/@code",
            "entry/observation/statusCode/@code",
        ],
        says: Says::Kind(&["completed"]),
        reason: "fixed by the template of problems, severities, statuses, ages, reactions, assertions",
    },
    Explained {
        paths: &["entryRelationship/act/statusCode/@code"],
        says: Says::Kind(&["active"]),
        reason: "of a pointer to another entry, which has its own state",
    },
    Explained {
        paths: &[
            "entryRelationship/observation/code/@code",
            "precondition/criterion/code/@code",
        ],
        says: Says::Kind(&["ASSERTION", "SEV", "33999-4", "82606-5"]),
        reason: "fixed by the template: what is asserted, how severe, which status stands in a field",
    },
    Explained {
        paths: &[
            "entryRelationship/observation/code/@codeSystem",
            "precondition/criterion/code/@codeSystem",
        ],
        says: Says::Kind(&[ACT_CODE, LOINC]),
        reason: "the system of a code that the template fixes",
    },
    Explained {
        paths: &["entry/act/code/@code"],
        says: Says::Kind(&["CONC", "48765-2", "75310-3"]),
        reason: "fixed by the template of concerns",
    },
    Explained {
        paths: &["entry/act/code/@codeSystem"],
        says: Says::Kind(&[ACT_CLASS, LOINC]),
        reason: "the system of a code that the template of concerns fixes",
    },
    Explained {
        paths: &["component/section/code/@code"],
        says: Says::Kind(&["11369-6"]),
        reason: "the section of immunizations: its entries are Immunizations",
    },
    Explained {
        paths: &["observation/value/@code"],
        says: Says::As(&[
            ("255604002", "mild"),
            ("255604002", "Severity of the allergy: Mild"),
            ("6736007", "moderate"),
            ("6736007", "Severity of the allergy: Moderate"),
            ("371923003", "Severity of the allergy: Mild to moderate"),
            ("371924009", "Severity of the allergy: Moderate to severe"),
        ]),
        reason: "the severity of a reaction by the words of FHIR, or in a note where it has none",
    },
    Explained {
        paths: &["observation/value/@code"],
        says: Says::As(&[
            ("55561003", "active"),
            ("55561003", "Status observed: Active"),
            ("55561003", "Status observed, by its code: active"),
            ("73425007", "Status observed: Inactive"),
            ("73425007", "inactive"),
            ("73425007", "stopped"),
            ("413322009", "resolved"),
        ]),
        reason: "the state of a problem, an allergy, a drug by the words of FHIR, or in a note beside another one",
    },
    Explained {
        paths: &[
            "observation/value/@code",
            "entryRelationship/observation/code/@code",
        ],
        says: Says::As(&[
            ("419199007", "allergy"),
            ("416098002", "allergy"),
            ("416098002", "medication"),
            ("419511003", "medication"),
            ("59037007", "intolerance"),
            ("414285001", "food"),
            ("416098002", "409137002"),
            ("419511003", "409137002"),
            ("419199007", "716186003"),
            ("420134006", "716186003"),
        ]),
        reason: "type and category of an allergy by the words of FHIR, or which is not known of",
    },
    Explained {
        paths: &["observation/value/@code"],
        says: Says::Kind(&["282100009", "420134006"]),
        reason: "a propensity to adverse reactions of no sort: it is an AllergyIntolerance",
    },
    Explained {
        paths: &["observation/value/@code"],
        says: Says::As(&[("CRITU", "unable-to-assess")]),
        reason: "the criticality by the words of FHIR",
    },
    Explained {
        paths: &["observation/value/@code"],
        says: Says::As(&[("419099009", "true")]),
        reason: "that a person is dead is a boolean",
    },
    Explained {
        paths: &[
            "entryRelationship/observation/value/@codeSystem",
            "entryRelationship/observation/code/@codeSystem",
        ],
        says: Says::Kind(&[SNOMED_CT, OBSERVATION_VALUE]),
        reason: "the system of a code that stands in the words of FHIR",
    },
    Explained {
        paths: &["patient/administrativeGenderCode/@code"],
        says: Says::As(&[("F", "female"), ("M", "male")]),
        reason: "the gender by the words of FHIR",
    },
    Explained {
        paths: &["patient/administrativeGenderCode/@codeSystem"],
        says: Says::Kind(&[GENDER]),
        reason: "the system of a gender that stands in the words of FHIR",
    },
    Explained {
        paths: &["alternateIdentification/sdtc:code/@codeSystem"],
        says: Says::As(&[(
            "2.16.840.1.113883.18.108",
            "http://terminology.hl7.org/CodeSystem/v2-0203",
        )]),
        reason: "the table of types of identifiers by its URI",
    },
    Explained {
        paths: &["signatureCode/@code"],
        says: Says::As(&[("S", "final"), ("S", "verifier")]),
        reason: "a document that was signed is final, and who signed is its verifier",
    },
    Explained {
        paths: &["performer/assignedEntity/code/@code"],
        says: Says::Kind(&["PAYOR"]),
        reason: "the payer of a coverage stands in that field",
    },
    Explained {
        paths: &["performer/assignedEntity/code/@codeSystem"],
        says: Says::Kind(&[ROLE_CLASS]),
        reason: "the system of a role that stands in its field",
    },
    Explained {
        paths: &["participant/participantRole/code/@code"],
        says: Says::Kind(&["412307009"]),
        reason: "the vehicle of a drug stands in a note that says so",
    },
    Explained {
        paths: &["qualifier/name/@code"],
        says: Says::Kind(&["272741003", "363698007"]),
        reason: "site and side stand in the field for them",
    },
    Explained {
        paths: &["priorityCode/@code"],
        says: Says::As(&[("A", "asap")]),
        reason: "the priority by the words of FHIR",
    },
    Explained {
        paths: &["effectiveTime/low/@value", "effectiveTime/high/@value"],
        says: Says::Day,
        reason: "an hour without minutes is no time of FHIR; an issue names it",
    },
    Explained {
        paths: &["entry/observation/effectiveTime/@value"],
        says: Says::Day,
        reason: "the start of a goal is a day; a policy counts it",
    },
    Explained {
        paths: &["entry/act/statusCode/@code"],
        says: Says::Kind(&["active"]),
        reason: "of what wraps the diagnosis of an admission or a discharge, which has its own state",
    },
    Explained {
        paths: &["component/observation/statusCode/@code"],
        says: Says::As(&[("active", "cancelled"), ("completed", "cancelled")]),
        reason: "an observation that was not made is `cancelled`",
    },
];
