use ehr_model::chart::Chart;
use ehr_model::kind::{Immunization, ImmunizationOccurrence, ImmunizationStatus};
use ehr_model::record::ResourceType;

use crate::Context;
use crate::codes::{Judgement, Wanted, judge, table_for};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::{Status, system};

rule! {
    /// Vaccine code that was inactive when the dose was given.
    ///
    /// ## What it does
    ///
    /// Looks the codes of doses that were given up in the table of CVX. An inactive code is right
    /// for a dose given before CDC last changed it, and doubtful after. Codes that were never for
    /// use in the United States have a rule of their own. Needs the table of CVX.
    ///
    /// ## Why it matters
    ///
    /// The vaccine was no longer on the market. Most likely the dose was coded from an old list, or
    /// the date is wrong.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare date and product name in the source. Do not change the code of a dose that was given
    /// while it was in use.
    ///
    /// ### Who uses the data
    ///
    /// Ask for the vaccination card.
    ///
    /// ## Source
    ///
    /// CDC, CVX code set, status and date of the last change.
    VaccineCodeRetiredWhenGiven {
        code: "vaccine-code-retired-when-given", category: Conformance, severity: Warning, since: "0.1.0",
        covers: ["COD-029"],
    }
}

impl Rule for VaccineCodeRetiredWhenGiven {
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
                let Some(ImmunizationOccurrence::DateTime(date)) = dose.occurrence.value() else {
                    return Judgement::LeftOut;
                };
                let (Some(concept), Some(date), true) =
                    (table.get(&code.code), date.value(), given)
                else {
                    return Judgement::LeftOut;
                };
                let retired = concept.status() == Some(Status::Inactive)
                    && concept
                        .status_date()
                        .is_some_and(|day| day < date.earliest());
                Judgement::violated_if(retired)
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
        for code in ["54", "88"] {
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
                found_with_tables(&VaccineCodeRetiredWhenGiven, records),
                ["Immunization a vaccineCode.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["03", "172", "77"] {
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
                found_with_tables(&VaccineCodeRetiredWhenGiven, records),
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
            verdict_without_table(&VaccineCodeRetiredWhenGiven, record),
            Verdict::WithoutTable
        );
        let fields = [
            (
                "vaccineCode.coding[0].system",
                "http://hl7.org/fhir/sid/cvx",
            ),
            ("vaccineCode.coding[0].code", "54"),
            ("status", "completed"),
            ("occurrenceDateTime", "2009-03-01"),
        ];
        assert_eq!(
            found_with_tables(
                &VaccineCodeRetiredWhenGiven,
                vec![crate::rules::testing::record(
                    Kind::Immunization,
                    "a",
                    &fields
                )]
            ),
            none
        );
    }
}
