use ehr_model::chart::Chart;
use ehr_model::kind::Claim;

use crate::Context;
use crate::code_format::{Format, claim_line};
use crate::codes::{Judgement, Wanted, judge, judge_at};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Modifier, revenue code, place of service or type of bill that cannot be one.
    ///
    /// ## What it does
    ///
    /// Looks at the forms: a modifier has two digits or letters, and a line has at most four; a
    /// revenue code and a type of bill have three digits, or four with a zero in front; a place of
    /// service has two digits. Codes of local systems are left out.
    ///
    /// ## Why it matters
    ///
    /// The claim is refused at the front door, or pays by another tariff.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// A place of service of one digit has lost its zero. More than four modifiers on a line were
    /// two lines once.
    ///
    /// ### Who uses the data
    ///
    /// Correct the line before you bill.
    ///
    /// ## Source
    ///
    /// ASC X12 837, SV1 and SV2; NUBC, UB-04 manual; CMS, place of service code set.
    MalformedClaimLineCode {
        code: "malformed-claim-line-code", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-020"],
    }
}

impl Rule for MalformedClaimLineCode {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for format in [
            Format::RevenueCode,
            Format::PlaceOfService,
            Format::TypeOfBill,
        ] {
            judge(
                chart,
                context,
                findings,
                Wanted::Systems(format.systems()),
                |code| Judgement::violated_if(format.check(&code.code).is_err()),
            );
        }
        let systems = Format::Procedure.systems();
        judge_at(
            chart,
            context,
            findings,
            Wanted::Systems(systems),
            |code, at| match at.is_below("modifier") {
                true => Judgement::violated_if(claim_line::check_modifier(&code.code).is_err()),
                false => Judgement::LeftOut,
            },
        );
        for (record, claim) in chart.of::<Claim>() {
            let mut subject = findings.about(record);
            for (number, line) in claim.item.iter().enumerate() {
                if line.modifier.len() > claim_line::MODIFIERS {
                    subject.violated_at(format!("item[{number}].modifier"));
                }
            }
        }
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
        let line = |fields: &[(&str, &str)]| vec![record(Kind::Claim, "a", fields)];
        let revenue = [
            (
                "item[0].revenue.coding[0].system",
                "https://www.nubc.org/CodeSystem/RevenueCodes",
            ),
            ("item[0].revenue.coding[0].code", "45"),
        ];
        assert_eq!(
            found(&MalformedClaimLineCode, line(&revenue)),
            ["Claim a item[0].revenue.coding[0]"]
        );
        let modifier = [
            (
                "item[0].modifier[0].coding[0].system",
                "http://www.ama-assn.org/go/cpt",
            ),
            ("item[0].modifier[0].coding[0].code", "2"),
        ];
        assert_eq!(
            found(&MalformedClaimLineCode, line(&modifier)),
            ["Claim a item[0].modifier[0].coding[0]"]
        );
        let five: Vec<_> = (0..5)
            .map(|number| (format!("item[0].modifier[{number}].coding[0].code"), "25"))
            .collect();
        let five: Vec<_> = five
            .iter()
            .map(|(path, code)| (path.as_str(), *code))
            .collect();
        assert_eq!(
            found(&MalformedClaimLineCode, line(&five)),
            ["Claim a item[0].modifier"]
        );
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        let fields = [
            (
                "item[0].revenue.coding[0].system",
                "https://www.nubc.org/CodeSystem/RevenueCodes",
            ),
            ("item[0].revenue.coding[0].code", "0450"),
            (
                "item[0].modifier[0].coding[0].system",
                "http://www.ama-assn.org/go/cpt",
            ),
            ("item[0].modifier[0].coding[0].code", "LT"),
            (
                "item[0].modifier[1].coding[0].system",
                "urn:practice:modifiers",
            ),
            ("item[0].modifier[1].coding[0].code", "LEFT"),
            (
                "item[0].productOrService.coding[0].system",
                "http://www.ama-assn.org/go/cpt",
            ),
            ("item[0].productOrService.coding[0].code", "99213"),
        ];
        assert_eq!(
            found(
                &MalformedClaimLineCode,
                vec![record(Kind::Claim, "a", &fields)]
            ),
            none
        );
    }
}
