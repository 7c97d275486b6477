//! Faults in allergies.

use ehr_model::datatype::{CodeableConcept, Concept};
use ehr_model::kind::{
    Allergy, AllergyCategory, AllergyClinicalStatus, AllergyCriticality, AllergyVerificationStatus,
    Medication, MedicationCode, MedicationStatus, ReactionSeverity,
};
use ehr_model::record::Kind;
use ehr_model::value::Field;

use super::Fault;

const SNOMED: &str = "http://snomed.info/sct";

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "active-allergy-without-substance",
        "active-allergy-without-substance",
        |m| m.add(Kind::Allergy, &[("clinicalStatus", "active")]),
    ),
    Fault::new(
        "active-allergy-missing-in-target",
        "active-allergy-missing-in-target",
        |m| m.remove(is_active),
    ),
    Fault::new(
        "denied-allergies-beside-active-allergy",
        "denied-allergies-beside-active-allergy",
        |m| {
            m.change("code", is_active)?;
            denial(m, "716186003")
        },
    ),
    Fault::new(
        "denied-category-beside-its-allergy",
        "denied-category-beside-its-allergy",
        |m| {
            let is_drug =
                |a: &Allergy| is_active(a) && a.category.contains(&AllergyCategory::Medication);
            m.change("category", is_drug)?;
            denial(m, "409137002")
        },
    ),
    Fault::new("allergy-negation-lost", "allergy-negation-lost", |m| {
        let allergy = m.change("verificationStatus", is_refuted)?;
        allergy.verification_status = Field::Value(Concept(AllergyVerificationStatus::Confirmed));
        Some(())
    }),
    Fault::new("absence-became-denial", "absence-became-denial", |m| {
        denial(m, "429625007")
    }),
    Fault::new(
        "allergy-resolved-became-active",
        "allergy-status-changed",
        |m| {
            let is_over = |a: &Allergy| {
                a.clinical_status.value() == Some(&Concept(AllergyClinicalStatus::Inactive))
            };
            let allergy = m.change("clinicalStatus", is_over)?;
            allergy.clinical_status = Field::Value(Concept(AllergyClinicalStatus::Active));
            Some(())
        },
    ),
    Fault::new(
        "allergy-active-became-resolved",
        "allergy-status-changed",
        |m| {
            let allergy = m.change("clinicalStatus", is_active)?;
            allergy.clinical_status = Field::Value(Concept(AllergyClinicalStatus::Resolved));
            Some(())
        },
    ),
    Fault::new("allergy-reaction-lost", "allergy-reaction-changed", |m| {
        let has_reaction = |a: &Allergy| a.reaction.iter().any(|r| !r.manifestation.is_empty());
        m.change("reaction", has_reaction)?.reaction.clear();
        Some(())
    }),
    Fault::new(
        "allergy-severity-reordered",
        "allergy-reaction-changed",
        |m| {
            let is_mild = |a: &Allergy| severity(a) == Some(&ReactionSeverity::Mild);
            m.change("reaction[0].severity", is_mild)?.reaction[0].severity =
                Field::Value(ReactionSeverity::Severe);
            Some(())
        },
    ),
    Fault::new(
        "severe-allergy-downgraded",
        "severe-allergy-downgraded",
        |m| {
            let is_severe =
                |a: &Allergy| is_active(a) && severity(a) == Some(&ReactionSeverity::Severe);
            m.change("reaction[0].severity", is_severe)?.reaction[0].severity =
                Field::Value(ReactionSeverity::Moderate);
            Some(())
        },
    ),
    Fault::new("criticality-lost", "severe-allergy-downgraded", |m| {
        let is_high =
            |a: &Allergy| is_active(a) && a.criticality.value() == Some(&AllergyCriticality::High);
        m.change("criticality", is_high)?.criticality = Field::Empty;
        Some(())
    }),
    Fault::new("allergy-without-code", "allergy-without-code", |m| {
        let substance = m
            .change("code", |a: &Allergy| is_active(a) && is_coded(a))?
            .code
            .value_mut()?;
        let words = substance
            .coding
            .drain(..)
            .find_map(|coding| coding.display.value().cloned());
        substance.text = Field::Value(words.unwrap_or_else(|| "substance".into()));
        Some(())
    }),
    Fault::new(
        "allergy-substance-changed",
        "allergy-substance-changed",
        |m| {
            let substance = m.change("code", is_coded)?.code.value_mut()?;
            substance
                .coding
                .iter_mut()
                .for_each(|coding| coding.code = Field::Value("723".into()));
            Some(())
        },
    ),
    Fault::new(
        "allergen-became-drug-product",
        "allergen-became-drug-product",
        |m| {
            let has_words = |a: &Allergy| {
                is_coded(a)
                    && a.code
                        .value()
                        .is_some_and(|code| code.coding[0].display.value().is_some())
            };
            let substance = m.change("code", has_words)?.code.value_mut()?;
            let words = substance.coding[0].display.value()?.expose();
            substance.text = Field::Value(format!("{words} 250 MG Oral Tablet").into());
            Some(())
        },
    ),
    Fault::new("allergy-type-changed", "allergy-type-changed", |m| {
        m.overwrite(Kind::Allergy, "type", "intolerance")
    }),
    Fault::new(
        "duplicate-allergy-with-conflicting-reactions",
        "duplicate-allergy-with-conflicting-reactions",
        |m| {
            let has_words = |a: &Allergy| {
                let mut manifestations = a.reaction.iter().flat_map(|r| &r.manifestation);
                is_active(a) && manifestations.any(|m| m.coding.is_empty())
            };
            let reaction = &mut m.copy("reaction", has_words)?.reaction[0];
            reaction.manifestation = vec![worded("stomach upset")];
            Some(())
        },
    ),
    Fault::new(
        "words-that-are-no-allergen",
        "words-that-are-no-allergen",
        |m| {
            m.add(
                Kind::Allergy,
                &[("clinicalStatus", "active"), ("code.text", "see chart")],
            )
        },
    ),
    Fault::new(
        "allergy-date-or-recorder-lost",
        "allergy-date-or-recorder-lost",
        |m| m.clear(Kind::Allergy, "recordedDate"),
    ),
    Fault::new(
        "order-against-allergy-created",
        "order-against-allergy-created",
        |m| {
            let allergy = m.change("code", |a: &Allergy| is_active(a) && name(a).is_some())?;
            let name = name(allergy)?.to_owned();
            let is_taken = |o: &Medication| o.status.value() == Some(&MedicationStatus::Active);
            let order = m.change("medication", is_taken)?;
            let drug = worded(&format!("{name} 500 MG Oral Tablet"));
            order.medication = Field::Value(MedicationCode::CodeableConcept(Field::Value(drug)));
            Some(())
        },
    ),
];

fn denial(m: &mut super::Mutation, code: &str) -> Option<()> {
    m.add(
        Kind::Allergy,
        &[
            ("clinicalStatus", "active"),
            ("verificationStatus", "confirmed"),
            ("code.coding[0].system", SNOMED),
            ("code.coding[0].code", code),
        ],
    )
}

fn is_active(allergy: &Allergy) -> bool {
    allergy.clinical_status.value() == Some(&Concept(AllergyClinicalStatus::Active))
        && !is_refuted(allergy)
}

/// A name of the substance that is long enough to be found in the name of a drug.
fn name(allergy: &Allergy) -> Option<&str> {
    let code = allergy.code.value()?;
    let displays = code.coding.iter().map(|coding| &coding.display);
    let names = displays.chain([&code.text]).filter_map(|name| name.value());
    names
        .map(|name| name.expose().trim())
        .find(|name| name.is_ascii() && name.len() > 4)
}

fn is_refuted(allergy: &Allergy) -> bool {
    allergy.verification_status.value() == Some(&Concept(AllergyVerificationStatus::Refuted))
}

fn is_coded(allergy: &Allergy) -> bool {
    allergy
        .code
        .value()
        .is_some_and(|code| !code.coding.is_empty())
}

fn severity(allergy: &Allergy) -> Option<&ReactionSeverity> {
    allergy.reaction.first()?.severity.value()
}

fn worded(words: &str) -> CodeableConcept {
    let mut concept = CodeableConcept::default();
    concept.text.set(words.into());
    concept
}
