use ehr_model::chart::Chart;
use ehr_model::kind::{Immunization, ImmunizationStatus};
use ehr_model::record::ResourceType;

use crate::Context;
use crate::codes::{Judgement, Wanted, judge, table_for};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::{Status, system};

rule! {
    /// Vaccine code that is not for doses given in the United States.
    ///
    /// ## What it does
    ///
    /// Looks the codes of doses that were given up in the table of CVX: a code may not be never
    /// active, pending, or only for doses given abroad. A dose that the patient reported is left
    /// out, since it may have been given anywhere. Needs the table of CVX.
    ///
    /// ## Why it matters
    ///
    /// A registry refuses the dose. A product that is not licensed here was either given abroad or
    /// miscoded.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Record doses from abroad as reported, with where they come from. Otherwise look up the
    /// product and its code.
    ///
    /// ### Who uses the data
    ///
    /// Ask where the dose was given.
    ///
    /// ## Source
    ///
    /// CDC, CVX code set, status.
    VaccineCodeNotForUse {
        code: "vaccine-code-not-for-use", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-029"],
    }
}

impl Rule for VaccineCodeNotForUse {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let Some(table) = table_for(chart, context, system::CVX, "the table of CVX")? else {
            return Ok(());
        };
        judge(
            chart,
            context,
            findings,
            Wanted::Systems(&[system::CVX]),
            |code| {
                let Some(dose) = Immunization::of(&code.record.resource) else {
                    return Judgement::LeftOut;
                };
                let given = dose.status.value() == Some(&ImmunizationStatus::Completed);
                let reported = dose.primary_source.value() == Some(&false);
                let (Some(concept), true) = (table.get(&code.code), given && !reported) else {
                    return Judgement::LeftOut;
                };
                let status = concept.status();
                Judgement::violated_if(matches!(
                    status,
                    Some(Status::NeverActive | Status::NonUs | Status::Pending)
                ))
            },
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::Verdict;
    use crate::rules::testing::{found_with_tables, record, verdict_without_table};
    use ehr_model::record::Kind;

    #[test]
    fn fires() {
        for code in ["172", "516"] {
            let fields = [
                (
                    "vaccineCode.coding[0].system",
                    "http://hl7.org/fhir/sid/cvx",
                ),
                ("vaccineCode.coding[0].code", code),
                ("status", "completed"),
                ("occurrenceDateTime", "2020-03-01"),
            ];
            let records = vec![record(Kind::Immunization, "a", &fields)];
            assert_eq!(
                found_with_tables(&VaccineCodeNotForUse, records),
                ["Immunization a vaccineCode.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["03", "54", "77"] {
            let fields = [
                (
                    "vaccineCode.coding[0].system",
                    "http://hl7.org/fhir/sid/cvx",
                ),
                ("vaccineCode.coding[0].code", code),
                ("status", "completed"),
                ("occurrenceDateTime", "2020-03-01"),
            ];
            let records = vec![record(Kind::Immunization, "a", &fields)];
            assert_eq!(
                found_with_tables(&VaccineCodeNotForUse, records),
                none,
                "{code}"
            );
        }
        let fields = [
            (
                "vaccineCode.coding[0].system",
                "http://hl7.org/fhir/sid/cvx",
            ),
            ("vaccineCode.coding[0].code", "03"),
            ("status", "completed"),
            ("occurrenceDateTime", "2020-03-01"),
        ];
        let record = record(Kind::Immunization, "a", &fields);
        assert_eq!(
            verdict_without_table(&VaccineCodeNotForUse, record),
            Verdict::WithoutTable
        );
    }
}
