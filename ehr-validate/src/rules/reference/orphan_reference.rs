use std::collections::HashMap;

use ehr_model::chart::Chart;
use ehr_model::record::Kind;

use crate::Context;
use crate::codes::{Judgement, judge_references};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Reference to a record that is nowhere.
    ///
    /// ## What it does
    ///
    /// Follows every reference of every record. It must lead to a record of the stated kind in the
    /// same chart, or, for practitioners, organizations and places, in the directory that all charts
    /// share. A link from one patient to another leads out of the chart by its nature and is left
    /// out. References that only carry an identifier or a name are left out too: they promise no record.
    ///
    /// ## Why it matters
    ///
    /// A target that keeps references whole refuses the record; another one loads it and shows a
    /// result without its order, a claim without its visit, a note without its author.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Find the key in the source. If its row exists, it was rejected, left in the archive by the scope,
    /// or mapped under another key: mend that. If it does not exist, the source itself is broken: say in
    /// the mapping document that the key is kept as an identifier, so that nothing is lost.
    ///
    /// ### Who uses the data
    ///
    /// Expect an entry whose visit, order or author cannot be opened; the archive holds what there was.
    ///
    /// ## Source
    ///
    /// FHIR R4, References; OHDSI Data Quality Dashboard, check `isForeignKey`.
    OrphanReference {
        code: "orphan-reference", category: Conformance, severity: Fatal, since: "0.1.0",
        covers: ["REF-001"],
    }
}

impl Rule for OrphanReference {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let here: HashMap<_, _> = chart
            .records
            .iter()
            .map(|record| (record.id, record.kind()))
            .collect();
        let mut outcome = Ok(());
        judge_references(chart, context, findings, |record, (kind, id), at| {
            if record.kind() == Kind::Patient && at.path(|path| path.top() == "link") {
                return Judgement::LeftOut;
            }
            if here.get(&id) == Some(&kind) {
                return Judgement::Fine;
            }
            match context.directory {
                Some(directory) if directory.contains(kind, id) => Judgement::Fine,
                None if kind.is_shared() => {
                    outcome = Err(CannotCheck::without("the directory of shared records"));
                    Judgement::Fine
                }
                _ => Judgement::Violated,
            }
        });
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{AS_OF, found, found_in, id, record};
    use crate::{Directory, Ruleset, ValidationReport, Validator, Verdict};
    use ehr_model::value::Date;

    const SUBJECT: &str = "subject.reference";

    #[test]
    fn fires() {
        let records = vec![
            record(Kind::Patient, "p", &[]),
            record(Kind::Problem, "a", &[(SUBJECT, "Patient/p")]),
            record(Kind::Problem, "b", &[(SUBJECT, "Patient/q")]),
            record(
                Kind::Observation,
                "c",
                &[
                    (SUBJECT, "Patient/p"),
                    ("hasMember[0].reference", "Observation/c"),
                    ("hasMember[1].reference", "Observation/x"),
                    ("performer[0].reference", "Practitioner/x"),
                ],
            ),
        ];
        let directory = Directory::default();
        let context = Context::new(Date::parse(AS_OF).unwrap()).directory(&directory);
        assert_eq!(
            found_in(&OrphanReference, records, context),
            [
                "Problem b subject.reference",
                "Observation c performer[0].reference",
                "Observation c hasMember[1].reference",
            ]
        );
    }

    #[test]
    fn stays_silent() {
        let directory: Directory = [(Kind::Practitioner, id(Kind::Practitioner, "d"))]
            .into_iter()
            .collect();
        let context = Context::new(Date::parse(AS_OF).unwrap()).directory(&directory);
        let records = vec![
            record(
                Kind::Patient,
                "p",
                &[
                    ("link[0].other.reference", "Patient/q"),
                    ("generalPractitioner[0].reference", "Practitioner/d"),
                ],
            ),
            record(
                Kind::Encounter,
                "e",
                &[
                    (SUBJECT, "Patient/p"),
                    ("serviceProvider.display", "Elm Street Clinic"),
                ],
            ),
        ];
        let none: [&str; 0] = [];
        assert_eq!(found_in(&OrphanReference, records, context), none);
    }

    #[test]
    fn errs_without_a_directory_where_one_is_needed() {
        let rules = Ruleset::empty().with(Box::new(OrphanReference)).unwrap();
        let validator = Validator::new(rules);
        let context = Context::new(Date::parse(AS_OF).unwrap());
        let verdict = |fields: &[(&str, &str)]| {
            let chart = Chart::new(vec![record(Kind::Encounter, "e", fields)], Vec::new());
            let mut report = ValidationReport::default();
            validator.check(&chart, &context, &mut report);
            report.checks(validator.ruleset())[0].verdict
        };
        let provider = ("serviceProvider.reference", "Organization/o");
        assert_eq!(verdict(&[provider]), Verdict::Errored);
        assert_eq!(
            verdict(&[provider, (SUBJECT, "Patient/p")]),
            Verdict::Failed
        );
        assert_eq!(verdict(&[]), Verdict::NotApplicable);
        assert_eq!(
            found(
                &OrphanReference,
                vec![record(Kind::Encounter, "e", &[(SUBJECT, "Patient/p")])]
            ),
            ["Encounter e subject.reference"]
        );
    }
}
