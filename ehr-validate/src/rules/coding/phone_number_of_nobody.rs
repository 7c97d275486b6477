use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Fault, phone};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::walk;

rule! {
    /// Telephone number that nobody can have.
    ///
    /// ## What it does
    ///
    /// Looks at every telephone number, without its punctuation and extension: ten digits, area and
    /// exchange from 200 and not ending with 11. Numbers from 555-0100 to 555-0199 and numbers of
    /// one digit stand for nothing. Numbers of other countries are left out.
    ///
    /// ## Why it matters
    ///
    /// Nobody can be reached, and patients who share a placeholder look like one household.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Name the placeholders in the mapping document, so that they become absent and are counted. A
    /// local number of seven digits needs the area of the practice, which only the practice knows.
    ///
    /// ### Who uses the data
    ///
    /// Ask for a number when the patient checks in.
    ///
    /// ## Source
    ///
    /// NANPA, numbering plan rules; ATIS-0300119 (fictitious numbers).
    PhoneNumberOfNobody {
        code: "phone-number-of-nobody", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["COD-037"],
    }
}

impl Rule for PhoneNumberOfNobody {
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
            Wanted::Datatype("ContactPoint"),
            |contact| {
                let means = walk::text(contact.element, "system");
                if means.as_deref() != Some("phone") || contact.code.is_empty() {
                    return Judgement::LeftOut;
                }
                match phone::parse(&contact.code).map_err(|malformed| malformed.fault) {
                    Ok(_) => Judgement::Fine,
                    Err(Fault::Kind { .. }) => Judgement::LeftOut,
                    Err(_) => Judgement::Violated,
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
        for number in [
            "555-555-5555",
            "617-555-0123",
            "253-1000",
            "117-253-1000",
            "none",
        ] {
            let fields = [("telecom[0].system", "phone"), ("telecom[0].value", number)];
            assert_eq!(
                found(
                    &PhoneNumberOfNobody,
                    vec![record(Kind::Patient, "a", &fields)]
                ),
                ["Patient a telecom[0]"],
                "{number}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for (system, number) in [
            ("phone", "(617) 253-1000"),
            ("phone", "+44 20 7946 0000"),
            ("email", "253-1000"),
        ] {
            let fields = [("telecom[0].system", system), ("telecom[0].value", number)];
            assert_eq!(
                found(
                    &PhoneNumberOfNobody,
                    vec![record(Kind::Patient, "a", &fields)]
                ),
                none,
                "{number}"
            );
        }
    }
}
