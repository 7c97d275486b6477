use std::sync::LazyLock;

use chrono::NaiveDate;
use ehr_model::kind::{AdministrativeGender, BirthSex, Patient, Problem};

use super::code_table::{lines_of, read};
use super::status::{date, is_denied};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// Problem that a patient of this sex or age does not have.
    ///
    /// ## What it does
    ///
    /// Looks up the code of every problem that was not refuted in a table of diagnoses of one sex,
    /// of the newborn, and of adults. Sex is the one assigned at birth where it is known, else the
    /// administrative one. Age is that at onset, else at recording, and only counts where the dates
    /// leave no doubt. Problems in words only are not judged.
    ///
    /// ## Why it matters
    ///
    /// A pregnancy on the chart of a man is somebody else's diagnosis, or a mistyped code. Decision
    /// support and payers both trip over it.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether one chart is affected or many. Many mean that the code or the sex is mapped from
    /// the wrong column; one may be a mixed-up chart.
    ///
    /// ### Who uses the data
    ///
    /// Confirm who the patient is, and correct the code or the sex.
    ///
    /// ## Source
    ///
    /// OHDSI Data Quality Dashboard, check `plausibleGender`; the table is an engineering default,
    /// a site may tune it.
    ImplausibleProblemForSexOrAge {
        code: "implausible-problem-for-sex-or-age", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["PRB-008"],
    }
}

impl Rule for ImplausibleProblemForSexOrAge {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let Some((_, patient)) = chart.of::<Patient>().next() else {
            return Ok(());
        };
        for (record, problem) in chart.of::<Problem>() {
            let Some(who) = problem.code.value().and_then(|code| lines_of(&TABLE, code)) else {
                continue;
            };
            if is_denied(problem) {
                continue;
            }
            let fits = match who {
                ["female"] => is_female(patient),
                ["male"] => is_female(patient).map(|female| !female),
                ["at-most", years] => ages(patient, problem)
                    .and_then(|(youngest, _)| Some(youngest <= years.parse().ok()?)),
                ["at-least", years] => ages(patient, problem)
                    .and_then(|(_, oldest)| Some(oldest >= years.parse().ok()?)),
                _ => None,
            };
            let Some(fits) = fits else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            if !fits {
                subject.violated_at("code");
            }
        }
        Ok(())
    }
}

static TABLE: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| read(include_str!("implausible.tsv")));

fn is_female(patient: &Patient) -> Option<bool> {
    match (patient.birth_sex.value(), patient.gender.value()) {
        (Some(BirthSex::F), _) => Some(true),
        (Some(BirthSex::M), _) => Some(false),
        (None, Some(AdministrativeGender::Female)) => Some(true),
        (None, Some(AdministrativeGender::Male)) => Some(false),
        _ => None,
    }
}

/// The youngest and the oldest age in years that the dates may mean.
fn ages(patient: &Patient, problem: &Problem) -> Option<(u32, u32)> {
    let born = patient.birth_date.value()?.get();
    let at = date(&problem.onset).or(problem.recorded_date.value())?;
    let years = |from: NaiveDate, to: NaiveDate| to.years_since(from);
    Some((
        years(born.latest(), at.earliest()).unwrap_or(0),
        years(born.earliest(), at.latest())?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    const ICD10: &str = "http://hl7.org/fhir/sid/icd-10-cm";

    fn of(patient: &[(&str, &str)], code: &str, onset: &str) -> Vec<String> {
        let fields = [
            ("code.coding[0].system", ICD10),
            ("code.coding[0].code", code),
            ("onsetDateTime", onset),
        ];
        let chart = vec![
            record(Kind::Patient, "p", patient),
            record(Kind::Problem, "a", &fields),
        ];
        found(&ImplausibleProblemForSexOrAge, chart)
    }

    #[test]
    fn fires() {
        assert_eq!(of(&[("gender", "male")], "O80", "2020"), ["Problem a code"]);
        assert_eq!(
            of(&[("gender", "female")], "C61", "2020"),
            ["Problem a code"]
        );
        assert_eq!(
            of(&[("gender", "female"), ("birthSex", "M")], "Z34.01", "2020"),
            ["Problem a code"]
        );
        assert_eq!(
            of(&[("birthDate", "1980")], "P07.1", "2020"),
            ["Problem a code"]
        );
        assert_eq!(
            of(&[("birthDate", "2010-01-01")], "G30.9", "2020"),
            ["Problem a code"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            of(&[("gender", "male"), ("birthSex", "F")], "O80", "2020"),
            NONE
        );
        assert_eq!(of(&[("gender", "other")], "O80", "2020"), NONE);
        assert_eq!(of(&[], "C61", "2020"), NONE);
        assert_eq!(of(&[("birthDate", "2020-01-05")], "P07.1", "2020"), NONE);
        assert_eq!(of(&[("birthDate", "1950")], "G30.9", "2020"), NONE);
        assert_eq!(of(&[("birthDate", "1980")], "I10", "1981"), NONE);
    }
}
