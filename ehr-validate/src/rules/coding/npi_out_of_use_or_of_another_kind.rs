use ehr_model::chart::Chart;
use ehr_model::record::Kind;

use crate::Context;
use crate::code_format::{Format, npi};
use crate::codes::{Judgement, Wanted, judge_at, table_for};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::release::nppes::ORGANIZATION;
use crate::terminology::{Status, system};

rule! {
    /// NPI that NPPES does not know, has deactivated, or gave to an organization where a person
    /// stands.
    ///
    /// ## What it does
    ///
    /// Looks every well-formed NPI up in the table of NPPES, on the day of the run. The number of a
    /// practitioner, or of who took part in a visit, must be the one of a person. Needs the table
    /// of NPPES.
    ///
    /// ## Why it matters
    ///
    /// A claim with a deactivated number is refused, and one with the number of the group in the
    /// place of the rendering person is paid wrongly or not at all.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Ask the practice for the current number of the provider. Providers who retired keep the
    /// number with which they signed; say so and allow the finding.
    ///
    /// ### Who uses the data
    ///
    /// Choose the provider again before you bill.
    ///
    /// ## Source
    ///
    /// NPPES, monthly full replacement file; 45 CFR 162.408.
    NpiOutOfUseOrOfAnotherKind {
        code: "npi-out-of-use-or-of-another-kind", category: Conformance, severity: Warning, since: "0.1.0",
        covers: ["COD-002"],
    }
}

impl Rule for NpiOutOfUseOrOfAnotherKind {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let missing = "the table of NPPES";
        let Some(table) = table_for(chart, context, system::NPI, missing)? else {
            return Ok(());
        };
        let wanted = Wanted::Systems(Format::Npi.systems());
        judge_at(chart, context, findings, wanted, |code, at| {
            if npi::check(&code.code).is_err() {
                return Judgement::LeftOut;
            }
            let Some(provider) = table.get(&code.code) else {
                return Judgement::Violated;
            };
            let of_person = code.record.kind() == Kind::Practitioner || at.is_below("participant");
            let of_organization = provider.term_type() == Some(ORGANIZATION);
            let in_use = provider.status() == Some(Status::Active);
            Judgement::violated_if(!in_use || of_person && of_organization)
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::Verdict;
    use crate::rules::testing::{found_with_tables, record, verdict_without_table};

    #[test]
    fn fires() {
        for code in ["1679576722", "1245319599", "2999999990"] {
            let fields = [
                ("identifier[0].system", "http://hl7.org/fhir/sid/us-npi"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Practitioner, "a", &fields)];
            assert_eq!(
                found_with_tables(&NpiOutOfUseOrOfAnotherKind, records),
                ["Practitioner a identifier[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["1234567893", "17"] {
            let fields = [
                ("identifier[0].system", "http://hl7.org/fhir/sid/us-npi"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Practitioner, "a", &fields)];
            assert_eq!(
                found_with_tables(&NpiOutOfUseOrOfAnotherKind, records),
                none,
                "{code}"
            );
        }
        let fields = [
            ("identifier[0].system", "http://hl7.org/fhir/sid/us-npi"),
            ("identifier[0].value", "1234567893"),
        ];
        let record = record(Kind::Practitioner, "a", &fields);
        assert_eq!(
            verdict_without_table(&NpiOutOfUseOrOfAnotherKind, record),
            Verdict::WithoutTable
        );
    }
}
