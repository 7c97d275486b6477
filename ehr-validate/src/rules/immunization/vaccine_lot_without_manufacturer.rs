use ehr_model::kind::Immunization;

use super::vaccine::was_given;
use crate::Context;
use crate::concept::text;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// Lot number of a vaccine without its manufacturer.
    ///
    /// ## What it does
    ///
    /// Looks at vaccinations that were given and carry a lot number; "unknown" is none. The
    /// manufacturer must be there, as a reference, an identifier or a name.
    ///
    /// ## Why it matters
    ///
    /// Lot numbers are unique to a manufacturer only. A recall cannot be answered without it.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map the MVX code beside the lot. Where the source has none, leave it out; a manufacturer is
    /// never guessed from a lot.
    ///
    /// ### Who uses the data
    ///
    /// Look at the product in the archive when a lot is recalled.
    ///
    /// ## Source
    ///
    /// CDC, MVX code set; HL7 v2 Implementation Guide for Immunization Messaging, RXA-15 and
    /// RXA-17.
    VaccineLotWithoutManufacturer {
        code: "vaccine-lot-without-manufacturer", category: Completeness, severity: Warning, since: "0.1.0",
        covers: ["IMM-003"],
    }
}

impl Rule for VaccineLotWithoutManufacturer {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, immunization) in chart.of::<Immunization>() {
            if was_given(immunization) && text(&immunization.lot_number).is_some_and(names_a_lot) {
                let mut subject = findings.applies_to(record);
                if immunization.manufacturer.value().is_none() {
                    subject.violated_at("manufacturer");
                }
            }
        }
        Ok(())
    }
}

/// Words in the place of a lot number.
const NO_LOT: &[&str] = &["n/a", "na", "none", "not available", "unk", "unknown"];

fn names_a_lot(lot: &str) -> bool {
    !NO_LOT.iter().any(|word| lot.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    #[test]
    fn fires() {
        let chart = vec![record(Kind::Immunization, "a", &[("lotNumber", "AB12")])];
        assert_eq!(
            found(&VaccineLotWithoutManufacturer, chart),
            ["Immunization a manufacturer"]
        );
    }

    #[test]
    fn stays_silent() {
        let lot = ("lotNumber", "AB12");
        let chart = vec![
            record(
                Kind::Immunization,
                "a",
                &[lot, ("manufacturer.display", "Merck")],
            ),
            record(Kind::Immunization, "b", &[lot, ("status", "not-done")]),
            record(Kind::Immunization, "c", &[("lotNumber", "  ")]),
            record(Kind::Immunization, "d", &[("lotNumber", "Unknown")]),
        ];
        assert_eq!(found(&VaccineLotWithoutManufacturer, chart), NONE);
    }
}
