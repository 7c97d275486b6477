//! Where care took place, who gives it, what is planned, and who pays.

use super::Layout;

pub(super) const LAYOUTS: [Layout; 7] = [
    Layout {
        id: "encounters",
        title: "Encounters and appointments",
        kinds: &["Encounter", "Appointment"],
        dates: &["period", "start", "created"],
        columns: &[
            (
                "Reason",
                &["reasonCode", "reasonReference", "description", "comment"],
            ),
            ("With", &["participant.individual", "participant.actor"]),
            ("Where", &["location.location", "serviceProvider"]),
            (
                "Diagnosis",
                &[
                    "diagnosis.condition",
                    "hospitalization.dischargeDisposition",
                ],
            ),
        ],
    },
    Layout {
        id: "history",
        title: "Family history",
        kinds: &["FamilyMemberHistory"],
        dates: &["date"],
        columns: &[
            (
                "Conditions",
                &[
                    "condition.code",
                    "condition.onsetAge",
                    "condition.onsetString",
                ],
            ),
            (
                "Died",
                &[
                    "deceasedBoolean",
                    "deceasedAge",
                    "deceasedDate",
                    "deceasedString",
                ],
            ),
            ("Notes", &["note"]),
        ],
    },
    Layout {
        id: "plans",
        title: "Plans, goals, care team",
        kinds: &[
            "CarePlan",
            "Goal",
            "CareTeam",
            "SupplyDelivery",
            "NutritionOrder",
        ],
        dates: &["period", "startDate", "created"],
        columns: &[
            (
                "What",
                &[
                    "description",
                    "activity.detail.code",
                    "target",
                    "suppliedItem",
                ],
            ),
            ("Who", &["participant.member", "author", "expressedBy"]),
            ("Notes", &["addresses", "note"]),
        ],
    },
    Layout {
        id: "devices",
        title: "Implants and devices",
        kinds: &["Device", "DeviceUseStatement"],
        dates: &["timingDateTime", "timingPeriod", "manufactureDate"],
        columns: &[
            (
                "UDI",
                &["udiCarrier.carrierHRF", "udiCarrier.deviceIdentifier"],
            ),
            (
                "Maker, lot, serial",
                &["manufacturer", "lotNumber", "serialNumber"],
            ),
            ("Expires", &["expirationDate"]),
        ],
    },
    Layout {
        id: "insurance",
        title: "Insurance",
        kinds: &["Coverage"],
        dates: &["period"],
        columns: &[
            ("Payer", &["payor"]),
            ("Member", &["subscriberId", "subscriber", "relationship"]),
            ("Plan", &["class", "type"]),
            ("Order", &["order"]),
        ],
    },
    Layout {
        id: "claims",
        title: "Claims and payments",
        kinds: &[
            "Claim",
            "ClaimResponse",
            "ExplanationOfBenefit",
            "PaymentReconciliation",
            "Invoice",
            "Account",
        ],
        dates: &["billablePeriod", "paymentDate", "created", "date"],
        columns: &[
            (
                "Amount",
                &["total", "paymentAmount", "payment.amount", "totalGross"],
            ),
            (
                "Services, adjustments",
                &[
                    "item.productOrService",
                    "item.net",
                    "detail.type",
                    "detail.amount",
                ],
            ),
            (
                "Diagnoses",
                &[
                    "diagnosis.diagnosisCodeableConcept",
                    "diagnosis.diagnosisReference",
                ],
            ),
            (
                "Insurer, provider",
                &["insurer", "paymentIssuer", "provider"],
            ),
            ("Outcome, balance", &["outcome", "disposition", "extension"]),
        ],
    },
    Layout {
        id: "people",
        title: "People and places",
        kinds: &[
            "Practitioner",
            "PractitionerRole",
            "Organization",
            "Location",
            "RelatedPerson",
        ],
        dates: &[],
        columns: &[
            (
                "Role",
                &["relationship", "specialty", "qualification", "practitioner"],
            ),
            ("Contact", &["telecom"]),
            ("Address", &["address"]),
        ],
    },
];
