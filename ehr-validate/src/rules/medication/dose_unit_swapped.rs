use ehr_model::kind::Medication;

use super::pair::{Dosing, dosing, each};
use crate::Context;
use crate::compare::ChartPair;
use crate::dose::{Dimension, Factor, Regimen};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Dose whose unit measures something else than it did
    ///
    /// ## What it does
    ///
    /// Compares the unit of the dose where it is measured and not counted. The same number must not stand
    /// in a unit that does not convert: mg became mL, units became mL, mEq became mg. A dose of the
    /// target in a volume must stand beside a product that still states its concentration, where the
    /// source stated it.
    ///
    /// ## Why it matters
    ///
    /// Five milligrams of morphine and five millilitres of it are twenty times apart, and ten units of
    /// insulin and ten millilitres a hundred times.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the code map of units, and at records whose unit column is empty: a default unit is never
    /// right for all drugs. Bring the name of the product with its concentration.
    ///
    /// ### Who uses the data
    ///
    /// Do not measure the dose out before the source has been looked at.
    ///
    /// ## Source
    ///
    /// Institute for Safe Medication Practices, error-prone abbreviations, symbols and dose designations;
    /// tenfold dosing errors are among the errors that it collects. Its list names `U`, `IU` and doses in
    /// mL without concentration.
    DoseUnitSwapped {
        code: "dose-unit-swapped", category: Conformance, severity: Fatal, since: "0.1.0", scope: Comparison,
        covers: ["MED-004", "MED-005"],
    }
}

impl Rule for DoseUnitSwapped {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each(pair, findings, |source, target, subject| {
            match dosing(source, target) {
                Dosing::Kept => subject.applies(),
                Dosing::Changed(Factor::OtherUnit) => subject.violated_at("dosageInstruction"),
                Dosing::Changed(_) => subject.applies(),
                Dosing::Unknown(_) if concentration_lost(source, target) => {
                    subject.violated_at("medication");
                }
                Dosing::Unstated | Dosing::Unknown(_) => {}
            }
        });
        Ok(())
    }
}

/// Whether the dose is a volume of a product that stated its concentration and does so no more.
fn concentration_lost(source: &Medication, target: &Medication) -> bool {
    let target = Regimen::of(target);
    let in_volume = |unit: crate::dose::DoseUnit| unit.dimension() == Dimension::Volume;
    target.strength.is_none()
        && target
            .steps
            .iter()
            .any(|step| step.unit.is_some_and(in_volume))
        && Regimen::of(source).strength.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    #[test]
    fn fires() {
        let wrong = ["Medication a dosageInstruction"];
        for (source, target) in [
            ("take 5 mg daily", "take 5 mL daily"),
            ("inject 10 units daily", "inject 10 mL daily"),
            ("take 20 mEq daily", "take 20 mg daily"),
        ] {
            assert_eq!(
                between_sigs(&DoseUnitSwapped, source, target),
                wrong,
                "{source}"
            );
        }
        let syrup = [
            (NAME, "morphine sulfate 2 MG/ML Oral Solution"),
            (SIG, "take 5 mg daily"),
        ];
        let bare = [(NAME, "morphine oral solution"), (SIG, "take 2.5 mL daily")];
        assert_eq!(
            between(&DoseUnitSwapped, &syrup, &bare),
            ["Medication a medication"]
        );
    }

    #[test]
    fn stays_silent() {
        for (source, target) in [
            ("take 5 mg daily", "take 5 mg daily"),
            ("take 5 mL daily", "take 1 tsp daily"),
            ("take 5 mg daily", "take 7 mL daily"),
            ("apply as directed", "take 5 mL daily"),
        ] {
            assert_eq!(
                between_sigs(&DoseUnitSwapped, source, target),
                NONE,
                "{source}"
            );
        }
        let syrup = |sig| [(NAME, "morphine sulfate 2 MG/ML Oral Solution"), (SIG, sig)];
        assert_eq!(
            between(
                &DoseUnitSwapped,
                &syrup("take 5 mg daily"),
                &syrup("take 2.5 mL daily")
            ),
            NONE
        );
    }
}
