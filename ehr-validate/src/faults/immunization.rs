//! Faults in vaccinations.

use ehr_model::kind::{Immunization, ImmunizationStatus};
use ehr_model::record::Kind;
use ehr_model::value::Field;

use super::Fault;

const CVX: &str = "http://hl7.org/fhir/sid/cvx";

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "immunization-without-vaccine-code",
        "immunization-without-vaccine-code",
        |m| {
            let vaccine = m
                .change("vaccineCode", was_given)?
                .vaccine_code
                .value_mut()?;
            vaccine.text = Field::Value("MMR II".into());
            vaccine.coding.clear();
            Some(())
        },
    ),
    Fault::new("vaccine-group-changed", "vaccine-group-changed", |m| {
        let vaccine = m
            .change("vaccineCode", was_given)?
            .vaccine_code
            .value_mut()?;
        vaccine.coding.first_mut()?.code = Field::Value("85".into());
        Some(())
    }),
    Fault::new(
        "vaccine-lot-lost",
        "vaccine-lot-or-manufacturer-lost",
        |m| m.clear(Kind::Immunization, "lotNumber"),
    ),
    Fault::new(
        "vaccine-lot-without-manufacturer",
        "vaccine-lot-without-manufacturer",
        |m| {
            let fits = |i: &Immunization| {
                was_given(i) && i.lot_number.value().is_some() && i.manufacturer.value().is_some()
            };
            m.change("manufacturer", fits)?.manufacturer = Field::Empty;
            Some(())
        },
    ),
    Fault::new(
        "vaccine-given-after-expiry",
        "vaccine-given-after-expiry",
        |m| m.overwrite(Kind::Immunization, "expirationDate", "1980-01-31"),
    ),
    Fault::new("refusal-became-dose", "immunization-status-changed", |m| {
        let refused = |i: &Immunization| i.status.value() == Some(&ImmunizationStatus::NotDone);
        m.change("status", refused)?.status = Field::Value(ImmunizationStatus::Completed);
        Some(())
    }),
    Fault::new(
        "vaccine-given-too-soon-again",
        "vaccine-given-too-soon-again",
        |m| {
            // A month without its day cannot be too soon.
            let has_day = |i: &Immunization| was_given(i) && i.expiration_date.value().is_some();
            m.copy("occurrenceDateTime", has_day)?;
            Some(())
        },
    ),
    Fault::new("vaccine-doses-decreased", "vaccine-doses-decreased", |m| {
        m.remove(was_given)
    }),
    Fault::new(
        "live-vaccine-despite-contraindication",
        "live-vaccine-despite-contraindication",
        |m| {
            m.add(
                Kind::Problem,
                &[
                    ("clinicalStatus", "active"),
                    ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
                    ("code.coding[0].code", "D81.9"),
                    ("onsetDateTime", "2026-01-10"),
                ],
            )?;
            m.add(
                Kind::Immunization,
                &[
                    ("status", "completed"),
                    ("vaccineCode.coding[0].system", CVX),
                    ("vaccineCode.coding[0].code", "21"),
                    ("occurrenceDateTime", "2026-09-01"),
                ],
            )
        },
    ),
];

fn was_given(immunization: &Immunization) -> bool {
    immunization.status.value() == Some(&ImmunizationStatus::Completed)
        && immunization
            .vaccine_code
            .value()
            .is_some_and(|vaccine| !vaccine.coding.is_empty())
}
