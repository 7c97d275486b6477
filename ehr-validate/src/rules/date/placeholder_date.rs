use chrono::Datelike as _;
use ehr_model::value::Precision;

use crate::Context;
use crate::codes::{Judgement, judge_dates};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// Date that systems write when they know none.
    ///
    /// ## What it does
    ///
    /// Looks for days that stand for nothing in one system or another: the first and last days of
    /// spreadsheets, databases and clocks, such as 1900-01-01, 1899-12-30, 1970-01-01, 1753-01-01,
    /// 0001-01-01, 2999-12-31 and 9999-12-31. A month or a year alone is no placeholder. Validity
    /// of identifiers, names, addresses and policies may end on such a day and is left out.
    ///
    /// ## Why it matters
    ///
    /// A placeholder reads as a fact: a patient of 131 years, a vaccine at birth, an allergy older
    /// than its patient.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Name the placeholder in the mapping document, so that it becomes an absent value and is
    /// counted. If some are real, keep them and say so.
    ///
    /// ### Who uses the data
    ///
    /// Take the date for unknown.
    ///
    /// ## Source
    ///
    /// Epochs of Excel, SQL Server, Unix and .NET as their documentation states them; the list is
    /// an engineering default, a site may tune it.
    PlaceholderDate {
        code: "placeholder-date", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["DEM-003"],
    }
}

impl Rule for PlaceholderDate {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        judge_dates(chart, context, findings, |date, at| {
            if date.precision() < Precision::Day
                || at.path(|path| path.passes("period") || path.passes("validityPeriod"))
            {
                return Judgement::LeftOut;
            }
            let day = date.earliest();
            Judgement::violated_if(PLACEHOLDERS.contains(&(day.year(), day.month(), day.day())))
        });
        Ok(())
    }
}

/// Year, month and day.
const PLACEHOLDERS: &[(i32, u32, u32)] = &[
    (1, 1, 1),      // .NET
    (1753, 1, 1),   // SQL Server
    (1899, 12, 30), // OLE
    (1899, 12, 31), // spreadsheets
    (1900, 1, 1),   // spreadsheets, SQL Server
    (1969, 12, 31), // Unix, west of Greenwich
    (1970, 1, 1),   // Unix
    (2999, 12, 31),
    (9999, 12, 31),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    #[test]
    fn fires() {
        let chart = vec![
            record(Kind::Patient, "p", &[("birthDate", "1900-01-01")]),
            record(
                Kind::Observation,
                "a",
                &[("effectiveDateTime", "1970-01-01T00:00:00Z")],
            ),
        ];
        assert_eq!(
            found(&PlaceholderDate, chart),
            ["Patient p birthDate", "Observation a effectiveDateTime"]
        );
    }

    #[test]
    fn stays_silent() {
        let chart = vec![
            record(
                Kind::Patient,
                "p",
                &[("birthDate", "1900"), ("name[0].period.end", "9999-12-31")],
            ),
            record(
                Kind::Observation,
                "a",
                &[("effectiveDateTime", "1970-01-02")],
            ),
            record(Kind::Coverage, "b", &[("period.end", "2999-12-31")]),
        ];
        assert_eq!(found(&PlaceholderDate, chart), NONE);
    }
}
