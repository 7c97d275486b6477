//! How much and when: quantities, ranges, ratios, money, periods.

use crate::element::{FieldSpec, element};
use crate::value::{Decimal, Field, PartialDate, Text, code_set};

code_set! {
    /// How a value stands to the number that was written.
    pub enum QuantityComparator in "http://hl7.org/fhir/quantity-comparator" {
        /// Less than.
        LessThan = "<",
        /// Less than or equal.
        LessOrEqual = "<=",
        /// Greater than or equal.
        GreaterOrEqual = ">=",
        /// Greater than.
        GreaterThan = ">",
    }
}

element! {
    /// An amount with its unit.
    pub struct Quantity as "Quantity" {
        /// The number, digit for digit.
        value: Field<Decimal> => FieldSpec::new("value", "Number");
        /// How the value stands to the number.
        comparator: Field<QuantityComparator> => FieldSpec::new("comparator", "Comparator");
        /// The unit as the source wrote it.
        unit: Field<Text> => FieldSpec::new("unit", "Unit");
        /// The system of the coded unit; UCUM only where the unit is UCUM.
        system: Field<Text> => FieldSpec::new("system", "Unit system");
        /// The coded unit.
        code: Field<Text> => FieldSpec::new("code", "Unit code");
    }
}

element! {
    /// From one amount to another; either end may be open.
    pub struct Range as "Range" {
        /// The lower end.
        low: Field<Quantity> => FieldSpec::new("low", "Low");
        /// The upper end.
        high: Field<Quantity> => FieldSpec::new("high", "High");
    }
}

element! {
    /// One amount to another, such as `1:80`.
    pub struct Ratio as "Ratio" {
        /// Above the line.
        numerator: Field<Quantity> => FieldSpec::new("numerator", "Numerator");
        /// Below the line.
        denominator: Field<Quantity> => FieldSpec::new("denominator", "Denominator");
    }
}

element! {
    /// An amount of money, exact to the cent.
    pub struct Money as "Money" {
        /// The amount.
        value: Field<Decimal> => FieldSpec::new("value", "Amount");
        /// The ISO 4217 code of the currency.
        currency: Field<Text> => FieldSpec::new("currency", "Currency");
    }
}

element! {
    /// A stretch of time; either end may be open or partial.
    pub struct Period as "Period" {
        /// Its start.
        start: Field<PartialDate> => FieldSpec::new("start", "Start");
        /// Its end.
        end: Field<PartialDate> => FieldSpec::new("end", "End");
    }
}
