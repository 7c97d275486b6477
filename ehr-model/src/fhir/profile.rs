//! Which US Core 6.1.0 profiles a resource meets.

use crate::datatype::CodeableConcept;
use crate::kind::{CarePlan, Medication, Observation, ObservationValue, Problem};
use crate::record::Resource;
use crate::value::Field;

const LOINC: &str = "http://loinc.org";
const OBSERVATION_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const CONDITION_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
const US_CORE_CATEGORY: &str = "http://hl7.org/fhir/us/core/CodeSystem/us-core-category";

macro_rules! us_core {
    ($name:literal) => {
        &[concat!(
            "http://hl7.org/fhir/us/core/StructureDefinition/",
            $name
        )]
    };
}

/// The profile of pulse oximetry asks for both codes, the method and what it measures.
const PULSE_OXIMETRY: &str = "59408-5";
const OXYGEN_SATURATION: &str = "2708-6";

/// Vital signs of US Core by their LOINC code.
const VITAL_SIGNS: &[(&str, &[&str])] = &[
    ("85354-9", us_core!("us-core-blood-pressure")),
    ("8867-4", us_core!("us-core-heart-rate")),
    ("9279-1", us_core!("us-core-respiratory-rate")),
    ("8310-5", us_core!("us-core-body-temperature")),
    ("8302-2", us_core!("us-core-body-height")),
    ("29463-7", us_core!("us-core-body-weight")),
    ("39156-5", us_core!("us-core-bmi")),
    (PULSE_OXIMETRY, us_core!("us-core-pulse-oximetry")),
    ("9843-4", us_core!("us-core-head-circumference")),
    ("59576-9", us_core!("pediatric-bmi-for-age")),
    ("77606-2", us_core!("pediatric-weight-for-height")),
    (
        "8289-1",
        us_core!("head-occipital-frontal-circumference-percentile"),
    ),
];

/// Other observations of US Core by their LOINC code.
const SPECIAL_OBSERVATIONS: &[(&str, &[&str])] = &[
    ("72166-2", us_core!("us-core-smokingstatus")),
    ("82810-3", us_core!("us-core-observation-pregnancystatus")),
    ("86645-9", us_core!("us-core-observation-pregnancyintent")),
    (
        "76690-7",
        us_core!("us-core-observation-sexual-orientation"),
    ),
    ("11341-5", us_core!("us-core-observation-occupation")),
];

/// The profiles that a resource claims: those of its kind, and of its code and category.
pub fn profiles(resource: &Resource) -> &'static [&'static str] {
    match resource {
        Resource::Patient(_) => us_core!("us-core-patient"),
        Resource::RelatedPerson(_) => us_core!("us-core-relatedperson"),
        Resource::Problem(problem) => problem_profile(problem),
        Resource::Allergy(_) => us_core!("us-core-allergyintolerance"),
        Resource::Medication(medication) => medication_profile(medication),
        Resource::MedicationDispense(_) => us_core!("us-core-medicationdispense"),
        Resource::Immunization(_) => us_core!("us-core-immunization"),
        Resource::Procedure(_) => us_core!("us-core-procedure"),
        Resource::Observation(observation) => observation_profile(observation),
        Resource::DiagnosticReport(report) => {
            if has(
                &report.category,
                "http://terminology.hl7.org/CodeSystem/v2-0074",
                "LAB",
            ) {
                us_core!("us-core-diagnosticreport-lab")
            } else {
                us_core!("us-core-diagnosticreport-note")
            }
        }
        Resource::Specimen(_) => us_core!("us-core-specimen"),
        Resource::Device(_) => us_core!("us-core-implantable-device"),
        Resource::CarePlan(plan) => care_plan_profile(plan),
        Resource::CareTeam(_) => us_core!("us-core-careteam"),
        Resource::Goal(_) => us_core!("us-core-goal"),
        Resource::Referral(_) => us_core!("us-core-servicerequest"),
        Resource::Document(_) => us_core!("us-core-documentreference"),
        Resource::Encounter(_) => us_core!("us-core-encounter"),
        Resource::Coverage(_) => us_core!("us-core-coverage"),
        Resource::Authorship(_) => us_core!("us-core-provenance"),
        Resource::Practitioner(_) => us_core!("us-core-practitioner"),
        Resource::PractitionerRole(_) => us_core!("us-core-practitionerrole"),
        Resource::Organization(_) => us_core!("us-core-organization"),
        Resource::Location(_) => us_core!("us-core-location"),
        _ => &[],
    }
}

fn problem_profile(problem: &Problem) -> &'static [&'static str] {
    if has(&problem.category, CONDITION_CATEGORY, "encounter-diagnosis") {
        us_core!("us-core-condition-encounter-diagnosis")
    } else if has(&problem.category, CONDITION_CATEGORY, "problem-list-item")
        || has(
            &problem.category,
            "http://hl7.org/fhir/us/core/CodeSystem/condition-category",
            "health-concern",
        )
    {
        us_core!("us-core-condition-problems-health-concerns")
    } else {
        &[]
    }
}

fn medication_profile(_medication: &Medication) -> &'static [&'static str] {
    us_core!("us-core-medicationrequest")
}

fn care_plan_profile(plan: &CarePlan) -> &'static [&'static str] {
    if has(
        &plan.category,
        "http://hl7.org/fhir/us/core/CodeSystem/careplan-category",
        "assess-plan",
    ) {
        us_core!("us-core-careplan")
    } else {
        &[]
    }
}

fn observation_profile(observation: &Observation) -> &'static [&'static str] {
    let code = |(loinc, _): &&(&str, &'static [&'static str])| {
        observation
            .code
            .value()
            .is_some_and(|concept| concept.has(LOINC, loinc))
    };
    let category = |code| has(&observation.category, OBSERVATION_CATEGORY, code);
    if category("vital-signs") {
        return VITAL_SIGNS
            .iter()
            .find(code)
            .filter(|(loinc, _)| *loinc != PULSE_OXIMETRY || code(&&(OXYGEN_SATURATION, &[])))
            .map_or(us_core!("us-core-vital-signs"), |(_, profile)| profile);
    }
    if let Some((_, profile)) = SPECIAL_OBSERVATIONS.iter().find(code) {
        return profile;
    }
    if category("laboratory") {
        us_core!("us-core-observation-lab")
    } else if category("survey") {
        us_core!("us-core-observation-screening-assessment")
    } else if category("imaging") || category("procedure") || category("exam") {
        us_core!("us-core-observation-clinical-result")
    } else if (category("social-history") || has_system(&observation.category, US_CORE_CATEGORY))
        && is_simple_value(&observation.value)
    {
        us_core!("us-core-simple-observation")
    } else {
        &[]
    }
}

/// US Core's simple observation takes these types of results.
fn is_simple_value(value: &Field<ObservationValue>) -> bool {
    match value.value() {
        None => true,
        Some(value) => matches!(
            value,
            ObservationValue::Quantity(_)
                | ObservationValue::CodeableConcept(_)
                | ObservationValue::String(_)
                | ObservationValue::Boolean(_)
                | ObservationValue::Integer(_)
                | ObservationValue::DateTime(_)
                | ObservationValue::Range(_)
                | ObservationValue::Ratio(_)
                | ObservationValue::Time(_)
                | ObservationValue::Period(_)
        ),
    }
}

fn has(categories: &[CodeableConcept], system: &str, code: &str) -> bool {
    categories.iter().any(|category| category.has(system, code))
}

fn has_system(categories: &[CodeableConcept], system: &str) -> bool {
    categories
        .iter()
        .flat_map(|category| &category.coding)
        .any(|coding| {
            coding
                .system
                .value()
                .is_some_and(|found| found.expose() == system)
        })
}
