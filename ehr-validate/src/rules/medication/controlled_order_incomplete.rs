use ehr_model::chart::Chart;
use ehr_model::datatype::{Identifier, Reference};
use ehr_model::kind::{Medication, Practitioner, Reported};

use super::entry::{NO_TABLE, has_drug_code, is_active, knows_drugs, schedule};
use crate::Context;
use crate::code_format::{dea, npi};
use crate::concept;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Order of a controlled substance that lacks prescriber, quantity or date
    ///
    /// ## What it does
    ///
    /// Looks at active orders of scheduled drugs by a loaded table; what a patient reports is no order
    /// and is left out. The order must have a day, a quantity and a prescriber. If the record of the
    /// prescriber is in the chart, or the reference carries the number, it must have an NPI and a DEA
    /// registration, which is known by its form and check digit. Where no table is loaded that could
    /// tell, and an active medication has a code, the rule says that it cannot be checked.
    ///
    /// ## Why it matters
    ///
    /// Controlled substances are law: a wrong schedule, refill or order ends in an audit or in misuse.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether the numbers of prescribers stand in another table of the source, and map them.
    ///
    /// ### Who uses the data
    ///
    /// Write the order anew with what is missing.
    ///
    /// ## Source
    ///
    /// 21 CFR 1306.05(a): date, quantity, and name, address and registration number of the practitioner.
    ControlledOrderIncomplete {
        code: "controlled-order-incomplete", category: Completeness, severity: Error, since: "0.1.0",
        covers: ["MED-017"],
    }
}

impl Rule for ControlledOrderIncomplete {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let known = knows_drugs(context.terminology);
        for (record, medication) in chart
            .of::<Medication>()
            .filter(|(_, medication)| is_active(medication) && is_order(medication))
        {
            let Some(known) = known else {
                if has_drug_code(medication) {
                    return Err(NO_TABLE);
                }
                continue;
            };
            if schedule(medication, known).is_none() {
                continue;
            }
            let mut subject = findings.applies_to(record);
            if medication.authored_on.value().is_none() {
                subject.violated_at("authoredOn");
            }
            let quantity = medication
                .dispense_request
                .value()
                .and_then(|request| request.quantity.value());
            if quantity
                .and_then(|quantity| quantity.value.value())
                .is_none()
            {
                subject.violated_at("dispenseRequest.quantity");
            }
            match medication.requester.value() {
                None => subject.violated_at("requester"),
                Some(requester) if lacks_numbers(requester, chart) => {
                    subject.violated_at("requester")
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

fn is_order(medication: &Medication) -> bool {
    match medication.reported.value() {
        Some(Reported::Boolean(reported)) => reported.value() != Some(&true),
        Some(_) => false,
        None => true,
    }
}

/// Whether the identifiers of the prescriber are known and one of the two numbers is not among them.
fn lacks_numbers(requester: &Reference, chart: &Chart) -> bool {
    let target = requester.reference.value().map(|(_, id)| *id);
    let known = target.and_then(|id| {
        chart
            .of::<Practitioner>()
            .find(|(record, _)| record.id == id)
    });
    let Some((_, practitioner)) = known else {
        return false;
    };
    let of_reference = requester.identifier.value().map(|identifier| &**identifier);
    let numbers = || practitioner.identifier.iter().chain(of_reference);
    let is = |check: fn(&str) -> bool| {
        move |identifier: &Identifier| concept::text(&identifier.value).is_some_and(check)
    };
    !numbers().any(is(|number| npi::check(number).is_ok()))
        || !numbers().any(is(|number| dea::check(number).is_ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;
    use crate::rules::testing::record;
    use ehr_model::record::{Kind, Record};

    const DRUG: [(&str, &str); 3] = [ACTIVE, (SYSTEM, RXNORM), (CODE, "1049621")];
    const WHOLE: [(&str, &str); 3] = [
        ("authoredOn", "2031-04-01"),
        ("dispenseRequest.quantity.value", "30"),
        ("requester.reference", "Practitioner/d"),
    ];

    fn prescriber(dea: &str) -> Record {
        record(
            Kind::Practitioner,
            "d",
            &[
                ("identifier[0].system", "http://hl7.org/fhir/sid/us-npi"),
                ("identifier[0].value", "1234567893"),
                ("identifier[1].value", dea),
            ],
        )
    }

    fn check(fields: &[(&str, &str)], dea: &str) -> Vec<String> {
        found_known(
            &ControlledOrderIncomplete,
            vec![medication("a", &[&DRUG, fields].concat()), prescriber(dea)],
        )
    }

    #[test]
    fn fires() {
        assert_eq!(
            check(&[], "AB1234563"),
            [
                "Medication a authoredOn",
                "Medication a dispenseRequest.quantity",
                "Medication a requester",
            ]
        );
        assert_eq!(check(&WHOLE, "AB1234560"), ["Medication a requester"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(check(&WHOLE, "AB1234563"), NONE);
        let elsewhere = [WHOLE[0], WHOLE[1], ("requester.display", "Dr. Okonjo")];
        assert_eq!(check(&elsewhere, ""), NONE);
        assert_eq!(check(&[("reportedBoolean", "true")], ""), NONE);
        let plain = [ACTIVE, (SYSTEM, RXNORM), (CODE, "861007")];
        assert_eq!(
            found_known(&ControlledOrderIncomplete, vec![medication("a", &plain)]),
            NONE
        );
    }
}
