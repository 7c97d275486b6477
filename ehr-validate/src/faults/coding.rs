//! Faults in codes and numbers.

use ehr_model::datatype::Identifier;
use ehr_model::kind::Patient;
use ehr_model::record::Kind;

use super::{Fault, Mutation};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("ambiguous-drug-code", "ambiguous-drug-code", |m| {
        m.add(
            Kind::Medication,
            &[
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://hl7.org/fhir/sid/ndc",
                ),
                ("medicationCodeableConcept.coding[0].code", "0002821501"),
            ],
        )
    }),
    Fault::new("malformed-drug-code", "malformed-drug-code", |m| {
        m.add(
            Kind::Medication,
            &[
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://hl7.org/fhir/sid/ndc",
                ),
                ("medicationCodeableConcept.coding[0].code", "2821501"),
            ],
        )
    }),
    Fault::new("malformed-rxnorm-code", "malformed-rxnorm-code", |m| {
        m.add(
            Kind::Medication,
            &[
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://www.nlm.nih.gov/research/umls/rxnorm",
                ),
                ("medicationCodeableConcept.coding[0].code", "0861007"),
            ],
        )
    }),
    Fault::new("rxnorm-code-out-of-use", "rxnorm-code-out-of-use", |m| {
        m.add(
            Kind::Medication,
            &[
                (
                    "medicationCodeableConcept.coding[0].system",
                    "http://www.nlm.nih.gov/research/umls/rxnorm",
                ),
                ("medicationCodeableConcept.coding[0].code", "99999999"),
            ],
        )
    }),
    Fault::new(
        "drug-concept-unfit-for-use",
        "drug-concept-unfit-for-use",
        |m| {
            m.add(
                Kind::Medication,
                &[
                    (
                        "medicationCodeableConcept.coding[0].system",
                        "http://www.nlm.nih.gov/research/umls/rxnorm",
                    ),
                    ("medicationCodeableConcept.coding[0].code", "6809"),
                ],
            )
        },
    ),
    Fault::new("malformed-snomed-code", "malformed-snomed-code", |m| {
        m.add(
            Kind::Problem,
            &[
                ("code.coding[0].system", "http://snomed.info/sct"),
                ("code.coding[0].code", "73211008"),
            ],
        )
    }),
    Fault::new(
        "snomed-description-as-concept",
        "snomed-description-as-concept",
        |m| {
            m.add(
                Kind::Problem,
                &[
                    ("code.coding[0].system", "http://snomed.info/sct"),
                    ("code.coding[0].code", "121589010"),
                ],
            )
        },
    ),
    Fault::new("snomed-code-out-of-use", "snomed-code-out-of-use", |m| {
        m.add(
            Kind::Problem,
            &[
                ("code.coding[0].system", "http://snomed.info/sct"),
                ("code.coding[0].code", "999991009"),
            ],
        )
    }),
    Fault::new(
        "malformed-diagnosis-code",
        "malformed-diagnosis-code",
        |m| {
            m.add(
                Kind::Problem,
                &[
                    ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
                    ("code.coding[0].code", "1119"),
                ],
            )
        },
    ),
    Fault::new(
        "diagnosis-code-rewritten-as-number",
        "diagnosis-code-rewritten-as-number",
        |m| {
            m.add(
                Kind::Problem,
                &[
                    ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-9-cm"),
                    ("code.coding[0].code", "3.0"),
                ],
            )
        },
    ),
    Fault::new(
        "diagnosis-code-without-seventh-character",
        "diagnosis-code-without-seventh-character",
        |m| {
            m.add(
                Kind::Problem,
                &[
                    ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
                    ("code.coding[0].code", "S72.001"),
                ],
            )
        },
    ),
    Fault::new("malformed-loinc-code", "malformed-loinc-code", |m| {
        m.add(
            Kind::Observation,
            &[
                ("code.coding[0].system", "http://loinc.org"),
                ("code.coding[0].code", "8480-7"),
            ],
        )
    }),
    Fault::new("loinc-code-out-of-use", "loinc-code-out-of-use", |m| {
        m.add(
            Kind::Observation,
            &[
                ("code.coding[0].system", "http://loinc.org"),
                ("code.coding[0].code", "11491-6"),
            ],
        )
    }),
    Fault::new(
        "loinc-part-as-observation",
        "loinc-part-as-observation",
        |m| {
            m.add(
                Kind::Observation,
                &[
                    ("code.coding[0].system", "http://loinc.org"),
                    ("code.coding[0].code", "LP29684-5"),
                ],
            )
        },
    ),
    Fault::new(
        "malformed-icd-procedure-code",
        "malformed-icd-procedure-code",
        |m| {
            m.add(
                Kind::Procedure,
                &[
                    (
                        "code.coding[0].system",
                        "http://www.cms.gov/Medicare/Coding/ICD10",
                    ),
                    ("code.coding[0].code", "ODTJ4ZZ"),
                    ("performedDateTime", "2030-05-01"),
                ],
            )
        },
    ),
    Fault::new(
        "malformed-procedure-code",
        "malformed-procedure-code",
        |m| {
            m.add(
                Kind::Procedure,
                &[
                    ("code.coding[0].system", "http://www.ama-assn.org/go/cpt"),
                    ("code.coding[0].code", "9921"),
                    ("performedDateTime", "2030-05-01"),
                ],
            )
        },
    ),
    Fault::new(
        "procedure-code-out-of-force",
        "procedure-code-out-of-force",
        |m| {
            m.add(
                Kind::Procedure,
                &[
                    (
                        "code.coding[0].system",
                        "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
                    ),
                    ("code.coding[0].code", "G0001"),
                    ("performedDateTime", "2030-05-01"),
                ],
            )
        },
    ),
    Fault::new("header-code-on-claim", "header-code-on-claim", |m| {
        m.add(
            Kind::Claim,
            &[
                (
                    "diagnosis[0].diagnosisCodeableConcept.coding[0].system",
                    "http://hl7.org/fhir/sid/icd-10-cm",
                ),
                (
                    "diagnosis[0].diagnosisCodeableConcept.coding[0].code",
                    "E11",
                ),
                ("billablePeriod.start", "2030-06-03"),
            ],
        )
    }),
    Fault::new(
        "diagnosis-code-not-in-force",
        "diagnosis-code-not-in-force",
        |m| {
            m.add(
                Kind::Claim,
                &[
                    (
                        "diagnosis[0].diagnosisCodeableConcept.coding[0].system",
                        "http://hl7.org/fhir/sid/icd-10-cm",
                    ),
                    (
                        "diagnosis[0].diagnosisCodeableConcept.coding[0].code",
                        "E99.9",
                    ),
                    ("billablePeriod.start", "2030-06-03"),
                ],
            )
        },
    ),
    Fault::new(
        "diagnosis-code-of-another-era",
        "diagnosis-code-of-another-era",
        |m| {
            m.add(
                Kind::Claim,
                &[
                    (
                        "diagnosis[0].diagnosisCodeableConcept.coding[0].system",
                        "http://hl7.org/fhir/sid/icd-10-cm",
                    ),
                    (
                        "diagnosis[0].diagnosisCodeableConcept.coding[0].code",
                        "I10",
                    ),
                    ("billablePeriod.start", "2014-06-03"),
                ],
            )
        },
    ),
    Fault::new(
        "malformed-claim-line-code",
        "malformed-claim-line-code",
        |m| {
            m.add(
                Kind::Claim,
                &[
                    (
                        "item[0].revenue.coding[0].system",
                        "https://www.nubc.org/CodeSystem/RevenueCodes",
                    ),
                    ("item[0].revenue.coding[0].code", "45"),
                ],
            )
        },
    ),
    Fault::new("display-against-code", "display-against-code", |m| {
        m.add(
            Kind::Problem,
            &[
                ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
                ("code.coding[0].code", "I10"),
                ("code.coding[0].display", "Low back pain"),
            ],
        )
    }),
    Fault::new("code-without-system", "code-without-system", |m| {
        m.add(Kind::Problem, &[("code.coding[0].code", "401.9")])
    }),
    Fault::new("malformed-npi", "malformed-npi", |m| {
        m.add(
            Kind::Practitioner,
            &[
                ("identifier[0].system", "http://hl7.org/fhir/sid/us-npi"),
                ("identifier[0].value", "1234567839"),
            ],
        )
    }),
    Fault::new(
        "npi-out-of-use-or-of-another-kind",
        "npi-out-of-use-or-of-another-kind",
        |m| {
            m.add(
                Kind::Practitioner,
                &[
                    ("identifier[0].system", "http://hl7.org/fhir/sid/us-npi"),
                    ("identifier[0].value", "2999999990"),
                ],
            )
        },
    ),
    Fault::new("malformed-dea-number", "malformed-dea-number", |m| {
        m.add(
            Kind::Practitioner,
            &[
                ("identifier[0].system", "urn:oid:2.16.840.1.113883.4.814"),
                ("identifier[0].value", "AP5836728"),
            ],
        )
    }),
    Fault::new(
        "malformed-registration-number",
        "malformed-registration-number",
        |m| {
            m.add(
                Kind::Organization,
                &[
                    ("identifier[0].system", "urn:oid:2.16.840.1.113883.4.7"),
                    ("identifier[0].value", "05X2081492"),
                ],
            )
        },
    ),
    Fault::new(
        "malformed-medicare-number",
        "malformed-medicare-number",
        |m| number(m, "http://hl7.org/fhir/sid/us-mbi", "1SG4TE5MK73"),
    ),
    Fault::new("former-medicare-number", "former-medicare-number", |m| {
        number(m, "http://hl7.org/fhir/sid/us-mbi", "219091234A")
    }),
    Fault::new(
        "social-security-number-of-nobody",
        "social-security-number-of-nobody",
        |m| number(m, "http://hl7.org/fhir/sid/us-ssn", "078-05-1120"),
    ),
    Fault::new("malformed-vaccine-code", "malformed-vaccine-code", |m| {
        m.add(
            Kind::Immunization,
            &[
                (
                    "vaccineCode.coding[0].system",
                    "http://hl7.org/fhir/sid/cvx",
                ),
                ("vaccineCode.coding[0].code", "3"),
            ],
        )
    }),
    Fault::new(
        "vaccine-code-retired-when-given",
        "vaccine-code-retired-when-given",
        |m| {
            m.add(
                Kind::Immunization,
                &[
                    (
                        "vaccineCode.coding[0].system",
                        "http://hl7.org/fhir/sid/cvx",
                    ),
                    ("vaccineCode.coding[0].code", "54"),
                    ("status", "completed"),
                    ("occurrenceDateTime", "2020-03-01"),
                ],
            )
        },
    ),
    Fault::new(
        "vaccine-code-not-for-use",
        "vaccine-code-not-for-use",
        |m| {
            m.add(
                Kind::Immunization,
                &[
                    (
                        "vaccineCode.coding[0].system",
                        "http://hl7.org/fhir/sid/cvx",
                    ),
                    ("vaccineCode.coding[0].code", "172"),
                    ("status", "completed"),
                    ("occurrenceDateTime", "2020-03-01"),
                ],
            )
        },
    ),
    Fault::new("unit-outside-ucum", "unit-outside-ucum", |m| {
        m.overwrite(Kind::Observation, "valueQuantity.code", "mm Hg")
    }),
    Fault::new(
        "malformed-state-or-postal-code",
        "malformed-state-or-postal-code",
        |m| m.overwrite(Kind::Patient, "address[0].postalCode", "1742"),
    ),
    Fault::new(
        "malformed-state-or-postal-code-by-name",
        "malformed-state-or-postal-code",
        |m| m.overwrite(Kind::Patient, "address[0].state", "Mass"),
    ),
    Fault::new(
        "postal-code-outside-state",
        "postal-code-outside-state",
        |m| m.overwrite(Kind::Patient, "address[0].state", "CA"),
    ),
    Fault::new("phone-number-of-nobody", "phone-number-of-nobody", |m| {
        m.overwrite(Kind::Patient, "telecom[0].value", "555-555-5555")
    }),
    Fault::new(
        "malformed-device-identifier",
        "malformed-device-identifier",
        |m| {
            m.add(
                Kind::Device,
                &[("udiCarrier[0].carrierHRF", "(01)51022222233337(10)A213B1")],
            )
        },
    ),
    Fault::new("source-code-lost", "source-code-lost", |m| {
        m.overwrite(Kind::Problem, "code.coding[0].code", "E11.9")
    }),
    Fault::new("drug-code-cut-short", "drug-code-cut-short", |m| {
        m.overwrite(
            Kind::Medication,
            "medicationCodeableConcept.coding[1].code",
            "12345678901",
        )
    }),
];

/// Gives the patient one more number.
fn number(m: &mut Mutation, system: &str, value: &str) -> Option<()> {
    let patient = m.change("identifier[1]", |_: &Patient| true)?;
    let mut identifier = Identifier::default();
    identifier.system.set(system.into());
    identifier.value.set(value.into());
    patient.identifier.push(identifier);
    Some(())
}
