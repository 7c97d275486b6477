//! What a patient has, takes, was given and was found to have.

use super::Layout;

pub(super) const LAYOUTS: [Layout; 6] = [
    Layout {
        id: "problems",
        title: "Problems",
        kinds: &["Condition"],
        dates: &[
            "onsetDateTime",
            "onsetPeriod",
            "onsetAge",
            "onsetRange",
            "onsetString",
            "recordedDate",
        ],
        columns: &[
            (
                "Until",
                &[
                    "abatementDateTime",
                    "abatementPeriod",
                    "abatementAge",
                    "abatementString",
                ],
            ),
            ("Codes", &["code"]),
            ("Severity, site, notes", &["severity", "bodySite", "note"]),
        ],
    },
    Layout {
        id: "allergies",
        title: "Allergies and intolerances",
        kinds: &["AllergyIntolerance"],
        dates: &[
            "onsetDateTime",
            "onsetPeriod",
            "onsetString",
            "recordedDate",
        ],
        columns: &[
            (
                "Reaction",
                &[
                    "reaction.manifestation",
                    "reaction.severity",
                    "reaction.description",
                ],
            ),
            ("Criticality", &["criticality"]),
            ("Codes", &["code"]),
            ("Notes", &["category", "note"]),
        ],
    },
    Layout {
        id: "medications",
        title: "Medications",
        kinds: &[
            "MedicationRequest",
            "MedicationStatement",
            "MedicationAdministration",
            "MedicationDispense",
        ],
        dates: &[
            "authoredOn",
            "effectiveDateTime",
            "effectivePeriod",
            "whenHandedOver",
            "dateAsserted",
        ],
        columns: &[
            (
                "Sig",
                &[
                    "dosageInstruction.text",
                    "dosage.text",
                    "dosageInstruction.doseAndRate",
                    "dosage.dose",
                ],
            ),
            (
                "Supply",
                &[
                    "dispenseRequest.quantity",
                    "dispenseRequest.numberOfRepeatsAllowed",
                    "quantity",
                    "daysSupply",
                ],
            ),
            ("By", &["requester", "informationSource", "performer.actor"]),
            ("Reason, notes", &["reasonCode", "statusReason", "note"]),
        ],
    },
    Layout {
        id: "immunizations",
        title: "Immunizations",
        kinds: &["Immunization"],
        dates: &["occurrenceDateTime", "occurrenceString", "recorded"],
        columns: &[
            (
                "Dose",
                &[
                    "doseQuantity",
                    "protocolApplied.doseNumberPositiveInt",
                    "lotNumber",
                    "expirationDate",
                ],
            ),
            ("Site, route", &["site", "route"]),
            ("By", &["performer.actor", "manufacturer"]),
            ("Reason, notes", &["statusReason", "note"]),
        ],
    },
    Layout {
        id: "procedures",
        title: "Procedures",
        kinds: &["Procedure"],
        dates: &[
            "performedDateTime",
            "performedPeriod",
            "performedString",
            "performedAge",
        ],
        columns: &[
            ("Codes", &["code"]),
            ("By", &["performer.actor", "recorder"]),
            (
                "Reason, outcome, notes",
                &["reasonCode", "statusReason", "outcome", "bodySite", "note"],
            ),
        ],
    },
    Layout {
        id: "reports",
        title: "Reports and orders",
        kinds: &["DiagnosticReport", "ServiceRequest", "ImagingStudy"],
        dates: &[
            "effectiveDateTime",
            "effectivePeriod",
            "issued",
            "authoredOn",
            "started",
        ],
        columns: &[
            (
                "Conclusion",
                &["conclusion", "conclusionCode", "description"],
            ),
            ("Results", &["result"]),
            ("By", &["performer", "requester"]),
            ("Reason, notes", &["reasonCode", "priority", "note"]),
        ],
    },
];
