use super::pair::{each, routes, same_dosage, steps};
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Medication that goes another way into the body than it did
    ///
    /// ## What it does
    ///
    /// Compares the routes that structure and sig name. What the source names must be named in the
    /// target. `OD` at the end of a sig is the right eye for drops and once daily for tablets: it is read
    /// only where the rest of the sig decides.
    ///
    /// ## Why it matters
    ///
    /// By mouth instead of into the vein is too little, the other way round is deadly. Ear drops in an
    /// eye burn it.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the code map of routes; codes of NCI, SNOMED CT and HL7 table 0162 mix in legacy systems.
    ///
    /// ### Who uses the data
    ///
    /// Check the route in the source before the drug is given.
    ///
    /// ## Source
    ///
    /// Institute for Safe Medication Practices, error-prone abbreviations, symbols and dose designations;
    /// tenfold dosing errors are among the errors that it collects.
    MedicationRouteChanged {
        code: "medication-route-changed", category: Conformance, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["MED-013"],
    }
}

impl Rule for MedicationRouteChanged {
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
            if same_dosage(source, target) {
                if source
                    .dosage_instruction
                    .iter()
                    .any(|dosage| dosage.route.value().is_some())
                {
                    subject.applies();
                }
                return;
            }
            let before = routes(&steps(source));
            if before.is_empty() {
                return;
            }
            subject.applies();
            let after = routes(&steps(target));
            if before.iter().any(|route| !after.contains(route)) {
                subject.violated_at("dosageInstruction[0].route");
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    const ROUTE: &str = "dosageInstruction[0].route.text";

    #[test]
    fn fires() {
        let wrong = ["Medication a dosageInstruction[0].route"];
        assert_eq!(
            between_sigs(&MedicationRouteChanged, "5 mg po daily", "5 mg iv daily"),
            wrong
        );
        assert_eq!(
            between_sigs(&MedicationRouteChanged, "5 mg po daily", "5 mg daily"),
            wrong
        );
        let of = |route| [(NAME, "x"), (ROUTE, route)];
        assert_eq!(
            between(&MedicationRouteChanged, &of("otic"), &of("ophthalmic")),
            wrong
        );
        assert_eq!(
            between(
                &MedicationRouteChanged,
                &of("otic"),
                &[(NAME, "x"), (SIG, "2 drops daily")]
            ),
            wrong
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            between_sigs(
                &MedicationRouteChanged,
                "5 mg po daily",
                "5 mg by mouth daily"
            ),
            NONE
        );
        assert_eq!(
            between_sigs(&MedicationRouteChanged, "5 mg daily", "5 mg po daily"),
            NONE
        );
        let coded = [
            (NAME, "x"),
            (
                "dosageInstruction[0].route.coding[0].system",
                "http://snomed.info/sct",
            ),
            ("dosageInstruction[0].route.coding[0].code", "26643006"),
        ];
        assert_eq!(
            between(
                &MedicationRouteChanged,
                &coded,
                &[(NAME, "x"), (SIG, "1 tablet po daily")]
            ),
            NONE
        );
        assert_eq!(
            between(
                &MedicationRouteChanged,
                &[(NAME, "x"), (ROUTE, "house route")],
                &[(NAME, "x")]
            ),
            NONE
        );
    }
}
