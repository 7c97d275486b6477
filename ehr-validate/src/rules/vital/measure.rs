//! Vital signs: which one a code means, and its amount in the unit of the tables of this room.

use chrono::NaiveDate;
use ehr_model::chart::Chart;
use ehr_model::datatype::{CodeableConcept, Quantity};
use ehr_model::kind::{Effective, Observation, ObservationStatus, ObservationValue, Patient};
use ehr_model::record::Record;
use ehr_model::value::PartialDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive as _;

use crate::concept;
use crate::terminology::system;

/// A vital sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Sign {
    Temperature,
    Saturation,
    HeartRate,
    RespiratoryRate,
    Systolic,
    Diastolic,
    Weight,
    Height,
    HeadCircumference,
    BodyMassIndex,
}

/// A vital sign with its amount in the unit of the tables: Cel, %, /min, mm[Hg], kg, cm, kg/m2.
pub(crate) struct Measure<'c> {
    pub(crate) record: &'c Record,
    pub(crate) sign: Sign,
    /// Where the amount stands, such as `component[0].valueQuantity`.
    pub(crate) field: String,
    pub(crate) amount: Decimal,
    pub(crate) quantity: &'c Quantity,
    pub(crate) taken: Option<&'c PartialDate>,
}

/// The signs with their LOINC codes and the code that the tables call them by.
const SIGNS: &[(Sign, &str, &[&str])] = &[
    (
        Sign::Temperature,
        "temperature",
        &["8310-5", "8331-1", "8332-9", "8328-7", "8329-5"],
    ),
    (Sign::Saturation, "saturation", &["59408-5", "2708-6"]),
    (Sign::HeartRate, "heart-rate", &["8867-4"]),
    (Sign::RespiratoryRate, "respiratory-rate", &["9279-1"]),
    (Sign::Systolic, "systolic", &["8480-6"]),
    (Sign::Diastolic, "diastolic", &["8462-4"]),
    (Sign::Weight, "weight", &["29463-7", "3141-9"]),
    (Sign::Height, "height", &["8302-2", "8306-3", "8308-9"]),
    (Sign::HeadCircumference, "head-circumference", &["9843-4"]),
    (Sign::BodyMassIndex, "body-mass-index", &["39156-5"]),
];

/// Units with their factor into the unit of the tables. Fahrenheit is computed apart.
const UNITS: &[(&[Sign], &[&str], f64)] = &[
    (
        &[Sign::Temperature],
        &["Cel", "C", "°C", "degC", "deg C"],
        1.0,
    ),
    (&[Sign::Saturation], &["%"], 1.0),
    (
        &[Sign::HeartRate, Sign::RespiratoryRate],
        &[
            "/min",
            "{beats}/min",
            "{Beats}/min",
            "{breaths}/min",
            "bpm",
            "beats/min",
            "breaths/min",
        ],
        1.0,
    ),
    (
        &[Sign::Systolic, Sign::Diastolic],
        &["mm[Hg]", "mmHg", "mm Hg"],
        1.0,
    ),
    (&[Sign::Weight], &["kg"], 1.0),
    (&[Sign::Weight], &["g"], 0.001),
    (
        &[Sign::Weight],
        &["[lb_av]", "lb", "lbs", "[lb_us]"],
        0.453_592_37,
    ),
    (&[Sign::Weight], &["[oz_av]", "oz"], 0.028_349_523_125),
    (&[Sign::Height, Sign::HeadCircumference], &["cm"], 1.0),
    (&[Sign::Height, Sign::HeadCircumference], &["m"], 100.0),
    (
        &[Sign::Height, Sign::HeadCircumference],
        &["[in_i]", "in", "[in_us]", "inches"],
        2.54,
    ),
    (&[Sign::BodyMassIndex], &["kg/m2", "kg/m^2"], 1.0),
];

const FAHRENHEIT: &[&str] = &["[degF]", "F", "°F", "degF", "deg F"];

impl Sign {
    /// The sign that the tables call so.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let known = SIGNS.iter().find(|(_, known, _)| *known == name);
        known.map(|(sign, ..)| *sign)
    }

    /// The sign that a concept means.
    pub(crate) fn of(concept: &CodeableConcept) -> Option<Self> {
        concept::codes_in(concept, system::LOINC).find_map(|code| {
            let known = SIGNS.iter().find(|(.., codes)| codes.contains(&code));
            known.map(|(sign, ..)| *sign)
        })
    }

    /// An amount in the unit of the tables; none in a unit that the sign does not have.
    pub(crate) fn convert(self, amount: Decimal, unit: &str) -> Option<Decimal> {
        if self == Self::Temperature && FAHRENHEIT.contains(&unit) {
            let (nine, five) = (Decimal::from(9), Decimal::from(5));
            return (amount - Decimal::from(32))
                .checked_mul(five)?
                .checked_div(nine);
        }
        let known = UNITS
            .iter()
            .find(|(signs, units, _)| signs.contains(&self) && units.contains(&unit));
        amount.checked_mul(Decimal::from_f64(known?.2)?)
    }
}

/// The vital signs of an observation that counts; what was cancelled or entered in error does not.
pub(crate) fn measures<'c>(record: &'c Record, observation: &'c Observation) -> Vec<Measure<'c>> {
    let is_void = matches!(
        observation.status.value(),
        Some(
            ObservationStatus::Cancelled
                | ObservationStatus::EnteredInError
                | ObservationStatus::Registered
        )
    );
    if is_void {
        return Vec::new();
    }
    let taken = match observation.effective.value() {
        Some(Effective::DateTime(date)) => date.value(),
        Some(Effective::Period(period)) => period.value().and_then(|period| period.start.value()),
        _ => None,
    };
    let own = (None, &observation.code, &observation.value);
    let components = observation.component.iter().enumerate();
    let parts = components.map(|(number, part)| (Some(number), &part.code, &part.value));
    let mut found = Vec::new();
    for (number, code, value) in std::iter::once(own).chain(parts) {
        let Some(sign) = code.value().and_then(Sign::of) else {
            continue;
        };
        let Some(ObservationValue::Quantity(quantity)) = value.value() else {
            continue;
        };
        let Some(quantity) = quantity
            .value()
            .filter(|quantity| quantity.comparator.is_empty())
        else {
            continue;
        };
        let written = quantity.value.value().and_then(|number| number.value());
        let mut units = [&quantity.code, &quantity.unit]
            .into_iter()
            .filter_map(concept::text);
        let amount = written.and_then(|written| units.find_map(|unit| sign.convert(written, unit)));
        let Some(amount) = amount else { continue };
        let field = match number {
            Some(number) => format!("component[{number}].valueQuantity"),
            None => "valueQuantity".to_owned(),
        };
        found.push(Measure {
            record,
            sign,
            field,
            amount,
            quantity,
            taken,
        });
    }
    found
}

/// All vital signs of a chart.
pub(crate) fn all(chart: &Chart) -> impl Iterator<Item = Measure<'_>> {
    let observations = chart.of::<Observation>();
    observations.flat_map(|(record, observation)| measures(record, observation))
}

/// The measures of one sign that have a day, in the order of their days.
pub(crate) fn series(chart: &Chart, sign: Sign) -> Vec<(NaiveDate, Measure<'_>)> {
    let mut found: Vec<_> = all(chart)
        .filter(|measure| measure.sign == sign)
        .filter_map(|measure| Some((day(measure.taken?)?, measure)))
        .collect();
    found.sort_by_key(|(day, _)| *day);
    found
}

/// The day of a date that goes as far.
pub(crate) fn day(date: &PartialDate) -> Option<NaiveDate> {
    (date.earliest() == date.latest()).then(|| date.earliest())
}

/// The day of birth of the patient.
pub(crate) fn birth(chart: &Chart) -> Option<NaiveDate> {
    let (_, patient) = chart.of::<Patient>().next()?;
    day(patient.birth_date.value()?.get())
}

/// The age in months on a day; none before birth.
pub(crate) fn months(birth: NaiveDate, day: NaiveDate) -> Option<u32> {
    let years = day.years_since(birth)?;
    let last_birthday = birth.checked_add_months(chrono::Months::new(years * 12))?;
    let rest = (0..12)
        .rev()
        .find(|months| {
            last_birthday
                .checked_add_months(chrono::Months::new(*months))
                .is_some_and(|start| start <= day)
        })
        .unwrap_or(0);
    Some(years * 12 + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_convert_exactly() {
        let convert = |sign: Sign, amount: &str, unit| {
            sign.convert(amount.parse().unwrap(), unit)
                .map(|amount| amount.normalize().to_string())
        };
        assert_eq!(
            convert(Sign::Temperature, "98.6", "[degF]").as_deref(),
            Some("37")
        );
        assert_eq!(
            convert(Sign::Weight, "100", "[lb_av]").as_deref(),
            Some("45.359237")
        );
        assert_eq!(
            convert(Sign::Height, "70", "[in_i]").as_deref(),
            Some("177.8")
        );
        assert_eq!(convert(Sign::Height, "70", "kg"), None);
    }

    #[test]
    fn months_are_whole_months() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let birth = date("2020-01-31");
        assert_eq!(months(birth, date("2020-01-31")), Some(0));
        assert_eq!(months(birth, date("2020-02-29")), Some(1));
        assert_eq!(months(birth, date("2022-01-30")), Some(23));
        assert_eq!(months(birth, date("2022-02-01")), Some(24));
        assert_eq!(months(birth, date("2019-12-31")), None);
    }
}
