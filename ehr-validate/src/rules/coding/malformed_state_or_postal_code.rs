use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::address::{check_state, check_zip};
use crate::codes::{Code, Judgement, Wanted, judge_at};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::walk::text;

rule! {
    /// State or ZIP code that cannot be one.
    ///
    /// ## What it does
    ///
    /// Looks at every address in the United States, or without a country, but not at a place of birth, to
    /// which nobody writes: the state must be one of
    /// the 59 codes of the Postal Service, or AA, AE or AP for the forces; the ZIP code has five
    /// digits, or nine, with the zero in front.
    ///
    /// ## Why it matters
    ///
    /// Letters come back, claims are refused, and a ZIP code without its zero lies in another state
    /// or nowhere.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Read ZIP codes as text. A ZIP code of four digits from New England lost its zero; put it
    /// back. Replace names of states by their codes with a code map.
    ///
    /// ### Who uses the data
    ///
    /// Correct the address when the patient checks in.
    ///
    /// ## Source
    ///
    /// USPS Publication 28, appendix B; US Core 6.1.0, USPS state.
    MalformedStateOrPostalCode {
        code: "malformed-state-or-postal-code", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-036"],
    }
}

impl Rule for MalformedStateOrPostalCode {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        judge_at(
            chart,
            context,
            findings,
            Wanted::Datatype("Address"),
            |address, at| {
                if is_abroad(address) || at.is_below("birthPlace") {
                    return Judgement::LeftOut;
                }
                let state = text(address.element, "state");
                let zip = text(address.element, "postalCode");
                if state.is_none() && zip.is_none() {
                    return Judgement::LeftOut;
                }
                let wrong_state = state.is_some_and(|state| check_state(&state).is_err());
                let wrong_zip = zip.is_some_and(|zip| check_zip(&zip).is_err());
                Judgement::violated_if(wrong_state || wrong_zip)
            },
        );
        Ok(())
    }
}

/// Whether the address names another country than the United States.
pub(super) fn is_abroad(address: &Code<'_>) -> bool {
    let Some(country) = text(address.element, "country") else {
        return false;
    };
    let letters = |character: &char| character.is_ascii_alphabetic();
    let country: String = country.chars().filter(letters).collect();
    !["US", "USA", "UnitedStates", "UnitedStatesofAmerica"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(&country))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    #[test]
    fn fires() {
        for (state, zip) in [
            ("Mass", "02139"),
            ("MA", "2139"),
            ("XX", "02139"),
            ("MA", "00000"),
        ] {
            let fields = [("address[0].state", state), ("address[0].postalCode", zip)];
            let patient = vec![record(Kind::Patient, "a", &fields)];
            assert_eq!(
                found(&MalformedStateOrPostalCode, patient),
                ["Patient a address[0]"],
                "{state} {zip}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for (state, zip, country) in [
            ("MA", "02139", "US"),
            ("MA", "02139-4307", "United States"),
            ("ON", "K1A 0B1", "CA"),
        ] {
            let fields = [
                ("address[0].state", state),
                ("address[0].postalCode", zip),
                ("address[0].country", country),
            ];
            let patient = vec![record(Kind::Patient, "a", &fields)];
            assert_eq!(
                found(&MalformedStateOrPostalCode, patient),
                none,
                "{state} {zip}"
            );
        }
        let birth = [("birthPlace.state", "Massachusetts")];
        assert_eq!(
            found(
                &MalformedStateOrPostalCode,
                vec![record(Kind::Patient, "a", &birth)]
            ),
            none
        );
        let city = [("address[0].city", "Boston")];
        assert_eq!(
            found(
                &MalformedStateOrPostalCode,
                vec![record(Kind::Patient, "a", &city)]
            ),
            none
        );
    }
}
