use ehr_model::chart::Chart;

use super::service::{Service, services};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::system;

rule! {
    /// ICD-10-CM header where a claim or a visit needs a code.
    ///
    /// ## What it does
    ///
    /// Looks the diagnoses of claims, and the problems that are diagnoses of visits, up in the
    /// table of ICD-10-CM. On the date of service each must be billable: E11 is a header, E11.9 is
    /// a code. Needs the table of ICD-10-CM, of the release in force on that date.
    ///
    /// ## Why it matters
    ///
    /// The claim is refused. In a chart a header says less than the clinician knew.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether the export cut the code after three characters. If not, the practice has to say
    /// which code was meant.
    ///
    /// ### Who uses the data
    ///
    /// Choose a code with all its characters before you bill.
    ///
    /// ## Source
    ///
    /// CMS, ICD-10-CM order file, header flag; ICD-10-CM Official Guidelines I.B.2.
    HeaderCodeOnClaim {
        code: "header-code-on-claim", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-012"],
    }
}

impl Rule for HeaderCodeOnClaim {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let missing = "the table of ICD-10-CM in force on the date of service";
        let table = context
            .terminology
            .and_then(|all| all.table(system::ICD_10_CM));
        let mut undecided = false;
        services(
            chart,
            findings,
            system::ICD_10_CM,
            |Service { code, date, .. }| {
                let Some(table) = table else {
                    undecided = true;
                    return None;
                };
                // That a code does not exist, or did not on that day, is for another rule.
                let concept = table.get(code)?;
                let billable = match date {
                    Some(date) if concept.is_valid_on(date) == Some(false) => return None,
                    Some(date) => concept.is_billable_on(date),
                    None => concept.is_billable(),
                };
                undecided |= billable.is_none();
                billable.map(|billable| !billable)
            },
        );
        match undecided {
            true => Err(CannotCheck::without_table(missing)),
            false => Ok(()),
        }
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
        for code in ["E11", "S72.001"] {
            let fields = [
                (
                    "diagnosis[0].diagnosisCodeableConcept.coding[0].system",
                    "http://hl7.org/fhir/sid/icd-10-cm",
                ),
                ("diagnosis[0].diagnosisCodeableConcept.coding[0].code", code),
                ("billablePeriod.start", "2030-06-03"),
            ];
            let records = vec![record(Kind::Claim, "a", &fields)];
            assert_eq!(
                found_with_tables(&HeaderCodeOnClaim, records),
                ["Claim a diagnosis[0].diagnosisCodeableConcept.coding[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["E11.9", "I10", "S72.001A", "E99.9"] {
            let fields = [
                (
                    "diagnosis[0].diagnosisCodeableConcept.coding[0].system",
                    "http://hl7.org/fhir/sid/icd-10-cm",
                ),
                ("diagnosis[0].diagnosisCodeableConcept.coding[0].code", code),
                ("billablePeriod.start", "2030-06-03"),
            ];
            let records = vec![record(Kind::Claim, "a", &fields)];
            assert_eq!(
                found_with_tables(&HeaderCodeOnClaim, records),
                none,
                "{code}"
            );
        }
        let fields = [
            (
                "diagnosis[0].diagnosisCodeableConcept.coding[0].system",
                "http://hl7.org/fhir/sid/icd-10-cm",
            ),
            (
                "diagnosis[0].diagnosisCodeableConcept.coding[0].code",
                "E11.9",
            ),
            ("billablePeriod.start", "2030-06-03"),
        ];
        let record = record(Kind::Claim, "a", &fields);
        assert_eq!(
            verdict_without_table(&HeaderCodeOnClaim, record),
            Verdict::WithoutTable
        );
        // A list of problems may hold a header.
        let fields = [
            ("code.coding[0].system", "http://hl7.org/fhir/sid/icd-10-cm"),
            ("code.coding[0].code", "E11"),
        ];
        assert_eq!(
            found_with_tables(
                &HeaderCodeOnClaim,
                vec![crate::rules::testing::record(Kind::Problem, "a", &fields)]
            ),
            none
        );
    }
}
