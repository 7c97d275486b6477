//! How a medication is taken.

use super::{CodeableConcept, Period, Quantity, Range, Ratio};
use crate::element::{FieldSpec, choice, element};
use crate::fhir::INSTITUTION_SPECIFIED_EXTENSION;
use crate::value::{Decimal, Field, PartialDate, Text, code_set};

code_set! {
    /// A unit of time (UCUM).
    pub enum UnitOfTime in "http://unitsofmeasure.org" {
        /// Second.
        Second = "s",
        /// Minute.
        Minute = "min",
        /// Hour.
        Hour = "h",
        /// Day.
        Day = "d",
        /// Week.
        Week = "wk",
        /// Month.
        Month = "mo",
        /// Year.
        Year = "a",
    }
}

code_set! {
    /// A day of the week.
    pub enum DayOfWeek in "http://hl7.org/fhir/days-of-week" {
        /// Monday.
        Monday = "mon",
        /// Tuesday.
        Tuesday = "tue",
        /// Wednesday.
        Wednesday = "wed",
        /// Thursday.
        Thursday = "thu",
        /// Friday.
        Friday = "fri",
        /// Saturday.
        Saturday = "sat",
        /// Sunday.
        Sunday = "sun",
    }
}

choice! {
    /// The course within which a timing repeats.
    pub enum TimingBounds {
        /// A length of time.
        Duration(Quantity) => FieldSpec::new("Duration", "Length of the course");
        /// A shortest and a longest length.
        Range(Range) => FieldSpec::new("Range", "Range of lengths of the course");
        /// From a day to a day.
        Period(Period) => FieldSpec::new("Period", "Course");
    }
}

element! {
    /// How a timing repeats.
    pub struct TimingRepeat as "Element" {
        /// The course.
        bounds: Field<TimingBounds> => FieldSpec::new("bounds[x]", "Course");
        /// How often in all.
        count: Field<i64> => FieldSpec::new("count", "Times in all");
        /// How often in all at most.
        count_max: Field<i64> => FieldSpec::new("countMax", "Times in all, at most");
        /// How long each time.
        duration: Field<Decimal> => FieldSpec::new("duration", "Duration");
        /// How long each time at most.
        duration_max: Field<Decimal> => FieldSpec::new("durationMax", "Duration, at most");
        /// The unit of the duration.
        duration_unit: Field<UnitOfTime> => FieldSpec::new("durationUnit", "Unit of duration");
        /// How often a period.
        frequency: Field<i64> => FieldSpec::new("frequency", "Times a period").critical();
        /// How often a period at most.
        frequency_max: Field<i64> => FieldSpec::new("frequencyMax", "Times a period, at most").critical();
        /// The length of the period.
        period: Field<Decimal> => FieldSpec::new("period", "Period").critical();
        /// The length of the period at most.
        period_max: Field<Decimal> => FieldSpec::new("periodMax", "Period, at most").critical();
        /// The unit of the period.
        period_unit: Field<UnitOfTime> => FieldSpec::new("periodUnit", "Unit of period").critical();
        /// On which days.
        day_of_week: Vec<DayOfWeek> => FieldSpec::new("dayOfWeek", "Days of the week");
        /// At what times.
        time_of_day: Vec<Text> => FieldSpec::new("timeOfDay", "Times of the day");
        /// At which events of the day (`HS`, `ACM`).
        when: Vec<Text> => FieldSpec::new("when", "Events of the day");
        /// Minutes before or after the event.
        offset: Field<i64> => FieldSpec::new("offset", "Minutes from the event");
        /// Whether the institution chooses the times within the period.
        institution_specified: Field<bool> => FieldSpec::new("institutionSpecified", "Times chosen by the institution")
            .extension(INSTITUTION_SPECIFIED_EXTENSION);
    }
}

element! {
    /// When something happens, once or again and again.
    pub struct Timing as "Timing" {
        /// Single points in time.
        event: Vec<PartialDate> => FieldSpec::new("event", "Single times");
        /// How it repeats.
        repeat: Field<TimingRepeat> => FieldSpec::new("repeat", "Repeats");
        /// A code such as `BID`.
        code: Field<CodeableConcept> => FieldSpec::new("code", "Code");
    }
}

choice! {
    /// Whether a medication is taken as needed, or for what need.
    pub enum AsNeeded {
        /// As needed, or not.
        Boolean(bool) => FieldSpec::new("Boolean", "As needed").critical();
        /// For this need.
        CodeableConcept(CodeableConcept) => FieldSpec::new("CodeableConcept", "As needed for").critical();
    }
}

choice! {
    /// How much each time.
    pub enum Dose {
        /// From one amount to another.
        Range(Range) => FieldSpec::new("Range", "Dose range").critical();
        /// An amount.
        Quantity(Quantity) => FieldSpec::new("Quantity", "Dose").critical();
    }
}

choice! {
    /// How fast.
    pub enum Rate {
        /// An amount per time.
        Ratio(Ratio) => FieldSpec::new("Ratio", "Rate").critical();
        /// From one rate to another.
        Range(Range) => FieldSpec::new("Range", "Rate range").critical();
        /// A rate with its own unit.
        Quantity(Quantity) => FieldSpec::new("Quantity", "Rate").critical();
    }
}

element! {
    /// How much and how fast.
    pub struct DoseAndRate as "Element" {
        /// Whether it was ordered or calculated.
        type_: Field<CodeableConcept> => FieldSpec::new("type", "Kind of dose");
        /// How much.
        dose: Field<Dose> => FieldSpec::new("dose[x]", "Dose").critical().uscdi(&[46, 47]);
        /// How fast.
        rate: Field<Rate> => FieldSpec::new("rate[x]", "Rate").critical();
    }
}

element! {
    /// How a medication is taken: one step of it.
    pub struct Dosage as "Dosage" {
        /// The order of the steps.
        sequence: Field<i64> => FieldSpec::new("sequence", "Step");
        /// The instruction as it was written.
        text: Field<Text> => FieldSpec::new("text", "Instruction").critical();
        /// Further instructions.
        additional_instruction: Vec<CodeableConcept> => FieldSpec::new("additionalInstruction", "Further instructions");
        /// In words for the patient.
        patient_instruction: Field<Text> => FieldSpec::new("patientInstruction", "Instruction for the patient");
        /// When.
        timing: Field<Timing> => FieldSpec::new("timing", "Timing").critical();
        /// As needed.
        as_needed: Field<AsNeeded> => FieldSpec::new("asNeeded[x]", "As needed").critical();
        /// Where on the body.
        site: Field<CodeableConcept> => FieldSpec::new("site", "Site");
        /// By which way.
        route: Field<CodeableConcept> => FieldSpec::new("route", "Route").critical();
        /// By which technique.
        method: Field<CodeableConcept> => FieldSpec::new("method", "Method");
        /// How much and how fast.
        dose_and_rate: Vec<DoseAndRate> => FieldSpec::new("doseAndRate", "Dose and rate").critical();
        /// The most in a time.
        max_dose_per_period: Field<Ratio> => FieldSpec::new("maxDosePerPeriod", "Most in a time").critical();
        /// The most at once.
        max_dose_per_administration: Field<Quantity> =>
            FieldSpec::new("maxDosePerAdministration", "Most at once").critical();
        /// The most ever.
        max_dose_per_lifetime: Field<Quantity> => FieldSpec::new("maxDosePerLifetime", "Most ever").critical();
    }
}
