use std::collections::HashMap;

use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::ucum;
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::system;

rule! {
    /// Unit that claims to be UCUM and is not.
    ///
    /// ## What it does
    ///
    /// Parses the code of every quantity whose system is UCUM, with case. It also fires on units
    /// that parse and mean something else than people mean by them: K/uL is kelvin per microlitre,
    /// and ft is a femtotonne. UCUM has l beside L and 10^3 beside 10*3, so mg/dl is right.
    ///
    /// ## Why it matters
    ///
    /// A value with a unit that no parser knows cannot be converted or compared with its range, and
    /// a unit that is read otherwise changes the value by powers of ten.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Write the unit that the rule proposes (`mm Hg` is `mm[Hg]`, `mcg` is `ug`, `K/uL` is `10*3/uL`) into the
    /// unit map, and keep the spelling of the source as the text of the unit. Where none is
    /// proposed, leave out the system.
    ///
    /// ### Who uses the data
    ///
    /// Read the unit as the source wrote it.
    ///
    /// ## Source
    ///
    /// UCUM specification; SITE C-CDA scorecard, units of results and vital signs.
    UnitOutsideUcum {
        code: "unit-outside-ucum", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-030"],
    }
}

impl Rule for UnitOutsideUcum {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let wanted = Wanted::Systems(&[system::UCUM]);
        // a chart has few units, and each many times
        let mut known: HashMap<String, bool> = HashMap::new();
        judge(chart, context, findings, wanted, |code| {
            let is_unit = known.get(&*code.code).copied().unwrap_or_else(|| {
                let is_unit = ucum::check(&code.code).is_ok();
                known.insert(code.code.to_string(), is_unit);
                is_unit
            });
            Judgement::violated_if(!is_unit)
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    #[test]
    fn fires() {
        for code in ["K/uL", "mm Hg", "mcg", "MG/DL", "lbs", "tablet"] {
            let fields = [
                ("valueQuantity.system", "http://unitsofmeasure.org"),
                ("valueQuantity.code", code),
            ];
            let records = vec![record(Kind::Observation, "a", &fields)];
            assert_eq!(
                found(&UnitOutsideUcum, records),
                ["Observation a valueQuantity"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["mg/dL", "mg/dl", "10*3/uL", "mm[Hg]", "{tbl}", "1"] {
            let fields = [
                ("valueQuantity.system", "http://unitsofmeasure.org"),
                ("valueQuantity.code", code),
            ];
            let records = vec![record(Kind::Observation, "a", &fields)];
            assert_eq!(found(&UnitOutsideUcum, records), none, "{code}");
        }
    }
}
