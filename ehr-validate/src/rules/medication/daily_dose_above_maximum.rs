use std::sync::LazyLock;

use chrono::Months;
use ehr_model::chart::Chart;
use ehr_model::kind::{Medication, Patient};
use ehr_model::value::PartialDate;

use super::daily::daily_of_ingredient;
use super::entry::{is_named, may_be_taken};
use crate::Context;
use crate::dose::{Amount, DoseUnit, Regimen};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Amount of a day that is more than the label of the drug allows an adult
    ///
    /// ## What it does
    ///
    /// Computes the amount of a day of medications that the patient may take, in the unit of their one
    /// ingredient, by structure, sig and the strength in the name. It must not be more than the maximum
    /// of the table beside this rule (`rules/medication/maximum.tsv`), which holds what labels state for
    /// adults. Patients younger than eighteen, of unknown age, and drugs that the table lacks or whose
    /// amount is not certain are left out: doses of children go by weight.
    ///
    /// ## Why it matters
    ///
    /// More than the maximum is most often a dose, strength or frequency that the conversion got wrong.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether all charts with the drug are too high; then the mapping is. A site may change the
    /// table.
    ///
    /// ### Who uses the data
    ///
    /// Confirm the dose with the prescriber before it is given.
    ///
    /// ## Source
    ///
    /// Prescribing information of the drugs, as the table names it for each; where a label leaves room
    /// the higher figure stands, an engineering default that a site may tune.
    DailyDoseAboveMaximum {
        code: "daily-dose-above-maximum", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["MED-011"],
    }
}

impl Rule for DailyDoseAboveMaximum {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        if !birth(chart).is_some_and(|birth| is_adult(&birth, context)) {
            return Ok(());
        }
        for (record, medication) in chart
            .of::<Medication>()
            .filter(|(_, medication)| may_be_taken(medication))
        {
            let Some(maximum) = maximum(medication) else {
                continue;
            };
            let Some((amount, unit)) = daily_of_ingredient(&Regimen::of(medication)) else {
                continue;
            };
            let Some(high) = unit
                .in_terms_of(maximum.unit)
                .and_then(|factor| amount.scaled(factor).high)
            else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            if high > maximum.amount {
                subject.violated_at("dosageInstruction");
            }
        }
        Ok(())
    }
}

/// The most of an ingredient that an adult takes in a day.
struct Maximum {
    /// Its name, in lower case.
    ingredient: [&'static str; 1],
    amount: Amount,
    unit: DoseUnit,
}

/// Ingredient, amount, unit and source, one a line.
const TABLE: &str = include_str!("maximum.tsv");

fn maxima() -> &'static [Maximum] {
    static MAXIMA: LazyLock<Vec<Maximum>> =
        LazyLock::new(|| TABLE.lines().filter_map(line).collect());
    &MAXIMA
}

fn line(line: &'static str) -> Option<Maximum> {
    let mut cells = line.split('\t');
    Some(Maximum {
        ingredient: [cells.next().filter(|name| !name.starts_with('#'))?],
        amount: Amount::parse(cells.next()?)?,
        unit: DoseUnit::of_word(cells.next()?)?,
    })
}

fn maximum(medication: &Medication) -> Option<&'static Maximum> {
    maxima()
        .iter()
        .find(|maximum| is_named(medication, &maximum.ingredient))
}

fn birth(chart: &Chart) -> Option<PartialDate> {
    let (_, patient) = chart.of::<Patient>().next()?;
    patient.birth_date.value().map(|date| *date.get())
}

/// Whether the patient is eighteen for certain.
fn is_adult(birth: &PartialDate, context: &Context<'_>) -> bool {
    let majority = birth.latest().checked_add_months(Months::new(18 * 12));
    majority.is_some_and(|day| day <= context.as_of.get().earliest())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    fn of(birth: &str, name: &str, sig: &str) -> Vec<String> {
        let patient = record(Kind::Patient, "p", &[("birthDate", birth)]);
        found(
            &DailyDoseAboveMaximum,
            vec![
                patient,
                medication("a", &[ACTIVE, (NAME, name), (SIG, sig)]),
            ],
        )
    }

    #[test]
    fn fires() {
        let wrong = ["Medication a dosageInstruction"];
        let adult = "1984-03-17";
        assert_eq!(
            of(
                adult,
                "acetaminophen 500 MG Oral Tablet",
                "2 tablets every 4 hours"
            ),
            wrong
        );
        assert_eq!(
            of(
                adult,
                "metformin hydrochloride 1000 MG Oral Tablet",
                "2 tablets bid"
            ),
            wrong
        );
        assert_eq!(of(adult, "ibuprofen", "take 1 g qid"), wrong);
    }

    #[test]
    fn stays_silent() {
        let adult = "1984-03-17";
        assert_eq!(
            of(
                adult,
                "acetaminophen 500 MG Oral Tablet",
                "2 tablets every 6 hours"
            ),
            NONE
        );
        assert_eq!(
            of(
                adult,
                "acetaminophen 325 MG / oxycodone hydrochloride 5 MG Oral Tablet",
                "3 tablets q4h"
            ),
            NONE
        );
        assert_eq!(
            of(
                adult,
                "acetaminophen 500 MG Oral Tablet",
                "2 tablets as directed"
            ),
            NONE
        );
        assert_eq!(of(adult, "house mixture", "9 g qid"), NONE);
        assert_eq!(of("2020-03-17", "ibuprofen", "take 1 g qid"), NONE);
        assert_eq!(of("2013", "ibuprofen", "take 1 g qid"), NONE);
    }

    #[test]
    fn every_line_of_the_table_is_lawful() {
        assert!(maxima().len() > 20);
        let lines = TABLE
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .count();
        assert_eq!(maxima().len(), lines);
    }
}
