//! Faults in medications.

use ehr_model::datatype::CodeableConcept;
use ehr_model::kind::{Medication, MedicationCode, MedicationStatus};
use ehr_model::record::Kind;

use super::{Fault, Mutation};

const SIG: &str = "dosageInstruction[0].text";
const NAME: &str = "medicationCodeableConcept.coding[0].display";
const CODE: &str = "medicationCodeableConcept.coding[0].code";
const DOSE: &str = "dosageInstruction[0].doseAndRate[0].doseQuantity.value";
const UNIT: &str = "dosageInstruction[0].doseAndRate[0].doseQuantity.unit";
const ACTIVE: (&str, &str) = ("status", "active");

pub(super) const FAULTS: &[Fault] = &[
    same("medication-without-dose-or-code", |m| {
        let has_dose = |m: &Medication| {
            let doses = m
                .dosage_instruction
                .iter()
                .flat_map(|step| &step.dose_and_rate);
            m.status.value() == Some(&MedicationStatus::Active)
                && doses.into_iter().any(|dose| dose.dose.value().is_some())
        };
        m.change("dosageInstruction", has_dose)?
            .dosage_instruction
            .clear();
        Some(())
    }),
    same("active-medication-missing-in-target", |m| {
        m.remove(named("warfarin"))
    }),
    same("active-medication-that-ended", |m| {
        m.write(named("warfarin"), "effectivePeriod.end", "2031-04-20")
    }),
    same("as-needed-or-ceiling-lost", |m| {
        m.write(
            named("acetaminophen"),
            SIG,
            "Take 1 tablet by mouth every 6 hours",
        )
    }),
    Fault::new(
        "as-needed-or-ceiling-lost-with-its-maximum",
        "as-needed-or-ceiling-lost",
        |m| {
            m.write(
                named("acetaminophen"),
                SIG,
                "Take 1 tablet by mouth every 6 hours as needed",
            )
        },
    ),
    same("controlled-order-incomplete", |m| {
        m.change("dispenseRequest", named("morphine"))
            .map(|m| m.dispense_request = Default::default())
    }),
    same("controlled-substance-schedule-changed", |m| {
        m.write(named("morphine"), CODE, "861007")
    }),
    same("daily-dose-above-maximum", |m| {
        m.write(named("acetaminophen"), SIG, "Take 3 tablets every 4 hours")
    }),
    same("daily-dose-changed", |m| {
        m.write(named("warfarin"), SIG, "Take 7.5 mg by mouth once daily")
    }),
    same("dosage-lost", |m| {
        m.write(named("warfarin"), SIG, "Take as directed by the clinic")
    }),
    same("dosage-steps-lost", |m| {
        m.write(named("prednisone"), SIG, "2 tablets in the morning")
    }),
    same("dose-changed-tenfold", |m| {
        m.write(named("warfarin"), SIG, "Take 50 mg by mouth once daily")
    }),
    Fault::new(
        "dose-changed-tenfold-by-structure",
        "dose-changed-tenfold",
        |m| m.write(named("metformin"), DOSE, "50"),
    ),
    same("dose-changed-thousandfold", |m| {
        m.write(named("warfarin"), SIG, "Take 5 mcg by mouth once daily")
    }),
    same("dose-doubled-or-halved", |m| {
        m.write(named("warfarin"), SIG, "Take 10 mg by mouth once daily")
    }),
    same("dose-form-or-release-changed", |m| {
        m.write(
            named("morphine"),
            NAME,
            "morphine sulfate 30 MG Oral Capsule",
        )
    }),
    same("dose-unit-swapped", |m| {
        m.write(named("warfarin"), SIG, "Take 5 mL by mouth once daily")
    }),
    same("dosing-frequency-changed", |m| {
        m.write(named("warfarin"), SIG, "Take 5 mg by mouth once weekly")
    }),
    same("duplicate-therapy-created", |m| {
        m.copy("", named("warfarin")).map(|_| ())
    }),
    same("error-prone-dose-notation", |m| {
        m.write(
            named("insulin"),
            SIG,
            "Inject 10U subcutaneously twice daily",
        )
    }),
    same("high-alert-medication-changed", |m| {
        m.write(named("warfarin"), "note[0].text", "hold")
            .and_then(|()| m.write(named("warfarin"), "authoredOn", "2031-04-02"))
    }),
    same("medication-category-lost", |m| {
        m.change("category", named("warfarin"))
            .map(|m| m.category.clear())
    }),
    same("medication-coded-by-ndc-only", |m| {
        m.write(
            named("warfarin"),
            "medicationCodeableConcept.coding[0].system",
            "http://hl7.org/fhir/sid/ndc",
        )
    }),
    same("medication-end-before-start", |m| {
        m.add(
            Kind::Medication,
            &[
                ("effectivePeriod.start", "2030-02-02"),
                ("effectivePeriod.end", "2030-01-02"),
            ],
        )
    }),
    same("medication-end-invented", |m| {
        m.write(named("metformin"), "effectivePeriod.end", "2031-05-01")
    }),
    same("medication-indication-lost", |m| {
        m.change("reasonCode", named("metformin"))
            .map(|m| m.reason_code.clear())
    }),
    same("medication-ingredient-changed", |m| {
        m.write(named("morphine"), CODE, "861007")
            .and_then(|()| m.write(named("morphine"), NAME, "metformin"))
    }),
    same("medication-route-changed", |m| {
        m.write(
            named("warfarin"),
            SIG,
            "Inject 5 mg intravenously once daily",
        )
    }),
    same("medication-status-changed", |m| {
        m.write(named("ibuprofen"), "status", "active")
    }),
    same("number-in-sig-misread", |m| {
        m.add(
            Kind::Medication,
            &[ACTIVE, (SIG, "take .5 mg daily"), (DOSE, "5"), (UNIT, "mg")],
        )
    }),
    same("refill-beyond-legal-limit", |m| {
        m.write(
            named("morphine"),
            "dispenseRequest.numberOfRepeatsAllowed",
            "3",
        )
    }),
    same("salt-or-concentration-changed", |m| {
        m.write(
            named("insulin"),
            NAME,
            "insulin regular, human 100 UNT/ML Injectable Solution",
        )
    }),
    same("sig-contradicts-structured-dosage", |m| {
        m.add(
            Kind::Medication,
            &[ACTIVE, (SIG, "take 50 mg daily"), (DOSE, "5"), (UNIT, "mg")],
        )
    }),
    same("strength-counted-as-dose", |m| {
        m.add(
            Kind::Medication,
            &[
                ACTIVE,
                (NAME, "metformin hydrochloride 500 MG Oral Tablet"),
                (DOSE, "500"),
                (UNIT, "tablets"),
            ],
        )
    }),
    same("supply-contradicts-dosage", |m| {
        m.write(named("morphine"), "dispenseRequest.quantity.value", "90")
    }),
    same("supply-item-in-medication-list", |m| {
        m.add(Kind::Medication, &[ACTIVE, (NAME, "raised toilet seat")])
    }),
];

/// A fault with the name of its rule.
const fn same(rule: &'static str, inject: fn(&mut Mutation) -> Option<()>) -> Fault {
    Fault::new(rule, rule, inject)
}

/// The medication of the textbook with this ingredient.
fn named(ingredient: &'static str) -> impl Fn(&Medication) -> bool {
    let has = move |concept: &CodeableConcept| {
        let mut names = concept
            .coding
            .iter()
            .filter_map(|coding| coding.display.value());
        names.any(|name| name.expose().contains(ingredient))
    };
    move |medication| match medication.medication.value() {
        Some(MedicationCode::CodeableConcept(concept)) => concept.value().is_some_and(has),
        _ => false,
    }
}
