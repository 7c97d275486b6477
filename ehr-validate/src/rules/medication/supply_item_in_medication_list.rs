use ehr_model::chart::Chart;
use ehr_model::kind::Medication;

use super::entry::{is_named, may_be_taken, names};
use crate::Context;
use crate::dose::Strength;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Supply or appliance that stands in the list of medications
    ///
    /// ## What it does
    ///
    /// Looks at the names of medications that the patient may take. Supplies and appliances such as test
    /// strips, lancets, needles, wheelchairs and toilet seats are named. Products that contain a drug and
    /// name their appliance beside it, with a strength, are left alone.
    ///
    /// ## Why it matters
    ///
    /// Such entries have no dose and no ingredient. They raise warnings that nobody reads, and hide those
    /// that matter.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the table or the category of supplies to the list of supplies of the target; do not drop them.
    ///
    /// ### Who uses the data
    ///
    /// Move the entry to the list of supplies.
    ///
    /// ## Source
    ///
    /// Reports of vendors on converted lists; the words are an engineering default.
    SupplyItemInMedicationList {
        code: "supply-item-in-medication-list", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["MED-027"],
    }
}

impl Rule for SupplyItemInMedicationList {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, medication) in chart
            .of::<Medication>()
            .filter(|(_, medication)| may_be_taken(medication))
        {
            if names(medication).next().is_none() {
                continue;
            }
            let mut subject = findings.applies_to(record);
            if is_named(medication, SUPPLIES)
                && !names(medication).any(|name| Strength::parse(name).is_ok())
            {
                subject.violated_at("medication");
            }
        }
        Ok(())
    }
}

/// What is no drug, in lower case.
const SUPPLIES: &[&str] = &[
    "adult diapers",
    "alcohol prep pads",
    "alcohol swabs",
    "bandage",
    "bandages",
    "bedside commode",
    "blood glucose meter",
    "blood pressure cuff",
    "blood pressure monitor",
    "cane",
    "catheter",
    "commode",
    "compression stockings",
    "cpap mask",
    "crutches",
    "gauze",
    "glucometer",
    "glucose meter",
    "hearing aid",
    "hospital bed",
    "incontinence briefs",
    "knee brace",
    "lancet",
    "lancets",
    "lancing device",
    "nebulizer machine",
    "ostomy bag",
    "oxygen concentrator",
    "pen needle",
    "pen needles",
    "pill organizer",
    "shower chair",
    "spacer device",
    "splint",
    "syringe with needle",
    "test strip",
    "test strips",
    "toilet seat",
    "underpads",
    "walker",
    "wheelchair",
    "wrist brace",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    #[test]
    fn fires() {
        let wrong = ["Medication a medication"];
        for name in [
            "Raised Toilet Seat",
            "OneTouch Ultra test strips",
            "BD pen needles 31G",
            "Lancets, 100 ct",
        ] {
            assert_eq!(
                in_one(&SupplyItemInMedicationList, &[(NAME, name)]),
                wrong,
                "{name}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        for name in [
            "aspirin",
            "buprenorphine 8 MG / naloxone 2 MG Sublingual Film Strip",
            "insulin glargine 100 UNT/ML Pen Injector with pen needles",
        ] {
            assert_eq!(
                in_one(&SupplyItemInMedicationList, &[(NAME, name)]),
                NONE,
                "{name}"
            );
        }
        assert_eq!(
            in_one(
                &SupplyItemInMedicationList,
                &[("status", "stopped"), (NAME, "lancets")]
            ),
            NONE
        );
        assert_eq!(in_one(&SupplyItemInMedicationList, &[ACTIVE]), NONE);
    }
}
