use ehr_model::chart::Chart;
use ehr_model::datatype::Quantity;
use ehr_model::kind::Medication;
use ehr_model::record::Record;

use super::entry::is_void;
use crate::Context;
use crate::concept;
use crate::dose::{Amount, DailyAmount, DoseUnit, Regimen};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Quantity to dispense that does not fit the dose and the days of supply
    ///
    /// ## What it does
    ///
    /// Looks at orders and fills that state a quantity, days of supply, and a dosage whose amount a day
    /// is certain and in the unit of the quantity. The quantity must lie between half and twice of what
    /// is taken in the days; what is taken as needed may be less.
    ///
    /// ## Why it matters
    ///
    /// One of the three is wrong: a dose, a frequency or a quantity that the conversion misread.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the three columns. A quantity in packages or millilitres must say so in its unit.
    ///
    /// ### Who uses the data
    ///
    /// Ask the pharmacy what was dispensed.
    ///
    /// ## Source
    ///
    /// NCPDP SCRIPT states quantity, days supply and sig side by side; the factor is an engineering
    /// default.
    SupplyContradictsDosage {
        code: "supply-contradicts-dosage", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["MED-026"],
    }
}

impl Rule for SupplyContradictsDosage {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, medication) in chart
            .of::<Medication>()
            .filter(|(_, medication)| !is_void(medication))
        {
            let Some(request) = medication.dispense_request.value() else {
                continue;
            };
            let (Some(quantity), Some(days)) = (
                request.quantity.value().and_then(pieces),
                request.expected_supply_duration.value().and_then(days),
            ) else {
                continue;
            };
            judge(&Regimen::of(medication), quantity, days, record, findings);
        }
        Ok(())
    }
}

/// By how much the quantity may differ from what is taken.
const FACTOR: u32 = 2;

fn judge(
    regimen: &Regimen,
    (quantity, unit): (Amount, DoseUnit),
    days: Amount,
    record: &Record,
    findings: &mut Findings,
) {
    let daily = DailyAmount::of(&regimen.steps, regimen.course);
    let Some(factor) = daily.unit.and_then(|taken| taken.in_terms_of(unit)) else {
        return;
    };
    let taken = daily.amount.scaled(factor).scaled(days);
    let (Some(low), Some(high)) = (taken.low, taken.high) else {
        return;
    };
    let twice = |amount: Amount| amount.times(Amount::from(FACTOR));
    let mut subject = findings.applies_to(record);
    let too_much = twice(high).is_some_and(|most| quantity > most);
    let too_little = !daily.as_needed && twice(quantity).is_some_and(|twice| twice < low);
    if too_much || too_little {
        subject.violated_at("dispenseRequest.quantity");
    }
}

/// A quantity in a unit of doses.
fn pieces(quantity: &Quantity) -> Option<(Amount, DoseUnit)> {
    let amount = Amount::of_decimal(quantity.value.value()?)?;
    let named = |word: &str| DoseUnit::of_word(&word.to_lowercase());
    let by_unit = concept::text(&quantity.unit).and_then(named);
    let unit = by_unit.or_else(|| DoseUnit::of_ucum(concept::text(&quantity.code)?))?;
    Some((amount, unit))
}

/// A positive number of days.
fn days(duration: &Quantity) -> Option<Amount> {
    let is_days = [&duration.code, &duration.unit]
        .into_iter()
        .filter_map(concept::text)
        .any(|unit| ["d", "day", "days"].contains(&unit.to_lowercase().as_str()));
    let amount = Amount::of_decimal(duration.value.value()?)?;
    (is_days && amount > Amount::from(0)).then_some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    fn order(sig: &str, quantity: &str, unit: &str, days: &str) -> Vec<String> {
        in_one(
            &SupplyContradictsDosage,
            &[
                (SIG, sig),
                ("dispenseRequest.quantity.value", quantity),
                ("dispenseRequest.quantity.unit", unit),
                ("dispenseRequest.expectedSupplyDuration.value", days),
                ("dispenseRequest.expectedSupplyDuration.unit", "days"),
            ],
        )
    }

    #[test]
    fn fires() {
        let wrong = ["Medication a dispenseRequest.quantity"];
        assert_eq!(order("take 1 tablet daily", "90", "tablets", "30"), wrong);
        assert_eq!(order("take 1 tablet qid", "30", "tablets", "30"), wrong);
        assert_eq!(
            order("take 1-2 tablets daily", "150", "tablet", "30"),
            wrong
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(order("take 1 tablet daily", "30", "tablets", "30"), NONE);
        assert_eq!(order("take 1 tablet daily", "60", "tablets", "30"), NONE);
        assert_eq!(order("take 1-2 tablets daily", "60", "tablets", "30"), NONE);
        assert_eq!(order("take 1 tablet q4h prn", "20", "tablets", "30"), NONE);
        assert_eq!(order("take 1 tablet daily", "3", "bottles", "30"), NONE);
        assert_eq!(order("take 500 mg daily", "90", "tablets", "30"), NONE);
        assert_eq!(order("use as directed", "90", "tablets", "30"), NONE);
        assert_eq!(order("take 1 tablet daily", "90", "tablets", "0"), NONE);
    }
}
