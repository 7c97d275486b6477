use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::{Format, claim_line, hcpcs};
use crate::codes::{Judgement, Wanted, judge_at};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// CPT, HCPCS or CDT code that cannot be one.
    ///
    /// ## What it does
    ///
    /// Looks at the form of every coding of these sets: five digits, four digits and F, T, U, M or
    /// A for CPT; a letter from A to V and four digits for HCPCS level II; D and four digits for
    /// CDT. Modifiers, which share the systems, have a rule of their own. Only the form is looked
    /// at, since the texts of CPT and CDT are licensed.
    ///
    /// ## Why it matters
    ///
    /// The claim is refused, or pays for another service.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// A code of three or four digits has lost the zeros of anesthesia (00100) to a numeric column.
    /// Local charge codes belong under a local system.
    ///
    /// ### Who uses the data
    ///
    /// Do not bill the service before the code is corrected.
    ///
    /// ## Source
    ///
    /// AMA, CPT; CMS, HCPCS level II; ADA, CDT (forms only).
    MalformedProcedureCode {
        code: "malformed-procedure-code", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-018"],
    }
}

impl Rule for MalformedProcedureCode {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let wanted = Wanted::Systems(Format::Procedure.systems());
        judge_at(chart, context, findings, wanted, |code, at| {
            if hcpcs::parse(&code.code).is_ok() {
                return Judgement::Fine;
            }
            let is_modifier =
                claim_line::check_modifier(&code.code).is_ok() && at.is_below("modifier");
            if is_modifier {
                Judgement::LeftOut
            } else {
                Judgement::Violated
            }
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
        for code in ["9921", "99213X", "100", "W0001", "9921B"] {
            let fields = [
                ("code.coding[0].system", "http://www.ama-assn.org/go/cpt"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Procedure, "a", &fields)];
            assert_eq!(
                found(&MalformedProcedureCode, records),
                ["Procedure a code.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["99213", "0001U", "J1100", "D0120"] {
            let fields = [
                ("code.coding[0].system", "http://www.ama-assn.org/go/cpt"),
                ("code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Procedure, "a", &fields)];
            assert_eq!(found(&MalformedProcedureCode, records), none, "{code}");
        }
    }
}
