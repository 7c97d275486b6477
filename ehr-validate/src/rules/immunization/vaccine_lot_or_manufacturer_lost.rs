use ehr_model::kind::Immunization;

use crate::Context;
use crate::compare::ChartPair;
use crate::concept::text;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Vaccination that lost its lot, its manufacturer or its expiry.
    ///
    /// ## What it does
    ///
    /// Compares lot number, manufacturer and expiration date of every vaccination with its entry in
    /// the target. A lot must be the same but for case and space; a manufacturer and an expiry must
    /// be there.
    ///
    /// ## Why it matters
    ///
    /// A recalled lot is looked for by its number. Registries refuse doses that the practice gave
    /// without it.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the fields of the dose, not those of the order, and keep the manufacturer as a reference
    /// or by name.
    ///
    /// ### Who uses the data
    ///
    /// Look in the archive when a lot is recalled.
    ///
    /// ## Source
    ///
    /// HL7 v2 Implementation Guide for Immunization Messaging, RXA-15 to RXA-17; HL7 FHIR R4,
    /// Immunization.lotNumber.
    VaccineLotOrManufacturerLost {
        code: "vaccine-lot-or-manufacturer-lost", category: Completeness, severity: Warning, since: "0.1.0",
        scope: Comparison, covers: ["IMM-003"],
    }
}

impl Rule for VaccineLotOrManufacturerLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Immunization>() {
            let mut subject = findings.about(record);
            if let Some(lot) = text(&source.lot_number) {
                subject.applies();
                if !text(&target.lot_number).is_some_and(|other| other.eq_ignore_ascii_case(lot)) {
                    subject.violated_at("lotNumber");
                }
            }
            if source.manufacturer.value().is_some() {
                subject.applies();
                if target.manufacturer.value().is_none() {
                    subject.violated_at("manufacturer");
                }
            }
            if source.expiration_date.value().is_some() {
                subject.applies();
                if target.expiration_date.value().is_none() {
                    subject.violated_at("expirationDate");
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let of = |fields: &[_]| vec![record(Kind::Immunization, "a", fields)];
        found_between(&VaccineLotOrManufacturerLost, of(source), of(target))
    }

    const LOT: (&str, &str) = ("lotNumber", "AB12");

    #[test]
    fn fires() {
        assert_eq!(between(&[LOT], &[]), ["Immunization a lotNumber"]);
        assert_eq!(
            between(&[LOT], &[("lotNumber", "AB21")]),
            ["Immunization a lotNumber"]
        );
        let others = [
            ("manufacturer.display", "Seqirus"),
            ("expirationDate", "2030-01"),
        ];
        assert_eq!(
            between(&others, &[]),
            [
                "Immunization a manufacturer",
                "Immunization a expirationDate"
            ]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between(&[LOT], &[("lotNumber", " ab12")]), NONE);
        assert_eq!(between(&[], &[LOT]), NONE);
        assert_eq!(between(&[("lotNumber", " ")], &[]), NONE);
    }
}
