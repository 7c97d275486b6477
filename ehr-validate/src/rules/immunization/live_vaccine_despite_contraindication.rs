use ehr_model::datatype::{CodeableConcept, Concept};
use ehr_model::kind::{ConditionVerificationStatus, Immunization, Onset, Problem};
use ehr_model::value::{Field, PartialDate};

use super::vaccine::{cvx, given_on, was_given};
use crate::Context;
use crate::concept::codes_in;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::time::is_before;
use ehr_model::chart::Chart;

rule! {
    /// Live vaccine given while a contraindication stood in the chart.
    ///
    /// ## What it does
    ///
    /// Looks for doses of live vaccines (MMR, varicella, live zoster, rotavirus, yellow fever,
    /// nasal influenza, oral typhoid, BCG, live dengue and smallpox) that were given while
    /// pregnancy, a severe immune deficiency or a cancer of blood or lymph was active, from its
    /// onset to its resolution where dates are known. Only problems with an ICD-10-CM or SNOMED CT
    /// code of the table count.
    ///
    /// ## Why it matters
    ///
    /// Either a patient is at risk and somebody should look, or the dose, the problem or its date
    /// belongs somewhere else, as it does after a map that mixes up vaccines or patients.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare vaccine, date and problem with the source. Mixed-up charts show here first.
    ///
    /// ### Who uses the data
    ///
    /// Look at the chart; call the patient if it is true.
    ///
    /// ## Source
    ///
    /// ACIP General Best Practice Guidelines for Immunization, Contraindications and Precautions;
    /// the table of problems is an engineering default.
    LiveVaccineDespiteContraindication {
        code: "live-vaccine-despite-contraindication", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["IMM-006"],
    }
}

impl Rule for LiveVaccineDespiteContraindication {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, dose) in chart
            .of::<Immunization>()
            .filter(|(_, dose)| was_given(dose))
        {
            let (Some(vaccine), Some(given)) = (dose.vaccine_code.value(), given_on(dose)) else {
                continue;
            };
            if !cvx(vaccine).is_some_and(is_live) {
                continue;
            }
            let mut subject = findings.applies_to(record);
            let mut problems = chart.of::<Problem>().map(|(_, problem)| problem);
            if problems
                .any(|problem| stood(problem, given) && problem.code.value().is_some_and(forbids))
            {
                subject.violated_at("occurrence");
            }
        }
        Ok(())
    }
}

const ICD10: &str = "http://hl7.org/fhir/sid/icd-10-cm";
const SNOMED: &str = "http://snomed.info/sct";

/// CVX codes of live vaccines, without leading zeros.
const LIVE: &[&str] = &[
    "3", "4", "5", "6", "7", "19", "21", "25", "37", "38", "56", "75", "94", "111", "116", "119",
    "121", "122", "149", "183", "184", "330",
];

/// Pregnancy, immune deficiency, cancer of blood or lymph: ICD-10-CM prefixes.
const FORBIDDING: &[&str] = &[
    "O0", "O1", "O2", "O3", "O4", "Z33", "Z34", "D81", "D82", "D83", "C81", "C82", "C83", "C84",
    "C85", "C91", "C92", "C93", "C94", "C95",
];

/// The same in SNOMED CT: pregnant, severe combined immunodeficiency, leukemia, lymphoma.
const FORBIDDING_CONCEPTS: &[&str] = &["77386006", "72892002", "31323000", "93143009", "118600007"];

fn is_live(code: &str) -> bool {
    LIVE.contains(&code.trim_start_matches('0'))
}

fn forbids(problem: &CodeableConcept) -> bool {
    codes_in(problem, ICD10).any(|code| FORBIDDING.iter().any(|prefix| code.starts_with(prefix)))
        || codes_in(problem, SNOMED).any(|code| FORBIDDING_CONCEPTS.contains(&code))
}

/// Whether the problem certainly began before the day and was not over by then.
fn stood(problem: &Problem, day: &PartialDate) -> bool {
    let denied = matches!(
        problem.verification_status.value(),
        Some(Concept(
            ConditionVerificationStatus::Refuted | ConditionVerificationStatus::EnteredInError
        ))
    );
    let date = |onset: &Field<Onset>| match onset.value() {
        Some(Onset::DateTime(date)) => date.value().copied(),
        _ => None,
    };
    let began = date(&problem.onset).or(problem.recorded_date.value().copied());
    // A problem that is over on no known day may have been over before.
    let over = match date(&problem.abatement) {
        Some(end) => !is_before(day, &end, 0),
        None => problem
            .clinical_status
            .value()
            .is_some_and(|Concept(status)| {
                use ehr_model::kind::ConditionClinicalStatus as Status;
                matches!(
                    status,
                    Status::Inactive | Status::Remission | Status::Resolved
                )
            }),
    };
    !denied && !over && began.is_some_and(|began| is_before(&began, day, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn of(code: &str, given: &str, problem: &[(&str, &str)]) -> Vec<String> {
        let dose = [
            (
                "vaccineCode.coding[0].system",
                "http://hl7.org/fhir/sid/cvx",
            ),
            ("vaccineCode.coding[0].code", code),
            ("occurrenceDateTime", given),
        ];
        let chart = vec![
            record(Kind::Problem, "p", problem),
            record(Kind::Immunization, "a", &dose),
        ];
        found(&LiveVaccineDespiteContraindication, chart)
    }

    const PREGNANCY: [(&str, &str); 3] = [
        ("code.coding[0].system", ICD10),
        ("code.coding[0].code", "Z34.01"),
        ("onsetDateTime", "2020-01-10"),
    ];

    #[test]
    fn fires() {
        assert_eq!(
            of("03", "2020-03-01", &PREGNANCY),
            ["Immunization a occurrence"]
        );
        let over = [&PREGNANCY[..], &[("abatementDateTime", "2020-09-01")]].concat();
        assert_eq!(of("21", "2020-03-01", &over), ["Immunization a occurrence"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(of("150", "2020-03-01", &PREGNANCY), NONE, "not alive");
        assert_eq!(of("03", "2019-03-01", &PREGNANCY), NONE, "before");
        assert_eq!(of("03", "2020", &PREGNANCY), NONE, "nobody knows");
        let over = [&PREGNANCY[..], &[("abatementDateTime", "2020-02-01")]].concat();
        assert_eq!(of("03", "2020-03-01", &over), NONE);
        let resolved = [&PREGNANCY[..], &[("clinicalStatus", "resolved")]].concat();
        assert_eq!(of("03", "2020-03-01", &resolved), NONE);
    }
}
