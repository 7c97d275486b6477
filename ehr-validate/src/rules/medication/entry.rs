//! What an entry of the medication list is, and whether it holds.

use ehr_model::datatype::CodeableConcept;
use ehr_model::kind::{Medication, MedicationCode, MedicationStatus};

use crate::concept;
use crate::rule::CannotCheck;
use crate::terminology::{Concept, Schedule, Terminology, system};

/// No table tells the schedules of drugs.
pub(super) const NO_TABLE: CannotCheck =
    CannotCheck::without_table("a table of RxNorm or of the drug directory");

/// Whether somebody entered it in error: nothing of it has to be kept alive.
pub(super) fn is_void(medication: &Medication) -> bool {
    medication.status.value() == Some(&MedicationStatus::EnteredInError)
}

/// Whether the patient takes it: it is active and does not say "not to be given".
pub(crate) fn is_active(medication: &Medication) -> bool {
    medication.status.value() == Some(&MedicationStatus::Active)
        && medication.do_not_perform.value() != Some(&true)
}

/// Whether the patient may take it: nothing says that it is over, denied or entered in error.
pub(super) fn may_be_taken(medication: &Medication) -> bool {
    let over = matches!(
        medication.status.value(),
        Some(
            MedicationStatus::Cancelled
                | MedicationStatus::Completed
                | MedicationStatus::EnteredInError
                | MedicationStatus::Stopped
        )
    );
    !over && medication.do_not_perform.value() != Some(&true)
}

/// The product, where the entry names it itself.
pub(super) fn product(medication: &Medication) -> Option<&CodeableConcept> {
    match medication.medication.value()? {
        MedicationCode::CodeableConcept(concept) => concept.value(),
        _ => None,
    }
}

/// The names of the product.
pub(super) fn names(medication: &Medication) -> impl Iterator<Item = &str> {
    product(medication).into_iter().flat_map(concept::words)
}

/// Whether a name of the product has one of these phrases, in lower case, as whole words.
pub(super) fn is_named(medication: &Medication, phrases: &[&str]) -> bool {
    product(medication).is_some_and(|product| concept::says_any(product, phrases))
}

/// The concepts of RxNorm that a table knows for the product, by RxCUI and by NDC.
pub(super) fn known_drugs<'t>(
    medication: &Medication,
    terminology: &'t Terminology,
) -> Vec<Concept<'t>> {
    let Some(product) = product(medication) else {
        return Vec::new();
    };
    let lookup = |code: &str| terminology.lookup(system::RXNORM, code).known();
    let by_rxcui = concept::codes_in(product, system::RXNORM).filter_map(lookup);
    let by_ndc = concept::codes_in(product, system::NDC)
        .filter_map(|code| terminology.rxcuis_of_ndc(code))
        .flatten()
        .filter_map(lookup);
    by_rxcui.chain(by_ndc).collect()
}

/// The schedule of the product, as far as a table tells it. The strictest counts.
pub(crate) fn schedule(medication: &Medication, terminology: &Terminology) -> Option<Schedule> {
    let by_drug = known_drugs(medication, terminology)
        .into_iter()
        .filter_map(|drug| drug.schedule());
    let codes = product(medication).into_iter();
    let by_ndc = codes
        .flat_map(|product| concept::codes_in(product, system::NDC))
        .filter_map(|code| terminology.schedule(system::NDC, code));
    by_drug.chain(by_ndc).min()
}

/// Whether the product has a code that a table of drugs could know.
pub(crate) fn has_drug_code(medication: &Medication) -> bool {
    let has = |system| {
        product(medication)
            .is_some_and(|product| concept::codes_in(product, system).next().is_some())
    };
    has(system::RXNORM) || has(system::NDC)
}

/// Whether a table could tell the schedule of a drug.
pub(crate) fn knows_drugs(terminology: Option<&Terminology>) -> Option<&Terminology> {
    terminology
        .filter(|known| known.table(system::RXNORM).is_some() || known.table(system::NDC).is_some())
}
