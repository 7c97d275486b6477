use ehr_model::chart::Chart;

use super::malformed_state_or_postal_code::is_abroad;
use crate::Context;
use crate::code_format::address::zip_fits_state;
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::walk::text;

rule! {
    /// ZIP code that does not lie in the state of the address.
    ///
    /// ## What it does
    ///
    /// Compares the first three digits of the ZIP code with the prefixes of the state. Places at a
    /// border that a post office of the neighbouring state serves are known by their whole code.
    /// Malformed codes are for another rule.
    ///
    /// ## Why it matters
    ///
    /// Parts of two addresses were put together: of an old and a new one, or of two persons of a
    /// family.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether the source keeps several addresses of a person, and join them by their number,
    /// not by their order.
    ///
    /// ### Who uses the data
    ///
    /// Ask for the address when the patient checks in.
    ///
    /// ## Source
    ///
    /// USPS, ZIP code prefixes.
    PostalCodeOutsideState {
        code: "postal-code-outside-state", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["COD-036"],
    }
}

impl Rule for PostalCodeOutsideState {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        judge(
            chart,
            context,
            findings,
            Wanted::Datatype("Address"),
            |address| {
                let state = text(address.element, "state");
                let zip = text(address.element, "postalCode");
                let (Some(state), Some(zip), false) = (state, zip, is_abroad(address)) else {
                    return Judgement::LeftOut;
                };
                match zip_fits_state(&zip, &state) {
                    Some(fits) => Judgement::violated_if(!fits),
                    None => Judgement::LeftOut,
                }
            },
        );
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
        let fields = [
            ("address[0].state", "CA"),
            ("address[0].postalCode", "02139"),
        ];
        assert_eq!(
            found(
                &PostalCodeOutsideState,
                vec![record(Kind::Patient, "a", &fields)]
            ),
            ["Patient a address[0]"]
        );
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for (state, zip) in [
            ("MA", "02139"),
            ("NY", "06390"),
            ("XX", "02139"),
            ("MA", "2139"),
        ] {
            let fields = [("address[0].state", state), ("address[0].postalCode", zip)];
            assert_eq!(
                found(
                    &PostalCodeOutsideState,
                    vec![record(Kind::Patient, "a", &fields)]
                ),
                none,
                "{state} {zip}"
            );
        }
    }
}
